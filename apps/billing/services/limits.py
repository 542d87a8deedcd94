"""Spending limits: counted when credits are held, in the hold's transaction; given back with what is not charged."""

import datetime
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Greatest

from apps.billing import selectors
from apps.billing.errors import LimitReached
from apps.billing.events import SpendingLimitNear, SpendingLimitsSet
from apps.billing.models import Hold, Limit, Period, Scope, Spending
from apps.core.actor import Actor
from apps.core.events import emit
from apps.sites.selectors import tenant_for

Counter = tuple[str, str, str, datetime.date]
"""Scope, key, period and the period's first day."""

ALWAYS = datetime.date(1970, 1, 1)


def counters(hold: Hold) -> Iterator[Counter]:
    """All that the hold counts for: the tenant, and each thing of its purpose, in the day and month it began in."""
    day = hold.created_at.astimezone(datetime.UTC).date()
    keys = {
        Scope.TENANT: "-",
        Scope.OPERATION: hold.operation,
        Scope.SITE: str(hold.site_id or ""),
        Scope.SERVICE: str(hold.actor_id or "") if hold.actor_kind == "service" else "",
        Scope.AGENT: hold.agent,
    }
    for scope, key in keys.items():
        if key:
            shown = "" if scope == Scope.TENANT else key
            yield scope, shown, Period.DAY, day
            yield scope, shown, Period.MONTH, day.replace(day=1)
    if hold.run:
        yield Scope.RUN, hold.run, Period.TOTAL, ALWAYS


def count(hold: Hold, *, actor: Actor) -> None:
    """Counts what is held; 402 `billing.limit.reached` when a hard limit does not allow it."""
    if not hold.amount:
        return
    wanted = list(counters(hold))
    Spending.objects.bulk_create(
        (Spending(tenant_id=hold.tenant_id, **_columns(one)) for one in wanted), ignore_conflicts=True
    )
    limits = {(one.scope, one.key, one.period): one for one in selectors.limits_of(hold.tenant_id)}
    capped = [one for one in wanted if one[:3] in limits]
    for one in capped:
        _count_limited(hold, one, limits[one[:3]], actor)
    free = [one for one in wanted if one not in capped]
    _rows(hold.tenant_id, free).update(used=F("used") + hold.amount)


def _count_limited(hold: Hold, one: Counter, limit: Limit, actor: Actor) -> None:
    rows = _rows(hold.tenant_id, [one])
    room = rows if limit.hard is None else rows.filter(used__lte=limit.hard - hold.amount)
    if not room.update(used=F("used") + hold.amount):
        used = rows.values_list("used", flat=True).get()
        scope, key, period, _ = one
        raise LimitReached(scope=scope, key=key, period=period, limit=limit.hard, used=used, needed=hold.amount)
    if limit.soft is not None and rows.filter(warned=False, used__gte=limit.soft).update(warned=True):
        event = SpendingLimitNear(
            subject_id=limit.pk,
            scope=limit.scope,
            key=limit.key,
            period=limit.period,
            soft=limit.soft,
            used=rows.values_list("used", flat=True).get(),
        )
        emit(event, actor=actor, tenant_id=hold.tenant_id)


def give_back(hold: Hold, credits: int) -> None:
    """Counts what was held and is not charged out again, of the periods that it was counted in."""
    if credits:
        rows = _rows(hold.tenant_id, list(counters(hold)))
        rows.update(used=Greatest(F("used") - credits, 0))


def _rows(tenant_id: int, wanted: list[Counter]) -> QuerySet[Spending]:
    any_of = Q(pk__in=[])
    for one in wanted:
        any_of |= Q(**_columns(one))
    return Spending.objects.filter(any_of, tenant_id=tenant_id)


def _columns(one: Counter) -> dict[str, object]:
    scope, key, period, start = one
    return {"scope": scope, "key": key, "period": period, "start": start}


@transaction.atomic
def replace(*, actor: Actor, tenant_id: int, limits: list[dict[str, Any]]) -> None:
    """Replaces the tenant's limits, but those of runs. What the period has used already counts for a new one."""
    tenant_for(tenant_id, lock=True)
    Limit.objects.filter(tenant_id=tenant_id).exclude(scope=Scope.RUN).delete()
    Limit.objects.bulk_create(Limit(tenant_id=tenant_id, **one) for one in limits)
    emit(SpendingLimitsSet(subject_id=tenant_id, count=len(limits)), actor=actor, tenant_id=tenant_id)


@transaction.atomic
def allow_run(*, tenant_id: int, run: str, credits: int) -> Limit:
    """Gives a run its budget; with what its agent and the tenant may spend, the least of the three holds."""
    found, _ = Limit.objects.update_or_create(
        tenant_id=tenant_id, scope=Scope.RUN, key=run, period=Period.TOTAL, defaults={"hard": credits, "soft": None}
    )
    return found
