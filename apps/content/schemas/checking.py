"""What is taken as a schema, and how data is checked with one."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import jsonschema_rs

from apps.content.errors import SchemaRefused
from apps.content.schemas.engine import PATTERNS
from apps.content.schemas.keywords import ALIKE, BELOW, Place, inner, places, referred
from apps.core import errors
from apps.core.encoding import dumps, loads

MAX_SCHEMA_BYTES = 200_000
MAX_DEPTH = 40
MAX_EXPANDED = 20_000
MAX_FAULTS = 50
SCALARS = {"string", "integer", "number", "boolean", "null"}
_UI = {"widget": str, "label": str, "help": str, "group": str, "order": int}

Fault = dict[str, str]


def check_schema(schema: Any) -> str:
    """The schema's JSON text, if elements can be checked with it; refuses what would fetch, hang or never match."""
    if too_deep(schema, MAX_DEPTH):
        raise SchemaRefused(f"A schema is nested at most {MAX_DEPTH} deep.")
    source = dumps(schema)
    if len(source) > MAX_SCHEMA_BYTES:
        raise SchemaRefused(f"A schema has at most {MAX_SCHEMA_BYTES} bytes.")
    faults = list(_faults(schema))
    if faults:
        raise SchemaRefused(errors=faults[:MAX_FAULTS])
    return source.decode()


def too_deep(data: Any, depth: int) -> bool:
    level = [data]
    for _ in range(depth + 1):
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
        if not level:
            return False
    return True


def _faults(schema: Any) -> Iterator[Fault]:
    if not isinstance(schema, dict) or schema.get("type", "object") != "object":
        yield {"field": "schema.type", "message": "A schema describes an object.", "code": "type"}
        return
    if remote := next(_remote(schema), None):
        yield {"field": "schema", "message": f"{remote!r} points outside the schema.", "code": "ref"}
        return
    try:
        jsonschema_rs.meta.validate(schema)
        jsonschema_rs.Draft202012Validator(schema, pattern_options=PATTERNS)
    except jsonschema_rs.ValidationError as error:
        where = ".".join(["schema", *map(str, error.instance_path)])
        yield {"field": where, "message": error.message[:300], "code": "schema"}
        return
    except ValueError as error:
        yield {"field": "schema", "message": str(error)[:300], "code": "schema"}
        return
    if _expanded(schema) > MAX_EXPANDED:
        message = f"Written out without $ref it would have more than {MAX_EXPANDED} schemas in it."
        yield {"field": "schema", "message": message, "code": "size"}
        return
    for place in places(schema):
        yield from _own_faults(place)


def _remote(node: Any) -> Iterator[str]:
    """References that a validator would fetch: it must never reach out of the process."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ("$ref", "$dynamicRef", "$schema", "$id") and isinstance(value, str):
                known = value.startswith("#") or (key == "$schema" and "json-schema.org" in value)
                if not known:
                    yield value
            yield from _remote(value)
    elif isinstance(node, list):
        for value in node:
            yield from _remote(value)


def _expanded(root: dict[str, Any]) -> int:
    """How many schemas there are when each `$ref` is written out once: what a check may have to go through."""
    counted: dict[str, int] = {}

    def count(place: Place, above: frozenset[str]) -> int:
        pointer, schema = place
        if pointer in counted or pointer in above:
            return counted.get(pointer, 1)
        own = list(inner(place, (*ALIKE, *BELOW)))
        target = referred(root, schema)
        total = 1
        for one in [*own, target] if target else own:
            total += count(one, above | {pointer})
            if total > MAX_EXPANDED:
                break
        counted[pointer] = total
        return total

    return count(("", root), frozenset())


def _own_faults(place: Place) -> Iterator[Fault]:
    """Of the keywords that are Cognitor's: `x-ui`, `x-index`, `x-unique`, `x-type`; and of defaults that do not fit."""
    pointer, schema = place
    where = ".".join(["schema", *pointer.split("/")[1:]])

    def fault(name: str, message: str) -> Fault:
        return {"field": f"{where}.{name}", "message": message, "code": "keyword"}

    hints = schema.get("x-ui", {})
    if not isinstance(hints, dict):
        yield fault("x-ui", "An object with widget, label, help, group and order.")
    else:
        for name, kind in _UI.items():
            if name in hints and (not isinstance(hints[name], kind) or isinstance(hints[name], bool)):
                yield fault(f"x-ui.{name}", "A whole number." if kind is int else "A text.")
    if not isinstance(schema.get("x-index", False), bool):
        yield fault("x-index", "true or false.")
    if schema.get("x-unique", False) is not False:
        if schema["x-unique"] is not True:
            yield fault("x-unique", "true or false.")
        elif pointer.count("/") != 2 or not pointer.startswith("/properties/"):
            yield fault("x-unique", "Only a field at the top can be unique.")
        elif not {"null"} < _types(schema) | {"null"} <= SCALARS:
            yield fault("x-unique", "A unique field has the type string, integer, number or boolean.")
    named = schema.get("x-type", [])
    if not isinstance(named, str) and not (isinstance(named, list) and all(isinstance(one, str) for one in named)):
        yield fault("x-type", "The bare key of a content type, or a list of them.")
    elif named and schema.get("format") != "element_id":
        yield fault("x-type", "Only a field of the format element_id names a type.")
    if "default" in schema and b'"$ref"' not in dumps(schema) and not fits(dumps(schema).decode(), schema["default"]):
        yield fault("default", "The default does not fit its own schema.")


def _types(schema: dict[str, Any]) -> set[str]:
    given = schema.get("type", [])
    return {given} if isinstance(given, str) else set(given)


@lru_cache(maxsize=512)
def _validator(source: str) -> Any:
    return jsonschema_rs.Draft202012Validator(loads(source), pattern_options=PATTERNS)


def fits(source: str, data: Any) -> bool:
    """Whether data fits the schema whose JSON text is `source`."""
    return bool(_validator(source).is_valid(data))


def faults_of(source: str, data: Any) -> list[Fault]:
    """Up to 50 faults of the data, with where they are."""
    faults = []
    for error in _validator(source).iter_errors(data):
        where = ".".join(["data", *map(str, error.instance_path)])
        faults.append({"field": where, "message": error.message[:300], "code": str(error.kind.name)})
        if len(faults) >= MAX_FAULTS:
            break
    return faults


def check_data(source: str, data: Any) -> None:
    """Refuses data that breaks the schema whose JSON text is `source`, with up to 50 faults and where they are."""
    if faults := faults_of(source, data):
        raise errors.Invalid(errors=faults)
