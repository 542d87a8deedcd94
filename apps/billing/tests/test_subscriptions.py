"""Plans: from a kept card to paid periods, up and down, not paid, and ended."""

import itertools
import random
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import transaction
from django.utils import timezone

from apps.billing import selectors
from apps.billing.models import Customer, Invoice, Lot, PaymentMethod, Plan, Subscription, Transaction
from apps.billing.services import allowances, checking, dunning, housekeeping
from apps.billing.tests.factories import credits, spend
from apps.billing.tests.sandbox import Sandbox
from apps.core.models import Due
from apps.core.services import due
from apps.sites.models import Tenant
from conftest import AsRole
from tests.client import ApiClient

pytestmark = pytest.mark.slow

Plans = dict[str, Plan]
_STEPS: list[tuple[int, str, dict[str, int], str]] = [
    (8, "restricted", {}, "active"),
    (22, "suspended", {}, "suspended"),
]


@pytest.fixture
def payer(as_role: AsRole, sandbox: Sandbox) -> ApiClient:
    """The tenant's administrator, who has kept a card."""
    client = as_role("tenant_admin")
    assert client.post("/payments/methods", {}).status_code == 201
    sandbox.keep_card(Customer.objects.get().ref)
    sandbox.deliver()
    return client


def subscribed(client: ApiClient, sandbox: Sandbox, plan: str = "starter") -> dict[str, Any]:
    answer = client.post("/subscriptions", {"plan": plan})
    assert answer.status_code == 201, answer.content
    sandbox.deliver()
    found: dict[str, Any] = client.get("/subscriptions/current").json()
    return found


def tenant(tenant_a: Any) -> Tenant:
    return Tenant.objects.get(pk=tenant_a.pk)


def test_a_plan_brings_its_credits_and_limits_with_each_paid_period(
    payer: ApiClient, sandbox: Sandbox, plans: Plans, tenant_a: Any
) -> None:
    found = subscribed(payer, sandbox)
    assert (found["plan"], found["status"], found["standing"], found["next_plan"]) == (
        "starter",
        "active",
        "good",
        None,
    )
    assert (selectors.available(tenant_a.pk), tenant(tenant_a).plan, tenant(tenant_a).limits) == (
        500, "starter", {"sites": 30},
    )  # fmt: skip
    sandbox.advance(32)
    sandbox.deliver()
    assert selectors.available(tenant_a.pk) == 1000
    invoices = payer.get("/invoices").json()["items"]
    assert [(one["reason"], one["status"], one["amount_paid"], one["credits"]) for one in invoices] == [
        ("subscription_cycle", "paid", 2000, 500),
        ("subscription_create", "paid", 2000, 500),
    ]
    references = set(Transaction.objects.filter(kind="plan").values_list("reference", flat=True))
    assert references == set(Invoice.objects.values_list("ref", flat=True))
    assert payer.get(f"/invoices/{invoices[0]['id']}").json() == invoices[0]


def test_a_subscription_without_a_card_is_refused_and_nothing_is_begun(
    as_role: AsRole, sandbox: Sandbox, plans: Plans
) -> None:
    answer = as_role("tenant_admin").post("/subscriptions", {"plan": "starter"})
    assert (answer.status_code, answer.json()["code"]) == (409, "billing.payment_method.missing")
    assert (Subscription.objects.count(), sandbox.state.all("subscription")) == (0, [])


def test_there_is_one_subscription_at_a_time(payer: ApiClient, sandbox: Sandbox, plans: Plans) -> None:
    subscribed(payer, sandbox)
    answer = payer.post("/subscriptions", {"plan": "business"})
    assert (answer.status_code, answer.json()["code"]) == (409, "billing.subscription.exists")
    assert len(sandbox.state.all("subscription")) == 1
    assert payer.post("/subscriptions", {"plan": "nothing"}).status_code == 404


