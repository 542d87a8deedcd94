"""Finished answers in the memory of one process, bounded by bytes."""

import gzip
import threading
import time
from collections.abc import Hashable

from apps.core.delivery.answer import Answer
from apps.core.delivery.generations import Generations, slots_of

OVERHEAD = 2_000
COMPRESSED_FROM = 1_000
MOST_NAMES, LONGEST_NAME = 20_000, 300

Headers = list[tuple[str, str]]


class Entry:
    """One answer ready to leave, its headers made once; `compressible` says that it is worth its gzip."""

    __slots__ = (
        "begun",
        "compressible",
        "gzipped",
        "headers",
        "key",
        "modified",
        "names",
        "plain",
        "size",
        "slots",
        "tag",
        "used",
    )

    def __init__(self, answer: Answer, begun: int, constant: Headers) -> None:
        self.gzipped: tuple[bytes, Headers] | None = None
        self.begun, self.slots = begun, slots_of(answer.tags)
        self.tag, self.modified = answer.validator, answer.modified if answer.last_modified else None
        self.plain = answer.body
        self.compressible = len(self.plain) >= COMPRESSED_FROM
        shared = [
            ("Content-Type", answer.content_type),
            ("Cache-Control", answer.cache_control),
            *answer.headers.items(),
            *constant,
        ]
        if date := answer.last_modified:
            shared.append(("Last-Modified", date))
        if self.compressible:
            shared.append(("Vary", "Accept-Encoding"))
        self.headers: Headers = [*shared, ("ETag", f'"{self.tag}"'), ("Content-Length", str(len(self.plain)))]
        self.size = len(self.plain) + OVERHEAD
        self.key: Hashable = None
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
            entry.key, self.entries[key] = key, entry
            self.bytes += entry.size
            self._make_room(entry)

    def compressed(self, entry: Entry) -> tuple[bytes, Headers]:
        """The entry's gzip with its headers; made when it is first wanted, and then kept with the entry."""
        if entry.gzipped is None:
            smaller = gzip.compress(entry.plain, compresslevel=5, mtime=0)
            if len(smaller) > len(entry.plain) * 0.9:
                entry.compressible = False
                return entry.plain, entry.headers
            own = [("ETag", f'"{entry.tag}-gzip"'), ("Content-Encoding", "gzip"), ("Content-Length", str(len(smaller)))]
            with self._lock:
                if entry.gzipped is None:
                    entry.gzipped, entry.size = (smaller, [*entry.headers[:-2], *own]), entry.size + len(smaller)
                    if self.entries.get(entry.key) is entry:
                        self.bytes += len(smaller)
                        self._make_room(entry)
        return entry.gzipped

    def _make_room(self, entry: Entry) -> None:
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
