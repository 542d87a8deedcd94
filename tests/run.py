"""Runs the tests, or any command, on servers that end with it.

    python -m tests.run [--slow] [pytest's arguments]
    python -m tests.run --exec COMMAND [arguments]

Unless TEST_DATABASE_URL and TEST_REDIS_URL name servers, embedded ones are started on data in `.test-data`. Runs side
by side have a folder there each, so none waits for another. A command finds an empty database in DATABASE_URL; what
tests find is made in `tests.databases`.
"""

import fcntl
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from cognitor.embedded.postgres import EmbeddedPostgres
from cognitor.embedded.process import EmbeddedError
from cognitor.embedded.valkey import EmbeddedValkey
from cognitor.installation import ROOT, free_port

DATA = ROOT / ".test-data"
MOST_WORKERS = 8
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200"}
DROP_LEFTOVERS = r"SELECT format('DROP DATABASE %I', datname) FROM pg_database WHERE datname LIKE 'test\_%' \gexec"


def main(argv: Sequence[str]) -> int:
    with ExitStack() as stack:
        folder = stack.enter_context(own_folder())
        os.environ["COGNITOR_DATA"] = str(folder)
        if not os.environ.get("TEST_DATABASE_URL"):
            database = start_database(folder)
            stack.callback(database.stop)
            os.environ["TEST_DATABASE_URL"] = database.url()
        if not os.environ.get("TEST_REDIS_URL"):
            broker = EmbeddedValkey(
                None, free_port(), secrets.token_urlsafe(12), maxmemory="0", policy="noeviction", appendonly=False
            )
            broker.start()
            stack.callback(broker.stop)
            os.environ["TEST_REDIS_URL"] = broker.url()
        if argv[:1] == ["--exec"]:
            os.environ["DATABASE_URL"] = os.environ["TEST_DATABASE_URL"]
            os.environ["REDIS_URL"] = os.environ["CACHE_URL"] = os.environ["TEST_REDIS_URL"]
            return run(argv[1:])
        # Importing the package has chosen other settings already, and the environment wins over pytest.ini.
        os.environ["DJANGO_SETTINGS_MODULE"] = "cognitor.settings.test"
        return run([sys.executable, "-m", "pytest", *pytest_arguments(argv)])


def pytest_arguments(given: Sequence[str]) -> list[str]:
    arguments = [argument for argument in given if argument != "--slow"]
    found: list[str] = []
    if not any(argument.startswith(("-n", "--numprocesses", "--pdb")) for argument in arguments):
        found += ["-n", str(min(max(os.cpu_count() or 2, 2), MOST_WORKERS)), "--dist", "worksteal"]
    # Who names a file means all that is in it.
    named = any(".py" in argument for argument in arguments)
    if "--slow" not in given and "-m" not in arguments and not named:
        found += ["-m", "not slow"]
    return found + arguments


def run(argv: Sequence[str]) -> int:
    """Runs the command to its end; Ctrl-C reaches it from the terminal, SIGTERM through us."""
    child = subprocess.Popen(argv, cwd=ROOT)

    def pass_on(sign: int, frame: Any) -> None:
        child.send_signal(sign)

    signal.signal(signal.SIGTERM, pass_on)
    signal.signal(signal.SIGINT, lambda sign, frame: None)
    code = child.wait()
    return code if code >= 0 else 128 - code


@contextmanager
def own_folder() -> Iterator[Path]:
    """The first folder below `.test-data` that no other run holds."""
    for number in count():
        folder = DATA / str(number)
        for made in (DATA, folder):
            made.mkdir(exist_ok=True)
            # As root the database runs as another user, who must pass through; what is inside is closed itself.
            made.chmod(0o711)
        with (folder / "lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            yield folder
            return


def start_database(folder: Path) -> EmbeddedPostgres:
    """Starts on what an earlier run left, which saves making the template; on nothing when that does not start."""
    kept = folder / "password"
    if not kept.exists():
        kept.touch(mode=0o600)
    if not kept.read_text():
        kept.write_text(secrets.token_urlsafe(12))
    server = EmbeddedPostgres(folder / "postgres", free_port(), kept.read_text(), settings=FAST)
    try:
        server.start()
    except EmbeddedError:
        server.remove()
        server.start()
    server.sql(DROP_LEFTOVERS)
    return server


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
