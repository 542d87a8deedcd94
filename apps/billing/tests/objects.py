"""One of each row that payments leave to a tenant, without a vendor."""

from typing import Any

from django.utils import timezone

from apps.billing.models import Customer, Invoice, Payment, PaymentMethod
from apps.billing.providers import stripe


def money(tenant_id: int) -> dict[str, Any]:
    """Their ids, by the names that paths have for them."""
    source, now, mark = stripe.source(), timezone.now(), f"{tenant_id}"
    customer = Customer.objects.create(tenant_id=tenant_id, source=source, ref=f"cus_{mark}")
    method = PaymentMethod.objects.create(tenant_id=tenant_id, customer=customer, ref=f"pm_{mark}", kind="card")
    payment = Payment.objects.create(
        tenant_id=tenant_id, source=source, way="checkout", amount=1000, currency="usd", credits=1000
    )
    invoice = Invoice.objects.create(
        tenant_id=tenant_id,
        source=source,
        ref=f"in_{mark}",
        status="open",
        reason="subscription_cycle",
        amount_due=1000,
        amount_paid=0,
        currency="usd",
        period_start=now,
        period_end=now,
        created_at=now,
        read_at=now,
    )
    return {"payment_id": payment.pk, "method_id": method.pk, "invoice_id": invoice.pk}
