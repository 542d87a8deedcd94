"""How far a command is, for whoever watches it."""

import sys
from typing import TextIO

_WIDTH = 24


class Bar:
    """A line that fills up, on a terminal only."""

    def __init__(self, total: int, stream: TextIO = sys.stderr) -> None:
        self.total, self.stream, self.done = max(1, total), stream, 0
        self.shown = stream.isatty()

    def step(self, label: str = "", *, by: int = 1) -> None:
        self.done = min(self.done + by, self.total)
        if self.shown:
            bar = "█" * (_WIDTH * self.done // self.total)
            self.stream.write(f"\r{bar:<{_WIDTH}} {self.done}/{self.total} {label[:40]:<40}")
            self.stream.flush()

    def end(self) -> None:
        if self.shown:
            self.stream.write("\n")
