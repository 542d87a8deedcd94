"""What every answer needs to know first, such as whose site it is: kept for seconds, in the memory of one process."""

import time
from collections.abc import Callable, Hashable, Iterable
from typing import Generic, TypeVar

from django.db import connection

from apps.core.delivery.generations import slots_of
from apps.core.delivery.touching import generations

T = TypeVar("T")

SECONDS = 5


class Kept(Generic[T]):
    """Values by key. One is believed until one of its tags is touched, and for five seconds at most, which bounds what
    a word of another host that was lost can cost. What `read` raises is not kept. Inside a transaction nothing is
    kept or believed: what it changed itself is not told yet.

    The values are shared by all who ask: they are only to be read.
    """

    def __init__(self, most: int = 1_000) -> None:
        self.most = most
        self._values: dict[Hashable, tuple[T, int, tuple[int, ...]]] = {}

    def get(self, key: Hashable, read: Callable[[], tuple[T, Iterable[str]]]) -> T:
        """`read` gives the value and the tags on which it hangs."""
        if connection.in_atomic_block:
            return read()[0]
        found = self._values.get(key)
        if found is not None:
            value, begun, slots = found
            if time.monotonic_ns() - begun < SECONDS * 1_000_000_000 and generations().fresh(begun, slots):
                return value
        begun = time.monotonic_ns()
        value, tags = read()
        if len(self._values) >= self.most:
            self._values.clear()
        self._values[key] = value, begun, slots_of(tags)
        return value
