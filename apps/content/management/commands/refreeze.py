"""`manage.py refreeze`: makes the finished public documents anew, as after a change of `PUBLIC_BASE_URL`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from apps.core.actor import Actor
from apps.core.models import Job
from apps.core.services import jobs
from apps.sites.models import Tenant


class Command(BaseCommand):
    help = "Freezes all public documents again: of one tenant, or of all."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", help="identifier; all active tenants when absent")
        parser.add_argument("--later", action="store_true", help="leave it to the worker, as one job for each tenant")

    def handle(self, *args: Any, tenant: str | None = None, later: bool = False, **options: Any) -> None:
        rows = Tenant.objects.filter(status=Tenant.Status.ACTIVE).order_by("pk")
        for row in rows.filter(identifier=tenant) if tenant else rows:
            actor = Actor.system(because="refreeze command", tenant_id=row.pk)
            job = jobs.start(actor=actor, kind="content.refreeze")
            if later:
                self.stdout.write(f"{row.identifier}: job {job.pk} freezes the public documents again")
                continue
            jobs.run(job.pk)
            job.refresh_from_db()
            self.stdout.write(f"{row.identifier}: {job.state} {job.result or job.error}")
            if job.state != Job.State.SUCCEEDED:
                raise SystemExit(1)
