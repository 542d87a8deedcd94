"""The web server: loads the application once; the processes that answer are forked from it and share its memory.

`python -m cognitor.web --port 8000 --workers 2`. Any other WSGI server takes `cognitor.wsgi:application`.
"""

import argparse
import gc
import multiprocessing
import os
from collections.abc import Callable
from typing import Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from cognitor.embedded import process

BLOCKING_THREADS = 16


def main() -> None:
    parser = argparse.ArgumentParser(prog="cognitor.web", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--respawn", action="store_true", help="start a process anew that has failed")
    options = parser.parse_args()
    preload()
    if process.LINUX:
        multiprocessing.set_start_method("fork")
    Granian(
        "cognitor.wsgi:application",
        address=options.host,
        port=options.port,
        workers=options.workers,
        respawn_failed_workers=options.respawn,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        blocking_threads=BLOCKING_THREADS,
        backlog=2048,
        log_level=LogLevels.error,
        workers_kill_timeout=8,
    ).serve(target_loader=load)


def preload() -> None:
    """Loads the application, with what each process would else make for itself with its first requests, and holds
    nothing that a fork would break: no connection, and no thread of a pool."""
    from cognitor.wsgi import application  # noqa: F401, I001 - before all that needs what it sets up

    from django.db import connections
    from django.urls import resolve

    from apps.core.operation import make_shapes

    resolve("/health")
    make_shapes()
    gc.collect()
    gc.freeze()  # once more than in `cognitor.wsgi`, for what came since
    for connection in connections.all(initialized_only=True):
        connection.close()
        connection.close_pool()


def load(target: str) -> Callable[..., Any]:
    """The application, in a process that answers."""
    from cognitor.wsgi import application

    if "COGNITOR_SERVE" in os.environ:
        process.end_with_parent()  # it must not outlive a web server that was killed
    return application


if __name__ == "__main__":
    main()
