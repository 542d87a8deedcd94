"""Invoices as the vendor has them, and the credits that come with a paid period of a plan."""

from typing import Any

from django.db import transaction

from apps.billing.events import InvoicePaid
from apps.billing.models import Customer, Invoice
from apps.billing.providers import stripe
from apps.billing.providers.facts import Billed
from apps.billing.services import allowances
from apps.core.actor import Actor
from apps.core.events import emit


@transaction.atomic
def apply(*, actor: Actor, facts: Billed) -> Invoice | None:
    """Makes our row what was read; its first reading as paid brings the plan's credits.

    Apply the subscription first.
    """
    customer = Customer.objects.select_for_update().filter(ref=facts.customer_ref, source=stripe.source()).first()
    if customer is None:
        return None
    row = Invoice.objects.select_for_update().filter(ref=facts.ref).first()
    if row and row.read_at > facts.read_at:
        return row
    was_paid, credits = bool(row and row.status == "paid"), row.credits if row else 0
    if facts.status == "paid" and not was_paid:
        credits = allowances.paid(actor=actor, facts=facts)
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
