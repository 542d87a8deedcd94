from typing import Any

from rest_framework.request import Request

from apps.billing import errors, selectors, services
from apps.billing.models import Subscription
from apps.billing.providers.facts import Billed, Subscribed
from apps.billing.serializers.subscriptions import (
    CancelIn,
    ChangedOut,
    PlanOut,
    PreviewQuery,
    SubscribedOut,
    SubscribeIn,
    SubscriptionOut,
)
from apps.billing.views.payments import AWAY
from apps.core.operation import PUBLIC, operation
from apps.core.viewsets import OperationViewSet


def begin(request: Request) -> Subscribed:
    key = request.headers.get("Idempotency-Key")
    return services.subscriptions.begin(actor=request.actor, key=key, **request.valid)


def change(request: Request) -> Subscribed | Billed:
    verb = services.subscriptions.preview if request.q["preview"] else services.subscriptions.move
    return verb(actor=request.actor, **request.valid)


def end(request: Request) -> Subscribed:
    return services.subscriptions.end(actor=request.actor, **request.valid)


def resume(request: Request) -> Subscribed:
    return services.subscriptions.resume(actor=request.actor)


class SubscriptionsViewSet(OperationViewSet):
    """The tenant's plan."""

    category = "billing"

    @operation("plans_list", allow=PUBLIC, rate="public", gives=PlanOut, many=True)
    def plans(self, request: Request) -> Any:
        """The plans that can be subscribed to, with their prices, credits and limits."""
        return selectors.payments.plans()

    @operation(
        "subscriptions_current",
        allow="billing.read",
        rate="read",
        gives=SubscriptionOut,
        refuses=[errors.SubscriptionMissing],
    )
    def current(self, request: Request) -> Subscription:
        """The subscription that has not ended; 409 when there is none."""
        return services.subscriptions.current(actor=request.actor)

    @operation(
        "subscriptions_create",
        allow="billing.write",
        rate="write",
        takes=SubscribeIn,
        gives=SubscribedOut,
        status=201,
        effects="outside",
        prepare=begin,
        refuses=[*AWAY, errors.PlanUnknown, errors.SubscriptionExists, errors.PaymentMethodMissing],
    )
    def create(self, request: Request) -> services.subscriptions.Subscribing:
        """Subscribes to a plan, paid with the default payment method. Its credits come with each paid period."""
        return services.subscriptions.begun(actor=request.actor, facts=request.prepared)

    @operation(
        "subscriptions_change",
        allow="billing.write",
        rate="write",
        takes=SubscribeIn,
        gives=ChangedOut,
        query=PreviewQuery,
        effects="outside",
        prepare=change,
        refuses=[*AWAY, errors.PlanUnknown, errors.SubscriptionMissing, errors.SubscriptionSame, errors.CardDeclined],
    )
    def change(self, request: Request) -> dict[str, Any]:
        """Changes the plan: a dearer one at once, charged pro rata; a cheaper one with the next period.

        With `preview=true` nothing changes and `preview` says what would be charged.
        """
        if isinstance(request.prepared, Billed):
            return services.subscriptions.shown(request.prepared)
        found = services.subscriptions.followed(actor=request.actor, facts=request.prepared)
        return {"subscription": found, "preview": None}

    @operation(
        "subscriptions_cancel",
        allow="billing.write",
        rate="write",
        takes=CancelIn,
        gives=SubscriptionOut,
        effects="outside",
        prepare=end,
        refuses=[*AWAY, errors.SubscriptionMissing],
    )
    def cancel(self, request: Request) -> Subscription:
        """Ends the subscription with its period, or now without money back."""
        return services.subscriptions.followed(actor=request.actor, facts=request.prepared)

    @operation(
        "subscriptions_resume",
        allow="billing.write",
        rate="write",
        gives=SubscriptionOut,
        effects="outside",
        prepare=resume,
        refuses=[*AWAY, errors.SubscriptionMissing, errors.SubscriptionNotEnding],
    )
    def resume(self, request: Request) -> Subscription:
        """Takes an end with the period back."""
        return services.subscriptions.followed(actor=request.actor, facts=request.prepared)
