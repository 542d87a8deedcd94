"""The end of a site in this app: its events, a day at a time, and its sums."""

import datetime

from django.db import transaction

from apps.analytics.models import PARTITIONED, Day, Event
from apps.core.models import EventRow, Job
from apps.core.services import jobs
from apps.sites.services import expiry

KIND = "analytics.expire_site"


def begin(event: EventRow) -> None:
    """Reaction to `SiteExpired`."""
    expiry.begin(event, kind=KIND)


def run(job: Job) -> dict[str, int]:
    """Job: deletes what was counted of the site; how many rows. One that was restored meanwhile loses nothing more."""
    site_id, count = job.arguments["site_id"], 0
    days = Day.objects.filter(site_id=site_id).order_by("at").values_list("at", flat=True).distinct()
    for at in [*days, None]:
        with transaction.atomic():
            if expiry.expired(job) is None:
                break
            if at is None:
                gone = _delete(job.tenant_id or 0, site_id)
            else:
                until = at + datetime.timedelta(days=1)
                gone, _ = Event.objects.filter(site_id=site_id, at__gte=at, at__lt=until).delete()
        count += gone
        jobs.step(job, gone)
    return {"rows": count}


def forget(event: EventRow) -> None:
    """Reaction to `SitePurged`: deletes what was still told of the site after that."""
    _delete(event.tenant_id or 0, event.subject_id)


def _delete(tenant_id: int, site_id: int) -> int:
    rows = (model._base_manager.filter(tenant_id=tenant_id, site_id=site_id) for model in PARTITIONED)
    return sum(found.delete()[0] for found in rows)
