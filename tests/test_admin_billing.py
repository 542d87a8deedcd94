"""Credits in the admin: looked at by tenants, given and priced by those who run the installation."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from apps.billing import selectors
from apps.billing.models import Balance, CostSetting, Limit, Override, Plan, Price, Transaction
from apps.billing.services import costs, limits
from apps.billing.tests.factories import SYSTEM, credits, price, spend
from apps.core.models import EventRow
from tests.conftest import SignIn

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


def test_the_ledger_is_looked_at_by_its_tenant_and_by_nobody_written(
    sign_in: SignIn, tenant_a: Any, tenant_b: Any
) -> None:
    mine, theirs = credits(tenant_a, 50), credits(tenant_b, 60)
    spend(tenant_a, 7, model="CANARY")
    browser = sign_in("tenant_admin")
    shown = browser.get("/admin/billing/transaction/").content.decode()
    assert "CANARY" in shown
    assert "<strong>43</strong> credits available" in shown
    page = browser.get(f"/admin/billing/transaction/{mine.pk}/change/").content.decode()
    assert "<td>available</td><td>+50</td>" in page
    assert browser.get(f"/admin/billing/transaction/{theirs.pk}/change/").status_code == 302
    for path in ("add/", f"{mine.pk}/delete/"):
        assert browser.get(f"/admin/billing/transaction/{path}").status_code == 403
    assert browser.post(f"/admin/billing/transaction/{mine.pk}/change/", {"amount": 9}).status_code == 403
    assert sign_in("editor").get("/admin/billing/transaction/").status_code == 403
    for path in ("balance", "costsetting"):
        assert browser.get(f"/admin/billing/{path}/").status_code == 403
    assert Transaction.objects.get(pk=mine.pk).amount == 50


def test_whoever_runs_the_installation_gives_and_takes_credits(platform_browser: Client, tenant_a: Any) -> None:
    added = platform_browser.post("/admin/billing/balance/add/", {"tenant": tenant_a.pk, "amount": 50, "reason": "Hi."})
    assert added.status_code == 302
    page = f"/admin/billing/balance/{tenant_a.pk}/change/"
    rows = {f"{name}-{count}_FORMS": 0 for name in ("limits", "overrides") for count in ("TOTAL", "INITIAL")}
    assert platform_browser.post(page, {"amount": -20, "reason": "Too many."} | rows).status_code == 302
    refused = platform_browser.post(page, {"amount": -31, "reason": "All."} | rows)
    assert "There are not enough credits." in refused.content.decode()
    assert "It is not 0." in platform_browser.post(page, {"amount": 0, "reason": "None."} | rows).content.decode()
    assert Balance.objects.get(pk=tenant_a.pk).available == 30
    notes = Transaction.objects.filter(tenant_id=tenant_a.pk).order_by("id").values_list("note", "actor_label")
    assert list(notes) == [("Hi.", "platform@cognitor.test"), ("Too many.", "platform@cognitor.test")]
    assert tenant_a.name in platform_browser.get("/admin/billing/balance/").content.decode()
    assert "Hi." in platform_browser.get("/admin/billing/transaction/").content.decode()


def test_prices_are_set_changed_and_taken_away(platform_browser: Client) -> None:
    body = {"operation": "media_generate", "model": "", "unit": "image", "credits": "2.5"}
    assert platform_browser.post("/admin/billing/costsetting/add/", body).status_code == 302
    setting = CostSetting.objects.get()
    assert "has a price" in platform_browser.post("/admin/billing/costsetting/add/", body).content.decode()
    page = f"/admin/billing/costsetting/{setting.pk}"
    later = {"credits": "4", "effective_from_0": "2099-01-01", "effective_from_1": "00:00:00"}
    assert platform_browser.post(f"{page}/change/", later).status_code == 302
    shown = platform_browser.get(f"{page}/change/").content.decode()
    assert "4.000000" in shown
    assert "from 2099-01-01" in shown
    past = {"credits": "4", "effective_from_0": "2001-01-01", "effective_from_1": "00:00:00"}
    assert "stays as it was" in platform_browser.post(f"{page}/change/", past).content.decode()
    assert Price.objects.count() == 2
    other = price("posts_speech", "1")
    assert ">2.5<" in platform_browser.get("/admin/billing/costsetting/").content.decode()
    platform_browser.post(f"{page}/delete/", {"post": "yes"})
    assert list(CostSetting.objects.filter(deleted_at=None)) == [other]


def sheet(**members: Any) -> dict[str, Any]:
    """The form of a tenant's sheet, with so many rows as are given: `limits` and `overrides`."""
    body: dict[str, Any] = {"amount": "", "reason": ""}
    for prefix in ("limits", "overrides"):
        rows = members.get(prefix, [])
        known = sum("id" in row for row in rows)
        body |= {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": known}
        body |= {f"{prefix}-{number}-{name}": value for number, row in enumerate(rows) for name, value in row.items()}
    return body


def test_a_tenants_limits_and_own_prices_are_set_on_its_sheet(
    platform_browser: Client, tenant_a: Any, tenant_b: Any
) -> None:
    setting, page = price("media_generate", "4", "image"), f"/admin/billing/balance/{tenant_a.pk}/change/"
    ours = {"scope": "tenant", "key": "", "period": "day", "soft": "", "hard": "70"}
    limits.replace(actor=SYSTEM, tenant_id=tenant_b.pk, limits=[{"scope": "tenant", "period": "day", "hard": 1}])
    limits.allow_run(tenant_id=tenant_a.pk, run="run-1", credits=5)
    platform_browser.post("/admin/billing/balance/add/", {"tenant": tenant_a.pk, "amount": "", "reason": ""})
    answer = platform_browser.post(page, sheet(limits=[ours], overrides=[{"setting": setting.pk, "credits": "1.5"}]))
    assert answer.status_code == 302, answer.content
    found = selectors.tenant_credits(tenant_a.pk)
    assert [(one.scope, one.hard) for one in found["limits"]] == [("run", 5), ("tenant", 70)]
    assert [(one.setting_id, one.credits) for one in found["overrides"]] == [(setting.pk, Decimal("1.5"))]
    shown = platform_browser.get(page).content.decode()
    assert 'name="limits-0-hard" value="70"' in shown
    assert "run-1" not in shown
    known = {"id": Limit.objects.get(tenant_id=tenant_a.pk, scope="tenant").pk, "DELETE": "on"}
    kept = {"id": Override.objects.get().pk, "setting": setting.pk, "credits": "1.5"}
    assert platform_browser.post(page, sheet(limits=[ours | known], overrides=[kept])).status_code == 302
    assert [one.scope for one in selectors.limits_of(tenant_a.pk)] == ["run"]
    names = EventRow.objects.filter(tenant_id=tenant_a.pk, name__startswith="billing.").order_by("id")
    assert list(names.values_list("name", flat=True)) == [
        "billing.spending_limits_set", "billing.overrides_set", "billing.spending_limits_set",
    ]  # fmt: skip
    assert Limit.objects.get(tenant_id=tenant_b.pk).hard == 1
    assert Balance.objects.get(pk=tenant_a.pk).available == 0


def test_a_sheet_with_a_limit_that_makes_no_sense_changes_nothing(platform_browser: Client, tenant_a: Any) -> None:
    credits(tenant_a, 10)
    page = f"/admin/billing/balance/{tenant_a.pk}/change/"
    row = {"scope": "site", "key": "garden", "period": "day", "soft": "", "hard": "70"}
    answer = platform_browser.post(page, sheet(limits=[row]) | {"amount": "5", "reason": "Together."})
    assert "It is an id." in answer.content.decode()
    assert (Limit.objects.count(), Balance.objects.get(pk=tenant_a.pk).available) == (0, 10)


def test_a_plans_discount_is_set_on_its_page_and_leaves_the_others(platform_browser: Client) -> None:
    costs.set_discounts(actor=SYSTEM, discounts={"standard": 5, "starter": 10})
    plan = Plan.objects.create(identifier="starter", name="Starter", amount=1900, credits=2000)
    page = f"/admin/billing/plan/{plan.pk}/change/"
    body = {
        "name": "Starter", "description": "", "amount": "1900", "currency": "usd", "credits": "2000", "position": "0",
        "active": "on", "interval": "month", "trial_days": "0", "trial_credits": "0", "rollover": "0", "limits": "{}",
    }  # fmt: skip
    assert 'name="discount" value="10"' in platform_browser.get(page).content.decode()
    assert platform_browser.post(page, body | {"discount": "25"}).status_code == 302
    assert selectors.discounts() == {"standard": 5, "starter": 25}
    assert b"less than or equal to 100" in platform_browser.post(page, body | {"discount": "101"}).content
    assert platform_browser.post(page, body | {"discount": ""}).status_code == 302
    assert selectors.discounts() == {"standard": 5}
