"""`manage.py build_indexes`: builds the indexes that schemas mark and drops those that they do not, now."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from apps.content.services import indexes
from apps.core.services import jobs
from apps.sites.models import Tenant


class Command(BaseCommand):
    help = "Brings the indexes of elements' data to what the schemas mark: of one tenant, or of all."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", help="identifier; all active tenants when absent")

    def handle(self, *args: Any, tenant: str | None = None, **options: Any) -> None:
        rows = Tenant.objects.filter(status=Tenant.Status.ACTIVE).order_by("pk")
        for row in rows.filter(identifier=tenant) if tenant else rows:
            job = indexes.start(tenant_id=row.pk, because="build_indexes command")
            jobs.run(job.pk)
            job.refresh_from_db()
            self.stdout.write(f"{row.identifier}: {job.state} {job.result or job.error}")
