"""Reading payments, payment methods, invoices and subscriptions of the actor's tenant, and what is offered to all."""

import uuid

from django.db.models import F, QuerySet, Sum

from apps.billing import errors
from apps.billing.models import (
    Customer,
    Dispute,
    Invoice,
    Package,
    Payment,
    PaymentMethod,
    Plan,
    Subscription,
)
from apps.core.actor import Actor
from apps.core.errors import NotFound


def packages() -> QuerySet[Package]:
    return Package.objects.filter(active=True).order_by("position", "id")


def plans() -> QuerySet[Plan]:
    return Plan.objects.filter(active=True).order_by("position", "id")


def package_for(identifier: str) -> Package:
    found = packages().filter(identifier=identifier).first()
    if found is None:
        raise errors.PackageUnknown
    return found


def plan_for(identifier: str) -> Plan:
    found = plans().filter(identifier=identifier).first()
    if found is None:
        raise errors.PlanUnknown
    return found


def payments_of(actor: Actor) -> QuerySet[Payment]:
    return Payment.objects.filter(tenant_id=actor.tenant_id or 0).select_related("package")


def payment_for(actor: Actor, payment_id: int) -> Payment:
    found = payments_of(actor).filter(pk=payment_id).first()
    if found is None:
        raise NotFound
    return found


def any_payment_for(payment_id: int, *, lock: bool = False) -> Payment:
    """Any tenant's, for those who run the installation."""
    rows = Payment.objects.select_for_update() if lock else Payment.objects.all()
    found = rows.filter(pk=payment_id).first()
    if found is None:
        raise NotFound
    return found


def payment_named(uid: str) -> Payment | None:
    """The payment that a vendor's object names, locked; None when it names none of ours."""
    try:
        known = uuid.UUID(uid)
    except ValueError:
        return None
    return Payment.objects.select_for_update().filter(uid=known).first()


def debts() -> QuerySet[Dispute]:
    """Disputes for which credits are still owed."""
    return Dispute.objects.filter(status__in=Dispute.TAKING, taken__lt=F("credits"))


def owed(tenant_id: int) -> int:
    """Credits that the tenant owes for disputed payments."""
    found: int | None = debts().filter(tenant_id=tenant_id).aggregate(sum=Sum(F("credits") - F("taken")))["sum"]
    return found or 0


def customer_of(tenant_id: int, source: str) -> Customer | None:
    return Customer.objects.filter(tenant_id=tenant_id, source=source).first()


def methods_of(actor: Actor, source: str) -> QuerySet[PaymentMethod]:
    rows = PaymentMethod.objects.filter(tenant_id=actor.tenant_id or 0, customer__source=source)
    return rows.select_related("customer")


def method_for(actor: Actor, method_id: int, source: str) -> PaymentMethod:
    found = methods_of(actor, source).filter(pk=method_id).first()
    if found is None:
        raise NotFound
    return found


def invoices_of(actor: Actor) -> QuerySet[Invoice]:
    return Invoice.objects.filter(tenant_id=actor.tenant_id or 0)


def invoice_for(actor: Actor, invoice_id: int) -> Invoice:
    found = invoices_of(actor).filter(pk=invoice_id).first()
    if found is None:
        raise NotFound
    return found


def subscription_of(tenant_id: int | None, source: str) -> Subscription | None:
    """The one that has not ended."""
    rows = Subscription.objects.filter(tenant_id=tenant_id or 0, source=source).exclude(status__in=Subscription.ENDED)
    return rows.select_related("plan", "next_plan").first()
