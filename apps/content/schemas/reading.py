"""Data read along its schema: references in it, references resolved, absent members that have a default."""

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import quote

import jsonschema_rs

from apps.content.schemas.engine import PATTERNS
from apps.content.schemas.keywords import Place, escaped, referred
from apps.core.encoding import dumps, loads

# The format makes a reference, not the field's name.
FORMATS = {"post_id": "post", "media_id": "media", "element_id": "element", "page_id": "page"}
_ROOT = "urn:cognitor:schema"
_LEADING = frozenset({"$ref", "allOf", "anyOf", "oneOf", "if"})
"""Without these no other schema holds where a schema does."""


@dataclass(frozen=True, slots=True)
class Found:
    """A reference in some data: where it stands, to what kind of document, which id; `types` if it names any."""

    path: str
    target: str
    id: int
    types: tuple[str, ...] = field(default=(), compare=False)


def references(schema: Any, data: Any) -> Iterator[Found]:
    """The references in the data, at the places to which the schema gives a reference format.

    Of `anyOf`, `oneOf` and `if` those count whose branch the data fits; where two kinds fit the same id, none does.
    """
    found: list[Found] = []
    if reader := _reader(schema):
        reader.walk([("", schema)], data, "", found.append)
    return iter(found)


def resolved(schema: Any, data: Any, values: dict[tuple[str, int], Any]) -> Any:
    """The data with each reference replaced by `values[(target, id)]`, null where there is none."""
    reader = _reader(schema)
    if reader is None:
        return data
    return reader.walk([("", schema)], data, "", lambda found: values.get((found.target, found.id)))


def marked(schema: Any, data: Any) -> Any:
    """The data with each reference replaced by its `Found`."""
    reader = _reader(schema)
    return data if reader is None else reader.walk([("", schema)], data, "", lambda found: found)


def filled(schema: Any, data: Any) -> Any:
    """The data with the `default` of each absent member, after those that are there; objects and lists in it too.

    A default that stands in a branch (`anyOf`, `oneOf`, `if`) is left alone: which branch holds is not known before
    the data is whole.
    """
    return _filled(Reader(schema, branches=False), [("", schema)], data) if b'"default"' in dumps(schema) else data


def _filled(reader: "Reader", places: list[Place], data: Any) -> Any:
    flat = reader.flat(places, data)
    if isinstance(data, dict):
        whole = {name: _filled(reader, reader.member(flat, name), value) for name, value in data.items()}
        for _, schema in flat:
            for name in schema.get("properties") or ():
                given = [s["default"] for _, s in reader.flat(reader.member(flat, name), None) if "default" in s]
                if name not in whole and given:
                    whole[name] = copy.deepcopy(given[0])
        return whole
    if isinstance(data, list):
        return [_filled(reader, reader.item(flat, index), value) for index, value in enumerate(data)]
    return data


def _reader(schema: Any) -> "Reader | None":
    """None where there is nothing to find."""
    if not isinstance(schema, dict):
        return None
    reader = Reader(schema)
    return reader if any(name in reader.source for name in FORMATS) else None


class Reader:
    """Goes through data with the schemas that hold at each place of it."""

    def __init__(self, root: dict[str, Any], *, branches: bool = True) -> None:
        self.root, self.branches = root, branches
        self.source = dumps(root).decode()

    def walk(self, places: list[Place], data: Any, path: str, visit: Callable[[Found], Any]) -> Any:
        """The data, with what `visit` answers in the place of each reference."""
        if not places:
            return data
        flat = self.flat(places, data)
        if (found := _reference(flat, data, path)) is not None:
            return visit(found)
        if isinstance(data, dict):
            return {
                name: self.walk(self.member(flat, name), value, f"{path}.{name}" if path else name, visit)
                for name, value in data.items()
            }
        if isinstance(data, list):
            return [
                self.walk(self.item(flat, index), value, f"{path}.{index}", visit) for index, value in enumerate(data)
            ]
        return data

    def flat(self, places: list[Place], data: Any) -> list[Place]:
        """All schemas that hold for the value: through `$ref` and `allOf`, and the branches that it fits."""
        found: dict[str, dict[str, Any]] = {}
        waiting = list(places)
        while waiting:
            pointer, schema = waiting.pop(0)
            if pointer in found or not isinstance(schema, dict):
                continue
            found[pointer] = schema
            if _LEADING.isdisjoint(schema):
                continue
            if place := referred(self.root, schema):
                waiting.append(place)
            waiting += _each(pointer, schema, "allOf")
            if self.branches:
                waiting += self._fitting(pointer, schema, data)
        return list(found.items())

    def _fitting(self, pointer: str, schema: dict[str, Any], data: Any) -> Iterator[Place]:
        for keyword in ("anyOf", "oneOf"):
            yield from (place for place in _each(pointer, schema, keyword) if self._fits(place[0], data))
        if "if" in schema:
            fits = self._fits(f"{pointer}/if", data)
            for keyword in ("if", "then") if fits else ("else",):
                if keyword in schema:
                    yield f"{pointer}/{keyword}", schema[keyword]

    def _fits(self, pointer: str, data: Any) -> bool:
        return bool(_branch(self.source, pointer).is_valid(data))

    def member(self, flat: list[Place], name: str) -> list[Place]:
        found: list[Place] = []
        for pointer, schema in flat:
            properties = schema.get("properties") or {}
            if name in properties:
                found.append((f"{pointer}/properties/{escaped(name)}", properties[name]))
            elif isinstance(schema.get("additionalProperties"), dict) and "patternProperties" not in schema:
                found.append((f"{pointer}/additionalProperties", schema["additionalProperties"]))
        return found

    def item(self, flat: list[Place], index: int) -> list[Place]:
        found: list[Place] = []
        for pointer, schema in flat:
            first = schema.get("prefixItems") or []
            if index < len(first):
                found.append((f"{pointer}/prefixItems/{index}", first[index]))
            elif "items" in schema:
                found.append((f"{pointer}/items", schema["items"]))
        return found


def _each(pointer: str, schema: dict[str, Any], keyword: str) -> list[Place]:
    return [(f"{pointer}/{keyword}/{index}", one) for index, one in enumerate(schema.get(keyword) or [])]


@lru_cache(maxsize=512)
def _branch(source: str, pointer: str) -> Any:
    """The validator of a schema in a schema, whose references still lead into the whole."""
    whole = {"$defs": {"root": {**loads(source), "$id": _ROOT}}, "$ref": f"{_ROOT}#{quote(pointer)}"}
    return jsonschema_rs.Draft202012Validator(whole, pattern_options=PATTERNS)


def _reference(flat: list[Place], data: Any, path: str) -> Found | None:
    named = {target_of(schema): schema for _, schema in flat if target_of(schema)}
    if len(named) != 1 or (id := _id(data)) is None:
        return None
    ((target, schema),) = named.items()
    return Found(path, str(target), id, types_of(schema))


def target_of(schema: dict[str, Any]) -> str | None:
    name = schema.get("format")
    return FORMATS.get(name) if isinstance(name, str) else None


def types_of(schema: dict[str, Any]) -> tuple[str, ...]:
    """The bare keys of the types that an `element_id` field may refer to, by its `x-type`; empty: any."""
    named = schema.get("x-type") or []
    return (named,) if isinstance(named, str) else tuple(named)


def _id(data: Any) -> int | None:
    """An integer as JSON Schema means it: `5.0` is one, and so is a number too large for any id."""
    if isinstance(data, bool) or not isinstance(data, int | float) or data != data // 1:
        return None
    return int(data)
