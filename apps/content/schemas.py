"""JSON Schema (2020-12) of content types: what is taken as a schema, how data is checked, where references are."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jsonschema_rs

from apps.content.errors import SchemaRefused
from apps.core import errors
from apps.core.encoding import dumps, loads

# The format makes a reference, not the field's name.
FORMATS = {"post_id": "post", "media_id": "media", "element_id": "element", "page_id": "page"}
MAX_SCHEMA_BYTES = 200_000
MAX_FAULTS = 50


@dataclass(frozen=True, slots=True)
class Found:
    """A reference in some data: where it stands, to what kind of document, which id."""

    path: str
    target: str
    id: int


def check_schema(schema: Any) -> str:
    """The schema's JSON text, if elements can be checked with it; refuses what would fetch or never match."""
    faults: list[dict[str, str]] = []
    if not isinstance(schema, dict) or schema.get("type", "object") != "object":
        faults.append({"field": "schema.type", "message": "A schema describes an object.", "code": "type"})
    elif remote := next(_remote(schema), None):
        faults.append({"field": "schema", "message": f"{remote!r} points outside the schema.", "code": "ref"})
    else:
        try:
            jsonschema_rs.meta.validate(schema)
            jsonschema_rs.Draft202012Validator(schema)
        except jsonschema_rs.ValidationError as error:
            where = ".".join(["schema", *map(str, error.instance_path)])
            faults.append({"field": where, "message": error.message, "code": "schema"})
        except ValueError as error:
            faults.append({"field": "schema", "message": str(error)[:300], "code": "schema"})
    if faults:
        raise SchemaRefused(errors=faults)
    source = dumps(schema)
    if len(source) > MAX_SCHEMA_BYTES:
        raise SchemaRefused(f"A schema has at most {MAX_SCHEMA_BYTES} bytes.")
    return source.decode()


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


@lru_cache(maxsize=512)
def _validator(source: str) -> Any:
    return jsonschema_rs.Draft202012Validator(loads(source))


def check_data(source: str, data: Any) -> None:
    """Refuses data that breaks the schema whose JSON text is `source`, with up to 50 faults and where they are."""
    faults = []
    for error in _validator(source).iter_errors(data):
        where = ".".join(["data", *map(str, error.instance_path)])
        faults.append({"field": where, "message": error.message[:300], "code": str(error.kind.name)})
        if len(faults) >= MAX_FAULTS:
            break
    if faults:
        raise errors.Invalid(errors=faults)


def references(schema: Any, data: Any, path: str = "") -> Iterator[Found]:
    """The references in the data, at the places where the schema gives a reference format."""
    if not isinstance(schema, dict):
        return
    if (target := _target(schema)) and (id := _id(data)) is not None:
        yield Found(path, target, id)
    elif isinstance(data, dict):
        for key, inner in (schema.get("properties") or {}).items():
            if key in data:
                yield from references(inner, data[key], f"{path}.{key}" if path else key)
    elif isinstance(data, list):
        for index, member in enumerate(data):
            yield from references(schema.get("items"), member, f"{path}.{index}")


def resolved(schema: Any, data: Any, values: dict[tuple[str, int], Any]) -> Any:
    """The data with each reference replaced by `values[(target, id)]`, null where there is none."""
    if not isinstance(schema, dict):
        return data
    if (target := _target(schema)) and (id := _id(data)) is not None:
        return values.get((target, id))
    if isinstance(data, dict):
        inner = schema.get("properties") or {}
        return {key: resolved(inner.get(key), member, values) for key, member in data.items()}
    if isinstance(data, list):
        return [resolved(schema.get("items"), member, values) for member in data]
    return data


def _target(schema: dict[str, Any]) -> str | None:
    name = schema.get("format")
    return FORMATS.get(name) if isinstance(name, str) else None


def _id(data: Any) -> int | None:
    """An integer as JSON Schema means it: `5.0` is one, and so is a number too large for any id."""
    if isinstance(data, bool) or not isinstance(data, int | float) or data != data // 1:
        return None
    return int(data)
