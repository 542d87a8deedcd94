"""What came in, month by month; of one source, since what the sandbox says is no money."""

import datetime
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone

from apps.billing.models import Dispute, Invoice, Payment, Plan, Refund, Subscription

MONTHS = 12


@dataclass(frozen=True, slots=True)
class Month:
    """Sums in the smallest unit of the currency. `purchases` are before `refunds` and `disputes`."""

    start: datetime.date
    currency: str
    purchases: int
    subscriptions: int
    refunds: int
    disputes: int

    @property
    def net(self) -> int:
        return self.purchases + self.subscriptions - self.refunds - self.disputes


def by_month(source: str) -> list[Month]:
    """The last twelve months in which anything moved, newest first; six statements, whatever there is."""
    first = (timezone.now() - datetime.timedelta(days=31 * MONTHS)).replace(day=1, hour=0, minute=0, second=0)
    sums: dict[tuple[datetime.date, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    paid = Payment.objects.filter(source=source, status=Payment.Status.PAID, paid_at__gte=first)
    invoices = Invoice.objects.filter(source=source, status="paid", paid_at__gte=first)
    given = Refund.objects.filter(payment__source=source, status=Refund.Status.DONE, created_at__gte=first)
    _add(sums, "purchases", paid, "paid_at", "currency", "amount")
    _add(sums, "subscriptions", invoices, "paid_at", "currency", "amount_paid")
    _add(sums, "refunds", given, "created_at", "payment__currency", "amount")
    taken = Dispute.objects.filter(payment__source=source, status__in=Dispute.TAKING, created_at__gte=first)
    _add(sums, "disputes", taken, "created_at", "payment__currency", "amount")
    names = ("purchases", "subscriptions", "refunds", "disputes")
    return [
        Month(start, currency, **{name: found[name] for name in names})
        for (start, currency), found in sorted(sums.items(), reverse=True)
    ]


def _add(sums: Any, name: str, rows: QuerySet[Any], at: str, currency: str, amount: str) -> None:
    found = rows.annotate(month=TruncMonth(at)).order_by().values_list("month", currency).annotate(sum=Sum(amount))
    for month, unit, total in found:
        sums[month.date(), unit][name] += total or 0


def by_plan(source: str) -> list[tuple[str, int]]:
    """Plans with how many subscriptions bring money now."""
    rows = Subscription.objects.filter(source=source, status="active").order_by()
    counts = dict(rows.values_list("plan_id").annotate(count=Count("pk")))
    return [(plan.name, counts[plan.pk]) for plan in Plan.objects.filter(pk__in=counts).order_by("position", "id")]
