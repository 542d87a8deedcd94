"""What `test_dry_run` tries of credits: the calls, and what they need to be there."""

from typing import Any, NamedTuple

from apps.billing.models import CostSetting, Discount
from apps.billing.services import holds
from apps.billing.tests import dry_runs, objects
from apps.billing.tests.factories import SYSTEM, credits, price

PATHS = ("credits", "transactions", "cost-settings")
VOLATILE = {"closed_at", "effective_from", "reference"}


class Money(NamedTuple):
    """Ids of a hold, of a transaction that can be reversed, of a cost setting, and of what payments leave."""

    hold: int
    transaction: int
    setting: int
    bought: dict[str, Any]


CASES: dict[str, Any] = {
    "credits_holds_release": lambda w: ("post", f"/credits/holds/{w.money.hold}/release", ""),
    "transactions_reverse": lambda w: ("post", f"/transactions/{w.money.transaction}/reverse", {"reason": "Dry"}),
    "tenant_credits_adjust": lambda w: (
        "post", f"/tenants/{w.own.tenant.pk}/credits/adjust", {"amount": 5, "reason": "Dry"}
    ),
    "tenant_credits_limits": lambda w: (
        "put",
        f"/tenants/{w.own.tenant.pk}/credits/limits",
        {"limits": [{"scope": "tenant", "period": "day", "hard": 5}]},
    ),
    "tenant_credits_overrides": lambda w: (
        "put",
        f"/tenants/{w.own.tenant.pk}/credits/overrides",
        {"overrides": [{"setting_id": w.money.setting, "credits": "1"}]},
    ),
    "cost_settings_create": lambda w: (
        "post", "/cost-settings", {"operation": "dry_run", "unit": "second", "credits": "1"}
    ),
    "cost_settings_update": lambda w: ("patch", f"/cost-settings/{w.money.setting}", {"credits": "2"}),
    "cost_settings_delete": lambda w: ("delete", f"/cost-settings/{w.money.setting}", ""),
    "cost_settings_discounts_set": lambda w: ("put", "/cost-settings/discounts", {"discounts": {"dry": 5}}),
}  # fmt: skip

UNSUPPORTED: dict[str, Any] = {
    **dry_runs.UNSUPPORTED,
    "credits_quote": lambda w: w.client.post(
        "/credits/quote?dry_run=true", {"operation": "dry_run", "quantities": {"seconds": 1}}
    ),
}


def make(tenant: Any) -> Money:
    credits(tenant, 3)
    given = credits(tenant, 10).pk
    hold = holds.reserve(actor=SYSTEM, tenant_id=tenant.pk, amount=3, operation="dry_run").pk
    return Money(hold, given, price("dry_run", "1", "image").pk, objects.money(tenant.pk))


def forget() -> None:
    """Deletes what is of no tenant."""
    CostSetting.objects.all().delete()
    Discount.objects.all().delete()
