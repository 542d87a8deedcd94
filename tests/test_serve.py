"""One command runs everything, says what happens, and leaves nothing behind."""

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from cognitor.embedded import process
from cognitor.installation import ROOT, SERVERS, free_port

OURS = {*SERVERS, "SECRET_KEY", "PUBLIC_BASE_URL", "METRICS_PORT", "DEMO_PASSWORD", "DJANGO_SETTINGS_MODULE"}
CLEAN = {name: value for name, value in os.environ.items() if name not in OURS and not name.startswith("COGNITOR_")}
FACTS = {"base_url", "admin_url", "docs_url", "email", "password", "site", "tenant", "data", "pids"}
FACTS |= {"database_url", "redis_url", "cache_url"}
ENTER = "import json, os, sys; from cognitor import installation; installation.enter(['manage.py', *sys.argv[1:]]); "


def enter(
    *argv: str, then: str = "print(json.dumps(dict(os.environ)))", **env: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", ENTER + then, *argv],
        cwd=ROOT,
        env=CLEAN | env,
        capture_output=True,
        text=True,
        check=False,
    )


def environment(*argv: str, **env: str) -> dict[str, str]:
    done = enter(*argv, **env)
    assert done.returncode == 0, done.stderr
    found: dict[str, str] = json.loads(done.stdout)
    return found


def test_what_serve_decides_is_kept_privately_and_found_by_other_commands(tmp_path: Path) -> None:
    port = free_port()
    served = environment("serve", "--data", str(tmp_path / "data"), "--port", str(port))
    file = tmp_path / "data" / "env"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    names = [line.partition("=")[0] for line in file.read_text().splitlines() if not line.startswith("#")]
    assert sorted(names) == [
        "CACHE_URL", "DATABASE_URL", "DEMO_PASSWORD", "METRICS_PORT", "PUBLIC_BASE_URL", "REDIS_URL", "SECRET_KEY",
        "STRIPE_SANDBOX_URL",
    ]  # fmt: skip
    assert len(served["SECRET_KEY"]) >= 50
    assert served["PUBLIC_BASE_URL"] == f"http://127.0.0.1:{port}"
    assert len({served[name].rpartition("@")[2] for name in SERVERS}) == 3
    found = environment("check", COGNITOR_DATA=str(tmp_path / "data"))
    again = environment("serve", f"--data={tmp_path / 'data'}", "--port", str(port))
    for name in names:
        assert served[name] == found[name] == again[name]
    moved = environment("serve", "--data", str(tmp_path / "data"), "--port", "0")
    assert moved["PUBLIC_BASE_URL"] != served["PUBLIC_BASE_URL"]
    assert moved["DATABASE_URL"] == served["DATABASE_URL"]


def test_a_port_that_another_program_took_meanwhile_is_replaced(tmp_path: Path) -> None:
    before = environment("serve", "--data", str(tmp_path), "--port", "0")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(before["REDIS_URL"].rpartition(":")[2].removesuffix("/0"))))
        taken.listen()
        after = environment("serve", "--data", str(tmp_path), "--port", "0")
    assert after["REDIS_URL"] != before["REDIS_URL"]
    assert after["REDIS_URL"].partition("@")[0] == before["REDIS_URL"].partition("@")[0]
    assert after["DATABASE_URL"] == before["DATABASE_URL"]
    assert environment("check", COGNITOR_DATA=str(tmp_path))["REDIS_URL"] == after["REDIS_URL"]


def test_a_server_that_the_real_environment_names_is_neither_decided_nor_started(tmp_path: Path) -> None:
    url = "postgresql://me@db.example/cms"
    then = (
        "place = installation.current(); print(place.postgres(), place.broker().port > 0, os.environ['DATABASE_URL'])"
    )
    done = enter("serve", "--data", str(tmp_path), "--port", "0", then=then, DATABASE_URL=url)
    assert done.stdout == f"None True {url}\n"
    assert "DATABASE_URL" not in (tmp_path / "env").read_text()


def test_reading_an_installation_makes_nothing(tmp_path: Path) -> None:
    assert "DATABASE_URL" not in environment("migrate", COGNITOR_DATA=str(tmp_path / "none"))
    assert enter("serve", "--data", str(tmp_path / "none"), "--help").returncode == 0
    assert not (tmp_path / "none").exists()


