"""`manage.py import_wordpress FILE --site IDENTIFIER`: a WordPress export (WXR) into a site."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.content.services import wordpress
from apps.content.wordpress.errors import HostileExport, UnreadableExport
from apps.content.wordpress.parser import read
from apps.core.actor import Actor
from apps.core.progress import Bar
from apps.core.refusal import Refusal
from apps.core.tenancy import inside
from apps.sites import selectors

LISTED = 40


class Command(BaseCommand):
    help = "Imports a WordPress export (WXR): posts, pages, tags, media. A second run makes no doubles."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--site", required=True, help="identifier of the site to import into")
        parser.add_argument("--uploads", type=Path, help="a copy of wp-content/uploads to take files from")
        parser.add_argument("--no-fetch", action="store_true", help="do not fetch attachments from their addresses")
        parser.add_argument("--dry-run", action="store_true", help="check and count, change nothing")

    def handle(self, *args: Any, file: Path, site: str, **options: Any) -> None:
        if not file.is_file():
            raise CommandError(f"{file} is not a file.")
        try:
            export = read(file)
        except (HostileExport, UnreadableExport) as error:
            raise CommandError(f"{file}: {error}") from None
        try:
            target = selectors.site_by_identifier(site)
        except Refusal:
            raise CommandError(f"There is no site {site!r} that can be written to.") from None
        bar = Bar(len(export.items))
        actor = Actor.system(because="import_wordpress command", tenant_id=target.tenant_id)
        with inside(target.tenant):
            summary = wordpress.run(
                actor=actor,
                site=target,
                export=export,
                uploads=options["uploads"],
                fetch=not options["no_fetch"],
                dry_run=options["dry_run"],
                progress=bar.step,
            )
        bar.end()
        self.report(summary, dry=options["dry_run"])

    def report(self, summary: wordpress.Summary, *, dry: bool) -> None:
        verb = "Would import" if dry else "Imported"
        counts = ", ".join(f"{count} {kind}s" for kind, count in sorted(summary.imported.items())) or "nothing"
        self.stdout.write(f"{verb}: {counts}.")
        if summary.unchanged:
            self.stdout.write(
                "There already: " + ", ".join(f"{n} {kind}s" for kind, n in sorted(summary.unchanged.items())) + "."
            )
        for title, rows in (("Skipped", summary.skipped), ("Missing", summary.missing), ("Noted", summary.notes)):
            if rows:
                self.stdout.write(f"{title}: {len(rows)}")
                for what, why in rows[:LISTED]:
                    self.stdout.write(f"  {what}: {why}")
                if len(rows) > LISTED:
                    self.stdout.write(f"  … and {len(rows) - LISTED} more")
