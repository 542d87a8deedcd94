"""Where a schema holds other schemas, and where a `$ref` leads."""

from collections.abc import Iterator
from typing import Any

# For the same value; below it; and where schemas only wait to be referred to.
ALIKE = ("allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas")
BELOW = (
    "properties",
    "patternProperties",
    "additionalProperties",
    "unevaluatedProperties",
    "propertyNames",
    "items",
    "prefixItems",
    "unevaluatedItems",
    "contains",
    "contentSchema",
)
SHELVES = ("$defs", "definitions")
_BY_NAME = ("properties", "patternProperties", "dependentSchemas", *SHELVES)

Place = tuple[str, dict[str, Any]]
"""A JSON pointer into the schema, and the schema that stands there."""


def inner(place: Place, keywords: tuple[str, ...]) -> Iterator[Place]:
    """The schemas that stand directly under these keywords; a schema that is `true` or `false` has nothing in it."""
    pointer, schema = place
    for keyword in keywords:
        held = schema.get(keyword)
        if isinstance(held, dict) and keyword in _BY_NAME:
            found: Any = [(f"{pointer}/{keyword}/{escaped(name)}", one) for name, one in held.items()]
        elif isinstance(held, list):
            found = [(f"{pointer}/{keyword}/{index}", one) for index, one in enumerate(held)]
        else:
            found = [(f"{pointer}/{keyword}", held)]
        yield from ((where, one) for where, one in found if isinstance(one, dict))


def places(schema: dict[str, Any]) -> Iterator[Place]:
    """The schema and all schemas in it: what is no schema, as the members of an `enum`, is left out."""
    waiting: list[Place] = [("", schema)]
    while waiting:
        place = waiting.pop()
        yield place
        waiting.extend(inner(place, (*ALIKE, *BELOW, *SHELVES)))


def referred(root: dict[str, Any], schema: dict[str, Any]) -> Place | None:
    """Where the schema's `$ref` leads, if it is a pointer into the same document."""
    ref = schema.get("$ref")
    if not isinstance(ref, str) or not (ref == "#" or ref.startswith("#/")):
        return None
    node: Any = root
    for step in ref[1:].split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(node, dict) and name in node:
            node = node[name]
        elif isinstance(node, list) and name.isdecimal() and int(name) < len(node):
            node = node[int(name)]
        else:
            return None
    return (ref[1:], node) if isinstance(node, dict) else None


def escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
