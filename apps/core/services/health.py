"""Whether what this installation stands on answers, each part within a bounded time."""

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import structlog
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import connection

from apps.core import redis

log = structlog.get_logger(__name__)

STORAGE_SECONDS = 3.0
# One thread: a storage that hangs costs no more than it, and later questions find it busy, which is the answer too.
_storage = ThreadPoolExecutor(max_workers=1, thread_name_prefix="health-storage")


@dataclass(frozen=True)
class Part:
    status: str
    ms: float


class Health:
    """The parts as they answered just now."""

    def __init__(self) -> None:
        self.database = _timed("database", _database)
        self.broker = _timed("broker", lambda: redis.broker().call(lambda server: server.ping()))
        self.cache = _timed("cache", lambda: redis.cache().call(lambda server: server.ping()))
        self.storage = _timed("storage", lambda: _storage.submit(_files).result(STORAGE_SECONDS))

    @cached_property
    def down(self) -> list[str]:
        """The names of the parts without which nothing can be served."""
        return [name for name in ("database", "broker", "storage") if getattr(self, name).status == "down"]

    @property
    def status(self) -> str:
        return "ok" if self.cache.status == "ok" else "degraded"


def _timed(name: str, ask: Callable[[], object]) -> Part:
    started, status = time.perf_counter(), "ok"
    try:
        ask()
    except Exception as error:
        status = "down"
        log.warning("health_down", part=name, error=type(error).__name__)
    return Part(status, round((time.perf_counter() - started) * 1000, 1))


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _files() -> None:
    if isinstance(default_storage, FileSystemStorage):
        folder = next(
            path for path in (Path(default_storage.location), *Path(default_storage.location).parents) if path.exists()
        )
        if not os.access(folder, os.W_OK):
            raise PermissionError(folder)
    else:
        default_storage.exists(".health")
