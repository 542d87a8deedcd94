"""Reading prices: which hold for a tenant at a moment."""

import datetime
from decimal import Decimal
from typing import Any

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery

from apps.billing.models import CostSetting, Discount, Override, Price
from apps.core import errors
from apps.sites.models import Tenant

Terms = dict[str, Decimal]
"""Unit → credits for one."""


def settings_at(now: datetime.datetime) -> QuerySet[Any]:
    """All settings that are not deleted, each with `current`: credits a unit now, None before its first price."""
    prices = Price.objects.filter(setting=OuterRef("pk"), effective_from__lte=now).order_by("-effective_from")
    return CostSetting.objects.filter(deleted_at=None).annotate(current=Subquery(prices.values("credits")[:1]))


def with_history(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.prefetch_related(Prefetch("prices", Price.objects.order_by("-effective_from")))


def setting_for(setting_id: int, now: datetime.datetime) -> CostSetting:
    found: CostSetting | None = with_history(settings_at(now)).filter(pk=setting_id).first()
    if found is None:
        raise errors.NotFound
    return found


def terms_for(*, tenant_id: int, operation: str, model: str, now: datetime.datetime) -> Terms:
    """What a unit costs the tenant now: its own price, else the price less its plan's discount; empty without any.

    Prices of the model itself, where there are any, are all that counts; else those of any model.
    """
    rows = settings_at(now).filter(operation=operation, model__in={model, ""}, current__isnull=False)
    found = list(rows.values_list("pk", "model", "unit", "current"))
    chosen = [row for row in found if row[1] == model] or found
    own = dict(
        Override.objects.filter(tenant_id=tenant_id, setting_id__in=[row[0] for row in chosen]).values_list(
            "setting_id", "credits"
        )
    )
    rest = (100 - discount_of(tenant_id)) / Decimal(100)
    return {unit: own.get(pk, current * rest) for pk, _, unit, current in chosen}


def discount_of(tenant_id: int) -> int:
    """Percent off for the tenant's plan."""
    plan = Tenant.objects.filter(pk=tenant_id).values("plan")[:1]
    found: int | None = Discount.objects.filter(plan=Subquery(plan)).values_list("percent", flat=True).first()
    return found or 0


def overrides_of(tenant_id: int) -> QuerySet[Override]:
    return Override.objects.filter(tenant_id=tenant_id).select_related("setting").order_by("id")


def filtered_settings(q: dict[str, Any], now: datetime.datetime) -> QuerySet[Any]:
    rows = settings_at(now).order_by("operation", "model", "unit")
    wanted = {name: q[name] for name in ("operation", "model") if name in q}
    return rows.filter(**wanted)


def discounts(*, lock: bool = False) -> dict[str, int]:
    rows = Discount.objects.select_for_update() if lock else Discount.objects.all()
    return dict(rows.order_by("plan").values_list("plan", "percent"))
