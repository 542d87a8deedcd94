"""JSON as clients of this API know it: compact, UTF-8, keys in the order given, six digits of microseconds."""

import datetime
import uuid
from decimal import Decimal
from typing import Any

import orjson

_OPTIONS = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_NON_STR_KEYS


def stamp(moment: datetime.datetime) -> str:
    """UTC with all six digits and `Z`: `2026-04-24T11:13:10.478855Z`."""
    return moment.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _other(value: Any) -> Any:
    match value:
        case datetime.datetime():
            return stamp(value)
        case datetime.date() | datetime.time():
            return value.isoformat()
        case Decimal() | uuid.UUID():
            return str(value)
        case set() | frozenset():
            return sorted(value)
        case _:
            return str(value)


def dumps(value: Any) -> bytes:
    return orjson.dumps(value, default=_other, option=_OPTIONS)


def loads(text: bytes | str) -> Any:
    return orjson.loads(text)
