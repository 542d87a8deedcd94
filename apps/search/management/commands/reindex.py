"""`manage.py reindex`: makes the search index anew, beside the one that is searched."""

from argparse import ArgumentParser
from functools import partial
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.core.actor import Actor
from apps.core.progress import Bar
from apps.core.tenancy import inside
from apps.search.errors import ReindexRunning
from apps.search.services import documents, meanings, reindexing
from apps.sites.models import Site, Tenant


class Command(BaseCommand):
    help = (
        "Makes the search index anew, of one site, one tenant, or all. It is searched as it was until the new one is "
        "whole. What ended early is gone on with; meanings of texts that have none are computed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--site", help="identifier of the site")
        which.add_argument("--tenant", help="identifier of the tenant")
        which.add_argument("--all", action="store_true", help="all active tenants")
        parser.add_argument("--workers", type=int, default=1, help="batches that are read at the same time (1)")
        parser.add_argument("--later", action="store_true", help="leave it to the worker, as jobs")

    def handle(self, *args: Any, workers: int = 1, later: bool = False, **options: Any) -> None:
        for tenant, sites in self._chosen(options):
            with inside(tenant):
                if later:
                    self._later(tenant, sites, whole=not options["site"])
                else:
                    self._now(tenant, sites, max(1, min(workers, 16)))

    def _chosen(self, options: dict[str, Any]) -> list[tuple[Tenant, list[Site]]]:
        tenants = Tenant.objects.filter(status=Tenant.Status.ACTIVE).order_by("pk")
        if name := options["site"]:
            site = Site.objects.select_related("tenant").filter(identifier=name).first()
            if site is None or site.status == Site.Status.DELETING:
                raise CommandError(f"There is no site {name}.")
            return [(site.tenant, [site])]
        if name := options["tenant"]:
            tenants = tenants.filter(identifier=name)
            if not tenants:
                raise CommandError(f"There is no active tenant {name}.")
        return [(tenant, reindexing.sites_of(tenant.pk)) for tenant in tenants]

    def _later(self, tenant: Tenant, sites: list[Site], *, whole: bool) -> None:
        actor = Actor.system(because="reindex command", tenant_id=tenant.pk)
        job = reindexing.start(actor=actor, tenant_id=tenant.pk, site=None if whole else sites[0])
        self.stdout.write(f"{tenant.identifier}: job {job.pk}")

    def _now(self, tenant: Tenant, sites: list[Site], workers: int) -> None:
        for site in sites:
            bar = Bar(documents.count_of(site))
            try:
                count = reindexing.rebuild(site, workers=workers, step=partial(_step, bar, str(site)))
            except ReindexRunning as refusal:
                raise CommandError(f"{site.identifier}: {refusal.message}") from None
            finally:
                bar.end()
            self.stdout.write(f"{site.identifier}: {count} documents")
        if why := meanings.missing():
            self.stdout.write(f"{tenant.identifier}: not by meaning. {why}")
        else:
            texts = 0
            while done := meanings.compute():
                texts += done
            self.stdout.write(f"{tenant.identifier}: meanings of {texts} texts")


def _step(bar: Bar, label: str, done: int) -> None:
    bar.step(label, by=done)
