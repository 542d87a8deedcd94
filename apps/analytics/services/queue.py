"""The queue between requests and tables: one Redis stream, bounded by bytes.

An entry is one JSON text. Its id, which Redis gives, holds the time in milliseconds and only ever grows: it is the time
of all that the entry tells.
"""

from typing import Any

import orjson
import redis.exceptions
from django.conf import settings

from apps.analytics.errors import Busy
from apps.core import redis as servers

STREAM, BYTES = "analytics:events", "analytics:bytes"
RETRY_SECONDS = 10
_SET_BACK = 60_000
"""Milliseconds: a stream that ends so long before what was copied is another one, begun with a clock set back."""

_ADD = """
local waiting = tonumber(redis.call('GET', KEYS[2]) or '0')
if waiting + #ARGV[2] > tonumber(ARGV[1]) then return 0 end
redis.call('INCRBY', KEYS[2], #ARGV[2])
redis.call('XADD', KEYS[1], '*', 'e', ARGV[2])
return 1
"""
_DONE = """
local freed = 0
for _, entry in ipairs(redis.call('XRANGE', KEYS[1], '-', ARGV[1])) do
  freed = freed + #entry[2][2]
  redis.call('XDEL', KEYS[1], entry[1])
end
if redis.call('XLEN', KEYS[1]) == 0 then redis.call('SET', KEYS[2], 0)
elseif freed > 0 then redis.call('DECRBY', KEYS[2], freed) end
return freed
"""

Entry = tuple[str, dict[str, Any]]


def put(entry: dict[str, Any]) -> None:
    """Adds an entry, with one command; refused with `Busy` at the bound, with `Away` when Redis is."""
    try:
        taken = servers.broker().call(
            lambda server: server.eval(_ADD, 2, STREAM, BYTES, settings.ANALYTICS_QUEUE_BYTES, orjson.dumps(entry))
        )
    except redis.exceptions.ResponseError:  # its memory is full, which its own bound says
        taken = 0
    if not taken:
        raise Busy(headers={"Retry-After": str(RETRY_SECONDS)})


def waiting(after: str, count: int) -> list[tuple[str, dict[str, Any] | None]]:
    """The next entries behind that id, oldest first; None in the place of what cannot be read."""

    def read(server: Any) -> Any:
        found = server.xrange(STREAM, min=f"({after}", count=count)
        if found or not server.xlen(STREAM):
            return found
        last = server.xinfo_stream(STREAM)["last-generated-id"].decode()
        anew = milliseconds(last) < milliseconds(after) - _SET_BACK
        return server.xrange(STREAM, count=count) if anew else []

    return [(id.decode(), _read(fields)) for id, fields in servers.broker().call(read)]


def done(last: str) -> None:
    """Removes what is in the tables: everything up to that id."""
    servers.broker().call(lambda server: server.eval(_DONE, 2, STREAM, BYTES, last))


def state() -> dict[str, int]:
    """How many entries and bytes wait, and since how many milliseconds the oldest does."""

    def read(server: Any) -> Any:
        first = server.xrange(STREAM, count=1)
        seconds, micros = server.time()
        age = seconds * 1000 + micros // 1000 - milliseconds(first[0][0].decode()) if first else 0
        return {"entries": server.xlen(STREAM), "bytes": int(server.get(BYTES) or 0), "lag_ms": age}

    found: dict[str, int] = servers.broker().call(read)
    return found


def milliseconds(id: str) -> int:
    return int(id.partition("-")[0])


def _read(fields: dict[bytes, bytes]) -> dict[str, Any] | None:
    try:
        found = orjson.loads(fields[b"e"])
    except (KeyError, orjson.JSONDecodeError):
        return None
    return found if isinstance(found, dict) else None
