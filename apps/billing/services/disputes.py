"""Payments that a bank takes back: the credits that they brought are withdrawn, and given back when the dispute is won.

Credits that are spent already stay spent, and no balance becomes negative. What is missing is the tenant's debt: it is
taken of the next credits that come, by whatever way, until the dispute is won or nothing is missing. Whoever runs the
installation forgives a debt by giving as many credits.
"""

import datetime
from collections.abc import Sequence
from typing import Any

from apps.billing import selectors
from apps.billing.events import PaymentDisputed, PaymentDisputeEnded
from apps.billing.models import Dispute, Kind, Payment
from apps.billing.providers.facts import Contested
from apps.billing.services import ledger
from apps.core.actor import Actor
from apps.core.events import Event, emit

SYSTEM = Actor.system(because="disputed payment")


def settle_all(*, actor: Actor, payment: Payment, found: Sequence[Contested], read_at: datetime.datetime) -> None:
    """Makes the disputes what was read, unless a newer reading came first; with the payment locked."""
    if not found:
        return
    ledger.lock(payment.tenant_id)
    for one in found:
        row = payment.disputes.filter(ref=one.ref).first()
        if row and row.read_at > read_at:
            continue
        row = row or Dispute(tenant_id=payment.tenant_id, payment=payment, ref=one.ref, created_at=one.created_at)
        was, row.status, row.reason, row.read_at = row.status, one.status, one.reason, read_at
        row.amount = min(one.amount, payment.amount)
        if row.status in Dispute.TAKING and was not in Dispute.TAKING:
            row.credits = _share(payment, row.amount)
        row.save()
        if row.status in Dispute.TAKING:
            _take(actor, row)
        else:
            _give_back(actor, row)
        if row.status != was:
            _tell(actor, row)
    payment.disputed = sum(payment.disputes.filter(status__in=Dispute.TAKING).values_list("amount", flat=True))
    payment.save(update_fields=["disputed"])


def collect(tenant_id: int, *, actor: Actor = SYSTEM) -> int:
    """Takes what the tenant owes of what it has by now; in a transaction. Returns how many credits that was."""
    ledger.lock(tenant_id)
    return sum(_take(actor, row) for row in selectors.payments.debts().filter(tenant_id=tenant_id).order_by("id"))


def _take(actor: Actor, row: Dispute) -> int:
    amount = min(row.credits - row.taken, selectors.available(row.tenant_id))
    if amount <= 0:
        return 0
    ledger.withdraw(
        actor=actor, tenant_id=row.tenant_id, amount=amount, kind=Kind.DISPUTE, reference=_reference(row),
        note=f"Disputed payment {row.payment_id}",
    )  # fmt: skip
    _moved(row, amount)
    return amount


def _give_back(actor: Actor, row: Dispute) -> None:
    if row.taken:
        ledger.grant(
            actor=actor, tenant_id=row.tenant_id, amount=row.taken, kind=Kind.DISPUTE, reference=_reference(row),
            note=f"Dispute of payment {row.payment_id} ended",
        )  # fmt: skip
        _moved(row, -row.taken)


def _moved(row: Dispute, credits: int) -> None:
    row.taken, row.moves = row.taken + credits, row.moves + 1
    row.save(update_fields=["taken", "moves"])


def _reference(row: Dispute) -> str:
    return f"dispute:{row.uid}:{row.moves}"


def _share(payment: Payment, amount: int) -> int:
    """The credits of the disputed part, at most those that no refund and no other dispute is about."""
    gone = sum(payment.refunds.exclude(status="failed").values_list("credits", flat=True))
    gone += sum(payment.disputes.filter(status__in=Dispute.TAKING).values_list("credits", flat=True))
    return max(0, min(-(-payment.credits * amount // payment.amount), payment.credits - gone))


def _tell(actor: Actor, row: Dispute) -> None:
    about: dict[str, Any] = {"subject_id": row.payment_id, "label": str(row), "status": row.status}
    event: Event = PaymentDisputeEnded(**about, credits=row.taken)
    if row.status in (Dispute.Status.INQUIRY, Dispute.Status.OPEN):
        event = PaymentDisputed(**about, amount=row.amount, credits=row.taken, owed=row.owed, reason=row.reason)
    emit(event, actor=actor, tenant_id=row.tenant_id)
