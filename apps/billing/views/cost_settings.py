from typing import Any

from django.utils import timezone
from rest_framework.request import Request

from apps.billing import errors, selectors, services
from apps.billing.models import CostSetting
from apps.billing.serializers import (
    CostSettingIn,
    CostSettingOut,
    CostSettingPatch,
    CostSettingQuery,
    CostSettingWithHistoryOut,
    DiscountsOut,
)
from apps.core.operation import operation
from apps.core.query import Page, page_of
from apps.core.viewsets import OperationViewSet


class CostSettingsViewSet(OperationViewSet):
    """Prices of the installation, by operation, model and unit."""

    category = "billing"

    @operation(
        "cost_settings_list", allow="platform.billing", rate="read", gives=CostSettingOut, query=CostSettingQuery
    )
    def list(self, request: Request) -> Page:
        """Lists what operations cost now."""
        return page_of(selectors.filtered_settings(request.q, timezone.now()), request.q)

    @operation(
        "cost_settings_create",
        allow="platform.billing",
        rate="write",
        takes=CostSettingIn,
        gives=CostSettingWithHistoryOut,
        status=201,
        effects="rows",
        refuses=[errors.CostSettingTaken],
    )
    def create(self, request: Request) -> CostSetting:
        """Gives an operation a price a unit, with one model or with any, from now or from a time to come."""
        return services.costs.create(actor=request.actor, **request.valid)

    @operation("cost_settings_get", allow="platform.billing", rate="read", gives=CostSettingWithHistoryOut)
    def retrieve(self, request: Request, setting_id: int) -> CostSetting:
        """One price with its history."""
        return selectors.setting_for(setting_id, timezone.now())

    @operation(
        "cost_settings_update",
        allow="platform.billing",
        rate="write",
        takes=CostSettingPatch,
        gives=CostSettingWithHistoryOut,
        effects="rows",
    )
    def update(self, request: Request, setting_id: int) -> CostSetting:
        """Changes a price from now or from a time to come. Quotes and holds keep the price that they were given."""
        return services.costs.update(actor=request.actor, setting_id=setting_id, **request.valid)

    @operation("cost_settings_delete", allow="platform.billing", rate="write", effects="rows")
    def delete(self, request: Request, setting_id: int) -> None:
        """Takes a price away: without any an operation that has a price is refused. Its history stays."""
        services.costs.delete(actor=request.actor, setting_id=setting_id)

    @operation("cost_settings_discounts", allow="platform.billing", rate="read", gives=DiscountsOut)
    def discounts(self, request: Request) -> dict[str, Any]:
        """Percent off all prices, by plan."""
        return {"discounts": selectors.discounts()}

    @operation(
        "cost_settings_discounts_set",
        allow="platform.billing",
        rate="write",
        takes=DiscountsOut,
        gives=DiscountsOut,
        effects="rows",
    )
    def set_discounts(self, request: Request) -> dict[str, Any]:
        """Replaces the discounts of the plans."""
        services.costs.set_discounts(actor=request.actor, **request.valid)
        return {"discounts": selectors.discounts()}
