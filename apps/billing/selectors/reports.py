"""What a tenant's ledger says when it is asked: lists, sums, series."""

import datetime
from collections.abc import Iterator
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, TruncDay, TruncMonth, TruncWeek
from django.utils import timezone

from apps.billing.models import Balance, Hold, Lot, Transaction
from apps.billing.selectors import payments
from apps.core import errors

UTC = datetime.UTC
MOST_GROUPS = 500
MOST_DAYS = 366
_SPENT = Q(kind="charge") | Q(kind="reversal", reverses__kind="charge")
_STARTS = {"day": TruncDay, "week": TruncWeek, "month": TruncMonth}


def transactions(tenant_id: int, q: dict[str, Any]) -> QuerySet[Transaction]:
    """The tenant's transactions that the filters let through; their days are those of UTC."""
    rows = Transaction.objects.filter(tenant_id=tenant_id)
    for name, column in _COLUMNS.items():
        if q.get(name) not in (None, ""):
            rows = rows.filter(**{column: q[name]})
    return _between(rows, q.get("date_from"), q.get("date_to"))


_COLUMNS = {
    "kind": "kind",
    "site_id": "site_id",
    "agent": "agent",
    "model": "model",
    "operation": "operation",
    "run": "run",
}


def transaction_for(tenant_id: int, transaction_id: int) -> Transaction:
    rows = Transaction.objects.filter(tenant_id=tenant_id, pk=transaction_id)
    found = rows.select_related("reversal").prefetch_related("entries").first()
    if found is None:
        raise errors.NotFound
    return found


def batches(rows: QuerySet[Transaction], size: int = 1_000) -> Iterator[list[Transaction]]:
    """All of it, newest first, read some at a time: each statement is short, however long the reader takes."""
    rows = rows.order_by("-pk")
    some = list(rows[:size])
    while some:
        yield some
        some = list(rows.filter(pk__lt=some[-1].pk)[:size]) if len(some) == size else []


def summary(tenant_id: int, q: dict[str, Any]) -> dict[str, Any]:
    """Credits that came and went, grouped; of more than 500 groups those with the most that went."""
    first, last = period(q)
    rows = transactions(tenant_id, q | {"date_from": first, "date_to": last}).exclude(change=0)
    column = TruncDay("created_at", tzinfo=UTC) if q["by"] == "day" else F(_COLUMNS.get(q["by"], "site_id"))
    grouped = (
        rows.annotate(group=column)
        .values("group")
        .annotate(
            transactions=Count("id"),
            credited=Coalesce(Sum("change", filter=Q(change__gt=0)), 0),
            debited=-Coalesce(Sum("change", filter=Q(change__lt=0)), 0),
        )
    )
    order = ("group",) if q["by"] == "day" else ("-debited", "group")
    found: Any = list(grouped.order_by(*order)[:MOST_GROUPS])
    items = [one | {"key": _shown(one["group"])} for one in found]
    return {"by": q["by"], "date_from": first, "date_to": last, "items": items}


def usage(tenant_id: int, q: dict[str, Any]) -> dict[str, Any]:
    """Credits spent in each day, week (from Monday) or month of a time, also where it is none."""
    first, last = period(q)
    rows = transactions(tenant_id, q | {"date_from": first, "date_to": last}).filter(_SPENT)
    start = _STARTS[q["interval"]]("created_at", tzinfo=UTC)
    spent = {
        one["start"].date(): -one["sum"]
        for one in rows.annotate(start=start).values("start").annotate(sum=Sum("change")).order_by()
    }
    series = [{"start": day, "spent": spent.get(day, 0)} for day in _starts(first, last, q["interval"])]
    total = sum(spent.values())
    return {"interval": q["interval"], "date_from": first, "date_to": last, "total": total, "series": series}


def balance(tenant_id: int) -> dict[str, Any]:
    """What can be spent, what is held, what is owed, and when how much expires (null: never)."""
    now = timezone.now()
    held = Balance.objects.filter(pk=tenant_id).values_list("held", flat=True).first()
    alive = Q(expires_at=None) | Q(expires_at__gt=now)
    lots = Lot.objects.filter(alive, tenant_id=tenant_id, remaining__gt=0).values("expires_at")
    grouped = lots.annotate(credits=Sum("remaining")).order_by(F("expires_at").asc(nulls_last=True))
    expiring = list(grouped)
    return {
        "available": sum(one["credits"] for one in expiring),
        "held": held or 0,
        "owed": payments.owed(tenant_id),
        "expiring": expiring[:MOST_GROUPS],
    }


def holds(tenant_id: int, q: dict[str, Any]) -> QuerySet[Hold]:
    rows = Hold.objects.filter(tenant_id=tenant_id).order_by("-id")
    return rows.filter(state=q["state"]) if q["state"] else rows


def period(q: dict[str, Any]) -> tuple[datetime.date, datetime.date]:
    """The days that are asked for, both included; by default the last thirty. At most a year."""
    last = q.get("date_to") or timezone.now().astimezone(UTC).date()
    first = q.get("date_from") or last - datetime.timedelta(days=29)
    if not 0 <= (last - first).days < MOST_DAYS:
        message = f"From the first to the last there are 1 to {MOST_DAYS} days."
        raise errors.Invalid(errors=[{"field": "date_from", "message": message, "code": "range"}])
    return first, last


def _between(rows: QuerySet[Transaction], first: Any, last: Any) -> QuerySet[Transaction]:
    if first:
        rows = rows.filter(created_at__gte=_midnight(first))
    if last:
        rows = rows.filter(created_at__lt=_midnight(last) + datetime.timedelta(days=1))
    return rows


def _midnight(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time.min, UTC)


def _starts(first: datetime.date, last: datetime.date, interval: str) -> Iterator[datetime.date]:
    day = {
        "day": first,
        "week": first - datetime.timedelta(days=first.weekday()),
        "month": first.replace(day=1),
    }[interval]
    while day <= last:
        yield day
        if interval == "month":
            day = (day + datetime.timedelta(days=31)).replace(day=1)
        else:
            day += datetime.timedelta(days=7 if interval == "week" else 1)


def _shown(group: Any) -> str:
    if isinstance(group, datetime.datetime):
        return group.date().isoformat()
    return "" if group is None else str(group)