def test_going_up_is_at_once_and_pro_rata_and_brings_the_difference_once(
    payer: ApiClient, sandbox: Sandbox, plans: Plans, tenant_a: Any
) -> None:
    subscribed(payer, sandbox)
    preview = payer.post("/subscriptions/change?preview=true", {"plan": "business"}).json()
    assert preview["subscription"] is None
    assert preview["preview"]["at_once"] is True
    assert preview["preview"]["amount_due"] == pytest.approx(6000, abs=5)
    assert [line["prorated"] for line in preview["preview"]["lines"]] == [True, True]
    assert (len(sandbox.state.all("invoice")), payer.get("/subscriptions/current").json()["plan"]) == (1, "starter")
    found = payer.post("/subscriptions/change", {"plan": "business"}).json()["subscription"]
    assert (found["plan"], tenant(tenant_a).limits) == ("business", {"sites": 90})
    sandbox.deliver()
    assert selectors.available(tenant_a.pk) == 3000
    for plan in ("starter", "business"):
        assert payer.post("/subscriptions/change", {"plan": plan}).status_code == 200
        sandbox.deliver()
    assert selectors.available(tenant_a.pk) == 3000
    same = payer.post("/subscriptions/change", {"plan": "business"})
    assert (same.status_code, same.json()["code"]) == (409, "billing.subscription.same")


def test_going_down_waits_for_the_next_period(payer: ApiClient, sandbox: Sandbox, plans: Plans, tenant_a: Any) -> None:
    subscribed(payer, sandbox, "business")
    found = payer.post("/subscriptions/change", {"plan": "starter"}).json()["subscription"]
    sandbox.deliver()
    assert (found["plan"], found["next_plan"]) == ("business", "starter")
    assert (tenant(tenant_a).limits, selectors.available(tenant_a.pk)) == ({"sites": 90}, 3000)
    sandbox.advance(32)
    sandbox.deliver()
    found = payer.get("/subscriptions/current").json()
    assert (found["plan"], found["next_plan"]) == ("starter", None)
    assert (tenant(tenant_a).limits, selectors.available(tenant_a.pk)) == ({"sites": 30}, 3500)
    assert Invoice.objects.order_by("-created_at").first().amount_paid == 2000  # type: ignore[union-attr]


def test_a_trial_costs_nothing_and_brings_the_plans_credits_when_it_is_paid(
    payer: ApiClient, sandbox: Sandbox, plans: Plans, tenant_a: Any
) -> None:
    found = subscribed(payer, sandbox, "tried")
    assert (found["status"], selectors.available(tenant_a.pk)) == ("trialing", 0)
    sandbox.advance(15)
    sandbox.deliver()
    assert payer.get("/subscriptions/current").json()["status"] == "active"
    assert selectors.available(tenant_a.pk) == 100
    payer.post("/subscriptions/cancel", {"at_period_end": False})
    sandbox.deliver()
    assert subscribed(payer, sandbox, "tried")["status"] == "active", "a trial is once a tenant"


def at(moment: datetime) -> Any:
    return patch("django.utils.timezone.now", return_value=moment)


def lots(tenant_a: Any) -> list[tuple[int, datetime | None]]:
    return list(Lot.objects.filter(tenant_id=tenant_a.pk).order_by("id").values_list("amount", "expires_at"))


def test_credits_of_a_plan_expire_a_day_after_the_month_they_came_for(
    payer: ApiClient, sandbox: Sandbox, plans: Plans, tenant_a: Any
) -> None:
    credits(tenant_a, 70)
    subscribed(payer, sandbox)
    end = Subscription.objects.get().period_end
    assert lots(tenant_a) == [(70, None), (500, end + timedelta(days=1))]
    spend(tenant_a, 100)
    with at(end + timedelta(hours=23)):
        sandbox.advance(31)
        sandbox.deliver()
        assert selectors.available(tenant_a.pk) == 400 + 500 + 70
    with at(end + timedelta(days=1)):
        housekeeping.write_off_lots(timezone.now())
        assert selectors.available(tenant_a.pk) == 500 + 70
    assert Transaction.objects.get(kind="expiry").change == -400
    assert checking.faults(tenant_a.pk) == []


