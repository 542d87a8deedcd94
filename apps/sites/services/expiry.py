"""Deleting what a site has, in each app that holds rows of it, once the 30 days after its deletion are over.

An app that does so lists its models in order (`OF_SITE`), has a job that hands them to `delete_rows`, and starts it
when `SiteExpired` tells of the site. What is deleted stays deleted: a job that is killed or run twice goes on with
what is left.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from apps.core.actor import Actor
from apps.core.models import EventRow, Job
from apps.core.services import due, jobs
from apps.sites.models import Site
from apps.sites.services import sites

BATCH = 500


def begin(event: EventRow, *, kind: str) -> None:
    """For a reaction to `SiteExpired`: starts the app's job, unless one is at work on the site."""
    open_ones = Job.objects.filter(tenant_id=event.tenant_id, kind=kind, arguments__site_id=event.subject_id)
    if not open_ones.exclude(state__in=Job.FINAL).exists():
        actor = Actor.system(because="30 days after the deletion of the site", tenant_id=event.tenant_id)
        jobs.start(actor=actor, kind=kind, site_id=event.subject_id)


def delete_rows(
    job: Job,
    models: Sequence[type[Model]],
    *,
    before: Callable[[Site, type[Model], Sequence[Any]], object] = lambda site, model, rows: None,
) -> dict[str, int]:
    """Deletes the rows that the job's site has of the models, in their order; answers how many of each.

    A batch is a transaction, in which `before` is called with the rows to delete what hangs on them. A site that was
    restored or has time left loses nothing.
    """
    jobs.step(job, 0)
    counts = {model._meta.label_lower: 0 for model in models}
    for model in models:
        while count := _batch(job, model, before):
            counts[model._meta.label_lower] += count
            jobs.step(job, count)
    site_id = job.arguments["site_id"]
    if not sites.held(site_id):  # the last app to finish brings the site's own end forward
        due.hasten(tenant_id=job.tenant_id, kind=sites.PURGE, subject=f"site:{site_id}")
    return counts


@transaction.atomic
def _batch(job: Job, model: type[Model], before: Callable[[Site, type[Model], Sequence[Any]], object]) -> int:
    site = expired(job)
    if site is None:
        return 0
    rows = list(model._base_manager.filter(site_id=site.pk).order_by("-pk")[:BATCH])
    before(site, model, rows)
    model._base_manager.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def expired(job: Job) -> Site | None:
    """The job's site, locked: two apps at once would meet in each other's rows; None when nothing of it may go."""
    rows = Site.objects.select_for_update(no_key=True).filter(
        tenant_id=job.tenant_id or 0,
        pk=job.arguments["site_id"],
        status=Site.Status.DELETING,
        deleted_at__lte=timezone.now() - sites.RECOVERABLE,
    )
    return rows.first()
