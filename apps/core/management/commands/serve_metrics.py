"""Prometheus metrics of all processes, on a loopback port."""

import os
import signal
import threading
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from apps.core import metrics


class Command(BaseCommand):
    help = "Serves the metrics of all processes at http://127.0.0.1:PORT/metrics until SIGTERM or Ctrl-C."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=settings.METRICS_PORT, help="loopback port")

    def handle(self, *args: Any, port: int, **options: Any) -> None:
        folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR", "")
        if not folder or not Path(folder).is_dir():
            raise CommandError("PROMETHEUS_MULTIPROC_DIR must name the folder that the other processes count in.")
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        try:
            metrics.serve(port)
        except OSError as error:
            raise CommandError(f"Port {port} cannot be listened on: {error.strerror}.") from error
        self.stdout.write(f"Metrics at http://127.0.0.1:{port}/metrics")
        stop.wait()
