"""Balance, holds and quotes of a tenant; what those who run the installation do to credits and prices."""

import datetime
from typing import Any

import pytest
from django.utils import timezone

from apps.billing.models import Balance, CostSetting, Limit, Price, Transaction
from apps.billing.services import holds, ledger
from apps.billing.tests.factories import SYSTEM, credits, price, spend
from apps.core.models import EventRow
from conftest import AsRole
from tests.client import ApiClient

pytestmark = pytest.mark.django_db


def test_the_balance_says_what_is_there_held_and_expiring(as_role: AsRole, tenant_a: Any, tenant_b: Any) -> None:
    client = as_role("tenant_admin")
    assert client.get("/credits/balance").json() == {"available": 0, "held": 0, "owed": 0, "expiring": []}
    soon = timezone.now() + datetime.timedelta(days=3)
    credits(tenant_a, 10, expires_at=soon)
    credits(tenant_a, 10, expires_at=soon)
    credits(tenant_a, 7, expires_at=timezone.now() - datetime.timedelta(seconds=1))
    credits(tenant_a, 50)
    credits(tenant_b, 500)
    holds.reserve(actor=SYSTEM, tenant_id=tenant_a.pk, amount=5, operation="x")
    found = client.get("/credits/balance").json()
    assert (found["available"], found["held"]) == (65, 5)
    assert [one["credits"] for one in found["expiring"]] == [15, 50]
    assert found["expiring"][1]["expires_at"] is None


def test_a_quote_is_given_to_those_who_see_prices(as_role: AsRole, tenant_a: Any) -> None:
    price("media_generate", "2.5", "image")
    body = {"operation": "media_generate", "model": "x", "quantities": {"images": 3}}
    found = as_role("viewer").post("/credits/quote", body).json()
    assert (found["credits"], found["quantities"]) == (8, {"images": "3.000"})
    viewer = as_role("viewer")
    for wrong in ({"images": -1}, {"images": 10**12}, {"images": "NaN"}, {"pictures": 1}, {}, {"images": 1.23456}):
        assert viewer.post("/credits/quote", body | {"quantities": wrong}).status_code == 400
    unknown = viewer.post("/credits/quote", body | {"operation": "posts_speech"})
    assert (unknown.status_code, unknown.json()["code"]) == (409, "billing.price.missing")


def test_an_administrator_gives_a_hold_back_but_not_a_strangers(as_role: AsRole, tenant_a: Any, tenant_b: Any) -> None:
    client = as_role("tenant_admin")
    for tenant in (tenant_a, tenant_b):
        credits(tenant, 10)
    mine, theirs = (
        holds.reserve(actor=SYSTEM, tenant_id=tenant.pk, amount=5, operation="x") for tenant in (tenant_a, tenant_b)
    )
    spend(tenant_a, 1)
    assert [one["id"] for one in client.get("/credits/holds?state=open").json()["items"]] == [mine.pk]
    assert client.get("/credits/holds").json()["total"] == 2
    assert client.post(f"/credits/holds/{theirs.pk}/release").status_code == 404
    assert client.post(f"/credits/holds/{mine.pk}/release").json()["state"] == "released"
    again = client.post(f"/credits/holds/{mine.pk}/release")
    assert (again.status_code, again.json()["detail"]["state"]) == (409, "released")
    assert (Balance.objects.get(pk=tenant_a.pk).available, Balance.objects.get(pk=tenant_b.pk).held) == (9, 5)


def test_adjusting_gives_and_takes_with_a_reason_in_the_ledger(platform: ApiClient, tenant_a: Any) -> None:
    path = f"/tenants/{tenant_a.pk}/credits/adjust"
    made = platform.post(path, {"amount": 100, "reason": "Welcome."})
    assert (made.status_code, made.json()["kind"], made.json()["note"]) == (201, "adjustment", "Welcome.")
    assert platform.post(path, {"amount": -30, "reason": "Too many."}).json()["change"] == -30
    lacking = platform.post(path, {"amount": -71, "reason": "All."})
    assert (lacking.status_code, lacking.json()["detail"]["needed"], lacking.json()["detail"]["available"]) == (
        402,
        71,
        70,
    )
    assert lacking.json()["code"] == "billing.credits.lacking"
    for wrong in (0, 1.5, "many", 10**13, None, True):
        assert platform.post(path, {"amount": wrong, "reason": "Wrong."}).status_code == 400
    assert platform.post(path, {"amount": 5}).status_code == 400
    assert platform.post(path, {"amount": 5, "reason": "x", "tenant_id": 1}).status_code == 400
    assert platform.post("/tenants/999999/credits/adjust", {"amount": 5, "reason": "x"}).status_code == 404
    assert Balance.objects.get(pk=tenant_a.pk).available == 70
    assert Transaction.objects.filter(tenant_id=tenant_a.pk).count() == 2