@pytest.mark.parametrize(("rollover", "days"), [(1, 60), (None, None)])
def test_unspent_credits_of_a_plan_stay_as_long_as_it_says(
    rollover: int | None, days: int | None, payer: ApiClient, sandbox: Sandbox, plans: Plans, tenant_a: Any
) -> None:
    Plan.objects.filter(identifier="starter").update(rollover=rollover)
    subscribed(payer, sandbox)
    ((amount, expires),) = lots(tenant_a)
    found = expires and (expires - Subscription.objects.get().period_start).days
    assert (amount, found) == (500, days and pytest.approx(days, abs=3))


def test_a_trial_brings_its_own_credits_once_which_end_with_it(
    payer: ApiClient, sandbox: Sandbox, plans: Plans, tenant_a: Any
) -> None:
    Plan.objects.filter(identifier="tried").update(trial_credits=30)
    subscribed(payer, sandbox, "tried")
    ends = Subscription.objects.get().trial_end
    assert ends is not None
    assert lots(tenant_a) == [(30, ends + timedelta(days=1))]
    payer.post("/subscriptions/cancel", {})
    payer.post("/subscriptions/resume", {})
    sandbox.deliver()
    assert selectors.available(tenant_a.pk) == 30
    with at(ends + timedelta(days=1)):
        assert selectors.available(tenant_a.pk) == 0


def months(tenant_a: Any, count: int) -> None:
    """Lets what is planned for a plan's next months become due, one after another."""
    for _ in range(count):
        Due.objects.filter(kind=allowances.KIND).update(at=timezone.now())
        due.run()


def test_a_plan_that_is_paid_by_the_year_brings_its_credits_month_by_month(
    payer: ApiClient, sandbox: Sandbox, plans: Plans, tenant_a: Any
) -> None:
    subscribed(payer, sandbox, "yearly")
    assert selectors.available(tenant_a.pk) == 500
    start = Subscription.objects.get().period_start
    (planned,) = Due.objects.filter(kind=allowances.KIND)
    assert 28 <= (planned.at - start).days <= 31
    months(tenant_a, 14)
    found = lots(tenant_a)
    assert [amount for amount, _ in found] == [500] * 12
    ends = [(expires - timedelta(days=1)).month for _, expires in found if expires]
    assert ends == [(start.month - 1 + month) % 12 + 1 for month in range(1, 13)]
    assert not Due.objects.filter(kind=allowances.KIND).exists()
    sandbox.advance(366)
    sandbox.deliver()
    assert [amount for amount, _ in lots(tenant_a)] == [500] * 13


def test_what_is_paid_when_its_period_is_over_lasts_a_month_from_then(
    payer: ApiClient, sandbox: Sandbox, plans: Plans, tenant_a: Any
) -> None:
    from cognitor.embedded.stripe import subscriptions

    subscribed(payer, sandbox)
    card = sandbox.state.all("payment_method")[0]
    card["_card"] = "pm_card_chargeCustomerFail"
    for _ in range(2):
        sandbox.advance(31)
        sandbox.deliver()
    first, _ = sandbox.state.all("invoice", status="open")
    card["_card"] = "pm_card_visa"
    subscriptions.pay(sandbox.state, {}, first["id"])
    sandbox.deliver()
    amount, expires = lots(tenant_a)[-1]
    assert expires is not None
    assert (len(lots(tenant_a)), amount) == (2, 500)
    assert 29 <= (expires - timezone.now()).days <= 32


def test_a_plan_that_has_ended_brings_no_more_months(
    payer: ApiClient, sandbox: Sandbox, plans: Plans, tenant_a: Any
) -> None:
    subscribed(payer, sandbox, "yearly")
    payer.post("/subscriptions/cancel", {"at_period_end": False})
    months(tenant_a, 2)
    assert [amount for amount, _ in lots(tenant_a)] == [500]


