from typing import Any

from rest_framework import serializers

from apps.billing.models import Hold, Limit, Period, Scope
from apps.billing.serializers.prices import OverrideOut
from apps.billing.serializers.transactions import Filters
from apps.billing.services.ledger import MOST
from apps.billing.services.quotes import QUANTITIES
from apps.core.query import PageQuery, Query
from apps.sites.serializers import Exact


class ExpiringOut(serializers.Serializer[Any]):
    expires_at = serializers.DateTimeField(allow_null=True)
    credits = serializers.IntegerField()


class BalanceOut(serializers.Serializer[Any]):
    available = serializers.IntegerField(help_text="Can be spent now.")
    held = serializers.IntegerField(help_text="Set aside for work under way.")
    owed = serializers.IntegerField(help_text="For disputed payments; taken of the next credits.")
    expiring = ExpiringOut(many=True, help_text="Of what is available, by when it expires; null: never.")


class QuantitiesIn(Exact):
    """How much of what is priced; what the operation is not priced by is not looked at."""

    def get_fields(self) -> Any:
        return {
            name: serializers.DecimalField(
                max_digits=14, decimal_places=3, min_value=0, max_value=10**9, required=False
            )
            for name in QUANTITIES
        }


class QuoteIn(Exact):
    operation = serializers.CharField(max_length=60, help_text="An operationId with `x-cost`.")
    model = serializers.CharField(max_length=120, allow_blank=True, default="")
    quantities = QuantitiesIn(default=dict)


class QuoteOut(serializers.Serializer[Any]):
    operation = serializers.CharField()
    model = serializers.CharField(allow_blank=True)
    quantities = serializers.DictField(child=serializers.DecimalField(max_digits=14, decimal_places=3))
    credits = serializers.IntegerField(help_text="The most that it will be charged, in whole credits, rounded up.")
    quote = serializers.CharField(help_text="Give it to the operation to be charged by these prices.")
    expires_at = serializers.DateTimeField()


class CreditsUsageQuery(Filters, Query):
    kind = None
    interval = serializers.ChoiceField(choices=["day", "week", "month"], default="day")


class CreditsUsagePointOut(serializers.Serializer[Any]):
    start = serializers.DateField()
    spent = serializers.IntegerField()


class CreditsUsageOut(serializers.Serializer[Any]):
    interval = serializers.CharField()
    date_from = serializers.DateField()
    date_to = serializers.DateField()
    total = serializers.IntegerField()
    series = CreditsUsagePointOut(many=True)


class HoldQuery(PageQuery):
    state = serializers.ChoiceField(choices=Hold.State.values, default="", allow_blank=True)


class HoldOut(serializers.ModelSerializer[Hold]):
    class Meta:
        model = Hold
        fields = (
            *("id", "state", "amount", "charged", "operation", "model", "site_id", "agent", "run"),
            *("actor_kind", "actor_id", "actor_label", "created_at", "expires_at", "closed_at"),
        )
        read_only_fields = fields


class SpendingLimitSerializer(serializers.ModelSerializer[Limit]):
    scope = serializers.ChoiceField(choices=Scope.values)
    key = serializers.CharField(
        max_length=60, allow_blank=True, default="", help_text="Which of the scope; empty for the tenant."
    )
    period = serializers.ChoiceField(choices=Period.values)
    soft = serializers.IntegerField(
        min_value=0, max_value=MOST, allow_null=True, default=None, help_text="Told once a period."
    )
    hard = serializers.IntegerField(
        min_value=0, max_value=MOST, allow_null=True, default=None, help_text="Nothing beyond it."
    )

    class Meta:
        model = Limit
        fields = ("scope", "key", "period", "soft", "hard")
        validators: list[Any] = []

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        if bool(data["key"]) == (data["scope"] == Scope.TENANT):
            raise serializers.ValidationError({"key": "It names what is limited, unless that is the tenant."})
        if data["scope"] in (Scope.SITE, Scope.SERVICE) and not data["key"].isdecimal():
            raise serializers.ValidationError({"key": "It is an id."})
        if data["scope"] == Scope.RUN or data["period"] == Period.TOTAL:
            raise serializers.ValidationError({"scope": "A run is given its budget when it begins."})
        if data["soft"] is None and data["hard"] is None:
            raise serializers.ValidationError({"hard": "Give a soft limit, a hard one, or both."})
        return data


class SpendingLimitsIn(Exact):
    limits = SpendingLimitSerializer(many=True, max_length=200)  # type: ignore[call-arg]

    def validate_limits(self, limits: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if len({(one["scope"], one["key"], one["period"]) for one in limits}) < len(limits):
            raise serializers.ValidationError("A limit stands here twice.", code="twice")
        return limits


class AdjustIn(Exact):
    amount = serializers.IntegerField(
        min_value=-MOST, max_value=MOST, help_text="Credits to give, or (negative) to take; not 0."
    )
    reason = serializers.CharField(max_length=500)
    expires_at = serializers.DateTimeField(required=False, allow_null=True, default=None, help_text="Of what is given.")

    def validate_amount(self, amount: int) -> int:
        if not amount:
            raise serializers.ValidationError("It is not 0.", code="zero")
        return amount


class TenantCreditsOut(serializers.Serializer[Any]):
    tenant_id = serializers.IntegerField()
    plan = serializers.CharField()
    discount = serializers.IntegerField(help_text="Percent off, of the plan.")
    balance = BalanceOut()
    limits = SpendingLimitSerializer(many=True)
    overrides = OverrideOut(many=True)
