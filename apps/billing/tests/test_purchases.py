"""From a checkout to credits, once."""

from typing import Any

import pytest

from apps.billing import selectors
from apps.billing.models import Package, Payment, Transaction
from apps.billing.services import ledger
from apps.billing.tests.factories import SYSTEM
from apps.billing.tests.sandbox import Sandbox
from apps.core.models import EventRow
from conftest import AsRole
from tests.client import ApiClient

pytestmark = pytest.mark.slow


def bought(client: ApiClient, **body: Any) -> dict[str, Any]:
    answer = client.post("/credits/purchase", {"package": "small", **body})
    assert answer.status_code == 201, answer.content
    found: dict[str, Any] = answer.json()
    return found


def test_a_paid_checkout_brings_its_credits_once(
    as_role: AsRole, sandbox: Sandbox, package: Package, tenant_a: Any
) -> None:
    client = as_role("tenant_admin")
    made = bought(client)
    assert made["payment"] | {"id": 0, "created_at": ""} == {
        "id": 0, "way": "checkout", "package": "small", "amount": 1000, "currency": "usd", "credits": 1000,
        "status": "pending", "refunded": 0, "disputed": 0, "failure": "", "source": "sandbox", "livemode": False,
        "created_at": "", "paid_at": None,
    }  # fmt: skip
    assert selectors.available(tenant_a.pk) == 0
    sandbox.pay(made["url"])
    assert {answer.status_code for answer in sandbox.deliver()} == {200}
    assert selectors.available(tenant_a.pk) == 1000
    found = client.get(f"/payments/{made['payment']['id']}").json()
    assert (found["status"], found["refunded"], bool(found["paid_at"])) == ("paid", 0, True)
    (row,) = Transaction.objects.filter(tenant_id=tenant_a.pk)
    assert (row.kind, row.amount, row.reference) == ("purchase", 1000, f"payment:{Payment.objects.get().uid}")


def test_events_that_come_again_answer_200_and_change_nothing(
    as_role: AsRole, sandbox: Sandbox, package: Package, tenant_a: Any
) -> None:
    sandbox.pay(bought(as_role("tenant_admin"))["url"])
    events = sandbox.told()
    first = [sandbox.deliver(event)[0].json()["handled"] for event in events]
    before = EventRow.objects.count()
    again = [sandbox.deliver(event)[0] for event in reversed(events)]
    assert (set(first), {answer.status_code for answer in again}) == ({True}, {200})
    assert {answer.json()["handled"] for answer in again} == {False}
    assert (selectors.available(tenant_a.pk), EventRow.objects.count()) == (1000, before)


def test_a_declined_card_brings_nothing_and_another_one_may_follow(
    as_role: AsRole, sandbox: Sandbox, package: Package, tenant_a: Any
) -> None:
    from cognitor.embedded.stripe.faults import Fault

    client = as_role("tenant_admin")
    made = bought(client)
    with pytest.raises(Fault):
        sandbox.pay(made["url"], "pm_card_chargeDeclinedInsufficientFunds")
    sandbox.deliver()
    found = client.get(f"/payments/{made['payment']['id']}").json()
    assert (found["status"], found["failure"]) == ("failed", "insufficient_funds")
    assert selectors.available(tenant_a.pk) == 0
    sandbox.pay(made["url"])
    sandbox.deliver()
    found = client.get(f"/payments/{made['payment']['id']}").json()
    assert (found["status"], found["failure"], selectors.available(tenant_a.pk)) == ("paid", "", 1000)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"amount": 0},
        {"amount": -5},
        {"amount": 499},
        {"amount": 1_000_001},
        {"amount": 10**30},
        {"amount": 10.5},
        {"amount": "1000"},
        {"amount": True},
        {"amount": 1000, "package": "small"},
    ],
)
def test_an_amount_that_is_not_ours_to_take_is_400(
    body: dict[str, Any], as_role: AsRole, sandbox: Sandbox, package: Package
) -> None:
    before = len(sandbox.state.objects)
    assert as_role("tenant_admin").post("/payments/intents", body).status_code == 400
    assert (Payment.objects.count(), len(sandbox.state.objects)) == (0, before)


def test_price_currency_and_credits_of_a_body_are_not_asked(
    as_role: AsRole, sandbox: Sandbox, package: Package
) -> None:
    made = bought(as_role("tenant_admin"), amount=1, currency="jpy", credits=10**9, quantity=100)
    assert (made["payment"]["amount"], made["payment"]["currency"], made["payment"]["credits"]) == (1000, "usd", 1000)
    (session,) = sandbox.state.all("checkout.session")
    assert (session["amount_total"], session["currency"]) == (1000, "usd")