def test_with_a_key_an_adjustment_is_made_once(platform: ApiClient, tenant_a: Any) -> None:
    path, body = f"/tenants/{tenant_a.pk}/credits/adjust", {"amount": 100, "reason": "Welcome."}
    first, second = (platform.post(path, body, headers={"Idempotency-Key": "k"}) for _ in range(2))
    assert first.json() == second.json()
    assert Balance.objects.get(pk=tenant_a.pk).available == 100


def test_limits_are_replaced_and_hold(platform: ApiClient, tenant_a: Any) -> None:
    path = f"/tenants/{tenant_a.pk}/credits/limits"
    wanted = [
        {"scope": "tenant", "key": "", "period": "day", "soft": 5, "hard": 10},
        {"scope": "agent", "key": "writer", "period": "month", "soft": None, "hard": 0},
    ]
    assert platform.put(path, {"limits": wanted}).json()["limits"] == wanted
    for wrong in (
        [{"scope": "tenant", "period": "day"}],
        [{"scope": "tenant", "key": "x", "period": "day", "hard": 1}],
        [{"scope": "agent", "period": "day", "hard": 1}],
        [{"scope": "site", "key": "alpha-site", "period": "day", "hard": 1}],
        [{"scope": "run", "key": "r", "period": "total", "hard": 1}],
        [{"scope": "tenant", "period": "day", "hard": -1}],
        [wanted[0], wanted[0]],
    ):
        assert platform.put(path, {"limits": wrong}).status_code == 400
    assert Limit.objects.filter(tenant_id=tenant_a.pk).count() == 2
    assert platform.put(path, {"limits": []}).json()["limits"] == []


def test_a_tenants_sheet_shows_balance_limits_discount_and_own_prices(platform: ApiClient, tenant_a: Any) -> None:
    setting = price("media_generate", "3", "image")
    credits(tenant_a, 12)
    assert platform.put("/cost-settings/discounts", {"discounts": {"standard": 25}}).status_code == 200
    own = platform.put(
        f"/tenants/{tenant_a.pk}/credits/overrides", {"overrides": [{"setting_id": setting.pk, "credits": "1.5"}]}
    )
    assert own.status_code == 200
    found = platform.get(f"/tenants/{tenant_a.pk}/credits").json()
    assert (found["plan"], found["discount"], found["balance"]["available"]) == ("standard", 25, 12)
    assert [(one["setting_id"], one["credits"]) for one in found["overrides"]] == [(setting.pk, "1.500000")]
    wrong = platform.put(
        f"/tenants/{tenant_a.pk}/credits/overrides", {"overrides": [{"setting_id": 10**9, "credits": "1"}]}
    )
    assert wrong.status_code == 400
    assert platform.get(f"/tenants/{tenant_a.pk}/credits").json() == found


def test_prices_are_set_changed_and_taken_away_with_their_history(platform: ApiClient) -> None:
    body = {"operation": "media_generate", "model": "x", "unit": "image", "credits": "2.5"}
    made = platform.post("/cost-settings", body)
    assert (made.status_code, made.json()["credits"]) == (201, "2.500000")
    path = f"/cost-settings/{made.json()['id']}"
    taken = platform.post("/cost-settings/", body)
    assert (taken.status_code, taken.json()["detail"]["setting_id"]) == (409, made.json()["id"])
    later = (timezone.now() + datetime.timedelta(days=30)).isoformat()
    changed = platform.patch(path, {"credits": "4", "effective_from": later}).json()
    assert (changed["credits"], [one["credits"] for one in changed["history"]]) == (
        "2.500000",
        ["4.000000", "2.500000"],
    )
    for wrong in ({"credits": "-1"}, {"credits": "4", "effective_from": "2020-01-01T00:00:00Z"}, {"unit": "image"}):
        assert platform.patch(path, wrong).status_code == 400
    assert platform.get("/cost-settings?operation=media_generate").json()["total"] == 1
    assert platform.delete(path).status_code == 204
    assert (platform.get(path).status_code, platform.delete(path).status_code) == (404, 404)
    assert (CostSetting.objects.count(), Price.objects.count()) == (1, 2)
    assert platform.post("/cost-settings", body).status_code == 201


@pytest.mark.parametrize("role", ["viewer", "editor", "site_admin"])
def test_roles_without_the_code_see_no_credits(role: str, as_role: AsRole, tenant_a: Any) -> None:
    credits(tenant_a, 10)
    client = as_role(role)
    for path in ("/credits/balance", "/credits/holds", "/credits/usage", "/transactions", "/transactions/export"):
        assert client.get(path).status_code == 403


def test_what_is_told_of_credits(tenant_a: Any) -> None:
    credits(tenant_a, 10)
    spend(tenant_a, 5)
    ledger.withdraw(actor=SYSTEM, tenant_id=tenant_a.pk, amount=2, kind="refund", reference="r")
    told = EventRow.objects.filter(tenant_id=tenant_a.pk, name__startswith="billing.").order_by("id")
    assert list(told.values_list("name", "data__amount")) == [
        ("billing.credits_granted", 10),
        ("billing.credits_withdrawn", 2),
    ]
