"""What is kept how long: once an hour months are made ahead, and what has had its time goes."""

import datetime

from django.conf import settings
from django.utils import timezone

from apps.analytics.models import PARTITIONED
from apps.analytics.services import partitions
from apps.core.models import Due
from apps.core.services import due

KIND = "analytics.retention"


def run(row: Due) -> None:
    """Due: one round, and the next in an hour."""
    sweep(timezone.now())
    due.again(row, after=datetime.timedelta(hours=1))


def sweep(now: datetime.datetime) -> list[str]:
    """Makes this month and the next two; answers which months were dropped."""
    month = partitions.month_of(now)
    later = partitions.next_month(month)
    partitions.make({month, later, partitions.next_month(later)})
    gone: list[str] = []
    for model in PARTITIONED:
        kept = settings.ANALYTICS_KEPT[model._meta.model_name or ""]
        gone += partitions.drop_before(model._meta.db_table, _since(now - kept, model._meta.model_name or ""))
    return gone


def _since(moment: datetime.datetime, size: str) -> datetime.datetime:
    """A day or an hour that has begun to leave is kept whole."""
    if size == "day":
        return moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return moment.replace(minute=0, second=0, microsecond=0)
