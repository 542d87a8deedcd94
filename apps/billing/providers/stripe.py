"""Stripe, or the sandbox that speaks like it. The only module that knows the SDK, which is imported when it is needed.

Nothing here writes a row. Everything that makes something takes a key, under which Stripe does it once.
"""

import datetime
import functools
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import structlog
from django.conf import settings
from django.utils import timezone

from apps.billing import errors
from apps.billing.models import Dispute, Payment, Plan, Refund
from apps.billing.providers.facts import (
    Billed,
    Contested,
    GivenBack,
    Happened,
    Line,
    Method,
    Methods,
    Paid,
    Subscribed,
)

if TYPE_CHECKING:
    from stripe import StripeClient

log = structlog.get_logger(__name__)
TOLERANCE = 300
SANDBOX, TEST, LIVE = "sandbox", "test", "live"


def source() -> str:
    """Where money would move: `sandbox`, `test` or `live`; empty when payments are not set up."""
    if not settings.STRIPE_SECRET_KEY:
        return ""
    if settings.STRIPE_SANDBOX_URL:
        return SANDBOX
    return LIVE if settings.STRIPE_SECRET_KEY.startswith(("sk_live_", "rk_live_")) else TEST


def _client() -> "StripeClient":
    if not settings.STRIPE_SECRET_KEY:
        raise errors.PaymentsOff
    return _made(settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE)


@functools.lru_cache(maxsize=4)
def _made(key: str, base: str) -> "StripeClient":
    import stripe

    addresses: Any = {"api": base} if base else {}
    http = stripe.RequestsClient(timeout=20)
    return stripe.StripeClient(key, base_addresses=addresses, max_network_retries=2, http_client=http)


@contextmanager
def _failing() -> Iterator[None]:
    """What the SDK raises, in our words; details go to the log."""
    import stripe

    try:
        yield
    except stripe.CardError as error:
        raise errors.CardDeclined(reason=getattr(error.error, "decline_code", None) or error.code or "") from error
    except (stripe.APIConnectionError, stripe.RateLimitError) as error:
        raise errors.PaymentsAway from error
    except stripe.StripeError as error:
        log.error("payment_provider_refused", error=type(error).__name__, code=error.code, said=str(error)[:500])
        if error.http_status is None or error.http_status >= 500:
            raise errors.PaymentsAway from error
        raise errors.PaymentsFailed from error


# Customers and their methods


def customer_make(tenant_id: int, uid: str, email: str, name: str) -> str:
    members: Any = {"name": name, "metadata": {"tenant": str(tenant_id)}} | ({"email": email} if email else {})
    with _failing():
        return _client().v1.customers.create(members, {"idempotency_key": f"customer-{uid}"}).id


def methods_read(customer_ref: str) -> Methods:
    now = timezone.now()
    with _failing():
        owner = _client().v1.customers.retrieve(customer_ref)
        found = _client().v1.customers.payment_methods.list(customer_ref, {"limit": 100})
    default = owner.invoice_settings.default_payment_method if owner.invoice_settings else None
    return Methods(customer_ref, _id(default), tuple(_method(one) for one in found.data), now)


def _method(found: Any) -> Method:
    card = getattr(found, "card", None)
    expires = f"{card.exp_year}-{card.exp_month:02d}" if card else ""
    return Method(found.id, found.type, card.brand if card else "", card.last4 if card else "", expires)


def method_setup(customer_ref: str) -> tuple[str, str]:
    """A SetupIntent: its id and the secret with which a browser gives it a card."""
    with _failing():
        made = _client().v1.setup_intents.create({"customer": customer_ref, "usage": "off_session"})
    return made.id, str(made.client_secret)


def method_detach(ref: str) -> None:
    with _failing():
        _client().v1.payment_methods.detach(ref)


def method_default(customer_ref: str, ref: str) -> None:
    with _failing():
        _client().v1.customers.update(customer_ref, {"invoice_settings": {"default_payment_method": ref}})


