"""What must happen when: one table, claimed row by row, instead of a message with a date in a queue."""

import datetime
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone

from apps.core.models import Due
from apps.core.reactions import listed
from apps.core.tenancy import inside

log = structlog.get_logger(__name__)

MAX_ATTEMPTS = 8


def plan(*, tenant_id: int | None, kind: str, subject: str, at: datetime.datetime, **data: Any) -> None:
    """Plans `kind` for the subject at `at`; replaces what was planned of that kind for it before."""
    Due.objects.update_or_create(
        tenant_id=tenant_id,
        kind=kind,
        subject=subject,
        defaults={"at": at, "data": data, "attempts": 0, "error": ""},
    )


def cancel(*, tenant_id: int | None, kind: str, subject: str) -> bool:
    """Takes a plan back; False when there was none (any more)."""
    deleted, _ = Due.objects.filter(tenant_id=tenant_id, kind=kind, subject=subject).delete()
    return bool(deleted)


def hasten(*, tenant_id: int | None, kind: str, subject: str) -> None:
    """Brings what was planned forward to now; nothing when there is no such plan."""
    Due.objects.filter(tenant_id=tenant_id, kind=kind, subject=subject).update(at=timezone.now())


def begin() -> None:
    """Plans what is always planned and is not: at the first start, and after a restored backup."""
    always = listed().ALWAYS
    there = Due.objects.filter(tenant_id=None, kind__in=always).values_list("kind", flat=True)
    for kind in set(always) - set(there):
        plan(tenant_id=None, kind=kind, subject="-", at=timezone.now())


def run(limit: int = 500) -> int:
    """Does what has become due, one transaction each: the deed and the deletion of its row commit together.

    Two schedulers at once, or one after a crash, do nothing twice: a row is locked while it is done. A failure is
    repeated with a growing pause.
    """
    count = 0
    while count < limit and _run_one():
        count += 1
    return count


def _run_one() -> bool:
    with transaction.atomic():
        row = Due.objects.select_for_update(skip_locked=True).filter(at__lte=timezone.now()).order_by("at").first()
        if row is None:
            return False
        try:
            with transaction.atomic(), inside(row.tenant_id):
                # Before the deed, which may plan its own next time.
                Due.objects.filter(pk=row.pk).delete()
                listed().DUE[row.kind](row)
        except Exception as error:
            row.attempts += 1
            row.error = f"{type(error).__name__}: {error}"[:2000]
            row.at = timezone.now() + datetime.timedelta(seconds=min(3600, 5 * 3**row.attempts))
            log.error("due_failed", kind=row.kind, subject=row.subject, error=row.error, attempts=row.attempts)
            if row.attempts >= MAX_ATTEMPTS:
                log.critical("due_given_up", kind=row.kind, subject=row.subject, error=row.error)
                row.at = timezone.now() + datetime.timedelta(days=1)
            row.save()
        else:
            # A deed may have planned its own repetition by moving its row on.
            if row.at <= timezone.now():
                row.delete()
    return True


def again(row: Due, *, after: datetime.timedelta) -> None:
    """Called by a deed that shall be done again: keeps its row for later."""
    row.at, row.attempts, row.error = timezone.now() + after, 0, ""
    row.save()
