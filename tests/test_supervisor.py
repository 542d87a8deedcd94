"""Children keep running, their output is one readable log, and none of them is left behind."""

import io
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator

import pytest

from cognitor.embedded import process
from cognitor.embedded.console import Console, Lines, readable
from cognitor.embedded.supervisor import Child, GaveUpError, Supervisor
from cognitor.installation import ROOT

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("plain text", "plain text"),
        ("{not json", "{not json"),
        ('{"other": 1}', '{"other": 1}'),
        (
            '{"timestamp": "2026-01-02T03:04:05.678Z", "level": "info", "event": "done", "status": 200, "at": "/a b"}',
            '03:04:05 done status=200 at="/a b"',
        ),
        ('{"level": "error", "event": "failed", "tenant": null}', "ERROR failed"),
        ('{"event": "x", "note": "two\\nlines \\u001b[31m"}', 'x note="two\\nlines \\u001b[31m"'),
        ('{"event": "x", "exception": "Traceback\\n  here"}', "x\nTraceback\n  here"),
        (
            '{"event": "x", "exception": [{"exc_type": "ValueError", "exc_value": "no",'
            ' "frames": [{"filename": "a.py", "lineno": 3, "name": "f"}]}]}',
            "x\n  a.py:3 in f\n  ValueError: no",
        ),
    ],
)
def test_log_lines_become_readable(line: str, text: str) -> None:
    assert readable(line)[0] == text


def test_lines_are_prefixed_and_uncoloured_off_a_terminal() -> None:
    stream = io.StringIO()
    console = Console(stream)
    print("one\ntwo", file=Lines(console, "web"))
    console.pass_on("worker", '{"level": "error", "event": "failed"}')
    console.pass_on("worker", "")
    assert stream.getvalue() == "web     | one\nweb     | two\nworker  | ERROR failed\n"


class Gone(io.StringIO):
    def write(self, text: str) -> int:
        raise BrokenPipeError


@pytest.fixture
def log() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def supervisor(log: io.StringIO) -> Iterator[Supervisor]:
    supervisor = Supervisor(Console(log))
    yield supervisor
    for child in supervisor.children:
        child.steps = ((signal.SIGKILL, 5),)
    supervisor.stop(list(supervisor.children))


def shell(script: str) -> Callable[[], subprocess.Popen[bytes]]:
    argv = ["/bin/sh", "-c", script]
    return lambda: process.spawn(argv, stdout=subprocess.PIPE, env={"PATH": os.defpath}, cwd=ROOT)


def test_a_child_that_ends_is_started_again_after_a_wait_that_doubles(supervisor: Supervisor, log: io.StringIO) -> None:
    supervisor.add(Child("web", shell("echo here; exit 3")))
    began = time.monotonic()
    supervisor.run(until=lambda: log.getvalue().count("here") == 3)
    assert 3 <= time.monotonic() - began < 5
    assert log.getvalue().startswith(
        "web     | here\nserve   | web ended with code 3\nserve   | web starts again in 1 s\n"
        "web     | here\nserve   | web ended with code 3\nserve   | web starts again in 2 s\n"
        "web     | here\n"
    )


def test_a_child_with_little_patience_is_given_up_with_its_last_lines(supervisor: Supervisor) -> None:
    supervisor.add(Child("web", shell("echo broken; exit 1"), patience=2))
    with pytest.raises(GaveUpError, match=r"web failed 2 times in a row. Its last lines:\nbroken\nbroken"):
        supervisor.run()


def test_a_child_ends_with_all_that_it_started_even_when_it_does_not_want_to(
    supervisor: Supervisor, log: io.StringIO
) -> None:
    deaf = "trap '' TERM; sleep 100 & echo $!; while :; do sleep 0.05; done"
    child = supervisor.add(Child("web", shell(deaf), ((signal.SIGTERM, 0.3), (signal.SIGKILL, 5))))
    supervisor.run(until=lambda: "\n" in log.getvalue())
    grandchild = int(log.getvalue().split("|")[1])
    assert process.alive(grandchild)
    supervisor.stop([child])
    assert process.wait_until(lambda: not process.alive(grandchild), 5)
    assert supervisor.children == []


def test_a_second_signal_hurries(supervisor: Supervisor, log: io.StringIO) -> None:
    child = supervisor.add(Child("web", shell("trap '' TERM; echo ready; while :; do sleep 0.05; done")))
    supervisor.run(until=lambda: "ready" in log.getvalue())
    with supervisor.signals():
        os.kill(os.getpid(), signal.SIGTERM)
        supervisor.run()
        os.kill(os.getpid(), signal.SIGTERM)
        began = time.monotonic()
        supervisor.stop([child])
    assert time.monotonic() - began < 3
    with pytest.raises(KeyboardInterrupt), supervisor.interruptible():
        pytest.fail("an interrupted run must not begin anything")


def test_a_reader_that_is_gone_stops_the_run() -> None:
    supervisor = Supervisor(Console(Gone()))
    child = supervisor.add(Child("web", shell("while :; do echo again; sleep 0.05; done")))
    supervisor.run()
    supervisor.stop([child])
    assert child.process
    assert child.process.returncode is not None


def test_signals_escalate_until_a_child_is_gone() -> None:
    deaf = process.spawn(
        ["/bin/sh", "-c", "trap '' TERM; echo ready; while :; do sleep 0.1; done"],
        stdout=subprocess.PIPE,
        env={"PATH": os.defpath},
        cwd=ROOT,
    )
    assert deaf.stdout
    assert deaf.stdout.readline() == b"ready\n"
    process.stop(deaf, ((signal.SIGTERM, 0.3), (signal.SIGKILL, 5)))
    assert deaf.returncode == -signal.SIGKILL
    deaf.stdout.close()