def test_a_data_folder_is_served_once_at_a_time(tmp_path: Path) -> None:
    then = "print(os.getpid(), flush=True); sys.stdin.read()"
    argv = [sys.executable, "-c", ENTER + then, "serve", "--data", str(tmp_path), "--port", "0"]
    with subprocess.Popen(argv, cwd=ROOT, env=CLEAN, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout
        pid = first.stdout.readline().strip()
        command = [sys.executable, str(ROOT / "manage.py"), "serve", "--data", str(tmp_path), "--port", "0"]
        second = subprocess.run(command, env=CLEAN, capture_output=True, text=True, check=False)
        assert second.returncode == 1
        assert second.stderr == (
            f"cognitor: {tmp_path} is being served already, by process {pid}: "
            "stop that one, or choose another folder with --data.\n"
        )
        first.communicate("")


def test_a_taken_web_port_is_said_before_anything_starts(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = [sys.executable, str(ROOT / "manage.py"), "serve", "--data", str(tmp_path), "--port", str(port)]
        done = subprocess.run(command, env=CLEAN, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"Port {port} of 127.0.0.1 is in use" in done.stderr
    assert not (tmp_path / "postgres").exists()


class Run:
    """A `serve` of the whole application on a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "data"
        self.ready_file = folder / "ready.json"
        self.log = folder / "log"
        self.seconds = 0.0
        self.facts: dict[str, Any] = {}
        self.serve: subprocess.Popen[bytes] | None = None

    def start(self) -> dict[str, Any]:
        self.ready_file.write_text("stale")
        argv = [sys.executable, str(ROOT / "manage.py"), "serve", "--port", "0"]
        argv += ["--data", str(self.data), "--ready-file", str(self.ready_file)]
        began = time.monotonic()
        with self.log.open("wb") as output:
            self.serve = subprocess.Popen(argv, env=CLEAN, cwd="/", stdout=output, stderr=subprocess.STDOUT)
        process.wait_until(lambda: self._ready() or self._ended(), 90)
        self.seconds = time.monotonic() - began
        assert self._ready(), self.log.read_text()
        self.facts = json.loads(self.ready_file.read_text())
        return self.facts

    def get(self, url: str) -> int:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return int(answer.status)

    def everything(self) -> list[int]:
        """All processes of this run, whoever started them."""
        found = process.marked(f"COGNITOR_SERVE={self.data}") + process.working_in(self.data / "postgres", "postgres")
        for name in ("redis", "cache"):
            found += process.working_in(self.data / name, "valkey-server")
        return found

    def stop(self) -> int:
        assert self.serve
        self.serve.terminate()
        return self.serve.wait(60)

    def _ready(self) -> bool:
        return self.ready_file.exists() and self.ready_file.read_text() != "stale"

    def _ended(self) -> bool:
        return self.serve is not None and self.serve.poll() is not None


@pytest.fixture
def up() -> Iterator[Run]:
    folder = Path(tempfile.mkdtemp(prefix="serve-")).resolve()
    folder.chmod(0o711)
    run = Run(folder)
    yield run
    if run.serve and run.serve.poll() is None:
        run.stop()
    process.end(run.everything(), ((signal.SIGKILL, 5),))
    shutil.rmtree(folder)


@pytest.mark.slow
def test_one_command_serves_all_and_a_signal_ends_all(up: Run) -> None:
    facts = up.start()
    assert up.seconds < allowed(15)
    assert set(facts) == FACTS
    assert sorted(facts["pids"]) == [
        "beat",
        "cache",
        "metrics",
        "postgres",
        "redis",
        "serve",
        "stripe",
        "web",
        "worker",
    ]
    assert all(process.alive(pid) for pid in facts["pids"].values())
    assert stat.S_IMODE(up.ready_file.stat().st_mode) == 0o600
    for url in (f"{facts['base_url']}/health", facts["admin_url"], facts["docs_url"]):
        assert up.get(url) == 200
    metrics = f"http://127.0.0.1:{environment('check', COGNITOR_DATA=str(up.data))['METRICS_PORT']}/metrics"
    assert process.wait_until(lambda: listening(metrics), 15)
    assert up.get(metrics) == 200
    shell = [sys.executable, str(ROOT / "manage.py"), "migrate_tenants", "--status"]
    status = subprocess.run(
        shell, env=CLEAN | {"COGNITOR_DATA": str(up.data)}, capture_output=True, text=True, check=False
    )
    assert status.returncode == 0, status.stderr
    assert facts["password"] in up.log.read_text()
    assert up.stop() == 0
    assert up.everything() == []
    assert not up.ready_file.exists()
    assert "Traceback" not in up.log.read_text()
    again = up.start()
    assert up.seconds < allowed(6)
    assert (again["password"], again["database_url"]) == (facts["password"], facts["database_url"])


@pytest.mark.slow
@pytest.mark.skipif(not process.LINUX, reason="finds processes in /proc")
def test_it_starts_again_by_itself_after_a_kill_of_everything_or_of_any_part(up: Run) -> None:
    facts = up.start()
    for name in ("web", "worker", "postgres", "redis", "cache"):
        os.kill(facts["pids"][name], signal.SIGKILL)
    assert process.wait_until(lambda: "web starts again" in up.log.read_text(), 10)
    assert process.wait_until(lambda: healthy(facts["base_url"]), 30)

    assert up.serve
    victims = [up.serve.pid, *up.everything()]
    for pid in victims:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    up.serve.wait()
    again = up.start()
    assert healthy(again["base_url"])
    assert again["database_url"] == facts["database_url"]

    # The supervisor and what it started, but not what those have started.
    for pid in again["pids"].values():
        os.kill(pid, signal.SIGKILL)
    up.serve.wait()
    assert healthy(up.start()["base_url"])

    # The supervisor alone: nothing outlives it.
    up.serve.kill()
    up.serve.wait()
    assert process.wait_until(lambda: up.everything() == [], 15)


def allowed(seconds: float) -> float:
    """What is promised for a machine of one's own, stretched by how busy this one is."""
    return seconds * max(1.5, 2 * os.getloadavg()[0] / (os.cpu_count() or 1))


def listening(url: str) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", urlsplit(url).port or 0)) == 0


def healthy(base_url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{base_url}/health", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
