"""`manage.py import_site FILE --tenant TENANT`: a site out of its archive."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.core.actor import Actor
from apps.core.progress import Bar
from apps.core.refusal import Refusal
from apps.sites.models import Tenant
from apps.sites.selectors import tenant_by_id
from cognitor import unpack
from cognitor.transfer import arrival, tables
from cognitor.unpack import Unrestorable


class Command(BaseCommand):
    help = "Makes a site of an archive that export_site wrote, in a tenant. All of it, or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--tenant", required=True, metavar="IDENTIFIER", help="Whose site it will be.")
        parser.add_argument("--identifier", default="", metavar="NEW", help="Of the site, when its own is taken.")
        parser.add_argument("--dry-run", action="store_true", help="Read and check all of it, change nothing.")
        parser.add_argument("--map", type=Path, metavar="FILE", help="Write old and new ids there instead of here.")
        parser.add_argument(
            "--max-ratio", type=int, default=unpack.RATIO, help="How many times its size an archive may become."
        )

    def handle(self, *_: Any, **options: Any) -> None:
        row = Tenant.objects.filter(identifier=options["tenant"]).first()
        try:
            tenant = tenant_by_id(row.pk if row else None)
        except Refusal:
            raise CommandError(f"There is no tenant {options['tenant']!r} that is in use.") from None
        named = {"tenant": tenant, "identifier": options["identifier"], "ratio": options["max_ratio"]}
        try:
            if options["dry_run"]:
                with arrival.planned(options["file"], **named) as plan:
                    self.foretell(plan)
                return
            bar = Bar(self.steps(options["file"]))
            actor = Actor.system(because="import_site command", tenant_id=tenant.pk)
            done = arrival.bring(options["file"], actor=actor, step=lambda by: bar.step(by=by), **named)
            bar.end()
        except Unrestorable as reason:
            raise CommandError(str(reason)) from reason
        self.tell(done, options["map"])

    def steps(self, path: Path) -> int:
        with unpack.opened(path, form=arrival.FORM) as package:
            return len(tables.TABLES) - 2 + len(package.files())

    def foretell(self, plan: arrival.Plan) -> None:
        self.stdout.write(f"Would import {plan.identifier}: {len(plan.package.files())} files, {plan.storage} bytes.")
        for kind, counts in plan.summary().items():
            self.stdout.write(f"  {kind}: {counts['rows']} rows, {counts['other_ids']} with another id")
        self.tell_strangers(plan.strangers)

    def tell(self, done: arrival.Arrived, path: Path | None) -> None:
        self.stdout.write(f"Imported {done.site.identifier}: {done.rows} rows, {done.files} files.")
        self.tell_strangers(done.strangers)
        for line in done.left_out:
            self.stdout.write(f"  Left out: {line}.")
        for label, why in sorted(done.changed.items()):
            self.stdout.write(f"  {label} is not as it was exported: {why}.")
        if path is not None:
            path.write_text(json.dumps(done.ids, indent=1))
            self.stdout.write(f"  Old and new ids: {path}")
            return
        for kind, ids in done.ids.items():
            if moved := {old: new for old, new in sorted(ids.items()) if old != new}:
                self.stdout.write(f"  {kind}: {json.dumps(moved)}")

    def tell_strangers(self, emails: list[str]) -> None:
        for email in emails:
            self.stdout.write(f"  {email} is no member: what they wrote has no author here.")