def test_another_sum_than_was_asked_for_is_not_credited(
    as_role: AsRole, sandbox: Sandbox, package: Package, tenant_a: Any
) -> None:
    made = bought(as_role("tenant_admin"))
    (session,) = sandbox.state.all("checkout.session")
    session["amount_total"] = 50
    sandbox.pay(made["url"])
    sandbox.deliver()
    payment = Payment.objects.get()
    assert (payment.status, payment.failure, selectors.available(tenant_a.pk)) == ("failed", "mismatch", 0)
    assert EventRow.objects.filter(name="billing.payment_mismatched").count() == 1


def test_an_intent_under_the_same_key_is_the_same_intent(
    as_role: AsRole, sandbox: Sandbox, package: Package, tenant_a: Any
) -> None:
    client = as_role("tenant_admin")
    answers = [
        client.post("/payments/intents", {"amount": 2500}, headers={"idempotency-key": "once"}) for _ in range(2)
    ]
    assert answers[0].content == answers[1].content
    assert len(sandbox.state.all("payment_intent")) == Payment.objects.count() == 1
    sandbox.confirm(str(Payment.objects.get().intent_ref))
    sandbox.deliver()
    assert selectors.available(tenant_a.pk) == 2500


def test_an_answer_that_was_lost_is_asked_for_again_and_charged_once(
    as_role: AsRole, sandbox: Sandbox, package: Package, monkeypatch: pytest.MonkeyPatch
) -> None:
    from apps.billing import errors
    from apps.billing.providers import stripe

    client, make = as_role("tenant_admin"), stripe.intent_make

    def lost(*args: Any, **options: Any) -> Any:
        make(*args, **options)
        raise errors.PaymentsAway

    monkeypatch.setattr(stripe, "intent_make", lost)
    send: dict[str, Any] = {"headers": {"idempotency-key": "lost"}}
    assert client.post("/payments/intents", {"package": "small"}, **send).status_code == 503
    monkeypatch.setattr(stripe, "intent_make", make)
    assert client.post("/payments/intents", {"package": "small"}, **send).status_code == 201
    assert len(sandbox.state.all("payment_intent")) == Payment.objects.count() == 1


def test_a_payer_is_led_back_to_known_origins_only(
    as_role: AsRole, sandbox: Sandbox, package: Package, settings: Any
) -> None:
    client = as_role("tenant_admin")
    settings.CORS_ALLOWED_ORIGINS = ["https://shop.example.org"]
    for address in (
        "https://evil.example/",
        "https://shop.example.org.evil.example/",
        "https://shop.example.org@evil.example/",
    ):
        answer = client.post("/credits/purchase", {"package": "small", "return_url": address})
        assert answer.status_code == 400
    assert Payment.objects.count() == 0
    bought(client, return_url="https://shop.example.org/thanks")


def test_payments_of_another_tenant_are_404(as_role: AsRole, sandbox: Sandbox, package: Package) -> None:
    made = bought(as_role("tenant_admin"))["payment"]
    other = as_role("tenant_admin", tenant="beta")
    assert other.get(f"/payments/{made['id']}").status_code == 404
    assert other.get("/payments").json()["total"] == 0
    assert as_role("tenant_admin").get("/payments?status=pending").json()["total"] == 1


def test_without_a_key_payments_are_off(as_role: AsRole, settings: Any, package: Package, api: ApiClient) -> None:
    settings.STRIPE_SECRET_KEY = settings.STRIPE_SANDBOX_URL = ""
    answer = as_role("tenant_admin").post("/credits/purchase", {"package": "small"})
    assert (answer.status_code, answer.json()["code"]) == (503, "billing.payments.off")
    assert Payment.objects.count() == 0
    assert api.get("/payments/config").json()["mode"] == "off"


def test_the_sandbox_says_so_wherever_one_looks(api: ApiClient, sandbox: Sandbox, package: Package) -> None:
    found = api.get("/payments/config").json()
    assert (found["mode"], found["livemode"], found["currency"]) == ("sandbox", False, "usd")
    assert api.get("/credits/packages").json() == [
        {"id": "small", "name": "1,000 credits", "description": "", "credits": 1000, "amount": 1000, "currency": "usd"}
    ]


# Refunds


def paid(client: ApiClient, sandbox: Sandbox) -> Payment:
    sandbox.pay(bought(client)["url"])
    sandbox.deliver()
    return Payment.objects.latest("id")