def portal_make(customer_ref: str, back: str) -> str:
    with _failing():
        return _client().v1.billing_portal.sessions.create({"customer": customer_ref, "return_url": back}).url


# Payments


def checkout_make(payment: Payment, customer_ref: str, title: str, back: str) -> tuple[str, str]:
    """A page on which to pay: its id and address."""
    mark = {"payment": str(payment.uid), "tenant": str(payment.tenant_id)}
    product = {"name": title}
    price = {"currency": payment.currency, "unit_amount": payment.amount, "product_data": product}
    joint = "&" if "?" in back else "?"
    members: Any = {
        "mode": "payment",
        "customer": customer_ref,
        "line_items": [{"price_data": price, "quantity": 1}],
        "success_url": f"{back}{joint}payment={payment.pk}&outcome=success",
        "cancel_url": f"{back}{joint}payment={payment.pk}&outcome=cancel",
        "client_reference_id": str(payment.uid),
        "metadata": mark,
        "payment_intent_data": {"metadata": mark},
    }
    with _failing():
        made = _client().v1.checkout.sessions.create(members, {"idempotency_key": f"checkout-{payment.uid}"})
    return made.id, str(made.url)


def intent_make(payment: Payment, customer_ref: str, *, keep: bool) -> tuple[str, str]:
    """A PaymentIntent: its id and the secret with which a browser pays it."""
    members: Any = {
        "amount": payment.amount,
        "currency": payment.currency,
        "customer": customer_ref,
        "automatic_payment_methods": {"enabled": True},
        "metadata": {"payment": str(payment.uid), "tenant": str(payment.tenant_id)},
    } | ({"setup_future_usage": "off_session"} if keep else {})
    with _failing():
        made = _client().v1.payment_intents.create(members, {"idempotency_key": f"intent-{payment.uid}"})
    return made.id, str(made.client_secret)


_STATUS = {"succeeded": Payment.Status.PAID, "canceled": Payment.Status.CANCELED}
# Of the others the bank only asks, or they were ended before any money was taken.
_DISPUTED = {
    "needs_response": Dispute.Status.OPEN,
    "under_review": Dispute.Status.OPEN,
    "won": Dispute.Status.WON,
    "lost": Dispute.Status.LOST,
}


def payment_read(intent_ref: str) -> Paid:
    now = timezone.now()
    of_it: Any = {"payment_intent": intent_ref, "limit": 100}
    with _failing():
        found = _client().v1.payment_intents.retrieve(intent_ref, {"expand": ["latest_charge"]})
        charge: Any = found.latest_charge
        given = _client().v1.refunds.list(of_it) if charge else None
        disputes = _client().v1.disputes.list(of_it) if charge and charge.disputed else None
    fault = found.last_payment_error
    waiting = Payment.Status.FAILED if fault else Payment.Status.PENDING
    return Paid(
        uid=_note(found, "payment"),
        intent_ref=found.id,
        status=_STATUS.get(found.status, waiting),
        amount=found.amount_received if found.status == "succeeded" else found.amount,
        currency=found.currency,
        read_at=now,
        failure=str(getattr(fault, "decline_code", None) or getattr(fault, "code", None) or ""),
        refunds=tuple(
            GivenBack(one.id, _note(one, "refund"), one.amount, one.status in ("failed", "canceled"))
            for one in (given.data if given else ())
        ),
        disputes=tuple(
            Contested(
                one.id, one.amount, _DISPUTED.get(one.status, Dispute.Status.INQUIRY), one.reason, _time(one.created)
            )
            for one in (disputes.data if disputes else ())
        ),
    )


def session_read(session_ref: str) -> tuple[str, str, str]:
    """The payment of a checkout: our uid, the intent's id (empty as long as there is none) and the session's status."""
    with _failing():
        found = _client().v1.checkout.sessions.retrieve(session_ref)
    return _note(found, "payment"), _id(found.payment_intent), str(found.status)


