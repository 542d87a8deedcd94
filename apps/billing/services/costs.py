"""Prices: set from a moment on, never rewritten, so that what was charged can be understood later."""

import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.billing import selectors
from apps.billing.errors import CostSettingTaken
from apps.billing.events import CostSettingChanged, CostSettingCreated, CostSettingDeleted, DiscountsSet, OverridesSet
from apps.billing.models import CostSetting, Discount, Override, Price
from apps.core import errors
from apps.core.actor import Actor
from apps.core.events import emit
from apps.sites.selectors import tenant_for


@transaction.atomic
def create(
    *,
    actor: Actor,
    operation: str,
    unit: str,
    credits: Decimal,
    model: str = "",
    effective_from: datetime.datetime | None = None,
) -> CostSetting:
    """Gives an operation, with a model or (empty) with any, a price a unit; 409 when it has one for the unit."""
    there = CostSetting.objects.filter(operation=operation, model=model, unit=unit, deleted_at=None).first()
    if there:
        raise CostSettingTaken(setting_id=there.pk)
    setting = CostSetting.objects.create(operation=operation, model=model, unit=unit)
    _price(actor, setting, credits, effective_from)
    emit(CostSettingCreated(subject_id=setting.pk, label=str(setting), credits=str(credits)), actor=actor)
    return selectors.setting_for(setting.pk, timezone.now())


@transaction.atomic
def update(
    *, actor: Actor, setting_id: int, credits: Decimal, effective_from: datetime.datetime | None = None
) -> CostSetting:
    """Sets the price from a moment on, by default from now. Holds and quotes keep the price that they were given."""
    setting = _locked(setting_id)
    _price(actor, setting, credits, effective_from)
    emit(CostSettingChanged(subject_id=setting.pk, label=str(setting), credits=str(credits)), actor=actor)
    return selectors.setting_for(setting.pk, timezone.now())


@transaction.atomic
def delete(*, actor: Actor, setting_id: int) -> None:
    """Takes the price away; its history stays."""
    setting = _locked(setting_id)
    setting.deleted_at = timezone.now()
    setting.save(update_fields=["deleted_at"])
    emit(CostSettingDeleted(subject_id=setting.pk, label=str(setting)), actor=actor)


@transaction.atomic
def set_overrides(*, actor: Actor, tenant_id: int, overrides: list[dict[str, Any]]) -> None:
    """Replaces the tenant's own prices, each `{setting_id, credits}`."""
    tenant_for(tenant_id, lock=True)
    wanted = {one["setting_id"]: one["credits"] for one in overrides}
    there = CostSetting.objects.filter(pk__in=wanted, deleted_at=None).values_list("pk", flat=True)
    if missing := sorted(set(wanted) - set(there)):
        message = f"There is no cost setting {missing[0]}."
        raise errors.Invalid(errors=[{"field": "overrides", "message": message, "code": "unknown"}])
    Override.objects.filter(tenant_id=tenant_id).delete()
    Override.objects.bulk_create(
        Override(tenant_id=tenant_id, setting_id=setting, credits=credits) for setting, credits in wanted.items()
    )
    emit(OverridesSet(subject_id=tenant_id, count=len(wanted)), actor=actor, tenant_id=tenant_id)


@transaction.atomic
def set_discounts(*, actor: Actor, discounts: dict[str, int]) -> None:
    """Replaces the plans' discounts, in percent by plan."""
    Discount.objects.all().delete()
    Discount.objects.bulk_create(Discount(plan=plan, percent=percent) for plan, percent in discounts.items())
    emit(DiscountsSet(subject_id=0, discounts=discounts), actor=actor)


@transaction.atomic
def set_discount(*, actor: Actor, plan: str, percent: int) -> None:
    """Sets one plan's discount and leaves the others'; 0 takes it away."""
    others = {name: value for name, value in selectors.discounts(lock=True).items() if name != plan}
    set_discounts(actor=actor, discounts=others | ({plan: percent} if percent else {}))


def _locked(setting_id: int) -> CostSetting:
    found = CostSetting.objects.select_for_update().filter(pk=setting_id, deleted_at=None).first()
    if found is None:
        raise errors.NotFound
    return found


def _price(actor: Actor, setting: CostSetting, credits: Decimal, effective_from: datetime.datetime | None) -> None:
    now = timezone.now()
    if effective_from is not None and effective_from < now - datetime.timedelta(minutes=1):
        message = "A price holds from now or later: what was charged before stays as it was."
        raise errors.Invalid(errors=[{"field": "effective_from", "message": message, "code": "past"}])
    Price.objects.update_or_create(
        setting=setting,
        effective_from=effective_from if effective_from and effective_from > now else now,
        defaults={"credits": credits, "actor_label": actor.label[:200]},
    )
