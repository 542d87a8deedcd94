"""`manage.py prepare_database`: what must be true of the database before anything is served."""

import time
from argparse import ArgumentParser
from typing import Any

import psycopg
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from apps.sites.models import TenantTemplate
from apps.sites.services import baseline, fleet, schemas, template

FLOOR = 15
PATIENCE = 30.0
_HOPELESS = ("authentication failed", "does not exist", "no pg_hba.conf entry", "is not permitted")


class Command(BaseCommand):
    help = "Brings the database to the state that this code needs; quick when it is in that state."
    verbosity = 1
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--skip-tenants", action="store_true", help="Leave tenants to `migrate_tenants`.")
        parser.add_argument("--no-baseline", action="store_true", help="Run every migration, load no file.")
        parser.add_argument("--workers", type=int, default=2, help="Tenants that are migrated at the same time.")

    def handle(self, *_: Any, **options: Any) -> None:
        self.verbosity = options["verbosity"]
        wait_for_database(PATIENCE)
        with schemas.lock("prepare"):
            self._shared(use_baseline=not options["no_baseline"])
            self._template(use_baseline=not options["no_baseline"])
        if not options["skip_tenants"] and (left := fleet.pending()).exists():
            self._tenants(list(left.values_list("pk", flat=True)), options["workers"])

    def _shared(self, *, use_baseline: bool) -> None:
        if loaded := use_baseline and baseline.load_shared():
            self._say("Loaded the shared schema from its baseline")
        missing = schemas.make_extensions()
        if count := schemas.migrate_shared(lambda name: self._say(f"Applying {name}")):
            self._say(f"Applied {count} shared migrations")
        if loaded or count:
            for why in missing:
                self._say(f"Without extension {why}")

    def _template(self, *, use_baseline: bool) -> None:
        if TenantTemplate.objects.filter(version=schemas.code_version()).exists():
            return
        if use_baseline and baseline.load_template():
            self._say("Loaded the template of tenants' schemas from its baseline")
            return
        made = template.rebuild(lambda name: self._say(f"Applying {name} to the template of tenants' schemas"))
        # Models of tenants' apps have content types too, and the shared schema may have had nothing new.
        schemas.announce_models([])
        self._say(f"Made the template of tenants' schemas at {made.version[:12]}")

    def _tenants(self, ids: list[int], workers: int) -> None:
        """A tenant that fails keeps no other from being served: it is reported and answered with 503."""
        outcomes = list(fleet.migrate(ids, workers=workers))
        for outcome in outcomes:
            if outcome.state == "failed":
                self.stderr.write(self.style.ERROR(f"Tenant {outcome.tenant} failed: {outcome.error}"))
        self._say(str(fleet.status()))

    def _say(self, line: str) -> None:
        if self.verbosity:
            self.stdout.write(line)


def wait_for_database(seconds: float) -> None:
    """Returns when a supported server accepts connections; `CommandError` when it does not in time, or never will."""
    params = connection.get_connection_params() | {"connect_timeout": 5}
    until = time.monotonic() + seconds
    while True:
        try:
            # Not through the pool, which would hide the cause and retry by itself.
            with psycopg.connect(**params) as probe:
                version = probe.info.server_version
            break
        except psycopg.OperationalError as error:
            if time.monotonic() > until or any(word in str(error) for word in _HOPELESS):
                raise CommandError(f"The database cannot be reached: {error}") from error
            time.sleep(0.25)
    if version < FLOOR * 10_000:
        raise CommandError(f"PostgreSQL {FLOOR} or newer is needed; this server is {version // 10_000}.")
