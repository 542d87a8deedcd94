"""`manage.py serve`: everything an installation needs, in the foreground, from one command."""

import hashlib
import http.client
import json
import logging
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from cognitor import installation
from cognitor.embedded import postgres, process, valkey
from cognitor.embedded.console import Console, Lines
from cognitor.embedded.process import EmbeddedError
from cognitor.embedded.supervisor import Child, Supervisor

DEMO = {"email": "demo@cognitor.local", "site": "tidewater", "tenant": "demo"}
GIVE_UP_AFTER = 3
"""Failed starts of the web server before it has ever answered."""


class Command(BaseCommand):
    help = "Runs databases, web server, worker and scheduler in the foreground until Ctrl-C."
    # Checks may ask the database, which does not run yet.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        installation.arguments(parser)

    def handle(self, *_: Any, **options: Any) -> None:
        Serving(options).run()


class Serving:
    """One run: brings everything up, keeps it running, and takes it down again."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.options = options
        self.place = installation.current()
        self.ready_file: Path | None = options["ready_file"]
        self.console = Console(sys.stdout)
        self.supervisor = Supervisor(self.console)
        self.has_served = False
        self.reminder = 0.0

    def run(self) -> None:
        """Returns after a clean stop; raises `CommandError` when something could not be kept running."""
        # What commands log and print meanwhile becomes lines of the one log.
        for handler in logging.getLogger().handlers:
            if isinstance(handler, logging.StreamHandler):
                handler.setStream(Lines(self.console, "serve"))
        with self.supervisor.signals():
            try:
                self._forget_ready()
                with self.supervisor.interruptible():
                    self._start_servers()
                    with collected_static(self.place.data / "static.stamp"):
                        self._prepare()
                self._start_programs()
                if not self.supervisor.interrupted:
                    self._announce()
                self.supervisor.run()
            except KeyboardInterrupt:
                pass
            except EmbeddedError as error:
                raise CommandError(str(error)) from error
            finally:
                self.supervisor.interrupted = True
                self.console.say("Stopping")
                self.supervisor.stop_all()
                if self.ready_file:
                    self.ready_file.unlink(missing_ok=True)
                self.console.say("Stopped")

    def _start_servers(self) -> None:
        """Starts together what the environment does not bring, then waits for each."""
        database, broker, cache = self.place.postgres(), self.place.broker(), self.place.cache()
        # What serves and works is ended before what it works with, the database last.
        if broker:
            self.supervisor.add(Child("redis", broker.launch, valkey.STOP, rank=1))
        if cache:
            self.supervisor.add(Child("cache", cache.launch, valkey.STOP, rank=1))
        if payments := self.place.sandbox():
            self.supervisor.add(Child("stripe", payments.launch, rank=1))
        if database:
            self.supervisor.add(Child("postgres", database.launch, postgres.STOP, rank=2))
        for server in (broker, cache, database):
            if server:
                server.wait_ready()
        if database:
            database.ensure_database("cognitor")

    def _prepare(self) -> None:
        lines = Lines(self.console, "serve")
        call_command("prepare_database", stdout=lines, stderr=lines)
        call_command("fill_prices", stdout=lines, stderr=lines)
        if not self.options["no_demo"]:
            call_command("seed_demo", f"--password={os.environ['DEMO_PASSWORD']}", stdout=lines, stderr=lines)
        self._follow_base_url(lines)
        # From here on this process only watches; it must not hold connections that a shutdown waits for.
        for connection in connections.all(initialized_only=True):
            connection.close()
            if hasattr(connection, "close_pool"):
                connection.close_pool()

    def _follow_base_url(self, lines: Lines) -> None:
        """Public documents hold the addresses of local files; another origin, and the worker freezes them again."""
        stamp = self.place.data / "base_url.stamp"
        if stamp.exists() and stamp.read_text() != settings.PUBLIC_BASE_URL:
            call_command("refreeze", later=True, stdout=lines, stderr=lines)
        stamp.write_text(settings.PUBLIC_BASE_URL)

    def _start_programs(self) -> None:
        """Starts the web server and, when it answers, the others: they would take its processor time."""
        fresh_folder(self.place.data / "metrics")
        web = Child("web", lambda: self._launch("web", self._web()), patience=GIVE_UP_AFTER)
        self.supervisor.add(web)
        self.reminder = time.monotonic() + 30
        self.supervisor.run(until=self._healthy)
        if self.supervisor.interrupted:
            return
        self.has_served, web.patience = True, None
        # Celery warns at length about root; which user runs this is decided where `serve` is started.
        celery = ("-W", "ignore::UserWarning:celery.platforms", "-m", "celery", "-q", "-A", "cognitor")
        beat = ("beat", "--loglevel", "WARNING", "--pidfile=", "--schedule", str(self.place.data / "beat.schedule"))
        commands = {
            "worker": (*celery, "worker", "--loglevel", "INFO", "--concurrency", "2", "--without-mingle"),
            "beat": (*celery, *beat),
            "metrics": ("manage.py", "serve_metrics", "--port", os.environ["METRICS_PORT"]),
        }
        for name, arguments in commands.items():
            self.supervisor.add(Child(name, partial(self._launch, name, arguments)))

    def _web(self) -> tuple[str, ...]:
        # At the first start a worker that fails is a mistake to report, and the server would try for ever.
        respawn = ("--respawn",) if self.has_served else ()
        place = ("--host", self.place.host, "--port", str(self.place.port))
        return ("-m", "cognitor.web", *place, "--workers", str(self.options["workers"]), *respawn)

    def _launch(self, name: str, arguments: tuple[str, ...]) -> subprocess.Popen[bytes]:
        mark, value = self.place.mark
        env = os.environ | {
            mark: value,
            "COGNITOR_PROCESS": name if name in ("web", "worker") else "command",
            "PROMETHEUS_MULTIPROC_DIR": str(self.place.data / "metrics"),
            "PYTHONUNBUFFERED": "1",
            "MALLOC_ARENA_MAX": "2",  # glibc gives each thread a heap of its own, and these grow apart
        }
        # A worker left alone would wait for its tasks; SIGQUIT makes it hand them back.
        dying = signal.SIGQUIT if name == "worker" else signal.SIGTERM
        return process.spawn(
            [sys.executable, *arguments],
            stdout=subprocess.PIPE,
            env=env,
            cwd=installation.ROOT,
            on_parent_death=dying,
        )

    def _healthy(self) -> bool:
        """Asks as a proxy in front would: production settings answer no other host, and redirect what is not TLS."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.place.host, self.place.host)  # noqa: S104
        headers = {"Host": urlsplit(settings.PUBLIC_BASE_URL).netloc, "X-Forwarded-Proto": "https"}
        connection = http.client.HTTPConnection(host, self.place.port, timeout=2)
        try:
            connection.request("GET", "/health", headers=headers)
            answer = str(connection.getresponse().status)
        except (OSError, http.client.HTTPException) as error:
            answer = str(error) or type(error).__name__
        finally:
            connection.close()
        if self.reminder and time.monotonic() > self.reminder:
            self.reminder = 0.0
            self.console.say(f"GET /health does not answer 200 yet, but: {answer}")
        return answer == "200"

    def _announce(self) -> None:
        facts = self._facts()
        say = self.console.say
        say(f"Cognitor is ready at {facts['base_url']}")
        if facts["base_url"] != settings.PUBLIC_BASE_URL:
            say(f"  known as {settings.PUBLIC_BASE_URL}")
        say(f"  admin  {facts['admin_url']}")
        say(f"  docs   {facts['docs_url']}")
        if facts["email"]:
            say(f"  login  {facts['email']}  {facts['password']}  (demo, site {facts['site']})")
        if self.place.sandbox():
            say("  payments are a sandbox: no money moves")
        say(f"  data   {facts['data']}")
        say("Ctrl-C stops everything.")
        if self.ready_file:
            new = self.ready_file.with_name(f".{self.ready_file.name}.{os.getpid()}")
            new.touch(mode=0o600)
            new.write_text(json.dumps(facts, indent=2) + "\n")
            new.replace(self.ready_file)

    def _facts(self) -> dict[str, Any]:
        base = self.place.local_url
        demo: dict[str, str | None] = {**DEMO, "password": os.environ["DEMO_PASSWORD"]}
        if self.options["no_demo"]:
            demo = dict.fromkeys(demo)
        children = {child.name: child.process.pid for child in self.supervisor.children if child.process}
        return {
            "base_url": base,
            "admin_url": f"{base}/admin/",
            "docs_url": f"{base}/docs",
            **demo,
            "database_url": os.environ["DATABASE_URL"],
            "redis_url": os.environ["REDIS_URL"],
            "cache_url": os.environ["CACHE_URL"],
            "data": str(self.place.data),
            "pids": {"serve": os.getpid(), **children},
        }

    def _forget_ready(self) -> None:
        if self.ready_file:
            if not self.ready_file.parent.is_dir():
                raise EmbeddedError(f"There is no folder {self.ready_file.parent} for the ready file.")
            self.ready_file.unlink(missing_ok=True)


@contextmanager
def collected_static(stamp: Path) -> Iterator[None]:
    """Collects static files, beside what is done meanwhile, unless nothing has changed about them since `stamp`."""
    state = static_state()
    if Path(settings.STATIC_ROOT).exists() and stamp.exists() and stamp.read_text() == state:
        yield
        return
    # A fork while there are no threads yet: compressing takes seconds that the second core has free.
    collecting = multiprocessing.get_context("fork").Process(target=_collect_static, daemon=True)
    collecting.start()
    yield
    collecting.join()
    if collecting.exitcode:
        raise EmbeddedError("Static files could not be collected; the reason is above.")
    stamp.write_text(state)


def static_state() -> str:
    """Digest of the files to collect, by size and time, and of the way they are stored."""
    seen = hashlib.sha256(repr((settings.STATIC_ROOT, settings.STORAGES["staticfiles"])).encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            stat = Path(storage.path(name)).stat()
            seen.update(f"{name} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return seen.hexdigest()


def _collect_static() -> None:
    process.end_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    call_command("collectstatic", interactive=False, verbosity=0)


def fresh_folder(folder: Path) -> None:
    """An empty folder: what counted in an earlier run is not of this one."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
