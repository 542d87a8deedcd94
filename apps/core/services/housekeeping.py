"""What is thrown away after its time: once an hour, by a row of the due table that plans its successor."""

import datetime

from django.utils import timezone

from apps.core import idempotency
from apps.core.models import Due, Job
from apps.core.services import due, events

KIND = "core.housekeeping"
JOBS_KEPT = datetime.timedelta(days=90)


def run(row: Due) -> None:
    """Due: one round. The next is planned by moving this very row, which would otherwise be deleted as done."""
    idempotency.purge()
    events.purge()
    Job.objects.filter(state__in=Job.FINAL, created_at__lt=timezone.now() - JOBS_KEPT).delete()
    due.again(row, after=datetime.timedelta(hours=1))
