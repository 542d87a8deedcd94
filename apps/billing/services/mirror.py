"""The copy of our customers' objects at the vendor follows what the vendor tells, after the commit that it led to.

The notes of events are its list of what is to be done: a job reads each object again and copies it. One that fails is
tried again, a minute later; nothing else waits for it or reads it.
"""

import datetime
from collections.abc import Callable, Iterable
from typing import Any

import structlog
from django.db.models import F, QuerySet
from django.utils import timezone

from apps.billing.models import Customer, Payment, VendorEvent
from apps.billing.providers import mirror, stripe
from apps.billing.providers.facts import Happened
from apps.core.actor import Actor
from apps.core.models import Due, Job
from apps.core.services import due, jobs

log = structlog.get_logger(__name__)
KIND = "billing.mirror"
SYSTEM = Actor.system(because="copy of the payment provider's objects")
AGAIN = datetime.timedelta(minutes=1)
TRIES = 8


def noted(event: Happened) -> dict[str, Any]:
    """What the note of an event says to this: which object of which customer it is about."""
    owner = event.ref if event.subject == "customer" else event.customer_ref
    if not owner and event.intent_ref:
        paid = Payment.objects.filter(intent_ref=event.intent_ref).values("tenant_id")
        found = Customer.objects.filter(tenant_id__in=paid, source=stripe.source())
        owner = found.values_list("ref", flat=True).first() or ""
    return {"subject": event.subject[:40], "ref": event.ref[:255], "customer_ref": owner[:255]}


def look(row: Due) -> None:
    """Due, each minute: when there is something to copy, a job does it, outside of any transaction."""
    busy = Job.objects.filter(kind=KIND, state__in=[Job.State.QUEUED, Job.State.RUNNING])
    if pending().exists() and not busy.exists():
        jobs.start(actor=SYSTEM, kind=KIND)
    due.again(row, after=AGAIN)


def run_job(job: Job) -> dict[str, Any]:
    copied, failed = _copy_all(_wanted(), lambda: jobs.step(job))
    return {"copied": copied, "failed": failed}


def heal(since: datetime.datetime) -> tuple[int, int]:
    """Copies again what events since were about, whether that was done, given up or never; how many, and failures."""
    VendorEvent.objects.filter(happened_at__gte=since).update(copied_at=None, tries=0)
    return _copy_all(_wanted())


def whole() -> tuple[int, int]:
    """Copies all that the vendor has of our customers; how many objects, and failures."""
    owners = Customer.objects.filter(source=stripe.source()).values_list("ref", flat=True)
    return _copy_all(one for owner in owners for one in mirror.refs_of(owner))


def _wanted() -> list[tuple[str, str]]:
    """What events were about, oldest first and each object once."""
    return list(dict.fromkeys(pending().order_by("happened_at", "pk").values_list("subject", "ref")))


def _copy_all(refs: Iterable[tuple[str, str]], step: Callable[[], None] = lambda: None) -> tuple[int, int]:
    counts = [0, 0]
    for kind, ref in refs:
        counts[not _copy(kind, ref)] += 1
        step()
    return counts[0], counts[1]


def _copy(kind: str, ref: str) -> bool:
    """Copies one object. What goes wrong is logged and counted, not raised."""
    began, notes = timezone.now(), VendorEvent.objects.filter(subject=kind, ref=ref, copied_at=None)
    try:
        mirror.copy(kind, ref)
    except Exception as error:  # whatever dj-stripe makes of an object, the others are copied
        notes.update(tries=F("tries") + 1)
        log.error("not_mirrored", kind=kind, ref=ref, error=f"{type(error).__name__}: {error}"[:500])
        return False
    notes.filter(handled_at__lte=began).update(copied_at=began)
    return True


def pending() -> QuerySet[VendorEvent]:
    """Notes of what is ours and not copied yet."""
    ours = Customer.objects.filter(source=stripe.source()).values("ref")
    rows = VendorEvent.objects.filter(copied_at=None, tries__lt=TRIES, subject__in=mirror.KINDS)
    return rows.filter(customer_ref__in=ours)