def test_an_end_with_the_period_can_be_taken_back_and_else_takes_plan_and_limits(
    payer: ApiClient, sandbox: Sandbox, plans: Plans, tenant_a: Any
) -> None:
    subscribed(payer, sandbox)
    assert payer.post("/subscriptions/resume", {}).status_code == 409
    assert payer.post("/subscriptions/cancel", {}).json()["cancel_at_period_end"] is True
    assert payer.post("/subscriptions/resume", {}).json()["cancel_at_period_end"] is False
    payer.post("/subscriptions/cancel", {})
    sandbox.advance(32)
    sandbox.deliver()
    answer = payer.get("/subscriptions/current")
    assert (answer.status_code, answer.json()["code"]) == (409, "billing.subscription.missing")
    assert (tenant(tenant_a).plan, tenant(tenant_a).limits, selectors.available(tenant_a.pk)) == ("standard", {}, 500)


def test_limits_that_were_set_by_hand_stay_when_a_plan_goes(
    payer: ApiClient, sandbox: Sandbox, plans: Plans, tenant_a: Any
) -> None:
    Tenant.objects.filter(pk=tenant_a.pk).update(limits={"users": 7})
    subscribed(payer, sandbox)
    payer.post("/subscriptions/cancel", {"at_period_end": False})
    assert tenant(tenant_a).limits == {"users": 7}


def test_not_paying_takes_limits_then_doors_and_paying_gives_them_back(
    payer: ApiClient, sandbox: Sandbox, plans: Plans, tenant_a: Any, settings: Any
) -> None:
    from cognitor.embedded.stripe import subscriptions

    settings.DUNNING_RESTRICT_DAYS, settings.DUNNING_SUSPEND_DAYS = 7, 21
    subscribed(payer, sandbox)
    good = sandbox.state.all("payment_method")[0]
    good["_card"] = "pm_card_chargeCustomerFail"
    sandbox.advance(32)
    sandbox.deliver()
    row = Subscription.objects.get()
    assert (row.status, row.standing, tenant(tenant_a).limits) == ("past_due", "good", {"sites": 30})
    for days, standing, limits, status in _STEPS:
        Subscription.objects.update(past_due_since=timezone.now() - timedelta(days=days))
        due.hasten(tenant_id=tenant_a.pk, kind=dunning.KIND, subject=f"subscription:{row.pk}")
        assert due.run() == 1
        row.refresh_from_db()
        assert (row.standing, tenant(tenant_a).limits, tenant(tenant_a).status) == (standing, limits, status)
    good["_card"] = "pm_card_visa"
    invoice = next(one for one in sandbox.state.all("invoice") if one["status"] == "open")
    subscriptions.pay(sandbox.state, {}, invoice["id"])
    sandbox.deliver()
    row.refresh_from_db()
    assert (row.status, row.standing, row.past_due_since) == ("active", "good", None)
    assert (tenant(tenant_a).limits, tenant(tenant_a).status) == ({"sites": 30}, "active")
    assert selectors.available(tenant_a.pk) == 1000
    assert not Due.objects.filter(kind=dunning.KIND).exists()


@pytest.mark.parametrize("orders", [5, pytest.param(24, marks=pytest.mark.slow)])
def test_any_order_of_what_is_told_of_a_new_period_ends_in_the_same_state(
    orders: int, payer: ApiClient, sandbox: Sandbox, plans: Plans, tenant_a: Any
) -> None:
    payer.post("/subscriptions", {"plan": "starter"})
    wanted = ("customer.subscription.created", "customer.subscription.updated", "invoice.created", "invoice.paid")
    events = [event for event in sandbox.told() if event["type"] in wanted]
    assert len(events) == 4
    Subscription.objects.all().delete()  # as if its answer had been lost
    seen = []
    for order in random.Random(7).sample(list(itertools.permutations(events)), orders):
        with transaction.atomic():
            assert {sandbox.deliver(event)[0].status_code for event in order} == {200}
            row, invoice = Subscription.objects.get(), Invoice.objects.get()
            seen.append((row.status, row.plan_id, row.period_credits, invoice.status, invoice.credits,
                         selectors.available(tenant_a.pk)))  # fmt: skip
            transaction.set_rollback(True)
    assert set(seen) == {("active", plans["starter"].pk, 500, "paid", 500, 500)}


