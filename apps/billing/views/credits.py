from typing import Any

from rest_framework.request import Request

from apps.billing import errors, selectors, services
from apps.billing.models import Hold, Transaction
from apps.billing.serializers import (
    AdjustIn,
    BalanceOut,
    CreditsUsageOut,
    CreditsUsageQuery,
    HoldOut,
    HoldQuery,
    OverridesIn,
    QuoteIn,
    QuoteOut,
    SpendingLimitsIn,
    TenantCreditsOut,
    TransactionOut,
)
from apps.billing.services.quotes import Asked, Quote
from apps.core.errors import NotFound
from apps.core.operation import operation
from apps.core.query import Page, page_of
from apps.core.viewsets import OperationViewSet
from apps.sites.viewsets import TenantViewSet


class CreditsViewSet(TenantViewSet):
    """Credits of the caller's tenant."""

    category = "billing"

    @operation("credits_balance", allow="billing.read", rate="read", gives=BalanceOut, refuses=[NotFound])
    def balance(self, request: Request) -> dict[str, Any]:
        """What can be spent, what is held for work under way, and what expires when."""
        return selectors.balance(request.actor.tenant_id)

    @operation(
        "credits_quote",
        allow="ai.read",
        rate="write",
        takes=QuoteIn,
        gives=QuoteOut,
        refuses=[errors.PriceMissing, NotFound],
    )
    def quote(self, request: Request) -> Quote:
        """What an operation will cost at most, signed and good for ten minutes, whatever becomes of the prices."""
        return services.quotes.give(tenant_id=request.actor.tenant_id, asked=Asked(**request.valid))

    @operation(
        "credits_usage",
        allow="billing.read",
        rate="read",
        gives=CreditsUsageOut,
        query=CreditsUsageQuery,
        refuses=[NotFound],
    )
    def usage(self, request: Request) -> dict[str, Any]:
        """Credits spent by day, week or month, for charts; by default of thirty days. Days are those of UTC."""
        return selectors.usage(request.actor.tenant_id, request.q)

    @operation("credits_holds", allow="billing.read", rate="read", gives=HoldOut, query=HoldQuery, refuses=[NotFound])
    def holds(self, request: Request) -> Page:
        """Lists what is or was set aside for work, newest first."""
        return page_of(selectors.holds(request.actor.tenant_id, request.q), request.q)

    @operation(
        "credits_holds_release",
        allow="billing.write",
        rate="write",
        gives=HoldOut,
        effects="rows",
        refuses=[errors.HoldClosed],
    )
    def release(self, request: Request, hold_id: int) -> Hold:
        """Gives back what is held; work that still goes on is not paid for then, and its result is refused."""
        return services.holds.cancel(actor=request.actor, tenant_id=request.actor.tenant_id, hold_id=hold_id)


class TenantCreditsViewSet(OperationViewSet):
    """Credits of any tenant, for those who run the installation."""

    category = "billing"

    @operation("tenant_credits_get", allow="platform.billing", rate="read", gives=TenantCreditsOut)
    def retrieve(self, request: Request, tenant_id: int) -> dict[str, Any]:
        """A tenant's balance, limits, discount and own prices."""
        return selectors.tenant_credits(tenant_id)

    @operation(
        "tenant_credits_adjust",
        allow="platform.billing",
        rate="write",
        takes=AdjustIn,
        gives=TransactionOut,
        status=201,
        effects="rows",
        refuses=[errors.CreditsLacking],
    )
    def adjust(self, request: Request, tenant_id: int) -> Transaction:
        """Gives a tenant credits, or takes some with a negative amount; the reason stands in the ledger."""
        return services.ledger.adjust(actor=request.actor, tenant_id=tenant_id, **request.valid)

    @operation(
        "tenant_credits_limits",
        allow="platform.billing",
        rate="write",
        takes=SpendingLimitsIn,
        gives=TenantCreditsOut,
        effects="rows",
    )
    def set_limits(self, request: Request, tenant_id: int) -> dict[str, Any]:
        """Replaces a tenant's spending limits: by day or month, of all or of an operation, site, agent or machine."""
        services.limits.replace(actor=request.actor, tenant_id=tenant_id, limits=request.valid["limits"])
        return selectors.tenant_credits(tenant_id)

    @operation(
        "tenant_credits_overrides",
        allow="platform.billing",
        rate="write",
        takes=OverridesIn,
        gives=TenantCreditsOut,
        effects="rows",
    )
    def set_overrides(self, request: Request, tenant_id: int) -> dict[str, Any]:
        """Replaces a tenant's own prices, which stand in place of price and discount."""
        services.costs.set_overrides(actor=request.actor, tenant_id=tenant_id, overrides=request.valid["overrides"])
        return selectors.tenant_credits(tenant_id)
