"""Spending limits."""

from typing import Any

import pytest

from apps.billing.errors import LimitReached
from apps.billing.models import Balance, Spending
from apps.billing.services import holds, limits
from apps.billing.tests.factories import SYSTEM, credits, spend
from apps.core.actor import Actor
from apps.core.models import EventRow

pytestmark = pytest.mark.django_db


def limit(tenant: Any, *wanted: dict[str, Any]) -> None:
    filled = [{"key": "", "soft": None, "hard": None} | one for one in wanted]
    limits.replace(actor=SYSTEM, tenant_id=tenant.pk, limits=filled)


@pytest.mark.parametrize(
    ("scope", "key", "purpose"),
    [
        ("tenant", "", {}),
        ("operation", "media_generate", {}),
        ("site", "7", {"site_id": 7}),
        ("agent", "writer", {"agent": "writer"}),
    ],
)
@pytest.mark.parametrize("period", ["day", "month"])
def test_beyond_a_hard_limit_nothing_is_begun_and_nothing_changes(
    scope: str, key: str, purpose: dict[str, Any], period: str, tenant_a: Any, tenant_b: Any
) -> None:
    credits(tenant_a, 100)
    credits(tenant_b, 100)
    spend(tenant_a, 4, **purpose)
    limit(tenant_a, {"scope": scope, "key": key, "period": period, "hard": 10})
    spend(tenant_a, 6, **purpose)
    before = list(Spending.objects.filter(tenant_id=tenant_a.pk).values("pk", "used"))
    with pytest.raises(LimitReached) as refused:
        spend(tenant_a, 1, **purpose)
    assert refused.value.data == {
        "scope": scope, "key": key, "period": period, "limit": 10, "used": 10, "needed": 1
    }  # fmt: skip
    assert list(Spending.objects.filter(tenant_id=tenant_a.pk).values("pk", "used")) == before
    assert (Balance.objects.get(pk=tenant_a.pk).available, Balance.objects.get(pk=tenant_a.pk).held) == (90, 0)
    spend(tenant_b, 50, **purpose)


def test_a_machine_has_a_limit_of_its_own(tenant_a: Any) -> None:
    credits(tenant_a, 100)
    limit(tenant_a, {"scope": "service_account", "key": "3", "period": "day", "hard": 5})
    said: dict[str, Any] = {"tenant_id": tenant_a.pk, "amount": 6, "operation": "x"}
    with pytest.raises(LimitReached):
        holds.reserve(actor=Actor(kind="service", id=3, tenant_id=tenant_a.pk), **said)
    assert holds.reserve(actor=Actor(kind="service", id=4, tenant_id=tenant_a.pk), **said).amount == 6
    assert holds.reserve(actor=Actor(kind="user", id=3, tenant_id=tenant_a.pk), **said).amount == 6


def test_what_is_not_charged_is_not_counted(tenant_a: Any) -> None:
    credits(tenant_a, 100)
    limit(tenant_a, {"scope": "tenant", "period": "day", "hard": 10})
    spend(tenant_a, 10, charge=2)
    hold = holds.reserve(actor=SYSTEM, tenant_id=tenant_a.pk, amount=8, operation="x")
    with pytest.raises(LimitReached):
        spend(tenant_a, 1)
    holds.release(actor=SYSTEM, tenant_id=tenant_a.pk, hold_id=hold.pk)
    spend(tenant_a, 8)


def test_at_a_soft_limit_it_is_told_once_a_period_and_work_goes_on(tenant_a: Any) -> None:
    credits(tenant_a, 100)
    limit(tenant_a, {"scope": "tenant", "period": "month", "soft": 10})
    for amount in (9, 1, 5):
        spend(tenant_a, amount)
    (told,) = EventRow.objects.filter(tenant_id=tenant_a.pk, name="billing.spending_limit_near")
    assert (told.data["soft"], told.data["used"], told.data["period"]) == (10, 10, "month")


def test_budgets_nest_the_least_of_run_agent_and_tenant_holds(tenant_a: Any) -> None:
    credits(tenant_a, 100)
    limit(
        tenant_a,
        {"scope": "tenant", "period": "day", "hard": 30},
        {"scope": "agent", "key": "writer", "period": "day", "hard": 20},
    )
    for run in ("r1", "r2", "r3"):
        limits.allow_run(tenant_id=tenant_a.pk, run=run, credits=15)
    spend(tenant_a, 15, agent="writer", run="r1")
    for amount, run, agent, by in ((1, "r1", "writer", "run"), (6, "r2", "writer", "agent"), (16, "", "", "tenant")):
        with pytest.raises(LimitReached) as refused:
            spend(tenant_a, amount, agent=agent, run=run)
        assert refused.value.data["scope"] == by
    spend(tenant_a, 5, agent="writer", run="r2")
