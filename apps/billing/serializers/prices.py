from typing import Any

from rest_framework import serializers

from apps.billing.models import CostSetting, Override, Price, Unit
from apps.core.query import PageQuery
from apps.sites.serializers import Exact


class CreditsField(serializers.DecimalField):
    """Credits for one unit, with up to six places."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=14, decimal_places=6, min_value=0, **kwargs)


class PriceOut(serializers.ModelSerializer[Price]):
    class Meta:
        model = Price
        fields = ("credits", "effective_from", "actor_label", "created_at")
        read_only_fields = fields


class CostSettingOut(serializers.ModelSerializer[CostSetting]):
    unit = serializers.ChoiceField(choices=Unit.values)
    credits = serializers.DecimalField(
        max_digits=14,
        decimal_places=6,
        source="current",
        allow_null=True,
        help_text="Now; null before the first.",
    )

    class Meta:
        model = CostSetting
        fields = ("id", "operation", "model", "unit", "credits", "created_at")
        read_only_fields = fields


class CostSettingWithHistoryOut(CostSettingOut):
    history = PriceOut(many=True, source="prices", help_text="Newest first; those to come too.")

    class Meta(CostSettingOut.Meta):
        fields = (*CostSettingOut.Meta.fields, "history")
        read_only_fields = fields


class CostSettingQuery(PageQuery):
    operation = serializers.CharField(required=False, max_length=60)
    model = serializers.CharField(required=False, max_length=120)


class CostSettingIn(Exact):
    operation = serializers.RegexField(r"^[a-z][a-z0-9_]*$", max_length=60, help_text="An operationId.")
    model = serializers.CharField(max_length=120, allow_blank=True, default="", help_text="Empty: any model.")
    unit = serializers.ChoiceField(choices=Unit.values)
    credits = CreditsField()
    effective_from = serializers.DateTimeField(required=False, help_text="By default now; not in the past.")


class CostSettingPatch(Exact):
    credits = CreditsField()
    effective_from = serializers.DateTimeField(required=False, help_text="By default now; not in the past.")


class OverrideOut(serializers.ModelSerializer[Override]):
    setting_id = serializers.IntegerField()
    operation = serializers.CharField(source="setting.operation")
    model = serializers.CharField(source="setting.model", allow_blank=True)
    unit = serializers.CharField(source="setting.unit")

    class Meta:
        model = Override
        fields = ("setting_id", "operation", "model", "unit", "credits")
        read_only_fields = fields


class OverrideIn(Exact):
    setting_id = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    credits = CreditsField()


class OverridesIn(Exact):
    overrides = OverrideIn(many=True, max_length=200)  # type: ignore[call-arg]


class DiscountsOut(Exact):
    discounts = serializers.DictField(
        child=serializers.IntegerField(min_value=0, max_value=100), help_text="Percent off all prices, by plan."
    )

    def validate_discounts(self, discounts: dict[str, int]) -> dict[str, int]:
        if len(discounts) > 100 or any(not 0 < len(plan) <= 40 for plan in discounts):
            raise serializers.ValidationError("At most 100 plans with keys of up to 40 characters.", code="max_length")
        return discounts
