"""The fields of a schema as flat paths, such as `title`, `address.street` and `blocks[].image`; what two differ in."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from apps.content.schemas.keywords import ALIKE, BELOW, SHELVES, Place, inner, referred
from apps.content.schemas.reading import target_of, types_of

MOST = 5_000
DEEPEST = 12
_LISTS = ("items", "prefixItems", "contains", "unevaluatedItems")


@dataclass(slots=True)
class Field:
    """`own` is what is said of the field itself, without the fields in it."""

    path: str
    own: dict[str, Any]
    required: bool
    target: str | None
    types: tuple[str, ...]

    @property
    def many(self) -> bool:
        return "[]" in self.path


def fields(root: dict[str, Any]) -> dict[str, Field]:
    """All fields by path, in the schema's order; of a schema that refers to itself the first round."""
    found: dict[str, Field] = {}
    for path, schema, required in _walk(root, ("", root), "", frozenset(), required=False):
        if not path or len(found) >= MOST:
            continue
        own = {name: value for name, value in schema.items() if name not in (*ALIKE, *BELOW, *SHELVES, "required")}
        field = found.setdefault(path, Field(path, {}, required, None, ()))
        field.own |= own
        field.required = field.required or required
        field.target, field.types = field.target or target_of(schema), field.types or types_of(schema)
    return found


def _walk(
    root: dict[str, Any], place: Place, path: str, above: frozenset[str], *, required: bool
) -> Iterator[tuple[str, dict[str, Any], bool]]:
    pointer, schema = place
    if pointer in above or path.count(".") > DEEPEST:
        return
    above |= {pointer}
    yield path, schema, required
    if target := referred(root, schema):
        yield from _walk(root, target, path, above, required=required)
    for alike in inner(place, ALIKE):
        if alike[0].removeprefix(pointer) != "/not":
            yield from _walk(root, alike, path, above, required=required)
    properties = schema.get("properties") or {}
    for name, (where, one) in _named(place, properties):
        needed = name in (schema.get("required") or [])
        yield from _walk(root, (where, one), f"{path}.{name}" if path else name, above, required=needed)
    for item in inner(place, _LISTS):
        yield from _walk(root, item, f"{path}[]", above, required=False)


def _named(place: Place, properties: dict[str, Any]) -> Iterator[tuple[str, Place]]:
    names = [name for name, one in properties.items() if isinstance(one, dict)]
    return zip(names, inner(place, ("properties",)), strict=True)


def indexed_fields(schema: dict[str, Any]) -> set[str]:
    return {path for path, field in fields(schema).items() if field.own.get("x-index") is True}


def differences(before: dict[str, Any], after: dict[str, Any], renamed: dict[str, str]) -> dict[str, Any]:
    """`added`, `removed`, `changed` and `renamed` fields. `renamed` maps each old path that moved to its new one."""
    old, new = fields(before), fields(after)
    moved = {renamed.get(path, path): field for path, field in old.items()}
    both = [path for path in new if path in moved]
    return {
        "added": [path for path in new if path not in moved],
        "removed": [path for path in old if renamed.get(path, path) not in new],
        "renamed": {path: renamed[path] for path in old if path in renamed},
        "changed": [
            {"field": path, "before": _said(moved[path]), "after": _said(new[path])}
            for path in both
            if _said(moved[path]) != _said(new[path])
        ],
    }


def _said(field: Field) -> dict[str, Any]:
    return {**field.own, "required": field.required}