def test_an_older_reading_does_not_overwrite_a_newer_one(payer: ApiClient, sandbox: Sandbox, plans: Plans) -> None:
    from apps.billing.providers import stripe
    from apps.billing.services import subscriptions
    from apps.billing.tests.factories import SYSTEM

    subscribed(payer, sandbox)
    row = Subscription.objects.get()
    old = stripe.subscription_read(row.ref)
    payer.post("/subscriptions/cancel", {})
    subscriptions.apply(actor=SYSTEM, facts=old)
    row.refresh_from_db()
    assert row.cancel_at_period_end is True


def test_a_card_that_asks_leaves_the_subscription_incomplete_with_a_secret(
    as_role: AsRole, sandbox: Sandbox, plans: Plans, tenant_a: Any
) -> None:
    client = as_role("tenant_admin")
    client.post("/payments/methods", {})
    sandbox.keep_card(Customer.objects.get().ref, "pm_card_authenticationRequired")
    sandbox.deliver()
    answer = client.post("/subscriptions", {"plan": "starter"}).json()
    assert answer["subscription"]["status"] == "incomplete"
    assert answer["client_secret"].startswith("pi_")
    sandbox.deliver()
    assert selectors.available(tenant_a.pk) == 0
    assert tenant(tenant_a).limits == {}


# Payment methods


def test_cards_are_listed_chosen_and_forgotten(payer: ApiClient, sandbox: Sandbox, plans: Plans) -> None:
    ref = Customer.objects.get().ref
    sandbox.keep_card(ref, "pm_card_mastercard")
    sandbox.deliver()
    visa, mastercard = payer.get("/payments/methods").json()["items"]
    assert [(one["brand"], one["last4"], one["is_default"]) for one in (visa, mastercard)] == [
        ("visa", "4242", False),
        ("mastercard", "4444", False),
    ]
    assert payer.post(f"/payments/methods/{mastercard['id']}/default", {}).json()["is_default"] is True
    assert payer.delete(f"/payments/methods/{visa['id']}").status_code == 204
    (left,) = payer.get("/payments/methods").json()["items"]
    assert (left["id"], left["is_default"]) == (mastercard["id"], True)
    subscribed(payer, sandbox)
    answer = payer.delete(f"/payments/methods/{mastercard['id']}")
    assert (answer.status_code, answer.json()["code"]) == (409, "billing.payment_method.in_use")
    assert PaymentMethod.objects.count() == 1


def test_cards_of_another_tenant_are_404(payer: ApiClient, as_role: AsRole, sandbox: Sandbox) -> None:
    method = PaymentMethod.objects.get()
    other = as_role("tenant_admin", tenant="beta")
    assert other.delete(f"/payments/methods/{method.pk}").status_code == 404
    assert other.post(f"/payments/methods/{method.pk}/default", {}).status_code == 404
    assert other.get("/payments/methods").json()["total"] == 0
    assert sandbox.state.all("payment_method")[0]["customer"] == Customer.objects.get().ref


def test_the_portal_is_a_page_of_the_providers(payer: ApiClient, sandbox: Sandbox) -> None:
    assert payer.post("/payments/portal", {}).json()["url"].startswith(f"{sandbox.server.url}/portal/")


def test_plans_are_public(api: ApiClient, plans: Plans) -> None:
    Plan.objects.filter(identifier="tried").update(active=False)
    assert [(one["id"], one["amount"]) for one in api.get("/subscriptions/plans").json()] == [
        ("starter", 2000),
        ("business", 8000),
        ("yearly", 20000),
    ]
