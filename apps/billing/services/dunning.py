"""What a subscription gives its tenant, and what not paying takes away: the plan's limits, then the tenant's doors.

`DUNNING_RESTRICT_DAYS` and `DUNNING_SUSPEND_DAYS` count from when a payment first failed; 0 leaves a step out. The
vendor asks for the money meanwhile; paying ends both at once.
"""

import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from apps.billing.events import SubscriptionStandingChanged
from apps.billing.models import Subscription
from apps.core.actor import Actor
from apps.core.events import emit
from apps.core.models import Due
from apps.core.services import due
from apps.sites.models import Tenant
from apps.sites.services import tenants

KIND = "billing.dunning"
OWING = ("past_due", "unpaid")
GIVING = ("active", "trialing", *OWING)
NO_PLAN = "standard"


def follow(*, actor: Actor, subscription: Subscription) -> None:
    """Brings standing, plans of dunning and the tenant's limits to what the subscription is; with it locked."""
    now = timezone.now()
    if subscription.status in OWING:
        subscription.past_due_since = subscription.past_due_since or now
    else:
        subscription.past_due_since = None
    was, subscription.standing = subscription.standing, _standing(subscription, now)
    subscription.save(update_fields=["past_due_since", "standing"])
    _plan_next(subscription, now)
    _entitle(actor, subscription, was)
    if subscription.standing != was:
        told = SubscriptionStandingChanged(subject_id=subscription.pk, standing=subscription.standing)
        emit(told, actor=actor, tenant_id=subscription.tenant_id)


@transaction.atomic
def run(row: Due) -> None:
    """The next step has become due, if the money is still owed."""
    rows = Subscription.objects.select_for_update(of=("self",)).select_related("plan")
    subscription = rows.filter(pk=row.data["subscription_id"]).first()
    if subscription and subscription.status in OWING:
        follow(actor=Actor.system(because="unpaid subscription"), subscription=subscription)


def _steps() -> list[tuple[int, Subscription.Standing]]:
    found = [
        (settings.DUNNING_RESTRICT_DAYS, Subscription.Standing.RESTRICTED),
        (settings.DUNNING_SUSPEND_DAYS, Subscription.Standing.SUSPENDED),
    ]
    return sorted((days, standing) for days, standing in found if days > 0)


def _standing(subscription: Subscription, now: datetime.datetime) -> str:
    since, found = subscription.past_due_since, Subscription.Standing.GOOD
    for days, standing in _steps() if since else ():
        if since and now - since >= datetime.timedelta(days=days):
            found = standing
    return found


def _plan_next(subscription: Subscription, now: datetime.datetime) -> None:
    named: dict[str, Any] = {
        "tenant_id": subscription.tenant_id,
        "kind": KIND,
        "subject": f"subscription:{subscription.pk}",
    }
    since = subscription.past_due_since
    ahead = [since + datetime.timedelta(days=days) for days, _ in _steps()] if since else []
    if left := [at for at in ahead if at > now]:
        due.plan(**named, at=min(left), subscription_id=subscription.pk)
    else:
        due.cancel(**named)


def _entitle(actor: Actor, subscription: Subscription, was: str) -> None:
    """Gives the tenant its plan's limits, or takes them back; closes and opens it only when the standing says so."""
    tenant = Tenant.objects.get(pk=subscription.tenant_id)
    if tenant.status not in (Tenant.Status.ACTIVE, Tenant.Status.SUSPENDED):
        return
    good = subscription.status in GIVING and subscription.standing == Subscription.Standing.GOOD
    plan = subscription.plan.identifier if subscription.status in GIVING else NO_PLAN
    changes: dict[str, Any] = {}
    limits = subscription.plan.limits if good else {}
    # Only limits that plans speak of are the plans' to change; others were set by hand.
    wanted = dict.fromkeys(_named_by_plans(subscription)) | limits
    if any(tenant.limits.get(name) != value for name, value in wanted.items()):
        changes["limits"] = wanted
    if tenant.plan != plan and (subscription.status in GIVING or tenant.plan == subscription.plan.identifier):
        changes["plan"] = plan
    suspended = Subscription.Standing.SUSPENDED
    if subscription.standing == suspended != was and tenant.status == Tenant.Status.ACTIVE:
        changes["status"] = Tenant.Status.SUSPENDED
    elif was == suspended != subscription.standing and tenant.status == Tenant.Status.SUSPENDED:
        changes["status"] = Tenant.Status.ACTIVE
    if changes:
        tenants.update(actor=actor, tenant_id=tenant.pk, changes=changes)


def _named_by_plans(subscription: Subscription) -> set[str]:
    """The limits of all plans that this tenant has had: what another of them gave is taken back."""
    rows = Subscription.objects.filter(tenant_id=subscription.tenant_id).values_list("plan__limits", flat=True)
    return set(subscription.plan.limits).union(*rows)
