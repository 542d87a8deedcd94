"""Money in the admin: the platform keeps offers, a tenant sees its own payments, revenue says what it is."""

from typing import Any

from django.test import Client
from django.utils import timezone

from apps.billing.models import Package, Payment, Plan
from apps.billing.tests.objects import money
from apps.billing.tests.sandbox import Sandbox
from apps.core.models import EventRow
from tests.conftest import SignIn, platform_browser, sign_in

__all__ = ["platform_browser", "sign_in"]

OFFER: dict[str, Any] = {
    "identifier": "small", "name": "Small", "description": "", "amount": "1000", "currency": "usd", "credits": "1000",
    "position": "0", "active": "on",
}  # fmt: skip


def test_the_platform_makes_and_changes_packages(platform_browser: Client) -> None:
    platform_browser.post("/admin/billing/package/add/", OFFER)
    package = Package.objects.get()
    platform_browser.post(f"/admin/billing/package/{package.pk}/change/", OFFER | {"amount": "1200"})
    package.refresh_from_db()
    assert (package.identifier, package.amount) == ("small", 1200)
    assert EventRow.objects.filter(name="billing.package_saved").count() == 2


def test_a_plan_with_a_limit_that_does_not_exist_is_refused(platform_browser: Client) -> None:
    terms = {"interval": "month", "trial_days": "0", "trial_credits": "0", "rollover": ""}
    plan = OFFER | terms | {"limits": '{"moons": 3}'}
    answer = platform_browser.post("/admin/billing/plan/add/", plan)
    assert (answer.status_code, Plan.objects.count()) == (200, 0)
    assert b"Whole numbers of" in answer.content


def test_a_tenant_sees_its_own_payments_and_no_revenue(sign_in: SignIn, tenant_a: Any, tenant_b: Any) -> None:
    own, other = money(tenant_a.pk), money(tenant_b.pk)
    browser = sign_in("tenant_admin")
    page = browser.get("/admin/billing/payment/").content.decode()
    assert f"/admin/billing/payment/{own['payment_id']}/change/" in page
    assert f"/admin/billing/payment/{other['payment_id']}/change/" not in page
    assert browser.get(f"/admin/billing/payment/{other['payment_id']}/change/").status_code == 302
    assert browser.get("/admin/billing/payment/revenue/").status_code == 403
    assert browser.get("/admin/billing/package/").status_code == 403


def test_revenue_says_what_came_in_and_that_the_sandbox_is_no_money(
    platform_browser: Client, sandbox: Sandbox, tenant_a: Any
) -> None:
    for amount, source in ((123_456, "sandbox"), (50, "live")):
        Payment.objects.create(
            tenant_id=tenant_a.pk, source=source, way="checkout", amount=amount, currency="usd", credits=1,
            status="paid", paid_at=timezone.now(),
        )  # fmt: skip
    page = platform_browser.get("/admin/billing/payment/revenue/").content.decode()
    assert "1,234.56 USD" in page
    assert "none of this is money" in page
    assert "0.50 USD" not in page