def refund_make(refund: Refund, intent_ref: str) -> str:
    members: Any = {"payment_intent": intent_ref, "amount": refund.amount, "metadata": {"refund": str(refund.uid)}}
    with _failing():
        return _client().v1.refunds.create(members, {"idempotency_key": f"refund-{refund.uid}"}).id


# Subscriptions and invoices


def price_of(plan: Plan) -> str:
    """The price of the plan at Stripe, made when it is not there."""
    with _failing():
        found = _client().v1.prices.list({"lookup_keys": [plan.price_key], "limit": 1}).data
        if found:
            return found[0].id
        members: Any = {
            "currency": plan.currency,
            "unit_amount": plan.amount,
            "recurring": {"interval": plan.interval},
            "product_data": {"name": plan.name},
            "lookup_key": plan.price_key,
            "metadata": {"plan": plan.identifier},
        }
        return _client().v1.prices.create(members, {"idempotency_key": f"price-{plan.price_key}"}).id


def subscription_make(plan: Plan, customer_ref: str, key: str, *, trial_days: int) -> Subscribed:
    members: Any = {
        "customer": customer_ref,
        "items": [{"price": price_of(plan)}],
        "payment_behavior": "allow_incomplete",
        "expand": ["latest_invoice.confirmation_secret"],
    } | ({"trial_period_days": trial_days} if trial_days else {})
    now = timezone.now()
    with _failing():
        return _subscribed(_client().v1.subscriptions.create(members, {"idempotency_key": key}), now)


def subscription_read(ref: str) -> Subscribed:
    now = timezone.now()
    with _failing():
        return _subscribed(_client().v1.subscriptions.retrieve(ref), now)


def subscription_move(ref: str, item_ref: str, plan: Plan, *, at_once: bool) -> Subscribed:
    """Moves to another plan: at once with what is left of the period set off, or from the next period on."""
    members: Any = {
        "items": [{"id": item_ref, "price": price_of(plan)}],
        "proration_behavior": "always_invoice" if at_once else "none",
    }
    with _failing():
        _client().v1.subscriptions.update(ref, members)
    return subscription_read(ref)


def subscription_preview(customer_ref: str, ref: str, item_ref: str, plan: Plan, *, at_once: bool) -> Billed:
    details = {
        "items": [{"id": item_ref, "price": price_of(plan)}],
        "proration_behavior": "always_invoice" if at_once else "none",
    }
    members: Any = {"customer": customer_ref, "subscription": ref, "subscription_details": details}
    now = timezone.now()
    with _failing():
        return _billed(_client().v1.invoices.create_preview(members), now)


def subscription_end(ref: str, *, at_period_end: bool) -> Subscribed:
    with _failing():
        if at_period_end:
            _client().v1.subscriptions.update(ref, {"cancel_at_period_end": True})
        else:
            _client().v1.subscriptions.cancel(ref)
    return subscription_read(ref)


def subscription_resume(ref: str) -> Subscribed:
    with _failing():
        _client().v1.subscriptions.update(ref, {"cancel_at_period_end": False})
    return subscription_read(ref)


def _subscribed(found: Any, read_at: datetime.datetime) -> Subscribed:
    item = found["items"].data[0]
    secret = getattr(getattr(found, "latest_invoice", None), "confirmation_secret", None)
    return Subscribed(
        ref=found.id,
        customer_ref=_id(found.customer),
        item_ref=item.id,
        plan=_note(item.price, "plan"),
        status=found.status,
        period_start=_time(item.current_period_start),
        period_end=_time(item.current_period_end),
        trial_end=_maybe(found.trial_end),
        cancel_at_period_end=found.cancel_at_period_end,
        created_at=_time(found.created),
        ended_at=_maybe(found.ended_at),
        read_at=read_at,
        client_secret=secret.client_secret if secret else "",
    )


