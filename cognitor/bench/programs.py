"""The programs of a run: our server, a second web server that keeps nothing, the bare view, nginx."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Any

from cognitor.installation import ROOT

Facts = dict[str, Any]


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


class Programs:
    """Starts programs and ends them all; `folder` is theirs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.running: list[subprocess.Popen[bytes]] = []

    def _start(self, *argv: str, env: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
        log = (self.folder / "programs.log").open("ab")
        # In a session of its own, as `serve` starts its children: Linux shares the processors out among sessions, and
        # a server in that of the load generator is interrupted by it a third as often.
        started = subprocess.Popen(  # noqa: S603
            argv, cwd=ROOT, env=os.environ | (env or {}), stdout=log, stderr=log, start_new_session=True
        )
        self.running.append(started)
        return started

    def stop(self) -> None:
        for program in reversed(self.running):
            program.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                program.wait(30)
            if program.poll() is None:
                program.kill()

    def ours(self, workers: int) -> tuple[Facts, float]:
        """The whole product, without limits of rate; what its ready file says, and the seconds until it answered."""
        ready = self.folder / "ready.json"
        began = time.monotonic()
        self._start(
            sys.executable, "manage.py", "serve", "--data", str(self.folder / "data"), "--port", str(free_port()),
            "--workers", str(workers), "--ready-file", str(ready), env={"RATE_LIMITS": "off"},
        )  # fmt: skip
        while not ready.exists():
            if self.running[-1].poll() is not None or time.monotonic() > began + 180:
                raise SystemExit(f"The server did not start: see {self.folder}/programs.log")
            time.sleep(0.05)
        return json.loads(ready.read_text()), time.monotonic() - began

    def keeping_nothing(self, facts: Facts, workers: int) -> str:
        """A second web server on the same database, whose lane keeps nothing: each read is a miss."""
        values = (line.partition("=") for line in (Path(facts["data"]) / "env").read_text().splitlines())
        env = {name: value for name, _, value in values if name and not name.startswith("#")}
        env |= {"COGNITOR_DATA": facts["data"], "DELIVERY_MEMORY_MB": "0", "RATE_LIMITS": "off"}
        env |= {name: facts[name.lower()] for name in ("DATABASE_URL", "REDIS_URL", "CACHE_URL")}
        port = free_port()
        ours = ("-m", "cognitor.web", "--port", str(port), "--workers", str(workers))
        self._start(sys.executable, *ours, env=env)
        return _answering(f"http://127.0.0.1:{port}")

    def bare(self, single: Path, many: Path, workers: int, *, plain: bool = False) -> str:
        """Django with one view on the same web server; with `plain` a function that does nothing but answer."""
        env = {"BENCH_SINGLE": str(single), "BENCH_LIST": str(many)}
        port, application = free_port(), "cognitor.bench.bare:" + ("plain" if plain else "application")
        self._start(
            sys.executable, "-m", "granian", application, "--interface", "wsgi", "--host", "127.0.0.1",
            "--port", str(port), "--workers", str(workers), "--blocking-threads", "16", "--backlog", "2048",
            "--http", "1", "--log-level", "error", "--no-ws", env=env,
        )  # fmt: skip
        return _answering(f"http://127.0.0.1:{port}")

    def nginx(self, workers: int) -> str:
        """The same bytes from files, if Debian's nginx is there; else an empty text."""
        program = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
        if program is None:
            return ""
        port, home = free_port(), self.folder / "nginx"
        home.mkdir()
        (home / "nginx.conf").write_text(
            f"daemon off; worker_processes {workers}; pid {home}/pid; error_log {home}/error.log;\n"
            "events { worker_connections 1024; }\n"
            f"http {{ access_log off; default_type application/json; client_body_temp_path {home};\n"
            f"proxy_temp_path {home}; fastcgi_temp_path {home}; uwsgi_temp_path {home}; scgi_temp_path {home};\n"
            "open_file_cache max=100; keepalive_requests 1000000;\n"
            f"server {{ listen 127.0.0.1:{port}; root {self.folder}/files; }} }}\n"
        )
        # Its workers are another user's, who must be able to read.
        self.folder.chmod(0o755)
        self._start(program, "-c", str(home / "nginx.conf"), "-p", str(home))
        return _answering(f"http://127.0.0.1:{port}")


def memory(pid: int) -> float:
    """Megabytes of a process and its children, shared pages counted in parts (PSS)."""
    total = 0.0
    for process in [pid, *_children(pid)]:
        with suppress(OSError):
            for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) / 1024
    return total


def cpu(pid: int) -> float:
    """Seconds that a process and its children have computed so far."""
    ticks = 0
    for process in [pid, *_children(pid)]:
        with suppress(OSError):
            fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
            ticks += sum(map(int, fields[11:15]))  # user and system time, its own and of ended children: proc(5), 14-17
    return ticks / os.sysconf("SC_CLK_TCK")


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            for child in map(int, tasks.read_text().split()):
                found += [child, *_children(child)]
    return found


def _answering(url: str) -> str:
    for _ in range(400):
        try:
            urllib.request.urlopen(url, timeout=1)  # noqa: S310
            return url
        except urllib.error.HTTPError:
            return url
        except OSError:
            time.sleep(0.05)
    raise SystemExit(f"{url} did not answer")
