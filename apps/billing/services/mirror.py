"""The copy of our customers' objects at the vendor follows what the vendor tells, after the commit that it led to.

The notes of events are its list of what is to be done: a job reads each object again and copies it. One that fails is
tried again, a minute later; nothing else waits for it or reads it.
"""

import datetime
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
    if pending().exists():
        jobs.start(actor=SYSTEM, kind=KIND)
    due.again(row, after=AGAIN)


def run_job(job: Job) -> dict[str, Any]:
    copied, failed = follow()
    return {"copied": copied, "failed": failed}


def follow() -> tuple[int, int]:
    """Copies what events were about, each object once; how many were copied, and how many failed."""
    wanted = list(pending().order_by("happened_at").values_list("subject", "ref").distinct()[:500])
    done = [copy(kind, ref) for kind, ref in dict.fromkeys(wanted)]
    return sum(done), len(done) - sum(done)


def heal(since: datetime.datetime) -> tuple[int, int]:
    """Copies again what events since were about, whether that was done, given up or never."""
    VendorEvent.objects.filter(happened_at__gte=since).update(copied_at=None, tries=0)
    return follow()


def whole() -> tuple[int, int]:
    """Copies all that the vendor has of our customers."""
    refs = [one for owner in _owners() for one in mirror.refs_of(owner)]
    done = [copy(kind, ref) for kind, ref in refs]
    return sum(done), len(done) - sum(done)


def copy(kind: str, ref: str) -> bool:
    """Copies one object. What goes wrong is logged and counted, not raised."""
    began, notes = timezone.now(), VendorEvent.objects.filter(subject=kind, ref=ref, copied_at=None)
    try:
        mirror.copy(kind, ref, _owners())
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


def _owners() -> dict[str, int]:
    return dict(Customer.objects.filter(source=stripe.source()).values_list("ref", "tenant_id"))
