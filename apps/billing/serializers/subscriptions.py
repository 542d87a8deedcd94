"""Shapes of plans and subscriptions."""

from typing import Any

from rest_framework import serializers

from apps.billing.models import Plan, Subscription
from apps.billing.serializers.payments import MONEY
from apps.core.query import Query


class PlanOut(serializers.ModelSerializer[Plan]):
    id = serializers.CharField(source="identifier", help_text="What subscriptions take as `plan`.")
    credits = serializers.IntegerField(help_text="For each month, also of a plan that is paid by the year.")
    rollover = serializers.IntegerField(
        allow_null=True, help_text="Months for which credits stay after the one they came for; null: for good."
    )
    limits = serializers.DictField(child=serializers.IntegerField(), help_text="Where they differ from the defaults.")

    class Meta:
        model = Plan
        fields = (
            *("id", "name", "description", "amount", "currency", "interval", "credits", "rollover"),
            *("trial_days", "trial_credits", "limits"),
        )
        read_only_fields = fields


class SubscribeIn(serializers.Serializer[Any]):
    plan = serializers.CharField(max_length=40)


class PreviewQuery(Query):
    preview = serializers.BooleanField(default=False, help_text="Answer what it would cost, and change nothing.")


class CancelIn(serializers.Serializer[Any]):
    at_period_end = serializers.BooleanField(default=True, help_text="False: now, without money back.")


class SubscriptionOut(serializers.ModelSerializer[Subscription]):
    plan = serializers.CharField(source="plan.identifier")
    next_plan = serializers.CharField(source="next_plan.identifier", allow_null=True, default=None)

    class Meta:
        model = Subscription
        fields = (
            *("id", "plan", "next_plan", "status", "standing", "period_start", "period_end", "trial_end"),
            *("cancel_at_period_end", "past_due_since", "source", "created_at", "ended_at"),
        )
        read_only_fields = fields


class SubscribedOut(serializers.Serializer[Any]):
    subscription = SubscriptionOut()
    client_secret = serializers.CharField(help_text="When the payer has to confirm the first payment; else empty.")


class PreviewLineOut(serializers.Serializer[Any]):
    text = serializers.CharField()
    amount = serializers.IntegerField(help_text=MONEY)
    prorated = serializers.BooleanField()


class PreviewOut(serializers.Serializer[Any]):
    amount_due = serializers.IntegerField(help_text=MONEY)
    currency = serializers.CharField()
    at_once = serializers.BooleanField(help_text="False: with the next period.")
    lines = PreviewLineOut(many=True)


class ChangedOut(serializers.Serializer[Any]):
    """One of the two is null."""

    subscription = SubscriptionOut(allow_null=True)
    preview = PreviewOut(allow_null=True)