def invoice_read(ref: str) -> Billed:
    now = timezone.now()
    with _failing():
        return _billed(_client().v1.invoices.retrieve(ref), now)


def _billed(found: Any, read_at: datetime.datetime) -> Billed:
    details = getattr(getattr(found, "parent", None), "subscription_details", None)
    lines = tuple(Line(one.description or "", one.amount, _prorated(one)) for one in found.lines.data)
    period = found.lines.data[0].period if found.lines.data else None
    return Billed(
        ref=found.id,
        customer_ref=_id(found.customer),
        subscription_ref=_id(details.subscription) if details else "",
        number=found.number or "",
        status=found.status or "draft",
        reason=found.billing_reason or "",
        amount_due=found.amount_due,
        amount_paid=found.amount_paid,
        currency=found.currency,
        period_start=_time(period.start if period else found.period_start),
        period_end=_time(period.end if period else found.period_end),
        hosted_url=found.hosted_invoice_url or "",
        pdf_url=found.invoice_pdf or "",
        created_at=_time(found.created),
        paid_at=_maybe(found.status_transitions.paid_at if found.status_transitions else None),
        lines=lines,
        read_at=read_at,
    )


def _prorated(line: Any) -> bool:
    details = getattr(getattr(line, "parent", None), "subscription_item_details", None)
    return bool(details and details.proration)


# Events


def verified(payload: bytes, header: str) -> Happened:
    """The event of a webhook whose signature is right (docs.stripe.com/webhooks#verify-manually).

    Only `v1` counts, of the one configured secret, within five minutes of now. `billing.webhook.foreign` for an event
    of another mode or of a connected account.
    """
    times = [part[2:] for part in header.split(",") if part.startswith("t=")]
    given = [part[3:] for part in header.split(",") if part.startswith("v1=")]
    if not settings.STRIPE_WEBHOOK_SECRET or len(times) != 1 or not times[0].isascii() or not times[0].isdigit():
        raise errors.WebhookUnsigned
    signed = f"{times[0]}.".encode() + payload
    right = hmac.new(settings.STRIPE_WEBHOOK_SECRET.encode(), signed, hashlib.sha256).hexdigest()
    if not any(hmac.compare_digest(right.encode(), one.encode()) for one in given):
        raise errors.WebhookUnsigned
    if len(times[0]) > 12 or abs(time.time() - int(times[0])) > TOLERANCE:
        raise errors.WebhookUnsigned
    try:
        return _happened(json.loads(payload))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise errors.WebhookForeign from error


def events(since: datetime.datetime) -> Iterator[Happened]:
    """What has happened since, oldest first. Stripe keeps events for thirty days."""
    members: Any = {"created": {"gte": int(since.timestamp())}, "limit": 100}
    with _failing():
        found = list(_client().v1.events.list(members).auto_paging_iter())
    for one in reversed(found):
        yield _happened(one.to_dict())


def _happened(event: dict[str, Any]) -> Happened:
    if event["livemode"] is not (source() == LIVE) or event.get("account") not in (
        None,
        settings.STRIPE_ACCOUNT or None,
    ):
        raise errors.WebhookForeign
    subject = event["data"]["object"]
    return Happened(
        id=str(event["id"]),
        kind=str(event["type"]),
        subject=str(subject["object"]),
        ref=str(subject.get("id") or ""),
        customer_ref=_id(subject.get("customer")),
        intent_ref=_id(subject.get("payment_intent")),
        happened_at=_time(event["created"]),
    )


def _note(found: Any, name: str) -> str:
    """A member of the metadata that we gave the object; empty when it has none."""
    return str(getattr(found.metadata, name, None) or "")


def _id(found: Any) -> str:
    """The id of what is given as one, or as the object itself."""
    return found if isinstance(found, str) else str(getattr(found, "id", "") or "")


def _time(seconds: int) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC)


def _maybe(seconds: int | None) -> datetime.datetime | None:
    return _time(seconds) if seconds else None
