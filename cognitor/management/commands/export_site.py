"""`manage.py export_site SITE FILE`: a site as one zip, to be imported here or elsewhere."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.core.progress import Bar
from apps.core.refusal import Refusal
from apps.sites import selectors
from cognitor import archive
from cognitor.transfer import export


class Command(BaseCommand):
    help = "Writes a site's settings, types, documents, versions, translations and files, as they are at one moment."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("site", help="Its identifier.")
        parser.add_argument("file", type=Path, help="A new file.")

    def handle(self, *_: Any, **options: Any) -> None:
        path: Path = options["file"]
        try:
            site = selectors.site_by_identifier(options["site"])
        except Refusal:
            raise CommandError(f"There is no site {options['site']!r} that is in use.") from None
        if path.exists():
            raise CommandError(f"{path} exists.")
        bar = Bar(export.steps(site))
        with archive.at_one_moment():
            manifest = export.write(site, path, step=lambda done: bar.step(by=done))
        bar.end()
        rows = sum(member.get("rows", 0) for member in manifest["members"].values())
        files = sum(name.startswith("files/") for name in manifest["members"])
        self.stdout.write(f"Exported {site.identifier}: {rows} rows, {files} files, {path}")
        self.stdout.write(f"Digest: {manifest['digest']}")
        if manifest["missing"]:
            self.stderr.write(f"{len(manifest['missing'])} files are not in the storage; the manifest names them.")
