"""The copy of Stripe's objects: it follows what was told, hinders nothing, and keeps no secret."""

from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import NoReverseMatch, reverse
from djstripe import models as copied

from apps.billing import errors, selectors
from apps.billing.models import Customer, Package, Plan, VendorEvent
from apps.billing.providers import mirror as provider
from apps.billing.services import mirror, purging
from apps.billing.tests.factories import SYSTEM
from apps.billing.tests.sandbox import Sandbox
from apps.core.models import Due, Job
from apps.core.services import due, jobs
from cognitor.embedded.stripe import customers, disputes, payments
from conftest import AsRole
from tests.client import ApiClient
from tests.conftest import SignIn, platform_browser, sign_in

pytestmark = pytest.mark.slow

__all__ = ["platform_browser", "sign_in"]


@pytest.fixture
def payer(as_role: AsRole, sandbox: Sandbox, package: Package) -> ApiClient:
    return as_role("tenant_admin")


def _gone(*_: Any) -> None:
    raise KeyError("gone")


def followed() -> tuple[int, int]:
    """Lets the job copy what is to be copied; how many objects were, and failed."""
    job = jobs.start(actor=SYSTEM, kind=mirror.KIND)
    jobs.run(job.pk)
    job.refresh_from_db()
    assert job.result is not None, job.error
    return job.result["copied"], job.result["failed"]


def buy(client: ApiClient, sandbox: Sandbox) -> None:
    sandbox.pay(client.post("/credits/purchase", {"package": "small"}).json()["url"])
    assert {answer.status_code for answer in sandbox.deliver()} == {200}


def test_what_is_told_of_a_purchase_is_copied_by_a_job_after_it(
    payer: ApiClient, sandbox: Sandbox, tenant_a: Any
) -> None:
    buy(payer, sandbox)
    intent = sandbox.state.all("payment_intent")[0]
    payments.refund_create(sandbox.state, {"payment_intent": intent["id"], "amount": "400"})
    disputes.begin(sandbox.state, sandbox.state.all("charge")[0])
    sandbox.deliver()
    assert copied.Customer.objects.count() == 0, "not in the webhook"
    Due.objects.filter(kind=mirror.KIND).delete()
    due.begin()
    Due.objects.exclude(kind=mirror.KIND).delete()
    assert due.run() == 1
    job = Job.objects.get(kind=mirror.KIND)
    due.hasten(tenant_id=None, kind=mirror.KIND, subject="-")
    assert due.run() == 1
    assert Job.objects.get(kind=mirror.KIND) == job, "one at a time"
    jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result) == ("succeeded", {"copied": 6, "failed": 0}), job.error
    assert copied.Customer.objects.get().subscriber_id == tenant_a.pk
    assert copied.PaymentIntent.objects.get().stripe_data["amount_received"] == 1000
    assert copied.Charge.objects.get().payment_intent_id == intent["id"]
    assert copied.Refund.objects.get().charge_id == intent["latest_charge"]
    assert copied.Dispute.objects.get().stripe_data["status"] == "needs_response"
    assert copied.Session.objects.get().stripe_data["payment_status"] == "paid"
    assert not mirror.pending().exists()


def test_a_subscription_is_copied_with_its_price_product_card_and_invoices(
    payer: ApiClient, sandbox: Sandbox, plans: dict[str, Plan]
) -> None:
    payer.post("/payments/methods", {})
    sandbox.keep_card(Customer.objects.get().ref)
    sandbox.deliver()
    payer.post("/subscriptions", {"plan": "starter"})
    sandbox.deliver()
    assert followed()[1] == 0
    assert copied.Subscription.objects.get().stripe_data["status"] == "active"
    assert copied.SubscriptionItem.objects.get().price.product.name == "Starter"
    assert copied.Invoice.objects.get().stripe_data["status"] == "paid"
    assert copied.PaymentMethod.objects.get().customer_id == Customer.objects.get().ref
    sandbox.advance(32)
    sandbox.deliver()
    followed()
    assert copied.Invoice.objects.count() == 2


def test_no_secret_is_kept(payer: ApiClient, sandbox: Sandbox) -> None:
    intent = payer.post("/payments/intents", {"package": "small"}).json()
    payer.post("/payments/methods", {})
    sandbox.confirm(sandbox.state.all("payment_intent")[0]["id"])
    sandbox.keep_card(Customer.objects.get().ref)
    sandbox.deliver()
    assert followed()[1] == 0
    rows = [*copied.PaymentIntent.objects.all(), *copied.SetupIntent.objects.all()]
    assert len(rows) == 3
    assert intent["client_secret"] not in str([row.stripe_data for row in rows])
    assert "secret" not in str([row.stripe_data for row in rows])
    assert copied.APIKey.objects.count() == 0


