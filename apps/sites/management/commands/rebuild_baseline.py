"""`manage.py rebuild_baseline`: the files from which an empty database is filled; run it after adding a migration."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from apps.sites.services import baseline


class Command(BaseCommand):
    help = "Runs every migration in a new database on the same server and writes the result as SQL files."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--output", type=Path, default=baseline.FOLDER, help="Folder to write to.")

    def handle(self, *_: Any, **options: Any) -> None:
        baseline.rebuild(options["output"])
        self.stdout.write(f"Wrote shared.sql and tenant.sql to {options['output']}")
