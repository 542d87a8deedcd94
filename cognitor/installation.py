"""The data folder: what one installation decided once, and finds again in every process.

`DATA/env` holds `KEY=value` lines that fill what the real environment leaves open. `manage.py` enters the
installation before Django's settings are read, so this module needs no Django.
"""

import fcntl
import os
import secrets
import socket
from argparse import ArgumentParser
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from cognitor.embedded import postgres, process, valkey
from cognitor.embedded.postgres import EmbeddedPostgres
from cognitor.embedded.process import EmbeddedError
from cognitor.embedded.stripe.process import EmbeddedStripe
from cognitor.embedded.valkey import EmbeddedValkey

ROOT = Path(__file__).resolve().parents[1]
SERVERS = {
    "DATABASE_URL": "postgresql://cognitor:{password}@127.0.0.1:{port}/cognitor",
    "REDIS_URL": "redis://:{password}@127.0.0.1:{port}/0",
    "CACHE_URL": "redis://:{password}@127.0.0.1:{port}/0",
}
SANDBOX = "STRIPE_SANDBOX_URL"
# Below what Linux and macOS hand out to outgoing connections, so that a kept port is still free at the next start.
PORTS = range(20_000, 30_000)


class Installation:
    """One data folder, its decisions, and which servers the environment brings itself (`external`)."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.values: dict[str, str] = {}
        self.external = frozenset(name for name in SERVERS if os.environ.get(name))
        self.host = "127.0.0.1"
        self.port = 0
        self.local_url = ""
        self._lock: IO[str] | None = None

    @property
    def env_file(self) -> Path:
        return self.data / "env"

    @property
    def mark(self) -> tuple[str, str]:
        """The environment variable by which children of this installation's `serve` are told from others."""
        return "COGNITOR_SERVE", str(self.data)

    def load(self) -> None:
        """Fills what the environment leaves open or empty from `DATA/env`, when there is one."""
        self._read()
        self._export()

    def open(self, *, host: str, port: int) -> None:
        """Makes the folder ready to serve from; only one process at a time can.

        Ends what a killed `serve` left, decides what is missing, and replaces the port of an embedded server
        that another program has taken meanwhile. `port` 0 picks a free one.
        """
        os.umask(0o077)
        self._make_folder()
        self._acquire()
        self._end_leftovers()
        self.host, self.port = host, port or free_port()
        if not is_free(self.port, host):
            raise EmbeddedError(f"Port {self.port} of {host} is in use by another program: choose one with --port.")
        self._read()
        self._decide()
        self._save()
        self._export()

    def postgres(self) -> EmbeddedPostgres | None:
        """The embedded database; `None` when the environment names one."""
        if "DATABASE_URL" in self.external:
            return None
        port, password = _parts(self.values["DATABASE_URL"])
        return EmbeddedPostgres(self.data / "postgres", port, password)

    def broker(self) -> EmbeddedValkey | None:
        """The embedded Redis for what must not be lost: jobs, locks, limits."""
        if "REDIS_URL" in self.external:
            return None
        port, password = _parts(self.values["REDIS_URL"])
        return EmbeddedValkey(self.data / "redis", port, password, maxmemory="0", policy="noeviction", appendonly=True)

    def cache(self) -> EmbeddedValkey | None:
        """The embedded Redis for what may be lost: bounded, evicting, never on disk."""
        if "CACHE_URL" in self.external:
            return None
        port, password = _parts(self.values["CACHE_URL"])
        return EmbeddedValkey(
            self.data / "cache", port, password, maxmemory="256mb", policy="allkeys-lru", appendonly=False
        )

    def sandbox(self) -> EmbeddedStripe | None:
        """The embedded payment sandbox; `None` with a Stripe account, in production, or when one is named."""
        if SANDBOX not in self.values:
            return None
        port, password = _parts(self.values[SANDBOX])
        return EmbeddedStripe(self.data / "stripe.json", port, password, f"{self.local_url}/payments/webhook")

    def _make_folder(self) -> None:
        try:
            self.data.mkdir(parents=True, exist_ok=True, mode=0o700)
            # As root the database runs as another user, who must pass through; what is inside is closed itself.
            if os.geteuid() == 0 and self.data.stat().st_uid == 0 and not any(self.data.iterdir()):
                self.data.chmod(0o711)
        except OSError as error:
            raise EmbeddedError(f"{self.data} cannot be the data folder: {error.strerror}.") from error

    def _acquire(self) -> None:
        try:
            lock = (self.data / "lock").open("a+")
        except OSError as error:
            raise EmbeddedError(f"{self.data} cannot be written to: {error.strerror}.") from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.seek(0)
            raise EmbeddedError(
                f"{self.data} is being served already, by process {lock.read().strip() or 'unknown'}: "
                "stop that one, or choose another folder with --data."
            ) from error
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        self._lock = lock

    def _end_leftovers(self) -> None:
        name, value = self.mark
        left = process.end(process.marked(f"{name}={value}"), process.HASTY)
        if left:
            raise EmbeddedError(f"Processes {left} of an earlier start cannot be ended.")
        postgres.end_leftovers(self.data / "postgres")
        valkey.end_leftovers(self.data / "redis")
        valkey.end_leftovers(self.data / "cache")

    def _read(self) -> None:
        try:
            lines = self.env_file.read_text().splitlines()
        except FileNotFoundError:
            lines = []
        except OSError as error:
            raise EmbeddedError(f"{self.env_file} cannot be read: {error.strerror}.") from error
        pairs = (line.partition("=") for line in lines if "=" in line and not line.lstrip().startswith("#"))
        self.values = {name.strip(): value.strip() for name, _, value in pairs}

    def _decide(self) -> None:
        values, taken = self.values, {self.port}
        values.setdefault("SECRET_KEY", secrets.token_urlsafe(48))
        values.setdefault("DEMO_PASSWORD", secrets.token_hex(8))
        for name, form in SERVERS.items():
            if name not in self.external:
                port, password = _parts(values.get(name, ""))
                values[name] = form.format(password=password, port=_keep_or_pick(port, taken))
        if self._has_sandbox():
            port, password = _parts(values.get(SANDBOX, ""))
            values[SANDBOX] = f"http://:{password}@127.0.0.1:{_keep_or_pick(port, taken)}"
        else:
            values.pop(SANDBOX, None)
        values["METRICS_PORT"] = str(_keep_or_pick(int(values.get("METRICS_PORT", "0")), taken))
        shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.host, self.host)  # noqa: S104
        shown = f"[{shown}]" if ":" in shown and "[" not in shown else shown
        self.local_url = f"http://{shown}:{self.port}"
        values["PUBLIC_BASE_URL"] = self.local_url

    def _has_sandbox(self) -> bool:
        """Payments are tried without money, unless there is an account or strangers could buy for nothing."""
        production = os.environ.get("DJANGO_SETTINGS_MODULE", "").endswith(".production")
        return not (production or os.environ.get("STRIPE_SECRET_KEY") or os.environ.get(SANDBOX))

    def _save(self) -> None:
        new = self.env_file.with_suffix(".new")
        new.unlink(missing_ok=True)
        new.touch(mode=0o600)
        head = "# What this installation decided. A variable in the real environment wins over its line here.\n"
        with new.open("w") as file:
            file.write(head + "".join(f"{name}={value}\n" for name, value in self.values.items()))
            file.flush()
            os.fsync(file.fileno())
        new.replace(self.env_file)

    def _export(self) -> None:
        os.environ["COGNITOR_DATA"] = str(self.data)
        for name, value in self.values.items():
            if not os.environ.get(name):
                os.environ[name] = value


