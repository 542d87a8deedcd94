"""`manage.py create_tenant`: a tenant, its schema and, when asked for, its first site."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from apps.core.actor import Actor
from apps.core.refusal import Refusal
from apps.sites.services import sites, tenants


class Command(BaseCommand):
    help = "Creates a tenant with its schema, and a first site when --site names one. All of it, or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("identifier", help="Short name for addresses and commands, unique in the installation.")
        parser.add_argument("--name", required=True, help="What people read.")
        parser.add_argument("--email", default="", help="Where the tenant is reached.")
        parser.add_argument("--site", metavar="IDENTIFIER", help="Also create this site, with the tenant's name.")

    def handle(self, *_: Any, **options: Any) -> None:
        actor = Actor.system(because="create_tenant command")
        name = options["name"]
        try:
            with transaction.atomic():
                tenant = tenants.create(
                    actor=actor, identifier=options["identifier"], name=name, email=options["email"]
                )
                if options["site"]:
                    sites.create(actor=actor, identifier=options["site"], name=name, tenant_id=tenant.pk)
        except Refusal as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(f"Created tenant {tenant.identifier} in schema {tenant.schema_name}")
