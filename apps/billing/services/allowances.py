"""The credits that a plan brings: for each paid month, and for a trial; they expire with the time that they are for.

A plan paid by the year brings its credits month by month. Within a month a dearer plan brings the difference, once,
however often plans are changed (`credits_month` and `period_credits` of the subscription).
"""

import calendar
import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.billing.models import Kind, Plan, Subscription
from apps.billing.providers.facts import Billed
from apps.billing.services import ledger
from apps.core.actor import Actor
from apps.core.models import Due
from apps.core.services import due

KIND = "billing.allowance"
GRACE = datetime.timedelta(days=1)
"""What is left lasts until the renewal has come, which the vendor charges some time after the period's end."""
PERIODS = ("subscription_create", "subscription_cycle")
UPGRADE = "subscription_update"


def trial(*, actor: Actor, subscription: Subscription) -> None:
    """Grants what a trial brings, once a subscription and until the trial ends."""
    if subscription.status != "trialing" or not subscription.trial_end or not subscription.plan.trial_credits:
        return
    ledger.grant(
        actor=actor,
        tenant_id=subscription.tenant_id,
        amount=subscription.plan.trial_credits,
        kind=Kind.PLAN,
        reference=f"trial:{subscription.ref}",
        expires_at=subscription.trial_end + GRACE,
        note=f"{subscription.plan.name}, trial",
    )


def paid(*, actor: Actor, facts: Billed) -> int:
    """Grants what a paid invoice brings; returns how many credits.

    Those of a period that is over when it is paid last a month from now.
    """
    subscription = _locked(ref=facts.subscription_ref)
    if subscription is None or (subscription.trial_end and facts.period_end <= subscription.trial_end):
        return 0
    this_period = facts.period_start >= subscription.period_start
    if facts.reason not in (*PERIODS, UPGRADE) or (facts.reason == UPGRADE and not this_period):
        return 0
    about: dict[str, Any] = {"reference": facts.ref, "note": f"{subscription.plan.name}, invoice {facts.number}"}
    if not this_period:
        return _grant(actor, subscription, subscription.plan.credits, _months_after(timezone.now(), 1), **about)
    month = _month_of(subscription, facts.period_start)
    return _bring(actor, subscription, month, **about)


@transaction.atomic
def next_month(row: Due) -> None:
    """Due: the next month of a period that was paid for at once has begun."""
    subscription = _locked(pk=row.data["subscription_id"])
    if subscription is None or subscription.status in Subscription.ENDED:
        return
    if subscription.period_start.isoformat() != row.data["period_start"]:
        return
    actor, month = Actor.system(because="credits of a plan"), row.data["month"]
    started = subscription.period_start
    _bring(
        actor,
        subscription,
        month,
        reference=f"{subscription.ref}:{started:%Y-%m-%d}:{month}",
        note=f"{subscription.plan.name}, month {month + 1}",
    )


def _locked(**which: Any) -> Subscription | None:
    rows = Subscription.objects.select_for_update(of=("self",)).select_related("plan")
    return rows.filter(**which).first()


def _bring(actor: Actor, subscription: Subscription, month: int, *, reference: str, note: str) -> int:
    """Brings the credits of this month of the period up to the plan's, and plans the next month's."""
    if month < subscription.credits_month:
        return 0
    had = subscription.period_credits if month == subscription.credits_month else 0
    credits = max(0, subscription.plan.credits - had)
    ends = _months_after(subscription.period_start, month + 1)
    if ends < subscription.period_end:
        due.plan(
            tenant_id=subscription.tenant_id, kind=KIND, subject=f"subscription:{subscription.pk}", at=ends,
            subscription_id=subscription.pk, month=month + 1, period_start=subscription.period_start.isoformat(),
        )  # fmt: skip
    subscription.credits_month, subscription.period_credits = month, had + credits
    subscription.save(update_fields=["credits_month", "period_credits"])
    return _grant(actor, subscription, credits, min(ends, subscription.period_end), reference=reference, note=note)


def _grant(actor: Actor, subscription: Subscription, credits: int, ends: datetime.datetime, **about: str) -> int:
    if credits:
        ledger.grant(
            actor=actor,
            tenant_id=subscription.tenant_id,
            amount=credits,
            kind=Kind.PLAN,
            expires_at=_expiry(subscription.plan, ends),
            **about,
        )
    return credits


def _expiry(plan: Plan, ends: datetime.datetime) -> datetime.datetime | None:
    return None if plan.rollover is None else _months_after(ends, plan.rollover) + GRACE


def _month_of(subscription: Subscription, at: datetime.datetime) -> int:
    """Which month of a period paid by the year it is, from 0; a period paid by the month has but one."""
    if subscription.plan.interval == Plan.Interval.MONTH:
        return 0
    month = 0
    while _months_after(subscription.period_start, month + 1) <= at:
        month += 1
    return month


def _months_after(start: datetime.datetime, months: int) -> datetime.datetime:
    """The same day so many months later, or that month's last."""
    years, month = divmod(start.month - 1 + months, 12)
    year = start.year + years
    last = calendar.monthrange(year, month + 1)[1]
    return start.replace(year=year, month=month + 1, day=min(start.day, last))