def enter(argv: Sequence[str]) -> Installation:
    """Finds the installation that a command line means and loads it; for `serve`, opens it.

    `serve --help` is answered here: before the first start there are no settings that Django could load.
    """
    global _current
    options, _ = _parser().parse_known_args(argv[2:] if argv[1:2] == ["serve"] else [])
    data = options.data or os.environ.get("COGNITOR_DATA") or ROOT / ".data"
    _current = Installation(Path(data).resolve())
    if argv[1:2] == ["serve"]:
        _current.open(host=options.host, port=options.port)
    else:
        _current.load()
    return _current


def current() -> Installation:
    """The installation that this process entered."""
    if _current is None:
        raise EmbeddedError("Start with `manage.py`, which finds the data folder first.")
    return _current


def arguments(parser: ArgumentParser) -> None:
    """The options of `serve`: read here before Django's settings, and by the command itself."""
    parser.add_argument("--port", type=int, default=8000, help="port of the web server; 0 picks a free one")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--data", metavar="DIR", help="data folder; default COGNITOR_DATA, else .data beside manage.py")
    parser.add_argument("--workers", type=int, default=2, metavar="N", help="web processes")
    parser.add_argument("--no-demo", action="store_true", help="do not make the demo tenant")
    parser.add_argument("--ready-file", type=Path, metavar="PATH", help="write addresses as JSON there once serving")


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on at this moment."""
    for _ in range(1000):
        port = secrets.choice(PORTS)
        if is_free(port):
            return port
    raise EmbeddedError(f"No free port between {PORTS.start} and {PORTS.stop}.")


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="serve", description="Runs everything in the foreground until Ctrl-C.")
    arguments(parser)
    return parser


def _keep_or_pick(port: int, taken: set[int]) -> int:
    while not port or port in taken or not is_free(port):
        port = free_port()
    taken.add(port)
    return port


def _parts(url: str) -> tuple[int, str]:
    """Port and password of a server's address; (0, a new password) when it has none."""
    with suppress(ValueError):
        found = urlsplit(url)
        return found.port or 0, found.password or secrets.token_hex(16)
    return 0, secrets.token_hex(16)


_current: Installation | None = None
