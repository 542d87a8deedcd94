"""When what was last touched, by tag, in memory that all processes of a host share.

A slot holds the host's monotonic time of the last touch of the tags that fall into it. An answer that was begun
before that time is old, whichever process keeps it. Two tags in one slot cost a needless miss, never an old answer.
"""

import fcntl
import mmap
import os
import threading
import time
import zlib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

SLOTS = 1 << 16
_BOOT, _DISTRUST, EPOCH, _FIRST = 0, 1, 2, 16


@lru_cache(maxsize=100_000)
def slot(tag: str) -> int:
    return _FIRST + zlib.crc32(tag.encode()) % (SLOTS - _FIRST)


def slots_of(tags: Iterable[str]) -> tuple[int, ...]:
    """The slots of the tags, with the one that everything hangs on."""
    return (EPOCH, *{slot(tag) for tag in tags})


class Generations:
    """The slots in a file that every process of the host maps. Times of another boot of the machine mean nothing."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        self._lock = threading.Lock()
        boot = _boot()
        fcntl.flock(self._file, fcntl.LOCK_EX)
        try:
            fresh = os.fstat(self._file).st_size != SLOTS * 8
            if fresh:
                os.ftruncate(self._file, 0)
                os.ftruncate(self._file, SLOTS * 8)
            self._map = mmap.mmap(self._file, SLOTS * 8)
            self.view = memoryview(self._map).cast("Q")
            if fresh or self.view[_BOOT] != boot:
                self._map[:] = bytes(SLOTS * 8)
                self.view[_BOOT] = boot
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def touch(self, slots: Iterable[int], *, distrust_for: float = 0) -> None:
        """What hangs on these slots is old from now on. A slot never goes back, whoever is slow in writing it.

        `distrust_for`: seconds in which this host shall not believe the cache that hosts share.
        """
        with self._lock:
            fcntl.flock(self._file, fcntl.LOCK_EX)
            try:
                now = time.monotonic_ns()
                if distrust_for:
                    until = now + int(distrust_for * 1e9)
                    self.view[_DISTRUST] = max(self.view[_DISTRUST], until)
                for index in slots:
                    self.view[index] = max(self.view[index], now)
            finally:
                fcntl.flock(self._file, fcntl.LOCK_UN)

    def fresh(self, begun: int, slots: Iterable[int]) -> bool:
        """Whether nothing of this was touched since `begun` (of `time.monotonic_ns`, taken before reading)."""
        view = self.view
        return all(view[index] < begun for index in slots)

    @property
    def distrusting(self) -> bool:
        return self.view[_DISTRUST] > time.monotonic_ns()


def _boot() -> int:
    try:
        text = Path("/proc/sys/kernel/random/boot_id").read_text()
    except OSError:  # no Linux: the time of the boot, to ten seconds
        text = str(round((time.time() - time.monotonic()) / 10))
    return zlib.crc32(text.encode()) or 1
