"""Keeps children running and their output readable, and ends them in order.

One thread does it all: children are tied to the life of the thread that started them (see `process.spawn`).
"""

import os
import selectors
import signal
import subprocess
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import FrameType

from cognitor.embedded.console import Console
from cognitor.embedded.process import EmbeddedError, Steps

QUICK = 20.0
"""A child that ends within so many seconds failed; the wait before its next start doubles with each failure."""
LONGEST_WAIT = 30.0
LONGEST_LINE = 65_536
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PROGRAM: Steps = ((signal.SIGTERM, 10), (signal.SIGKILL, 5))


@dataclass(eq=False)
class Child:
    """A process to keep running. `launch` starts it, each time anew; `steps` end it."""

    name: str
    launch: Callable[[], subprocess.Popen[bytes]]
    steps: Steps = PROGRAM
    rank: int = 0
    """Those of the lowest rank are ended first."""
    patience: int | None = None
    """How many failures in a row before its supervisor gives up; `None` tries for ever."""
    process: subprocess.Popen[bytes] | None = None
    failures: int = 0
    started: float = 0.0
    due: float = 0.0
    partial: bytes = b""
    last: deque[str] = field(default_factory=lambda: deque(maxlen=20))

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None


class GaveUpError(EmbeddedError):
    """A child kept failing."""


class Supervisor:
    """Runs children until it is interrupted; after that a second signal shortens every wait."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.children: list[Child] = []
        self.interrupted = False
        self._hurry = False
        self._raising = False
        self._selector = selectors.DefaultSelector()

    @contextmanager
    def signals(self) -> Iterator[None]:
        """Takes over Ctrl-C, SIGTERM and SIGHUP. A signal that is ignored, as by nohup, stays ignored."""
        before = {sign: signal.getsignal(sign) for sign in SIGNALS}
        for sign, handler in before.items():
            if handler != signal.SIG_IGN:
                signal.signal(sign, self._on_signal)
        try:
            yield
        finally:
            for sign, handler in before.items():
                signal.signal(sign, handler)

    @contextmanager
    def interruptible(self) -> Iterator[None]:
        """Inside, a signal raises `KeyboardInterrupt` at once instead of at the next turn of the loop."""
        self._raising = True
        try:
            if self.interrupted:
                raise KeyboardInterrupt
            yield
        finally:
            self._raising = False

    def add(self, child: Child) -> Child:
        """Starts a child; from now on `run` keeps it running."""
        self.children.append(child)
        self._launch(child)
        return child

    def run(self, until: Callable[[], bool] = lambda: False) -> None:
        """Passes output on and restarts what ends, until `until()` or a signal. Raises `GaveUpError`."""
        while not self.interrupted and not until():
            self._pump(0.1)
            for child in self.children:
                self._care(child)
            self.interrupted |= self.console.broken

    def stop_all(self) -> None:
        """Ends all children, rank by rank."""
        for rank in sorted({child.rank for child in self.children}):
            self.stop([child for child in self.children if child.rank == rank])

    def stop(self, children: Sequence[Child]) -> None:
        """Ends these children together, each by its steps, with all that they have started."""
        plans = {child: iter(child.steps) for child in children if child.running}
        due = dict.fromkeys(plans, 0.0)
        while plans:
            now = time.monotonic()
            for child, plan in list(plans.items()):
                if not child.running:
                    del plans[child]
                elif now >= due[child]:
                    step = next(plan, None)
                    if step is None:
                        self.console.say(f"{child.name} cannot be ended")
                        del plans[child]
                    else:
                        _signal(child, step[0])
                        due[child] = now + step[1]
            if self._hurry:
                self._hurry = False
                due = {child: min(when, now + 0.3) for child, when in due.items()}
            self._pump(0.02)
        for child in children:
            _signal(child, signal.SIGKILL)
            self._finish(child)
            if child in self.children:
                self.children.remove(child)

    def _on_signal(self, number: int, _: FrameType | None) -> None:
        if self.interrupted:
            self._hurry = True
            return
        self.interrupted = True
        if self._raising:
            raise KeyboardInterrupt

    def _launch(self, child: Child) -> None:
        child.started = time.monotonic()
        child.process = child.launch()
        if child.process.stdout:
            os.set_blocking(child.process.stdout.fileno(), False)
            self._selector.register(child.process.stdout, selectors.EVENT_READ, child)

    def _care(self, child: Child) -> None:
        now = time.monotonic()
        if child.process is None:
            if now >= child.due:
                try:
                    self._launch(child)
                except (EmbeddedError, OSError) as error:
                    self.console.say(f"{child.name}: {error}")
                    self._failed(child)
            return
        code = child.process.poll()
        if code is None:
            if child.failures and now - child.started > QUICK:
                child.failures = 0
            return
        # What a dead parent started would hold its port.
        _signal(child, signal.SIGKILL)
        self._finish(child)
        child.process = None
        self.console.say(f"{child.name} ended {_reason(code)}")
        self._failed(child)

    def _failed(self, child: Child) -> None:
        now = time.monotonic()
        child.failures = child.failures + 1 if now - child.started < QUICK else 1
        if child.patience is not None and child.failures >= child.patience:
            lines = "\n".join(child.last)
            raise GaveUpError(f"{child.name} failed {child.failures} times in a row. Its last lines:\n{lines}")
        wait = min(LONGEST_WAIT, 2.0 ** (child.failures - 1))
        child.due = now + wait
        self.console.say(f"{child.name} starts again in {wait:.0f} s")

    def _pump(self, timeout: float) -> None:
        if not self._selector.get_map():
            time.sleep(timeout)
            return
        for key, _ in self._selector.select(timeout):
            self._read(key.data)

    def _read(self, child: Child) -> bool:
        """Passes on what the child has written; whether there may be more."""
        output = child.process.stdout if child.process else None
        if output is None or output.closed:
            return False
        try:
            chunk = os.read(output.fileno(), LONGEST_LINE)
        except BlockingIOError:
            return False
        *lines, child.partial = (child.partial + chunk).split(b"\n")
        if child.partial and (not chunk or len(child.partial) > LONGEST_LINE):
            lines, child.partial = [*lines, child.partial], b""
        for line in lines:
            text = line.decode(errors="replace").rstrip("\r")
            child.last.append(text)
            self.console.pass_on(child.name, text)
        if not chunk:
            self._selector.unregister(output)
            output.close()
        return bool(chunk)

    def _finish(self, child: Child) -> None:
        """Reads what is left of a child that has ended."""
        while self._read(child):
            pass
        output = child.process.stdout if child.process else None
        if output and not output.closed:
            self._selector.unregister(output)
            output.close()


def _signal(child: Child, sign: signal.Signals) -> None:
    """Sends a signal to a child; the last one, SIGKILL, to all that it has started as well."""
    if child.process is None:
        return
    with suppress(ProcessLookupError, PermissionError):
        if sign == signal.SIGKILL:
            os.killpg(child.process.pid, sign)
        else:
            child.process.send_signal(sign)


def _reason(code: int) -> str:
    if code >= 0:
        return f"with code {code}"
    with suppress(ValueError):
        return f"by {signal.Signals(-code).name}"
    return f"by signal {-code}"
