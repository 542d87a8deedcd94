"""Plans: subscribed to, changed, ended. Each deed has two steps: the vendor does it, then our row follows.

A webhook that tells of the same does the second step again, which changes nothing.
"""

import uuid
from dataclasses import dataclass, field
from typing import Any

import structlog
from django.db import transaction

from apps.billing import errors, selectors
from apps.billing.events import SubscriptionChanged, SubscriptionEnded, SubscriptionStarted
from apps.billing.models import Customer, Plan, Subscription
from apps.billing.providers import stripe
from apps.billing.providers.facts import Billed, Subscribed
from apps.billing.services import allowances, customers, dunning
from apps.core.actor import Actor
from apps.core.events import emit

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Subscribing:
    """A subscription that was begun; with a secret when its payer has to confirm the first payment."""

    subscription: Subscription
    client_secret: str = field(default="", repr=False)


def current(*, actor: Actor) -> Subscription:
    found = selectors.payments.subscription_of(actor.tenant_id, stripe.source())
    if found is None:
        raise errors.SubscriptionMissing
    return found


def begin(*, actor: Actor, plan: str, key: str | None = None) -> Subscribed:
    """First step: the vendor subscribes the tenant and charges its method. Not inside a transaction."""
    offer = selectors.payments.plan_for(plan)
    source = stripe.source()
    if selectors.payments.subscription_of(actor.tenant_id, source):
        raise errors.SubscriptionExists
    customer = customers.ensure(tenant_id=actor.tenant_id or 0)
    first = not Subscription.objects.filter(tenant_id=customer.tenant_id, source=source).exists()
    trial = offer.trial_days if first else 0
    payable = _has_default(customer)
    if offer.amount and not trial and not payable:
        raise errors.PaymentMethodMissing
    named = f"subscription-{source}-{actor.tenant_id}-{offer.price_key}-{key or uuid.uuid4()}"
    return stripe.subscription_make(offer, customer.ref, named[:255], trial_days=trial)


def _has_default(customer: Customer) -> bool:
    """Whether the vendor has something to charge; a lone method that was kept becomes the default."""
    facts = stripe.methods_read(customer.ref)
    if not facts.default and len(facts.methods) == 1:
        stripe.method_default(customer.ref, facts.methods[0].ref)
        facts = stripe.methods_read(customer.ref)
    customers.apply(facts=facts)
    return bool(facts.default)


def begun(*, actor: Actor, facts: Subscribed) -> Subscribing:
    found = apply(actor=actor, facts=facts)
    if found is None:
        raise errors.PaymentsFailed
    return Subscribing(found, facts.client_secret)


def preview(*, actor: Actor, plan: str) -> Billed:
    """What a change to the plan would be charged now, or with the next period."""
    subscription, offer = _changing(actor, plan)
    customer = selectors.payments.customer_of(subscription.tenant_id, subscription.source)
    up = _is_up(subscription, offer)
    ref = customer.ref if customer else ""
    return stripe.subscription_preview(ref, subscription.ref, subscription.item_ref, offer, at_once=up)


def shown(facts: Billed) -> dict[str, Any]:
    at_once = any(line.prorated for line in facts.lines)
    preview = {"amount_due": facts.amount_due, "currency": facts.currency, "lines": facts.lines, "at_once": at_once}
    return {"subscription": None, "preview": preview}


def move(*, actor: Actor, plan: str) -> Subscribed:
    """First step of a change: a dearer plan at once and charged pro rata, a cheaper one from the next period on."""
    subscription, offer = _changing(actor, plan)
    up = _is_up(subscription, offer)
    return stripe.subscription_move(subscription.ref, subscription.item_ref, offer, at_once=up)


def _changing(actor: Actor, plan: str) -> tuple[Subscription, Plan]:
    subscription, offer = current(actor=actor), selectors.payments.plan_for(plan)
    if offer.pk == (subscription.next_plan_id or subscription.plan_id):
        raise errors.SubscriptionSame
    return subscription, offer


