"""Giving money back, and taking the credits that it had brought.

The credits go first, in a commit of their own with the refund's row: who has spent them gets 402 before the vendor
hears of it. A refund that the vendor refuses gives them back, once. One of which nothing was heard stays pending and
is asked for again under the same key, by a job.
"""

import datetime
import uuid
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from apps.billing import selectors
from apps.billing.errors import PaymentNotRefundable, PaymentsAway
from apps.billing.events import PaymentRefunded, RefundFailed
from apps.billing.models import Kind, Payment, Refund
from apps.billing.providers import stripe
from apps.billing.providers.facts import GivenBack
from apps.billing.services import ledger
from apps.core.actor import Actor
from apps.core.events import emit
from apps.core.models import Due, Job
from apps.core.refusal import Refusal
from apps.core.services import due, jobs

FINISH = "billing.finish_refund"
SOON = datetime.timedelta(minutes=2)


def make(*, actor: Actor, payment_id: int, amount: int | None = None, reason: str = "") -> tuple[int, str]:
    """First step of a refund: the row with its credits, then the vendor. Answers the row's id and the vendor's."""
    refund = _begin(actor=actor, payment_id=payment_id, amount=amount, reason=reason)
    return refund.pk, _ask(actor, refund)


def _ask(actor: Actor, refund: Refund) -> str:
    try:
        return stripe.refund_make(refund, str(refund.payment.intent_ref))
    except PaymentsAway:
        raise
    except Refusal:
        fail(actor=actor, refund_id=refund.pk)
        raise


@transaction.atomic
def _begin(*, actor: Actor, payment_id: int, amount: int | None, reason: str) -> Refund:
    payment = selectors.payments.any_payment_for(payment_id, lock=True)
    left = payment.amount - payment.disputed - _sum(payment, "amount") if payment.status == Payment.Status.PAID else 0
    wanted = left if amount is None else amount
    if not 0 < wanted <= left or payment.source != stripe.source() or not payment.intent_ref:
        raise PaymentNotRefundable(left=left)
    refund = Refund.objects.create(
        tenant_id=payment.tenant_id, payment=payment, amount=wanted, credits=_share(payment, wanted), reason=reason
    )
    _withdraw(actor, refund, refund.credits)
    due.plan(
        tenant_id=payment.tenant_id, kind=FINISH, subject=f"refund:{refund.pk}", at=timezone.now() + SOON,
        refund_id=refund.pk,
    )  # fmt: skip
    return refund


@transaction.atomic
def done(*, actor: Actor, refund_id: int, ref: str) -> Payment:
    """Settles a refund that the vendor has made; saying it again changes nothing."""
    refund = Refund.objects.select_related("payment").get(pk=refund_id)
    payment = selectors.payments.any_payment_for(refund.payment_id, lock=True)
    refund = Refund.objects.select_for_update().get(pk=refund_id)
    if refund.status == Refund.Status.PENDING:
        refund.status, refund.ref = Refund.Status.DONE, ref
        refund.save(update_fields=["status", "ref"])
        _finished(actor, payment, refund)
    payment.refresh_from_db()
    return payment


@transaction.atomic
def fail(*, actor: Actor, refund_id: int) -> None:
    """The vendor gave nothing back: the credits return, once."""
    refund = Refund.objects.select_for_update().select_related("payment").get(pk=refund_id)
    if refund.status == Refund.Status.FAILED:
        return
    refund.status = Refund.Status.FAILED
    refund.save(update_fields=["status"])
    if credits := refund.credits - refund.short:
        ledger.grant(
            actor=actor, tenant_id=refund.tenant_id, amount=credits, kind=Kind.REFUND,
            reference=f"refund-failed:{refund.uid}",
        )  # fmt: skip
    _recount(refund.payment)
    due.cancel(tenant_id=refund.tenant_id, kind=FINISH, subject=f"refund:{refund.pk}")
    told = RefundFailed(subject_id=refund.payment_id, amount=refund.amount, credits=refund.credits)
    emit(told, actor=actor, tenant_id=refund.tenant_id)


