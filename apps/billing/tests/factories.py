"""Credits for tests, and what must be true of them at any time."""

import datetime
from typing import Any

from apps.billing.models import Transaction
from apps.billing.services import ledger
from apps.core.actor import Actor

SYSTEM = Actor.system(because="tests")
_count = iter(range(1, 10**9))


def credits(tenant: Any, amount: int, *, expires_at: datetime.datetime | None = None) -> Transaction:
    """Grants the tenant credits."""
    reference = f"test:{next(_count)}"
    return ledger.grant(
        actor=SYSTEM, tenant_id=tenant.pk, amount=amount, kind="grant", reference=reference, expires_at=expires_at
    )
