"""Child processes that end with their parent, and strangers that an earlier run left behind."""

import ctypes
import os
import pwd
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

LINUX = sys.platform == "linux"
_libc = ctypes.CDLL(None, use_errno=True) if LINUX else None
_PR_SET_PDEATHSIG = 1

Steps = Sequence[tuple[signal.Signals, float]]
HASTY: Steps = ((signal.SIGTERM, 2), (signal.SIGKILL, 5))


class EmbeddedError(Exception):
    """What an operator must know in order to start: said in full, without a stack trace."""


@dataclass(frozen=True, slots=True)
class Account:
    """A system user that a child runs as."""

    name: str
    uid: int
    gid: int

    @classmethod
    def of(cls, uid: int) -> "Account":
        entry = pwd.getpwuid(uid)
        return cls(entry.pw_name, entry.pw_uid, entry.pw_gid)

    @classmethod
    def named(cls, name: str) -> "Account":
        """Raises `KeyError` when there is no such user."""
        return cls.of(pwd.getpwnam(name).pw_uid)

    def identity(self) -> dict[str, Any]:
        """The arguments by which `subprocess` starts a child as this user."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def may(self, *test: str) -> bool:
        """Whether the shell's `test` holds for this user, as in `may("-x", path)`."""
        argv = ["/bin/sh", "-c", 'test "$@"', "sh", *test]
        return subprocess.run(argv, check=False, **self.identity()).returncode == 0  # noqa: S603


def spawn(
    argv: Sequence[str],
    *,
    stdin: int | IO[Any] = subprocess.DEVNULL,
    stdout: int | IO[Any],
    env: Mapping[str, str],
    cwd: Path,
    account: Account | None = None,
    on_parent_death: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Starts a child in a session of its own, so that a terminal's Ctrl-C reaches it once, through us.

    On Linux the kernel sends it `on_parent_death` when the *thread* that called this ends: call it from the
    main thread. Elsewhere the next start ends what is left.
    """
    parent = os.getpid()

    def tie() -> None:
        if _libc and _libc.prctl(_PR_SET_PDEATHSIG, int(on_parent_death), 0, 0, 0) == 0 and os.getppid() != parent:
            os._exit(1)

    with warnings.catch_warnings():
        # Python 3.12 warns of running code between fork and exec beside threads; `tie` takes no lock.
        warnings.simplefilter("ignore", DeprecationWarning)
        return subprocess.Popen(  # noqa: S603
            argv,
            stdin=stdin,
            stdout=stdout,
            stderr=subprocess.STDOUT,
            env=env,
            cwd=cwd,
            start_new_session=True,
            preexec_fn=tie if LINUX else None,
            **(account.identity() if account else {}),
        )


def end_with_parent() -> None:
    """For a process that a child of ours starts: it ends when its parent is killed (Linux)."""
    if _libc:
        _libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)


def stop(child: subprocess.Popen[bytes], steps: Steps) -> None:
    """Sends each signal in turn and waits its seconds; returns when the child is gone and collected."""
    for sign, seconds in steps:
        if child.poll() is not None:
            return
        child.send_signal(sign)
        try:
            child.wait(seconds)
        except subprocess.TimeoutExpired:
            continue


def end(pids: Sequence[int], steps: Steps) -> list[int]:
    """Ends processes that are not our children; answers those that are still there after the last step."""
    left = [pid for pid in pids if alive(pid)]
    for sign, seconds in steps:
        for pid in left:
            try:
                os.kill(pid, sign)
            except ProcessLookupError:
                continue
        wait_until(lambda: not any(alive(pid) for pid in pids), seconds)
        left = [pid for pid in left if alive(pid)]
        if not left:
            break
    return left


def wait_until(true: Callable[[], bool], seconds: float, pause: float = 0.02) -> bool:
    """Asks again until it is true or the seconds are over; answers which."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
    return True


def alive(pid: int) -> bool:
    """Whether the process runs. A zombie does not: nobody but its parent can end it further."""
    if LINUX:
        try:
            return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
        except (OSError, IndexError):
            return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def command(pid: int) -> str:
    """The command line of a running process; empty when there is none."""
    if not alive(pid):
        return ""
    if LINUX:
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        except OSError:
            return ""
    return _ps("-ww", "-o", "command=", "-p", str(pid)).strip()


def working_in(folder: Path, program: str) -> list[int]:
    """Processes of `program` whose working directory is `folder` (Linux; elsewhere nothing is known)."""
    place = str(folder.resolve())
    return [pid for pid in _others() if _link(pid, "cwd") == place and _program(pid) == program and alive(pid)]


def marked(mark: str) -> list[int]:
    """Processes that were started with `mark`, a `NAME=value`, in their environment."""
    if not LINUX:
        rows = (line.partition(" ") for line in map(str.strip, _ps("-AEww", "-o", "pid=,command=").splitlines()))
        return [int(pid) for pid, _, text in rows if f" {mark} " in f"{text} " and int(pid) not in _us()]
    found = []
    for pid in _others():
        try:
            environment = Path(f"/proc/{pid}/environ").read_bytes()
        except OSError:
            continue
        if mark.encode() in environment.split(b"\0") and alive(pid):
            found.append(pid)
    return found


def _us() -> tuple[int, int]:
    return os.getpid(), os.getppid()


def _others() -> list[int]:
    if not LINUX:
        return []
    return [int(entry) for entry in os.listdir("/proc") if entry.isdigit() and int(entry) not in _us()]


def _link(pid: int, name: str) -> str:
    try:
        return os.readlink(f"/proc/{pid}/{name}")
    except OSError:
        return ""


def _program(pid: int) -> str:
    # The file may have been replaced by a newer version since; the kernel then says so behind its name.
    return Path(_link(pid, "exe").removesuffix(" (deleted)")).name


def _ps(*options: str) -> str:
    return subprocess.run(["/bin/ps", *options], capture_output=True, text=True, check=False).stdout  # noqa: S603


def tail(log: Path, lines: int = 15) -> str:
    """The last lines of a log file, for a message about why its writer failed."""
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return "(no log)"


def open_log(log: Path, most: int = 5_000_000) -> IO[bytes]:
    """Opens a log to append to; one that has grown past `most` bytes becomes `.old` first."""
    if log.exists() and log.stat().st_size > most:
        log.replace(log.with_suffix(".old"))
    return log.open("ab")
