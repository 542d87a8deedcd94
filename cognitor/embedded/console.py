"""One readable log out of many processes: a line each, with the name of its process in front."""

import io
import json
import os
from typing import Any, TextIO

WIDTH = 8
COLOURS = {"web": 36, "worker": 35, "beat": 34, "metrics": 90, "stripe": 33, "serve": 32}
LEVELS = {"warning": 33, "error": 31, "critical": 31}


class Console:
    """Writes prefixed lines to a stream, in colour on a terminal only."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.colour = stream.isatty() and not os.environ.get("NO_COLOR")
        self.broken = False
        """Whether whoever read the stream is gone; further lines are dropped."""

    def say(self, text: str) -> None:
        """A line of our own."""
        self.write("serve", text)

    def write(self, name: str, text: str, level: str = "info") -> None:
        prefix = self._paint(f"{name:<{WIDTH}}|", COLOURS.get(name, 90))
        for line in text.splitlines() or [""]:
            self._put(f"{prefix} {self._paint(line, LEVELS.get(level))}\n")

    def pass_on(self, name: str, line: str) -> None:
        """A line of a child: a structured one is made readable, any other stays as it is."""
        if line.strip():
            self.write(name, *readable(line))

    def _paint(self, text: str, code: int | None) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour and code else text

    def _put(self, text: str) -> None:
        if self.broken:
            return
        try:
            self.stream.write(text)
            self.stream.flush()
        except OSError:
            self.broken = True


class Lines(io.TextIOBase):
    """A text stream whose lines go to a console under one name."""

    def __init__(self, console: Console, name: str) -> None:
        self.console = console
        self.name = name
        self._partial = ""

    def write(self, text: str) -> int:
        *lines, self._partial = (self._partial + text).split("\n")
        for line in lines:
            self.console.pass_on(self.name, line)
        return len(text)


def readable(line: str) -> tuple[str, str]:
    """Text and level of a log line. `{"timestamp", "level", "event", ...}` becomes `12:00:00 event key=value`."""
    try:
        record = json.loads(line) if line.startswith("{") else None
    except ValueError:
        record = None
    if not isinstance(record, dict) or "event" not in record:
        return line, "info"
    level = str(record.pop("level", "info"))
    time = str(record.pop("timestamp", ""))[11:19]
    event = str(record.pop("event"))
    trace = _trace(record.pop("exception", None))
    record.pop("logger", None)
    words = [time, "" if level == "info" else level.upper(), event]
    words += [f"{key}={_plain(value)}" for key, value in record.items() if value not in (None, "")]
    return "\n".join([" ".join(word for word in words if word), *trace]), level


def _trace(exception: Any) -> list[str]:
    """Lines of a traceback, given as text or as structlog's list of exceptions with their frames."""
    if isinstance(exception, str):
        return exception.rstrip().splitlines()
    lines = []
    for one in exception if isinstance(exception, list) else []:
        frames = one.get("frames", [])
        lines += [f"  {frame.get('filename')}:{frame.get('lineno')} in {frame.get('name')}" for frame in frames]
        lines.append(f"  {one.get('exc_type')}: {one.get('exc_value')}")
    return lines


def _plain(value: Any) -> str:
    if isinstance(value, str) and value.isprintable() and " " not in value:
        return value
    return json.dumps(value, ensure_ascii=False)
