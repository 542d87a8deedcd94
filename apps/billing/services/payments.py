"""Buying credits. A row says what is bought before the vendor hears of it; what the vendor says later only settles it.

Both `checkout.session.completed` and `payment_intent.succeeded` tell of a purchase, in any order and more than once:
each leads to the same reading of the same intent, and the row's lock and the ledger's reference let it grant once.
"""

import hashlib
import uuid
from dataclasses import dataclass, field
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from apps.billing import selectors
from apps.billing.errors import PaymentsOff
from apps.billing.events import PaymentBegun, PaymentFailed, PaymentMismatched, PaymentSucceeded
from apps.billing.models import Kind, Package, Payment
from apps.billing.providers import stripe
from apps.billing.providers.facts import Paid
from apps.billing.services import customers, disputes, ledger, refunds
from apps.core.actor import Actor
from apps.core.errors import Invalid
from apps.core.events import emit
from apps.core.refusal import Refusal

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Begun:
    """A payment with what its payer needs: the page's address, or the secret of its intent."""

    payment: Payment
    url: str = ""
    client_secret: str = field(default="", repr=False)


def checkout(*, actor: Actor, package: str, return_url: str = "", key: str | None = None) -> Begun:
    """Begins a purchase on the vendor's page. Calls the vendor: not inside a transaction."""
    offer, address = selectors.payments.package_for(package), customers.back(return_url)
    payment = _begin(actor, Payment.Way.CHECKOUT, key, package=offer, **_price_of(offer))
    with _giving_up(actor, payment):
        customer = customers.ensure(tenant_id=payment.tenant_id)
        session_ref, url = stripe.checkout_make(payment, customer.ref, offer.name, address)
    Payment.objects.filter(pk=payment.pk).update(session_ref=session_ref, url=url)
    payment.session_ref, payment.url = session_ref, url
    return Begun(payment, url=url)


def intent(
    *, actor: Actor, package: str = "", amount: int | None = None, keep_method: bool = False, key: str | None = None
) -> Begun:
    """Begins a purchase in the client's own page: of a package, or of as many credits as the amount brings."""
    if package:
        offer = selectors.payments.package_for(package)
        bought: dict[str, Any] = {"package": offer, **_price_of(offer)}
    else:
        bought = _amount(amount)
    payment = _begin(actor, Payment.Way.INTENT, key, **bought)
    with _giving_up(actor, payment):
        customer = customers.ensure(tenant_id=payment.tenant_id)
        intent_ref, secret = stripe.intent_make(payment, customer.ref, keep=keep_method)
    Payment.objects.filter(pk=payment.pk).update(intent_ref=intent_ref)
    payment.intent_ref = intent_ref
    return Begun(payment, client_secret=secret)


def config() -> dict[str, Any]:
    """What a payment page needs to know."""
    source = stripe.source()
    return {
        "provider": "stripe" if source else "none",
        "mode": source or "off",
        "livemode": source == stripe.LIVE,
        "publishable_key": settings.STRIPE_PUBLISHABLE_KEY if source else "",
        "currency": settings.BILLING_CURRENCY,
        "amount_min": settings.PAYMENT_MIN,
        "amount_max": settings.PAYMENT_MAX,
        "credits_per_unit": settings.CREDITS_PER_UNIT,
    }


def _price_of(offer: Package) -> dict[str, Any]:
    return {"amount": offer.amount, "currency": offer.currency, "credits": offer.credits}


def _amount(amount: int | None) -> dict[str, Any]:
    """An amount within bounds; its currency and what it brings are this installation's."""
    least, most = settings.PAYMENT_MIN, settings.PAYMENT_MAX
    if amount is None or not least <= amount <= most:
        message = f"Give a package, or an amount from {least} to {most}."
        raise Invalid(errors=[{"field": "amount", "message": message, "code": "out_of_bounds"}])
    return {"amount": amount, "currency": settings.BILLING_CURRENCY, "credits": amount * settings.CREDITS_PER_UNIT}


