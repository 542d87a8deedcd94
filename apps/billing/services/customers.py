"""A tenant as the vendor's customer, and the payment methods that are kept there."""

from django.conf import settings
from django.db import transaction

from apps.billing import selectors
from apps.billing.errors import PaymentMethodInUse, ReturnUrlRefused
from apps.billing.events import PaymentMethodChosen, PaymentMethodDeleted
from apps.billing.models import Customer, PaymentMethod
from apps.billing.providers import stripe
from apps.billing.providers.facts import Methods
from apps.core.actor import Actor
from apps.core.events import emit
from apps.sites.models import Tenant


def ensure(*, tenant_id: int) -> Customer:
    """The tenant's customer, made at the vendor when there is none. Calls the vendor: not inside a transaction."""
    source = stripe.source()
    if found := selectors.payments.customer_of(tenant_id, source):
        return found
    tenant = Tenant.objects.get(pk=tenant_id)
    ref = stripe.customer_make(tenant_id, f"{source}-{tenant.uid}", tenant.email, tenant.name)
    made, _ = Customer.objects.get_or_create(tenant_id=tenant_id, source=source, defaults={"ref": ref})
    return made


def back(url: str) -> str:
    """Where a payer is led back to: the given address if it is of this installation or of a client it knows."""
    home: str = settings.BILLING_RETURN_URL or settings.PUBLIC_BASE_URL
    if not url:
        return home
    origins = (settings.PUBLIC_BASE_URL, *settings.CORS_ALLOWED_ORIGINS, home)
    if not any(url == origin or url.startswith((f"{origin}/", f"{origin}?")) for origin in origins):
        raise ReturnUrlRefused
    return url


def setup(*, tenant_id: int) -> dict[str, str]:
    """What a browser needs to keep a card for the tenant."""
    setup_ref, secret = stripe.method_setup(ensure(tenant_id=tenant_id).ref)
    return {"setup_intent": setup_ref, "client_secret": secret}


def portal(*, tenant_id: int, return_url: str) -> dict[str, str]:
    address = back(return_url)
    return {"url": stripe.portal_make(ensure(tenant_id=tenant_id).ref, address)}


def detach(*, actor: Actor, method_id: int) -> Methods:
    """First step of a deletion: the vendor forgets the method, and says what is left."""
    method = selectors.payments.method_for(actor, method_id, stripe.source())
    paying = selectors.payments.subscription_of(actor.tenant_id, stripe.source())
    if method.is_default and paying:
        raise PaymentMethodInUse
    stripe.method_detach(method.ref)
    return stripe.methods_read(method.customer.ref)


def choose(*, actor: Actor, method_id: int) -> Methods:
    """First step of a choice: the vendor charges this one from now on."""
    method = selectors.payments.method_for(actor, method_id, stripe.source())
    stripe.method_default(method.customer.ref, method.ref)
    return stripe.methods_read(method.customer.ref)


@transaction.atomic
def deleted(*, actor: Actor, method_id: int, facts: Methods) -> None:
    method = selectors.payments.method_for(actor, method_id, stripe.source())
    apply(facts=facts)
    emit(PaymentMethodDeleted(subject_id=method.pk, label=str(method)), actor=actor)


@transaction.atomic
def chosen(*, actor: Actor, method_id: int, facts: Methods) -> PaymentMethod:
    apply(facts=facts)
    method = selectors.payments.method_for(actor, method_id, stripe.source())
    emit(PaymentMethodChosen(subject_id=method.pk, label=str(method)), actor=actor)
    return method


@transaction.atomic
def apply(*, facts: Methods) -> None:
    """Makes our rows what was read, unless a newer reading came first."""
    customer = Customer.objects.select_for_update().filter(ref=facts.customer_ref, source=stripe.source()).first()
    if customer is None or (customer.read_at and customer.read_at > facts.read_at):
        return
    customer.read_at = facts.read_at
    customer.save(update_fields=["read_at"])
    customer.methods.exclude(ref__in=[method.ref for method in facts.methods]).delete()
    for method in facts.methods:
        known = {"kind": method.kind, "brand": method.brand, "last4": method.last4, "expires": method.expires}
        PaymentMethod.objects.update_or_create(
            ref=method.ref,
            defaults=known
            | {"tenant_id": customer.tenant_id, "customer": customer, "is_default": method.ref == facts.default},
        )
