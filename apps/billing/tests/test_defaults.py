"""What a new installation asks for its operations, and that it asks only where nobody has said anything."""

import io
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command

from apps.billing.models import CostSetting, Price
from apps.billing.services import costs, defaults, quotes
from apps.billing.tests.factories import SYSTEM, price
from apps.core.models import EventRow
from apps.core.operation import OPERATIONS
from cognitor.demo import offers
from conftest import AsRole

pytestmark = pytest.mark.django_db
COUNTED = {name: 1 for name in quotes.QUANTITIES}


def filled() -> str:
    said = io.StringIO()
    call_command("fill_prices", stdout=said)
    return said.getvalue()


def test_a_new_installation_can_quote_whatever_costs_something(as_role: AsRole, tenant_a: Any) -> None:
    assert filled() == f"Gave {len(defaults.PRICES)} operations their default prices\n"
    client = as_role("viewer")
    for operation in defaults.PRICES:
        answer = client.post("/credits/quote", {"operation": operation, "model": "any", "quantities": COUNTED})
        assert answer.status_code == 200, answer.content
        assert answer.json()["credits"] > 0
    found = client.post("/credits/quote", {"operation": "media_tts", "model": "", "quantities": {"characters": 2600}})
    assert found.json()["credits"] == 6
    assert EventRow.objects.filter(name="billing.cost_setting_created").count() == CostSetting.objects.count()


def test_every_operation_that_is_declared_to_cost_has_a_default_price() -> None:
    costing = {name for name, found in OPERATIONS.items() if found.cost}
    assert costing - set(defaults.PRICES) == set()


def test_filling_twice_writes_nothing_the_second_time() -> None:
    filled()
    before = list(Price.objects.values_list("pk", "credits"))
    assert filled() == ""
    assert list(Price.objects.values_list("pk", "credits")) == before


def test_what_somebody_has_priced_changed_or_taken_away_stays_so() -> None:
    dearer = price("media_edit", "9", "megapixel")
    gone = price("media_tts", "1", "fixed")
    costs.delete(actor=SYSTEM, setting_id=gone.pk)
    price("agents_chat", "3", "1k_tokens", model="large")
    filled()
    kept = CostSetting.objects.filter(operation__in=("media_edit", "media_tts", "agents_chat"))
    assert set(kept.values_list("operation", "model", "unit")) == {
        ("media_edit", "", "megapixel"), ("media_tts", "", "fixed"), ("agents_chat", "large", "1k_tokens"),
    }  # fmt: skip
    costs.update(actor=SYSTEM, setting_id=dearer.pk, credits=Decimal(12))
    assert filled() == ""
    assert [int(one.credits) for one in dearer.prices.order_by("effective_from")] == [9, 12]


def test_the_demo_tenant_has_credits_to_begin_with_once(as_role: AsRole, tenant_a: Any) -> None:
    for _ in range(2):
        offers.welcome(SYSTEM, tenant_a)
    assert as_role("tenant_admin").get("/credits/balance").json()["available"] == offers.WELCOME
