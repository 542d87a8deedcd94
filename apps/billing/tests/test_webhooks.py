"""Webhooks: whose word is taken, and that the order of words does not matter."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction

from apps.billing import selectors
from apps.billing.models import Package, Payment, Refund, Transaction, VendorEvent
from apps.billing.tests.sandbox import SECRET, Sandbox
from apps.core.models import EventRow
from cognitor.embedded.stripe.delivery import signature
from conftest import AsRole

EVENT: dict[str, Any] = {
    "id": "evt_1", "type": "product.created", "livemode": False, "created": 1_700_000_000,
    "data": {"object": {"object": "product", "id": "prod_1"}},
}  # fmt: skip


def body(**members: Any) -> bytes:
    return json.dumps(EVENT | members).encode()


def test_a_signed_event_is_taken(sandbox: Sandbox, db: None) -> None:
    answer = sandbox.post(body())
    assert (answer.status_code, answer.json()) == (200, {"received": True, "handled": True})


def refused(sandbox: Sandbox, answer: Any, code: str) -> None:
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    told = EventRow.objects.filter(name__startswith="billing.").count()
    assert (VendorEvent.objects.count(), told) == (0, 0)


@pytest.mark.parametrize("ahead", [-301, 301, -(10**9)])
def test_an_event_from_another_time_is_refused(
    ahead: int, sandbox: Sandbox, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = int(time.time())
    monkeypatch.setattr("apps.billing.providers.stripe.time.time", lambda: now)
    refused(sandbox, sandbox.post(body(), at=now + ahead), "billing.webhook.unsigned")


@pytest.mark.parametrize("ahead", [-290, 290])
def test_a_clock_that_is_off_by_minutes_is_borne(ahead: int, sandbox: Sandbox, db: None) -> None:
    assert sandbox.post(body(), at=int(time.time()) + ahead).status_code == 200


def test_a_signature_that_is_wrong_old_or_missing_is_refused(sandbox: Sandbox, db: None) -> None:
    now, payload = int(time.time()), body()
    right = signature(payload, SECRET, now).partition(",v1=")[2]
    headers = [
        "", f"t={now}", f"v1={right}", f"t={now},v1=", f"t={now},v0={right}", f"t={now + 1},v1={right}",
        f"t={now},v1={right[:-1]}0" if right[-1] != "0" else f"t={now},v1={right[:-1]}1", f"t={now},t={now},v1={right}",
        f"t=+1,v1={right}", f"t={'9' * 400},v1={right}",
    ]  # fmt: skip
    for header in headers:
        refused(sandbox, sandbox.post(payload, header=header), "billing.webhook.unsigned")
    refused(sandbox, sandbox.post(payload, secret="whsec_other"), "billing.webhook.unsigned")
    refused(sandbox, sandbox.post(payload + b" ", header=f"t={now},v1={right}"), "billing.webhook.unsigned")


def test_without_a_secret_every_event_is_refused(sandbox: Sandbox, settings: Any, db: None) -> None:
    settings.STRIPE_WEBHOOK_SECRET = ""
    refused(sandbox, sandbox.post(body(), secret=""), "billing.webhook.unsigned")


@pytest.mark.parametrize("members", [{"livemode": True}, {"account": "acct_other"}, {"livemode": "false"}])
def test_an_event_of_another_mode_or_account_is_refused(members: dict[str, Any], sandbox: Sandbox, db: None) -> None:
    refused(sandbox, sandbox.post(body(**members)), "billing.webhook.foreign")


@pytest.mark.parametrize("payload", [b"", b"[]", b"null", b"{}", b'{"livemode":false}', b"\xff"])
def test_what_is_no_event_is_refused_even_if_it_is_signed(payload: bytes, sandbox: Sandbox, db: None) -> None:
    refused(sandbox, sandbox.post(payload), "billing.webhook.foreign")


def state_of(tenant_id: int) -> Any:
    """All that a purchase leads to, without ids and times."""
    payments = list(Payment.objects.filter(tenant_id=tenant_id).values("status", "refunded", "failure", "intent_ref"))
    refunds = list(Refund.objects.filter(tenant_id=tenant_id).values("status", "amount", "credits", "short"))
    moves = sorted(Transaction.objects.filter(tenant_id=tenant_id).values_list("kind", "change"))
    return payments, refunds, moves, selectors.available(tenant_id)


def go_through(events: list[Any], sandbox: Sandbox, end: Callable[[], None]) -> None:
    """Delivers the events in every order, each from where it begins to differ from the one before."""
    if not events:
        end()
    for event in events:
        with transaction.atomic():
            assert sandbox.deliver(event)[0].status_code == 200
            go_through([other for other in events if other is not event], sandbox, end)
            transaction.set_rollback(True)


@pytest.mark.slow
def test_any_order_of_the_events_of_a_purchase_ends_in_the_same_state(
    as_role: AsRole, sandbox: Sandbox, package: Package, tenant_a: Any
) -> None:
    from cognitor.embedded.stripe import payments

    made = as_role("tenant_admin").post("/credits/purchase", {"package": "small"}).json()
    sandbox.pay(made["url"])
    intent = sandbox.state.all("payment_intent")[0]["id"]
    payments.refund_create(sandbox.state, {"payment_intent": intent, "amount": "400"})
    wanted = ("charge.succeeded", "payment_intent.succeeded", "checkout.session.completed", "refund.created",
              "charge.refunded")  # fmt: skip
    events = [event for event in sandbox.told() if event["type"] in wanted]
    assert len(events) == 5
    seen: list[Any] = []
    go_through(events, sandbox, lambda: seen.append(state_of(tenant_a.pk)))
    assert len(seen) == 120
    assert seen.count(seen[0]) == 120
    assert seen[0][3] == 600
    assert seen[0][2] == [("purchase", 1000), ("refund", -400)]


def test_what_webhooks_could_not_tell_is_found_by_reconciliation(
    as_role: AsRole, sandbox: Sandbox, package: Package, tenant_a: Any, capsys: Any
) -> None:
    client = as_role("tenant_admin")
    first, second = (client.post("/credits/purchase", {"package": "small"}).json() for _ in range(2))
    sandbox.pay(first["url"])
    sandbox.deliver()
    sandbox.pay(second["url"])
    sandbox.told()  # our endpoint is down
    assert selectors.available(tenant_a.pk) == 1000
    call_command("reconcile_stripe")
    assert selectors.available(tenant_a.pk) == 2000
    call_command("reconcile_stripe", since="2020-01-01T00:00:00Z")
    assert selectors.available(tenant_a.pk) == 2000
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1].endswith("events, 0 of them applied now")


def test_an_event_of_a_customer_of_somebody_else_changes_nothing(sandbox: Sandbox, package: Package) -> None:
    from cognitor.embedded.stripe import customers, payments

    owner = customers.customer_create(sandbox.state, {"email": "stranger@example.org"})
    payments.intent_create(sandbox.state, {"amount": "5000", "currency": "usd", "customer": owner["id"],
                                           "payment_method": "pm_card_visa", "confirm": "true",
                                           "metadata": {"payment": "not-a-uuid"}})  # fmt: skip
    assert {answer.status_code for answer in sandbox.deliver()} == {200}
    assert (Payment.objects.count(), Transaction.objects.count()) == (0, 0)


def test_notes_of_events_go_when_the_provider_cannot_tell_of_them_again(sandbox: Sandbox, db: None) -> None:
    from datetime import timedelta

    from django.utils import timezone

    from apps.billing.services import webhooks

    sandbox.post(body(id="evt_old"))
    now = int(time.time())
    sandbox.post(body(id="evt_new", created=now))
    VendorEvent.objects.filter(pk="evt_old").update(happened_at=timezone.now() - timedelta(days=61))
    assert webhooks.purge() == 1
    assert VendorEvent.objects.get().pk == "evt_new"
