"""Invoices as the vendor has them, and the credits that come with a paid period of a plan."""

from typing import Any

from django.db import transaction

from apps.billing.events import InvoicePaid
from apps.billing.models import Customer, Invoice, Kind, Subscription
from apps.billing.providers import stripe
from apps.billing.providers.facts import Billed
from apps.billing.services import ledger
from apps.core.actor import Actor
from apps.core.events import emit

PERIODS = ("subscription_create", "subscription_cycle")
UPGRADE = "subscription_update"


@transaction.atomic
def apply(*, actor: Actor, facts: Billed) -> Invoice | None:
    """Makes our row what was read; its first reading as paid grants the period's credits, under the invoice's id.

    Apply the subscription first. A trial brings no credits; going up within a period brings the difference.
    """
    customer = Customer.objects.select_for_update().filter(ref=facts.customer_ref, source=stripe.source()).first()
    if customer is None:
        return None
    row = Invoice.objects.select_for_update().filter(ref=facts.ref).first()
    if row and row.read_at > facts.read_at:
        return row
    was_paid, credits = bool(row and row.status == "paid"), row.credits if row else 0
    if facts.status == "paid" and not was_paid:
        credits = _grant(actor, customer.tenant_id, facts)
    row, _ = Invoice.objects.update_or_create(
        ref=facts.ref, defaults=_members(facts) | {"tenant_id": customer.tenant_id, "credits": credits}
    )
    if row.status == "paid" and not was_paid:
        told: dict[str, Any] = {"amount": row.amount_paid, "currency": row.currency, "credits": credits}
        emit(InvoicePaid(subject_id=row.pk, label=row.number, **told), actor=actor, tenant_id=row.tenant_id)
    return row


def _members(facts: Billed) -> dict[str, Any]:
    names = ("subscription_ref", "number", "status", "reason", "amount_due", "amount_paid", "currency", "period_start",
             "period_end", "hosted_url", "pdf_url", "created_at", "paid_at", "read_at")  # fmt: skip
    return {name: getattr(facts, name) for name in names} | {"source": stripe.source()}


def _grant(actor: Actor, tenant_id: int, facts: Billed) -> int:
    """Grants what the paid period brings; returns how many credits."""
    rows = Subscription.objects.select_for_update(of=("self",)).select_related("plan")
    subscription = rows.filter(ref=facts.subscription_ref).first()
    if subscription is None or (subscription.trial_end and facts.period_end <= subscription.trial_end):
        return 0
    this_period = facts.period_start >= subscription.period_start
    had = subscription.period_credits if this_period else 0
    if facts.reason not in (*PERIODS, UPGRADE) or (facts.reason == UPGRADE and not this_period):
        return 0
    credits = max(0, subscription.plan.credits - had)
    if not credits:
        return 0
    ledger.grant(
        actor=actor,
        tenant_id=tenant_id,
        amount=credits,
        kind=Kind.PLAN,
        reference=facts.ref,
        note=f"{subscription.plan.name}, invoice {facts.number}",
    )
    if this_period:
        subscription.period_credits = had + credits
        subscription.save(update_fields=["period_credits"])
    return credits
