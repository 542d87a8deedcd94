"""The fields that a type's schema declares: what each is compared as, in which words of SQL, and which are indexed.

A condition on a field and the index of the field are made of the same words, or the planner would not see that one
serves the other. What is not of the declared kind is no value (null) there.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from psycopg import sql

from apps.content.schemas import FORMATS
from apps.core.encoding import loads

DEEPEST = 8
# As much of a text as an entry of an index holds surely; longer than any value that a filter takes.
COMPARED = 500
_KINDS = {"string": "text", "integer": "integer", "number": "number", "boolean": "boolean"}


@dataclass(frozen=True, slots=True)
class DataField:
    """A field by its path. `kind` is one of `apps.core.filters.KINDS`, empty where nothing can be compared:
    objects, what stands in lists of objects, and what may be of several kinds. `item` is the kind of a list's items,
    `target` the kind of document that it refers to."""

    path: tuple[str, ...]
    kind: str = ""
    item: str = ""
    choices: tuple[Any, ...] = ()
    target: str = ""
    indexed: bool = False
    column = "query"

    @property
    def name(self) -> str:
        return ".".join(self.path)

    def sql(self, column: str) -> str:
        at = f"{column} #> {self._literal}"
        match self.kind:
            case "text":
                return f'(left({self.whole(column)}, {COMPARED}) COLLATE "C")'
            case "moment":
                return f"content_moment({column} #>> {self._literal})"
            case "boolean":
                return f"(CASE WHEN jsonb_typeof({at}) = 'boolean' THEN ({at})::boolean END)"
            case "list":
                return f"({at})"
            case _:
                return f"(CASE WHEN jsonb_typeof({at}) = 'number' THEN ({at})::numeric END)"

    def whole(self, column: str) -> str:
        at = f"{column} #> {self._literal}"
        return f"(CASE WHEN jsonb_typeof({at}) = 'string' THEN {column} #>> {self._literal} END)"

    @property
    def _literal(self) -> str:
        return f"ARRAY[{', '.join(sql.Literal(name).as_string(None) for name in self.path)}]"


@lru_cache(maxsize=512)
def declared(source: str) -> Mapping[str, DataField]:
    """The fields of the schema whose JSON text is `source`, by dotted path; those in lists without an index."""
    return {field.name: field for field in _walk(loads(source), (), comparable=True)}


def _walk(schema: Any, path: tuple[str, ...], *, comparable: bool) -> Iterator[DataField]:
    properties = schema.get("properties") if isinstance(schema, dict) else None
    if not isinstance(properties, dict) or len(path) >= DEEPEST:
        return
    for name, inner in properties.items():
        # A dot would make the path mean something else.
        if not name or "." in name or not isinstance(inner, dict):
            continue
        here = (*path, name)
        yield _field(inner, here, comparable)
        yield from _walk(inner, here, comparable=comparable)
        yield from _walk(inner.get("items"), here, comparable=False)


def _field(schema: dict[str, Any], path: tuple[str, ...], comparable: bool) -> DataField:
    items = schema.get("items")
    kind, item = _kind(schema), _kind(items) if isinstance(items, dict) else ""
    if _type(schema) == "array":
        kind = "list" if item else ""
        # In a list a date is a text: it is looked for as it was written.
        item = "text" if item == "moment" else item
    target = next((FORMATS[f] for f in (_format(schema), _format(items)) if f in FORMATS), "")
    values = _choices(items if kind == "list" else schema)
    indexed = schema.get("x-index") is True
    return DataField(path, kind if comparable else "", item, values, target, indexed)


def _kind(schema: dict[str, Any]) -> str:
    if _type(schema) == "string" and _format(schema) in ("date", "date-time"):
        return "moment"
    return _KINDS.get(_type(schema), "")


def _type(schema: dict[str, Any]) -> str:
    """The one type beside null; of an enum without a type that of its values, and empty where there are several."""
    names = schema.get("type")
    if names is None and isinstance(schema.get("enum"), list):
        names = list({_type_of(value) for value in schema["enum"]})
    listed = [name for name in names if name != "null"] if isinstance(names, list) else [names]
    return listed[0] if len(listed) == 1 and isinstance(listed[0], str) else ""


def _type_of(value: Any) -> str:
    match value:
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case str():
            return "string"
        case None:
            return "null"
        case _:
            return "object"


def _format(schema: Any) -> str:
    name = schema.get("format") if isinstance(schema, dict) else None
    return name if isinstance(name, str) else ""


def _choices(schema: Any) -> tuple[Any, ...]:
    """The values of an enum of texts or numbers; dates are moments, which have many spellings."""
    values = schema.get("enum") if isinstance(schema, dict) and _kind(schema) != "moment" else None
    if not isinstance(values, list):
        return ()
    exact = (Decimal(str(value)) if isinstance(value, float) else value for value in values)
    return tuple(value for value in exact if isinstance(value, str | int | Decimal))
