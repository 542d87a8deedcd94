"""`manage.py restore_archive`: a tenant out of its archive."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.core.actor import Actor
from cognitor import unpack
from cognitor.restore import restore
from cognitor.unpack import Unrestorable


class Command(BaseCommand):
    help = "Makes the tenant of an archive again: schema, rows, files. All of it, or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="What `archive_tenant`, or the deletion of a tenant, wrote.")
        parser.add_argument("--identifier", default="", metavar="NEW", help="Of the tenant, when its own is taken.")
        parser.add_argument(
            "--identifier-suffix", default="", metavar="WORD", help="Is put behind each site's, when one is taken."
        )
        parser.add_argument(
            "--max-ratio", type=int, default=unpack.RATIO, help="How many times its size an archive may become."
        )

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            done = restore(
                options["file"],
                actor=Actor.system(because="restored from an archive"),
                identifier=options["identifier"],
                site_suffix=options["identifier_suffix"],
                ratio=options["max_ratio"],
            )
        except Unrestorable as reason:
            raise CommandError(str(reason)) from reason
        self.stdout.write(f"Restored {done.tenant.identifier}: {done.rows} rows, {done.files} files.")
        for label, ids in done.ids.items():
            if moved := {old: new for old, new in ids.items() if old != new}:
                self.stdout.write(f"  {label}: " + ", ".join(f"{old} is {new}" for old, new in sorted(moved.items())))
        for label, why in sorted(done.changed.items()):
            self.stdout.write(f"  {label} is not as it was archived: {why}.")
        for line in done.left_out:
            self.stdout.write(f"  Left out: {line}.")
        if done.problem:
            raise CommandError(f"Its schema could not be brought up to date: {done.problem}. See migrate_tenants.")