@transaction.atomic
def _begin(actor: Actor, way: str, key: str | None, **bought: Any) -> Payment:
    """The row, committed before the vendor is asked. Under the key of a request that was lost it is the same row."""
    if not stripe.source():
        raise PaymentsOff
    bought_for = f"{bought['amount']}:{bought['credits']}"
    named = f"{actor.tenant_id}:{actor.principal}:{way}:{bought_for}:{key or uuid.uuid4()}"
    payment, made = Payment.objects.get_or_create(
        request_key=hashlib.sha256(named.encode()).hexdigest(),
        defaults={
            "tenant_id": actor.tenant_id or 0,
            "source": stripe.source(),
            "way": way,
            "actor_label": actor.label[:200],
            **bought,
        },
    )
    if made:
        told: dict[str, Any] = {"amount": payment.amount, "currency": payment.currency, "credits": payment.credits}
        emit(PaymentBegun(**_about(payment), **told), actor=actor)
    return payment


class _giving_up:
    """A payment that the vendor refused to begin has failed; one of which nothing was heard stays pending."""

    def __init__(self, actor: Actor, payment: Payment) -> None:
        self.actor, self.payment = actor, payment

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        if isinstance(error, Refusal) and error.status != 503:
            with transaction.atomic():
                rows = Payment.objects.filter(pk=self.payment.pk, status=Payment.Status.PENDING)
                if rows.update(status=Payment.Status.FAILED, failure=error.code, request_key=None):
                    emit(PaymentFailed(**_about(self.payment), reason=error.code), actor=self.actor)


@transaction.atomic
def settle(*, actor: Actor, facts: Paid) -> Payment | None:
    """Makes the payment what the vendor says it is; None when it is none of ours. Paid is paid for good."""
    payment = selectors.payments.payment_named(facts.uid)
    if payment is None or payment.source != stripe.source():
        return None
    if payment.status != Payment.Status.PAID:
        payment.intent_ref = facts.intent_ref
        if facts.status == Payment.Status.PAID:
            _paid(actor, payment, facts)
        elif (facts.status, facts.failure) != (payment.status, payment.failure):
            payment.status, payment.failure = facts.status, facts.failure
            if facts.status == Payment.Status.FAILED:
                _tell(actor, payment, PaymentFailed(**_about(payment), reason=facts.failure))
        payment.save()
    if payment.status == Payment.Status.PAID:
        refunds.settle_all(actor=actor, payment=payment, given=facts.refunds)
        disputes.settle_all(actor=actor, payment=payment, found=facts.disputes, read_at=facts.read_at)
    return payment


def _paid(actor: Actor, payment: Payment, facts: Paid) -> None:
    if (facts.amount, facts.currency) != (payment.amount, payment.currency):
        if payment.failure != "mismatch":
            payment.status, payment.failure = Payment.Status.FAILED, "mismatch"
            log.critical("payment_mismatched", payment=payment.pk, paid=facts.amount, currency=facts.currency)
            told = PaymentMismatched(**_about(payment), amount=facts.amount, currency=facts.currency)
            _tell(actor, payment, told)
        return
    payment.status, payment.failure, payment.paid_at = Payment.Status.PAID, "", timezone.now()
    ledger.grant(
        actor=actor,
        tenant_id=payment.tenant_id,
        amount=payment.credits,
        kind=Kind.PURCHASE,
        reference=f"payment:{payment.uid}",
        note=payment.package.name if payment.package else "",
    )
    disputes.collect(payment.tenant_id)
    sums: dict[str, Any] = {"amount": payment.amount, "currency": payment.currency, "credits": payment.credits}
    _tell(actor, payment, PaymentSucceeded(**_about(payment), **sums))


@transaction.atomic
def expire(*, actor: Actor, uid: str) -> Payment | None:
    """A checkout that was left: its payment is canceled, unless it was paid after all."""
    payment = selectors.payments.payment_named(uid)
    if payment and payment.status in (Payment.Status.PENDING, Payment.Status.FAILED):
        payment.status, payment.url = Payment.Status.CANCELED, ""
        payment.save(update_fields=["status", "url"])
    return payment


def _about(payment: Payment) -> dict[str, Any]:
    return {"subject_id": payment.pk, "label": f"{payment.amount} {payment.currency}"}


def _tell(actor: Actor, payment: Payment, event: Any) -> None:
    emit(event, actor=actor, tenant_id=payment.tenant_id)