def settle_all(*, actor: Actor, payment: Payment, given: Iterable[GivenBack]) -> None:
    """What the vendor says was given back, begun here or there; with the payment locked."""
    for one in given:
        known = _known(payment, one)
        if known is None and not one.failed:
            known = _made_there(actor, payment, one)
        if known and one.failed:
            fail(actor=actor, refund_id=known.pk)
        elif known and known.status == Refund.Status.PENDING:
            known.status, known.ref = Refund.Status.DONE, one.ref
            known.save(update_fields=["status", "ref"])
            _finished(actor, payment, known)


def _known(payment: Payment, one: GivenBack) -> Refund | None:
    rows = payment.refunds.select_for_update()
    if found := rows.filter(ref=one.ref).first():
        return found
    try:
        return rows.filter(uid=uuid.UUID(one.uid)).first() if one.uid else None
    except ValueError:
        return None


def _made_there(actor: Actor, payment: Payment, one: GivenBack) -> Refund:
    """A refund from the vendor's own pages. The money has gone: of the credits go those that are left."""
    credits = _share(payment, one.amount)
    ledger.lock(payment.tenant_id)
    there = min(credits, selectors.available(payment.tenant_id))
    refund = Refund.objects.create(
        tenant_id=payment.tenant_id, payment=payment, ref=one.ref, amount=one.amount, credits=credits,
        short=credits - there,
    )  # fmt: skip
    _withdraw(actor, refund, there)
    return refund


def _finished(actor: Actor, payment: Payment, refund: Refund) -> None:
    _recount(payment)
    due.cancel(tenant_id=refund.tenant_id, kind=FINISH, subject=f"refund:{refund.pk}")
    told = PaymentRefunded(subject_id=payment.pk, amount=refund.amount, credits=refund.credits, short=refund.short)
    emit(told, actor=actor, tenant_id=refund.tenant_id)


def _withdraw(actor: Actor, refund: Refund, credits: int) -> None:
    if credits:
        ledger.withdraw(
            actor=actor, tenant_id=refund.tenant_id, amount=credits, kind=Kind.REFUND,
            reference=f"refund:{refund.uid}", note=refund.reason,
        )  # fmt: skip


def _share(payment: Payment, amount: int) -> int:
    """The credits of this part of the payment: all parts together bring back all of them, to the last."""
    before = _sum(payment, "amount")
    return payment.credits * (before + amount) // payment.amount - _sum(payment, "credits")


def _sum(payment: Payment, column: str) -> int:
    rows = payment.refunds.exclude(status=Refund.Status.FAILED)
    found: int | None = rows.aggregate(sum=Sum(column))["sum"]
    return found or 0


def _recount(payment: Payment) -> None:
    rows = payment.refunds.filter(status=Refund.Status.DONE)
    payment.refunded = rows.aggregate(sum=Sum("amount"))["sum"] or 0
    payment.save(update_fields=["refunded"])


def finish_due(row: Due) -> None:
    """A refund is pending for too long: a job asks the vendor again, outside of any transaction."""
    system = Actor.system(because="unfinished refund", tenant_id=row.tenant_id)
    jobs.start(actor=system, kind=FINISH, tenant_id=row.tenant_id, refund_id=row.data["refund_id"])
    due.plan(
        tenant_id=row.tenant_id, kind=FINISH, subject=row.subject, at=timezone.now() + 5 * SOON, **row.data
    )  # fmt: skip


def finish_job(job: Job) -> dict[str, Any]:
    """Asks for the refund under its key: made now, or made before and answered again."""
    system = Actor.system(because="unfinished refund", tenant_id=job.tenant_id)
    refund = Refund.objects.select_related("payment").get(pk=job.arguments["refund_id"])
    if refund.status == Refund.Status.PENDING:
        done(actor=system, refund_id=refund.pk, ref=_ask(system, refund))
    return {"refund": refund.pk}
