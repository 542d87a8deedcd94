"""What time does to credits: unsettled holds end, expired lots are written off, debts are taken, old counters go."""

import datetime

from django.db import transaction
from django.utils import timezone

from apps.billing import selectors
from apps.billing.errors import HoldClosed
from apps.billing.models import Balance, Hold, Lot, Period, Spending
from apps.billing.services import disputes, holds, ledger
from apps.core.actor import Actor
from apps.core.models import Due
from apps.core.services import due

KIND = "billing.housekeeping"
BATCH = 200
COUNTERS_KEPT = datetime.timedelta(days=400)


def run(row: Due) -> None:
    """Due: one round. The next comes in a minute, or at once while there is more than a batch of anything."""
    now = timezone.now()
    full = [expire_holds(now), write_off_lots(now), collect_debts(), _forget_counters(now)]
    due.again(row, after=datetime.timedelta(seconds=1 if any(full) else 60))


def expire_holds(now: datetime.datetime) -> bool:
    """Ends a batch of holds whose time is over; whether it was a full one."""
    rows = Hold.objects.filter(state=Hold.State.OPEN, expires_at__lte=now).order_by("expires_at")[:BATCH]
    found = list(rows.values_list("tenant_id", "pk"))
    for tenant_id, hold_id in sorted(found):
        actor = Actor.system(because="a hold that nobody settled", tenant_id=tenant_id)
        try:
            holds.expire(actor=actor, tenant_id=tenant_id, hold_id=hold_id)
        except HoldClosed:  # settled meanwhile
            continue
    return len(found) == BATCH


def write_off_lots(now: datetime.datetime) -> bool:
    """Writes off a batch of expired lots; whether it was a full one."""
    rows = Lot.objects.filter(remaining__gt=0, expires_at__lte=now).order_by("expires_at")[:BATCH]
    found = list(rows.values_list("tenant_id", "pk"))
    for tenant_id, lot_id in sorted(found):
        actor = Actor.system(because="credits that expired", tenant_id=tenant_id)
        ledger.write_off(actor=actor, lot_id=lot_id, now=now)
    return len(found) == BATCH


def collect_debts() -> bool:
    """Takes what tenants owe for disputed payments of what they have; whether there were more than a batch."""
    rich = Balance.objects.filter(available__gt=0).values("tenant_id")
    rows = selectors.payments.debts().filter(tenant_id__in=rich).order_by("tenant_id").values_list("tenant_id")
    found = [tenant_id for (tenant_id,) in rows.distinct()[:BATCH]]
    for tenant_id in found:
        with transaction.atomic():
            disputes.collect(tenant_id)
    return len(found) == BATCH


def _forget_counters(now: datetime.datetime) -> bool:
    old = Spending.objects.filter(start__lt=(now - COUNTERS_KEPT).date()).exclude(period=Period.TOTAL)
    keys = list(old.values_list("pk", flat=True)[:BATCH])
    Spending.objects.filter(pk__in=keys).delete()
    return len(keys) == BATCH
