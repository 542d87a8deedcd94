"""Credits in the admin: looked at by tenants, given and priced by those who run the installation."""

from typing import Any

import pytest
from django.test import Client

from apps.billing.models import Balance, CostSetting, Price, Transaction
from apps.billing.tests.factories import credits, price, spend
from tests.conftest import SignIn

pytestmark = pytest.mark.django_db


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
    assert platform_browser.post(page, {"amount": -20, "reason": "Too many."}).status_code == 302
    refused = platform_browser.post(page, {"amount": -31, "reason": "All."})
    assert "There are not enough credits." in refused.content.decode()
    assert "It is not 0." in platform_browser.post(page, {"amount": 0, "reason": "None."}).content.decode()
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
