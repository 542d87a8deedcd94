"""What the vendor tells. An event says only that something changed; how it stands now is read from the vendor.

So the order of events does not matter, nor that one comes twice or three days late: each ends in the state of now. The
reading is done before the transaction that applies it, and an older reading never overwrites a newer one.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.billing.errors import PaymentsFailed
from apps.billing.models import VendorEvent
from apps.billing.providers import stripe
from apps.billing.providers.facts import Happened
from apps.billing.services import customers, invoices, mirror, payments, subscriptions
from apps.core.actor import Actor
from apps.core.models import Due
from apps.core.services import due

log = structlog.get_logger(__name__)
SYSTEM = Actor.system(because="payment provider")
Apply = Callable[[], Any]
KIND = "billing.forget_events"
KEPT = datetime.timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Told:
    """A verified event with what is to be done about it; None when it was handled before."""

    event: Happened
    apply: Apply | None


def receive(*, payload: bytes, signature: str) -> Told:
    """First step of a webhook: verifies it and reads what it is about."""
    event = stripe.verified(payload, signature)
    return Told(event, None if _handled(event) else read(event))


def settle(*, told: Told, by: str = "webhook") -> bool:
    """Second step: applies what was read, with the note that the event was handled. False when it was before."""
    if told.apply is None:
        return False
    event = told.event
    try:
        with transaction.atomic():
            known = {"kind": event.kind[:100], "by": by, "happened_at": event.happened_at, **mirror.noted(event)}
            VendorEvent.objects.create(id=event.id, **known)
            told.apply()
    except IntegrityError:
        if _handled(event):  # the same event, at the same time
            return False
        raise
    return True


def reconcile(*, since: datetime.datetime) -> tuple[int, int]:
    """Lists what the vendor told since, and does what was missed; how many events there were, and were missed."""
    seen = missed = 0
    for event in stripe.events(since):
        seen += 1
        if _handled(event):
            continue
        try:
            missed += settle(told=Told(event, read(event)), by="reconciliation")
        except PaymentsFailed:  # what it was about is gone; the others are not
            log.error("event_not_reconciled", event_id=event.id, kind=event.kind)
    return seen, missed


def _handled(event: Happened) -> bool:
    return VendorEvent.objects.filter(pk=event.id).exists()


def read(event: Happened) -> Apply:
    """Reads what the event is about; what is returned applies it, in a transaction of the caller."""
    match event.subject:
        case "checkout.session":
            return _session(event)
        case "payment_intent":
            return _intent(event.ref)
        case "charge" | "refund" | "dispute":
            return _intent(event.intent_ref)
        case "customer" if event.kind == "customer.deleted":
            return _nothing
        case "customer" | "payment_method" | "setup_intent":
            return _customer(event.ref if event.subject == "customer" else event.customer_ref)
        case "subscription":
            return _subscription(event.ref)
        case "invoice":
            return _invoice(event.ref)
    return _nothing


def _nothing() -> None:
    """An event of something that is not ours to follow."""


def _session(event: Happened) -> Apply:
    uid, intent_ref, status = stripe.session_read(event.ref)
    if intent_ref:
        return _intent(intent_ref)
    if status == "expired":
        return lambda: payments.expire(actor=SYSTEM, uid=uid)
    return _nothing


def _intent(ref: str) -> Apply:
    if not ref:
        return _nothing
    facts = stripe.payment_read(ref)
    return lambda: payments.settle(actor=SYSTEM, facts=facts)


def _customer(ref: str) -> Apply:
    if not ref:
        return _nothing
    facts = stripe.methods_read(ref)
    return lambda: customers.apply(facts=facts)


def _subscription(ref: str) -> Apply:
    facts = stripe.subscription_read(ref)
    return lambda: subscriptions.apply(actor=SYSTEM, facts=facts)


def _invoice(ref: str) -> Apply:
    """With its subscription: which of the two is told first is not ours to choose."""
    facts = stripe.invoice_read(ref)
    paid_for = stripe.subscription_read(facts.subscription_ref) if facts.subscription_ref else None

    def apply() -> None:
        if paid_for:
            subscriptions.apply(actor=SYSTEM, facts=paid_for)
        invoices.apply(actor=SYSTEM, facts=facts)

    return apply


def forget_due(row: Due) -> None:
    """Due: one round, and the next in a day."""
    purge()
    due.again(row, after=datetime.timedelta(days=1))


def purge() -> int:
    """Deletes notes of events that are older than the vendor would tell of them again."""
    gone, _ = VendorEvent.objects.filter(happened_at__lt=timezone.now() - KEPT).delete()
    return gone
