"""Values of unique fields, as they are compared."""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

from apps.core.encoding import dumps


def unique_fields(schema: dict[str, Any]) -> list[str]:
    """The top-level fields no two elements of the type may have the same value of, in the order of their names."""
    properties = schema.get("properties") or {}
    return sorted(name for name, one in properties.items() if isinstance(one, dict) and one.get("x-unique") is True)


def unique_values(fields: Iterable[str], data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Field and fingerprint of each value that counts: not null, not a list or an object.

    Values that JSON Schema calls equal (`1` and `1.0`) have one fingerprint.
    """
    for name in fields:
        value = data.get(name)
        if value is None or isinstance(value, dict | list):
            continue
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        yield name, hashlib.sha256(dumps(value)).hexdigest()[:32]