def test_a_copy_that_fails_hinders_nothing_and_is_tried_again(
    payer: ApiClient, sandbox: Sandbox, tenant_a: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = provider.copy

    def failing(kind: str, *args: Any) -> None:
        if kind == "charge":
            raise errors.PaymentsAway
        copy(kind, *args)

    monkeypatch.setattr(provider, "copy", failing)
    buy(payer, sandbox)
    assert selectors.available(tenant_a.pk) == 1000
    assert followed() == (3, 1)
    assert (copied.Charge.objects.count(), mirror.pending().get().tries) == (0, 1)
    monkeypatch.undo()
    assert followed() == (1, 0)
    assert copied.Charge.objects.count() == 1


def test_what_fails_for_good_is_left_to_reconciliation(
    payer: ApiClient, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    buy(payer, sandbox)
    monkeypatch.setattr(provider, "copy", _gone)
    for _ in range(mirror.TRIES):
        followed()
    assert followed() == (0, 0)
    monkeypatch.undo()
    call_command("reconcile_stripe")
    assert "4 objects copied into the mirror, 0 could not be" in capsys.readouterr().out
    assert copied.PaymentIntent.objects.count() == 1


def test_reconciliation_copies_all_of_our_customers_when_it_is_asked_to(
    payer: ApiClient, sandbox: Sandbox, capsys: Any
) -> None:
    buy(payer, sandbox)
    VendorEvent.objects.all().delete()
    call_command("reconcile_stripe", mirror=True, since="2099-01-01T00:00:00Z")
    assert "0 could not be" in capsys.readouterr().out
    names = ("Customer", "PaymentIntent", "Charge", "Session")
    assert [getattr(copied, name).objects.count() for name in names] == [1, 1, 1, 1]


def test_objects_of_strangers_are_not_copied(sandbox: Sandbox, package: Package) -> None:
    owner = customers.customer_create(sandbox.state, {"email": "stranger@example.org"})
    payments.intent_create(sandbox.state, {"amount": "5000", "currency": "usd", "customer": owner["id"],
                                           "payment_method": "pm_card_visa", "confirm": "true"})  # fmt: skip
    sandbox.deliver()
    assert followed() == (0, 0)
    assert (copied.Customer.objects.count(), copied.PaymentIntent.objects.count()) == (0, 0)


def test_with_a_tenant_goes_what_was_copied_of_it_and_nothing_else(
    as_role: AsRole, sandbox: Sandbox, package: Package, plans: dict[str, Plan], tenant_a: Any, tenant_b: Any
) -> None:
    client = as_role("tenant_admin")
    client.post("/payments/methods", {})
    sandbox.keep_card(Customer.objects.get().ref)
    sandbox.deliver()
    assert client.post("/subscriptions", {"plan": "starter"}).status_code == 201
    for one in (client, as_role("tenant_admin", tenant="beta")):
        buy(one, sandbox)
    assert followed()[1] == 0
    names = (
        "Customer",
        "PaymentIntent",
        "Charge",
        "Session",
        "PaymentMethod",
        "Subscription",
        "Invoice",
        "SetupIntent",
    )
    assert [getattr(copied, name).objects.count() for name in names] == [2, 3, 3, 2, 3, 1, 1, 2]
    assert copied.LineItem.objects.count() == 1
    purging.forget(tenant_a.pk)
    assert [getattr(copied, name).objects.count() for name in names] == [1, 1, 1, 1, 1, 0, 0, 0]
    assert copied.LineItem.objects.count() == 0
    assert copied.Customer.objects.get().subscriber_id == tenant_b.pk
    assert mirror.heal(VendorEvent.objects.earliest("happened_at").happened_at)[1] == 0
    assert copied.Customer.objects.count() == 1, "its notes do not bring it back"


def test_the_copy_is_looked_at_by_those_who_run_the_installation_and_written_by_nobody(
    payer: ApiClient, sandbox: Sandbox, platform_browser: Client, sign_in: SignIn
) -> None:
    buy(payer, sandbox)
    followed()
    intent = copied.PaymentIntent.objects.get()
    pages = "/admin/djstripe/paymentintent/"
    assert intent.id in platform_browser.get(pages).content.decode()
    page = f"{pages}{intent.pk}/change/"
    assert "amount_received" in platform_browser.get(page).content.decode()
    for path in (f"{pages}add/", f"{pages}{intent.pk}/delete/"):
        assert platform_browser.get(path).status_code == 403
    assert platform_browser.post(page, {"id": "pi_other"}).status_code == 403
    assert "_resync" not in platform_browser.get(pages).content.decode(), "an action of dj-stripe's that calls Stripe"
    assert sign_in("tenant_admin").get(pages).status_code == 403
    with pytest.raises(NoReverseMatch):
        reverse("djstripe:djstripe_webhook_by_uuid", kwargs={"uuid": "0"})
