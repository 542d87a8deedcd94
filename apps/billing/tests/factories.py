"""Credits, prices and charges for tests."""

import datetime
from decimal import Decimal
from typing import Any

from apps.billing.models import CostSetting, Hold, Transaction
from apps.billing.services import costs, holds, ledger
from apps.core.actor import Actor

SYSTEM = Actor.system(because="tests")
_count = iter(range(1, 10**9))


def credits(tenant: Any, amount: int, *, expires_at: datetime.datetime | None = None) -> Transaction:
    """Grants the tenant credits."""
    reference = f"test:{next(_count)}"
    return ledger.grant(
        actor=SYSTEM, tenant_id=tenant.pk, amount=amount, kind="grant", reference=reference, expires_at=expires_at
    )


def price(operation: str, credits: str, unit: str = "fixed", model: str = "") -> CostSetting:
    """Gives an operation a price."""
    return costs.create(actor=SYSTEM, operation=operation, unit=unit, credits=Decimal(credits), model=model)


def spend(tenant: Any, amount: int, charge: int | None = None, **purpose: Any) -> Hold:
    """Holds and charges at once."""
    purpose = {"operation": "media_generate"} | purpose
    hold = holds.reserve(actor=SYSTEM, tenant_id=tenant.pk, amount=amount, **purpose)
    return holds.settle(actor=SYSTEM, tenant_id=tenant.pk, hold_id=hold.pk, amount=charge)