def _is_up(subscription: Subscription, offer: Plan) -> bool:
    return offer.amount > subscription.plan.amount


def end(*, actor: Actor, at_period_end: bool) -> Subscribed:
    """First step of an end: with the period, or now and without money back."""
    return stripe.subscription_end(current(actor=actor).ref, at_period_end=at_period_end)


def resume(*, actor: Actor) -> Subscribed:
    """First step of taking an end back, as long as the period lasts."""
    subscription = current(actor=actor)
    if not subscription.cancel_at_period_end:
        raise errors.SubscriptionNotEnding
    return stripe.subscription_resume(subscription.ref)


@transaction.atomic
def followed(*, actor: Actor, facts: Subscribed) -> Subscription:
    """Second step of a change."""
    found = apply(actor=actor, facts=facts)
    if found is None:
        raise errors.SubscriptionMissing
    return found


@transaction.atomic
def apply(*, actor: Actor, facts: Subscribed) -> Subscription | None:
    """Makes our row what was read, unless a newer reading came first; None when it is none of ours."""
    customer = Customer.objects.select_for_update().filter(ref=facts.customer_ref, source=stripe.source()).first()
    plan = Plan.objects.filter(identifier=facts.plan).first()
    if customer is None or plan is None:
        return None
    rows = Subscription.objects.select_for_update(of=("self",)).select_related("plan", "next_plan")
    row = rows.filter(ref=facts.ref).first()
    if row and row.read_at > facts.read_at:
        return row
    before = _seen(row)
    if row is None:
        if facts.status not in Subscription.ENDED and selectors.payments.subscription_of(
            customer.tenant_id, customer.source
        ):
            log.critical("second_subscription", tenant=customer.tenant_id, ref=facts.ref)
            return None
        row = Subscription(tenant_id=customer.tenant_id, source=customer.source, ref=facts.ref, plan=plan)
    else:
        _choose_plan(row, plan, facts)
    names = ("item_ref", "status", "period_start", "period_end", "trial_end", "cancel_at_period_end", "created_at",
             "ended_at", "read_at")  # fmt: skip
    for name in names:
        setattr(row, name, getattr(facts, name))
    row.save()
    dunning.follow(actor=actor, subscription=row)
    allowances.trial(actor=actor, subscription=row)
    _tell(actor, row, before)
    return row


def _choose_plan(row: Subscription, plan: Plan, facts: Subscribed) -> None:
    """A cheaper plan waits for the next period; what was paid for lasts until then."""
    if facts.period_start > row.period_start:
        row.plan, row.next_plan, row.credits_month, row.period_credits = plan, None, 0, 0
    elif plan.pk == row.plan_id:
        row.next_plan = None
    elif plan.amount < row.plan.amount:
        row.next_plan = plan
    else:
        row.plan, row.next_plan = plan, None


def _seen(row: Subscription | None) -> tuple[Any, ...] | None:
    return (row.plan_id, row.next_plan_id, row.status, row.cancel_at_period_end) if row else None


def _tell(actor: Actor, row: Subscription, before: tuple[Any, ...] | None) -> None:
    about: dict[str, Any] = {"subject_id": row.pk, "label": row.plan.name, "plan": row.plan.identifier}
    if before is None:
        emit(SubscriptionStarted(**about, status=row.status), actor=actor, tenant_id=row.tenant_id)
    if row.status in Subscription.ENDED and (before is None or before[2] not in Subscription.ENDED):
        emit(SubscriptionEnded(**about), actor=actor, tenant_id=row.tenant_id)
    elif before is not None and before != _seen(row):
        told: dict[str, Any] = {"status": row.status, "cancel_at_period_end": row.cancel_at_period_end}
        emit(SubscriptionChanged(**about, **told), actor=actor, tenant_id=row.tenant_id)
