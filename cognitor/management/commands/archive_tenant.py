"""`manage.py archive_tenant`: everything of one tenant as a zip."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.sites.models import Tenant
from cognitor import archive


class Command(BaseCommand):
    help = "Writes rows and files of a tenant, as they are at one moment, to an archive."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("identifier", help="Of the tenant.")
        parser.add_argument("--output", type=Path, metavar="PATH", help="A new file; default: one in DATA/archives.")

    def handle(self, *_: Any, **options: Any) -> None:
        tenant = Tenant.objects.filter(identifier=options["identifier"]).first()
        if tenant is None:
            raise CommandError(f"There is no tenant {options['identifier']}.")
        path: Path = options["output"] or archive.archive_path(tenant)
        if path.exists():
            raise CommandError(f"{path} exists.")
        with archive.at_one_moment():
            manifest = archive.write(tenant, path)
        rows = sum(member.get("rows", 0) for member in manifest["members"].values())
        self.stdout.write(f"Archived {tenant.identifier}: {rows} rows, {len(manifest['members'])} members, {path}")
        if manifest["missing"]:
            self.stderr.write(f"{len(manifest['missing'])} files are not in the storage; the manifest names them.")
