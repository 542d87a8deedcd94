"""What every answer needs to know first, such as whose site it is: kept for seconds, in the memory of one process."""

import time
from collections.abc import Callable, Hashable, Iterable
from typing import Generic, TypeVar

from apps.core.delivery.generations import slots_of
from apps.core.delivery.touching import generations

T = TypeVar("T")

SECONDS = 5
MOST = 1_000


class Kept(Generic[T]):
    """Values by key. One is believed until one of its tags is touched, and for five seconds at most, which bounds what
    a word of another host that was lost can cost. What `read` raises is not kept.
    """

    def __init__(self) -> None:
        self._values: dict[Hashable, tuple[T, int, tuple[int, ...]]] = {}

    def get(self, key: Hashable, read: Callable[[], tuple[T, Iterable[str]]]) -> T:
        """`read` gives the value and the tags on which it hangs."""
        found = self._values.get(key)
        if found is not None:
            value, begun, slots = found
            if time.monotonic_ns() - begun < SECONDS * 1_000_000_000 and generations().fresh(begun, slots):
                return value
        begun = time.monotonic_ns()
        value, tags = read()
        if len(self._values) >= MOST:
            self._values.clear()
        self._values[key] = value, begun, slots_of(tags)
        return value

    def clear(self) -> None:
        self._values.clear()
