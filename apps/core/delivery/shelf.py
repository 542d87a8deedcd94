"""Finished answers in the memory of one process, bounded by bytes."""

import gzip
import threading
import time
from collections.abc import Hashable

from apps.core.delivery.answer import Answer
from apps.core.delivery.generations import Generations, slots_of

OVERHEAD = 1_000
COMPRESSED_FROM = 1_000
MOST_NAMES, LONGEST_NAME = 20_000, 300

Headers = list[tuple[str, str]]


class Entry:
    """One answer ready to leave: both encodings and their headers made once."""

    __slots__ = ("begun", "compressed", "headers", "modified", "names", "plain", "size", "slots", "tag", "used")

    def __init__(self, answer: Answer, begun: int, constant: Headers) -> None:
        self.begun, self.slots = begun, slots_of(answer.tags)
        self.tag, self.modified = answer.validator, answer.modified if answer.last_modified else None
        self.plain, self.compressed = answer.body, b""
        if len(self.plain) >= COMPRESSED_FROM:
            smaller = gzip.compress(self.plain, compresslevel=5, mtime=0)
            self.compressed = smaller if len(smaller) < len(self.plain) * 0.9 else b""
        shared = [
            ("Content-Type", answer.content_type),
            ("Cache-Control", answer.cache_control),
            *answer.headers.items(),
            *constant,
        ]
        if date := answer.last_modified:
            shared.append(("Last-Modified", date))
        if self.compressed:
            shared.append(("Vary", "Accept-Encoding"))
        self.headers: tuple[Headers, Headers] = (
            [*shared, ("ETag", f'"{self.tag}"'), ("Content-Length", str(len(self.plain)))],
            [
                *shared,
                ("ETag", f'"{self.tag}-gzip"'),
                ("Content-Encoding", "gzip"),
                ("Content-Length", str(len(self.compressed))),
            ],
        )
        self.size = len(self.plain) + len(self.compressed) + OVERHEAD
        self.names: list[Hashable] = []
        self.used = False


class Shelf:
    """Entries by key, and by each of the raw requests that were found to mean the same.

    What was not used since it was last considered goes first (second chance). Entries are believed for `seconds` at
    most, and only as long as none of their tags was touched.
    """

    def __init__(self, generations: Generations, *, most_bytes: int, seconds: float) -> None:
        self.generations, self.most_bytes, self.seconds = generations, most_bytes, seconds
        self.names: dict[Hashable, Entry] = {}
        self.entries: dict[Hashable, Entry] = {}
        self.bytes = 0
        self._lock = threading.Lock()

    def named(self, name: Hashable) -> Entry | None:
        """By the raw request: the way of a hit."""
        entry = self.names.get(name)
        return entry if entry is not None and self._right(entry) else None

    def get(self, key: Hashable) -> Entry | None:
        entry = self.entries.get(key)
        return entry if entry is not None and self._right(entry) else None

    def _right(self, entry: Entry) -> bool:
        begun = entry.begun
        if time.monotonic_ns() - begun > self.seconds * 1_000_000_000:
            return False
        view = self.generations.view
        for index in entry.slots:
            if view[index] >= begun:
                return False
        entry.used = True
        return True

    def put(self, key: Hashable, entry: Entry) -> None:
        if entry.size > self.most_bytes // 8:
            return
        with self._lock:
            self._drop(key)
            self.entries[key] = entry
            self.bytes += entry.size
            while self.bytes > self.most_bytes:
                oldest, found = next(iter(self.entries.items()))
                if found.used and found is not entry:
                    found.used = False
                    self.entries[oldest] = self.entries.pop(oldest)
                else:
                    self._drop(oldest)

    def name(self, name: tuple[str, str], key: Hashable, entry: Entry) -> None:
        """A raw request (path, query) that means the entry. An entry has few names, and long ones are not kept."""
        if len(name[0]) + len(name[1]) > LONGEST_NAME:
            return
        with self._lock:
            if self.entries.get(key) is not entry:  # too large to be kept, or gone again
                return
            if len(entry.names) >= 50:
                self.names.pop(entry.names.pop(0), None)
            if len(self.names) >= MOST_NAMES:
                self.names.pop(next(iter(self.names)))
            self.names[name] = entry
            entry.names.append(name)

    def _drop(self, key: Hashable) -> None:
        entry = self.entries.pop(key, None)
        if entry is not None:
            self.bytes -= entry.size
            for name in entry.names:
                if self.names.get(name) is entry:
                    del self.names[name]
