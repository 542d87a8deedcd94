"""`manage.py migrate_tenants`: every tenant's schema at the version of this code."""

import sys
from argparse import SUPPRESS, ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.sites.services import fleet, template


class Command(BaseCommand):
    help = "Migrates tenants whose record is not at this code's version; goes on after a failure and can be repeated."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", action="append", metavar="IDENTIFIER", help="Only this one; repeatable.")
        parser.add_argument("--workers", type=int, default=2, help="Tenants that are migrated at the same time.")
        parser.add_argument("--status", action="store_true", help="Only say where the fleet stands.")
        parser.add_argument("--feed", metavar="DATABASE", help=SUPPRESS)

    def handle(self, *_: Any, **options: Any) -> None:
        if options["feed"]:
            fleet.feed(options["feed"], sys.stdin, sys.stdout)
        elif options["status"]:
            self._status()
        else:
            self._migrate(options["tenant"], options["workers"])

    def _status(self) -> None:
        status = fleet.status()
        self.stdout.write(str(status))
        for identifier, error in status.failed:
            self.stdout.write(f"failed  {identifier}  {error}")
        for identifier in status.waiting:
            self.stdout.write(f"waiting {identifier}")

    def _migrate(self, identifiers: list[str] | None, workers: int) -> None:
        chosen = fleet.pending()
        if identifiers:
            known = set(fleet.tenants().filter(identifier__in=identifiers).values_list("identifier", flat=True))
            if unknown := sorted(set(identifiers) - known):
                raise CommandError(f"There is no tenant {', '.join(unknown)}.")
            chosen = chosen.filter(identifier__in=identifiers)
        # First, so that tenants made from now on are at the new version.
        template.rebuild()
        ids = list(chosen.values_list("pk", flat=True))
        failed = 0
        for count, outcome in enumerate(fleet.migrate(ids, workers=workers), start=1):
            line = f"[{count}/{len(ids)}] {outcome.tenant}: {outcome.state} {outcome.error}".rstrip()
            if outcome.state == "failed":
                failed += 1
                self.stderr.write(self.style.ERROR(line))
            else:
                self.stdout.write(line)
        self.stdout.write(str(fleet.status()))
        if failed:
            raise CommandError(f"{failed} of {len(ids)} tenants failed; run again when their cause is gone.")
