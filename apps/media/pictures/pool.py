"""The parent's side of decoding: a few children a process, each killed when it takes too long.

A child that dies took a picture with it and nothing else: the next one is started when it is needed. Bytes go to it and
come back by pipes; nothing that comes back is executed or unpickled.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import structlog

from apps.core import errors
from apps.media.errors import DamagedFile, TooManyPixels
from apps.media.pictures.images import Picture
from apps.media.pictures.rendering import Wanted

CHILDREN = 2
SECONDS = 30.0
"""For one picture."""
PATIENCE = 5.0
"""Seconds that somebody waits for a child before being told to come again."""
PICTURES = 200
"""After which a child is replaced, whatever its decoders have leaked."""
IDLE = 30.0
"""Seconds after which a child that waits is not used any more; it ends itself a little later (`child.IDLE`)."""
MOST = 512 * 1024 * 1024
_ROOT = Path(__file__).resolve().parents[3]
_REFUSALS = {refusal.code: refusal for refusal in (DamagedFile, TooManyPixels)}
log = structlog.get_logger(__name__)


class _Child:
    def __init__(self) -> None:
        self.done, self.used = 0, time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "apps.media.pictures.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=_ROOT,
            env={"PATH": os.defpath, "LANG": "C.UTF-8", "MALLOC_ARENA_MAX": "1"},
        )

    def ask(self, task: dict[str, Any], data: bytes) -> tuple[dict[str, Any], list[bytes]]:
        """Raises OSError or ValueError when it died over the task or answers nonsense."""
        watch = threading.Timer(SECONDS, self.process.kill)
        watch.daemon = True
        watch.start()
        try:
            source: Any = self.process.stdin
            target: Any = self.process.stdout
            source.write(json.dumps(task | {"size": len(data)}).encode() + b"\n")
            source.write(data)
            source.flush()
            told = json.loads(target.readline(64 * 1024))
            sizes = [int(size) for size in told["sizes"]]
            if min(sizes, default=0) < 0 or sum(sizes) > MOST:
                raise ValueError("lengths")
            parts = [target.read(size) for size in sizes]
            if [len(part) for part in parts] != sizes:
                raise ValueError("cut short")
            self.done, self.used = self.done + 1, time.monotonic()
            return told, parts
        finally:
            watch.cancel()

    def end(self) -> None:
        self.process.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        self.process.wait()


class _Pool:
    def __init__(self) -> None:
        self.room, self.lock = threading.BoundedSemaphore(CHILDREN), threading.Lock()
        self.idle: list[_Child] = []

    def ask(self, task: dict[str, Any], data: bytes) -> tuple[dict[str, Any], list[bytes]]:
        if not self.room.acquire(timeout=PATIENCE):
            raise errors.Unavailable(headers={"Retry-After": "5"})
        try:
            with self.lock:
                child = self.idle.pop() if self.idle else None
            if child is not None and (time.monotonic() > child.used + IDLE or child.process.poll() is not None):
                child.end()
                child = None
            child = child or _Child()
            try:
                found = child.ask(task, data)
            except BaseException as error:
                child.end()
                if not isinstance(error, OSError | ValueError | KeyError | TypeError):
                    raise
                log.warning("decoder_died", task=task["do"], bytes=len(data), returncode=child.process.returncode)
                raise DamagedFile from None
            if child.done < PICTURES:
                with self.lock:
                    self.idle.append(child)
            else:
                child.end()
        finally:
            self.room.release()
        told, parts = found
        if code := told.get("refused"):
            raise _REFUSALS.get(code, DamagedFile)(**told.get("data", {}))
        return told, parts

    def end(self) -> None:
        """What is at work ends by itself, when its parent's pipes close."""
        with self.lock:
            while self.idle:
                self.idle.pop().end()


_pool = _Pool()


def _forget() -> None:
    """A process that was forked off must not talk into its parent's pipes."""
    global _pool
    _pool = _Pool()


os.register_at_fork(after_in_child=_forget)


def end() -> None:
    """Ends the children that wait; the next picture starts one."""
    _pool.end()


atexit.register(end)


def peak() -> int:
    """The most memory, in bytes, that a child which waits has had at a time; from `/proc`."""
    found = [0]
    for child in _pool.idle:
        status = Path(f"/proc/{child.process.pid}/status").read_text()
        found.append(int(status.split("VmHWM:")[1].split()[0]) * 1024)
    return max(found)


def inspect(data: bytes, format: str) -> Picture:
    """What `images.inspect` finds, with a placeholder; refuses like it, and a picture over which the child dies."""
    told, (content,) = _pool.ask({"do": "inspect", "format": format}, data)
    return Picture(content, int(told["width"]), int(told["height"]), str(told["placeholder"])[:100])


def render(data: bytes, format: str, wanted: list[Wanted]) -> list[tuple[int, int, bytes]]:
    """Width, height and bytes of each; refuses as `inspect`."""
    told, parts = _pool.ask({"do": "render", "format": format, "wanted": [asdict(one) for one in wanted]}, data)
    sizes = [(int(width), int(height)) for width, height in told["pictures"]]
    return [(width, height, body) for (width, height), body in zip(sizes, parts, strict=True)]
