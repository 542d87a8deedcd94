"""`manage.py recount_usage`: counts anew what tenants use of their limits."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from apps.content.models import Element
from apps.core.tenancy import inside
from apps.media import selectors as media
from apps.sites.models import Tenant
from apps.sites.services import usage


class Command(BaseCommand):
    help = "Counts elements and stored bytes anew: of one tenant, or of all."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", help="identifier; all active tenants when absent")

    def handle(self, *args: Any, tenant: str | None = None, **options: Any) -> None:
        rows = Tenant.objects.filter(status=Tenant.Status.ACTIVE).order_by("pk")
        for row in rows.filter(identifier=tenant) if tenant else rows:
            with inside(row):
                elements = Element.objects.filter(deleted_at=None).count()
                stored = media.stored_bytes()
            usage.recount(row.pk, elements=elements, storage_bytes=stored)
            self.stdout.write(f"{row.identifier}: {elements} elements, {stored} bytes")