def test_a_refund_takes_the_credits_in_parts_to_the_last(
    as_role: AsRole, platform: ApiClient, sandbox: Sandbox, package: Package, tenant_a: Any
) -> None:
    Package.objects.update(credits=1001)
    payment = paid(as_role("tenant_admin"), sandbox)
    for amount, left in ((333, 668), (333, 335)):
        answer = platform.post(f"/payments/{payment.pk}/refund", {"amount": amount})
        assert (answer.status_code, selectors.available(tenant_a.pk)) == (200, left)
    assert platform.post(f"/payments/{payment.pk}/refund", {}).json()["refunded"] == 1000
    assert selectors.available(tenant_a.pk) == 0
    sandbox.deliver()
    assert (selectors.available(tenant_a.pk), len(sandbox.state.all("refund"))) == (0, 3)
    answer = platform.post(f"/payments/{payment.pk}/refund", {})
    assert (answer.status_code, answer.json()["code"]) == (409, "billing.payment.not_refundable")


def test_credits_that_are_spent_are_not_refunded_and_nothing_is_given_back(
    as_role: AsRole, platform: ApiClient, sandbox: Sandbox, package: Package, tenant_a: Any
) -> None:
    payment = paid(as_role("tenant_admin"), sandbox)
    ledger.withdraw(actor=SYSTEM, tenant_id=tenant_a.pk, amount=1, kind="withdrawal", reference="spent")
    answer = platform.post(f"/payments/{payment.pk}/refund", {})
    assert (answer.status_code, answer.json()["detail"]["needed"], answer.json()["detail"]["available"]) == (
        402, 1000, 999,
    )  # fmt: skip
    payment.refresh_from_db()
    assert (payment.refunded, payment.refunds.count(), sandbox.state.all("refund")) == (0, 0, [])
    assert selectors.available(tenant_a.pk) == 999


def test_a_refund_that_the_provider_refuses_gives_the_credits_back_once(
    as_role: AsRole, platform: ApiClient, sandbox: Sandbox, package: Package, tenant_a: Any
) -> None:
    payment = paid(as_role("tenant_admin"), sandbox)
    (charge,) = sandbox.state.all("charge")
    charge["amount_refunded"] = 1000
    assert platform.post(f"/payments/{payment.pk}/refund", {}).status_code == 502
    assert selectors.available(tenant_a.pk) == 1000
    payment.refresh_from_db()
    assert (payment.refunded, payment.refunds.get().status) == (0, "failed")


def test_a_refund_of_which_nothing_was_heard_is_finished_by_a_job(
    as_role: AsRole, platform: ApiClient, sandbox: Sandbox, package: Package, tenant_a: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    from apps.billing import errors
    from apps.billing.providers import stripe
    from apps.billing.services import refunds
    from apps.core.services import due, jobs

    payment, make = paid(as_role("tenant_admin"), sandbox), stripe.refund_make

    def lost(*args: Any) -> Any:
        make(*args)
        raise errors.PaymentsAway

    monkeypatch.setattr(stripe, "refund_make", lost)
    assert platform.post(f"/payments/{payment.pk}/refund", {}).status_code == 503
    assert selectors.available(tenant_a.pk) == 0
    monkeypatch.setattr(stripe, "refund_make", make)
    refund = payment.refunds.get()
    assert refund.status == "pending"
    due.hasten(tenant_id=tenant_a.pk, kind=refunds.FINISH, subject=f"refund:{refund.pk}")
    assert due.run() == 1
    from apps.core.models import Due, Job

    jobs.run(Job.objects.get(kind=refunds.FINISH).pk)
    payment.refresh_from_db()
    assert (payment.refunded, len(sandbox.state.all("refund")), selectors.available(tenant_a.pk)) == (1000, 1, 0)
    assert not Due.objects.filter(kind=refunds.FINISH).exists()


def test_a_refund_from_the_providers_pages_takes_what_is_left(
    as_role: AsRole, sandbox: Sandbox, package: Package, tenant_a: Any
) -> None:
    from cognitor.embedded.stripe import payments

    payment = paid(as_role("tenant_admin"), sandbox)
    ledger.withdraw(actor=SYSTEM, tenant_id=tenant_a.pk, amount=900, kind="withdrawal", reference="spent")
    payments.refund_create(sandbox.state, {"payment_intent": payment.intent_ref, "amount": "500"})
    sandbox.deliver()
    payment.refresh_from_db()
    refund = payment.refunds.get()
    assert (payment.refunded, refund.credits, refund.short, selectors.available(tenant_a.pk)) == (500, 500, 400, 0)


def test_a_refund_is_the_platforms_alone(as_role: AsRole, sandbox: Sandbox, package: Package, tenant_a: Any) -> None:
    client = as_role("tenant_admin")
    payment = paid(client, sandbox)
    assert client.post(f"/payments/{payment.pk}/refund", {}).status_code == 403
    assert selectors.available(tenant_a.pk) == 1000
