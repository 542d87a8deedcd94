"""Minutes of reading and publishing at once: is ever an old answer given, and does memory grow?"""

import datetime
import json
import secrets
import threading
import time
import urllib.request
from dataclasses import asdict, dataclass
from typing import Any

from cognitor.bench.content import Api, Filled, fill, text
from cognitor.bench.load import Load
from cognitor.bench.programs import Facts, Programs, memory

READERS = 16
PIECE = 10.0
GROWTH = 1.1


@dataclass(frozen=True)
class Soaked:
    """`old`: answers that did not show what was acknowledged before. Memory: after the first fifth, and at the end."""

    at: str
    minutes: float
    reads: int
    writes: int
    old: int
    web_mb: tuple[float, float]
    worker_mb: tuple[float, float]

    @property
    def held(self) -> bool:
        grown = [last > first * GROWTH for first, last in (self.web_mb, self.worker_mb)]
        return not self.old and not any(grown)

    def facts(self) -> dict[str, Any]:
        return asdict(self)

    def table(self) -> str:
        lines = [f"| {name} | {value} |" for name, value in self.facts().items()]
        return "\n".join(["| soak | |", "|---|---|", *lines, f"| held | {self.held} |"])


def soak(programs: Programs, minutes: float, workers: int, elements: int) -> Soaked:
    """One client changes public elements and looks at each at once, alone and in the list, as others read all."""
    facts, _ = programs.ours(workers)
    filled = fill(facts, elements)
    writer = Writer(facts, filled)
    writer.start()
    path = f"/public/{filled.site}/elements/{{n}}"
    load = Load(facts["base_url"], path, (filled.first, filled.last), connections=READERS)
    began, reads, sizes = time.monotonic(), 0.0, []
    while time.monotonic() < began + minutes * 60 and writer.is_alive():
        reads += load.run(PIECE, programs.folder) * PIECE
        sizes.append((memory(facts["pids"]["web"]), memory(facts["pids"]["worker"])))
        print(
            f"{time.monotonic() - began:5.0f} s: {writer.writes} writes, {writer.old} old, {sizes[-1]} MB", flush=True
        )
    writer.ended.set()
    writer.join()
    if writer.failed:
        raise SystemExit(f"The writer failed: {writer.failed}")
    first, last = sizes[len(sizes) // 5], sizes[-1]
    return Soaked(
        at=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        minutes=minutes,
        reads=int(reads),
        writes=writer.writes,
        old=writer.old,
        web_mb=(first[0], last[0]),
        worker_mb=(first[1], last[1]),
    )


class Writer(threading.Thread):
    """Publishes one change after the other; `old` counts the reads after them that did not show it."""

    def __init__(self, facts: Facts, filled: Filled) -> None:
        super().__init__(daemon=True)
        self.api, self.filled, self.facts = Api(facts["base_url"]), filled, facts
        self.api.token = filled.token
        self.writes = self.old = 0
        self.failed = ""
        self.ended = threading.Event()

    def run(self) -> None:
        try:
            while not self.ended.is_set():
                self._publish()
        except Exception as error:  # said by the thread that waits
            self.failed = repr(error)

    def _publish(self) -> None:
        site, mark = self.filled.site, secrets.token_hex(8)
        number = secrets.choice(range(self.filled.first, self.filled.last + 1))
        self.api.send("PATCH", f"/{site}/elements/{number}", {"data": {"title": mark, "body": text()}})
        self.writes += 1
        for path in (f"/public/{site}/elements/{number}", f"/public/{site}/elements?limit=1"):
            with urllib.request.urlopen(self.facts["base_url"] + path, timeout=30) as answer:  # noqa: S310
                body = json.loads(answer.read())
            shown = body[0] if isinstance(body, list) else body
            self.old += shown["data"]["title"] != mark
