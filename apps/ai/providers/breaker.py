"""A circuit breaker per provider, shared by all processes through Redis; each process by itself while Redis is away.

Closed: calls go through. After `FAILURES` failures without a success in between it opens: nobody asks for
`OPEN_SECONDS`. Then it is half open: one call tries, the others are still passed over, and what becomes of it closes
or opens it again.
"""

import time
from collections.abc import Callable
from typing import Any, TypeVar

from apps.core import redis

T = TypeVar("T")

FAILURES = 5
OPEN_SECONDS = 30
_REMEMBERED_SECONDS = 600


class _Memory:
    """The four commands of Redis that are needed, in this process."""

    def __init__(self) -> None:
        self.values: dict[str, tuple[float, int]] = {}

    def _live(self, key: str) -> int:
        until, value = self.values.get(key, (0.0, 0))
        return value if until > time.monotonic() else 0

    def exists(self, key: str) -> int:
        return int(self._live(key) > 0)

    def get(self, key: str) -> int:
        return self._live(key)

    def set(self, key: str, value: int, *, ex: int, nx: bool = False) -> bool:
        if nx and self._live(key):
            return False
        self.values[key] = (time.monotonic() + ex, value)
        return True

    def incr(self, key: str) -> int:
        value = self._live(key) + 1
        self.values[key] = (time.monotonic() + _REMEMBERED_SECONDS, value)
        return value

    def expire(self, key: str, seconds: int) -> None:
        self.values[key] = (time.monotonic() + seconds, self._live(key))

    def delete(self, *keys: str) -> None:
        for key in keys:
            self.values.pop(key, None)


_memory = _Memory()


def _on(work: Callable[[Any], T]) -> T:
    try:
        return redis.broker().call(work)
    except redis.Away:
        return work(_memory)


def _keys(provider: str) -> tuple[str, str, str]:
    prefix = f"ai:breaker:{provider}"
    return f"{prefix}:failures", f"{prefix}:open", f"{prefix}:trying"


def may_ask(provider: str) -> bool:
    """Whether a call may go out now. In the half open state this is true for one caller in `OPEN_SECONDS`."""
    failures, opened, trying = _keys(provider)

    def look(store: Any) -> bool:
        if store.exists(opened):
            return False
        if int(store.get(failures) or 0) < FAILURES:
            return True
        return bool(store.set(trying, 1, ex=OPEN_SECONDS, nx=True))

    return _on(look)


def failed(provider: str) -> None:
    """Counts a failure that is the provider's."""
    failures, opened, trying = _keys(provider)

    def count(store: Any) -> None:
        so_far = store.incr(failures)
        store.expire(failures, _REMEMBERED_SECONDS)
        if so_far >= FAILURES:
            store.set(opened, 1, ex=OPEN_SECONDS)
            store.delete(trying)

    _on(count)


def answered(provider: str) -> None:
    """It answers, be it with a refusal: what was counted is forgotten."""
    keys = _keys(provider)
    _on(lambda store: store.delete(*keys))
