"""Payments that a bank takes back: their credits go as far as they are there, and come back when the dispute is won."""

import itertools
import random
from typing import Any

import pytest
from django.db import transaction

from apps.billing import selectors
from apps.billing.models import Dispute, Package, Payment, Transaction
from apps.billing.providers import stripe
from apps.billing.services import checking, holds, housekeeping, payments
from apps.billing.tests.factories import SYSTEM, credits, spend
from apps.billing.tests.sandbox import Sandbox
from apps.core.models import EventRow
from cognitor.embedded.stripe import disputes as at_the_bank
from cognitor.embedded.stripe import payments as at_the_vendor
from conftest import AsRole
from tests.client import ApiClient

pytestmark = pytest.mark.slow

CARD = "pm_card_createDispute"


@pytest.fixture
def payer(as_role: AsRole, sandbox: Sandbox, package: Package) -> ApiClient:
    return as_role("tenant_admin")


def bought(payer: ApiClient, sandbox: Sandbox, card: str = CARD) -> Payment:
    made = payer.post("/credits/purchase", {"package": "small"}).json()
    sandbox.pay(made["url"], card)
    return Payment.objects.get(pk=made["payment"]["id"])


def ended(sandbox: Sandbox, evidence: str) -> None:
    """The bank decides."""
    (found,) = sandbox.state.all("dispute")
    at_the_bank.update(sandbox.state, {"evidence": {"uncategorized_text": evidence}}, found["id"])


def balance(client: ApiClient) -> tuple[int, int]:
    found = client.get("/credits/balance").json()
    return found["available"], found["owed"]


def moves(tenant: Any) -> list[int]:
    rows = Transaction.objects.filter(tenant_id=tenant.pk, kind="dispute").order_by("id")
    return list(rows.values_list("change", flat=True))


def test_a_disputed_payment_takes_its_credits_and_winning_gives_them_back(
    payer: ApiClient, sandbox: Sandbox, tenant_a: Any
) -> None:
    payment = bought(payer, sandbox)
    sandbox.deliver()
    assert (balance(payer), moves(tenant_a)) == ((0, 0), [-1000])
    assert payer.get(f"/payments/{payment.pk}").json()["disputed"] == 1000
    ended(sandbox, "winning_evidence")
    sandbox.deliver()
    assert (balance(payer), moves(tenant_a)) == ((1000, 0), [-1000, 1000])
    assert payer.get(f"/payments/{payment.pk}").json()["disputed"] == 0
    told = EventRow.objects.filter(name__contains="dispute").order_by("id").values_list("name", "data__status")
    assert list(told) == [("billing.payment_disputed", "open"), ("billing.payment_dispute_ended", "won")]
    assert checking.faults(tenant_a.pk) == []


def test_what_was_spent_is_owed_and_taken_of_the_next_credits(
    payer: ApiClient, sandbox: Sandbox, tenant_a: Any
) -> None:
    bought(payer, sandbox, "pm_card_visa")
    sandbox.deliver()
    spend(tenant_a, 700)
    (charge,) = sandbox.state.all("charge")
    at_the_bank.begin(sandbox.state, charge)
    sandbox.deliver()
    assert (balance(payer), moves(tenant_a)) == ((0, 700), [-300])
    ended(sandbox, "losing_evidence")
    sandbox.deliver()
    assert balance(payer) == (0, 700)
    bought(payer, sandbox, "pm_card_visa")
    sandbox.deliver()
    assert (balance(payer), moves(tenant_a)) == ((300, 0), [-300, -700])
    assert checking.faults(tenant_a.pk) == []


def test_a_debt_is_taken_of_whatever_comes_or_becomes_free(payer: ApiClient, sandbox: Sandbox, tenant_a: Any) -> None:
    bought(payer, sandbox, "pm_card_visa")
    sandbox.deliver()
    hold = holds.reserve(actor=SYSTEM, tenant_id=tenant_a.pk, amount=900, operation="x")
    at_the_bank.begin(sandbox.state, sandbox.state.all("charge")[0])
    sandbox.deliver()
    assert balance(payer) == (0, 900)
    holds.release(actor=SYSTEM, tenant_id=tenant_a.pk, hold_id=hold.pk)
    assert housekeeping.collect_debts() is False
    assert (balance(payer), moves(tenant_a)) == ((0, 0), [-100, -900])
    credits(tenant_a, 5)
    housekeeping.collect_debts()
    assert balance(payer) == (5, 0)


def test_winning_gives_back_what_was_taken_and_forgives_what_was_not(
    payer: ApiClient, sandbox: Sandbox, tenant_a: Any
) -> None:
    bought(payer, sandbox, "pm_card_visa")
    sandbox.deliver()
    spend(tenant_a, 700)
    at_the_bank.begin(sandbox.state, sandbox.state.all("charge")[0])
    sandbox.deliver()
    ended(sandbox, "winning_evidence")
    sandbox.deliver()
    assert (balance(payer), moves(tenant_a)) == ((300, 0), [-300, 300])


def test_an_inquiry_takes_nothing(payer: ApiClient, sandbox: Sandbox, tenant_a: Any) -> None:
    bought(payer, sandbox, "pm_card_createDisputeInquiry")
    sandbox.deliver()
    assert (balance(payer), Dispute.objects.get().status) == ((1000, 0), "inquiry")
    ended(sandbox, "winning_evidence")
    sandbox.deliver()
    assert (balance(payer), moves(tenant_a)) == ((1000, 0), [])


def test_what_was_refunded_before_is_not_taken_twice_and_what_is_disputed_is_not_refunded(
    payer: ApiClient, platform: ApiClient, sandbox: Sandbox, tenant_a: Any
) -> None:
    payment = bought(payer, sandbox, "pm_card_visa")
    sandbox.deliver()
    assert platform.post(f"/payments/{payment.pk}/refund", {"amount": 400}).status_code == 200
    at_the_bank.begin(sandbox.state, sandbox.state.all("charge")[0])
    sandbox.deliver()
    assert (balance(payer), moves(tenant_a)) == ((0, 0), [-600])
    answer = platform.post(f"/payments/{payment.pk}/refund", {"amount": 1})
    assert (answer.status_code, answer.json()["code"]) == (409, "billing.payment.not_refundable")
    assert len(sandbox.state.all("refund")) == 1


def test_an_older_reading_does_not_take_the_credits_again(payer: ApiClient, sandbox: Sandbox, tenant_a: Any) -> None:
    payment = bought(payer, sandbox)
    sandbox.deliver()
    payment.refresh_from_db()
    old = stripe.payment_read(str(payment.intent_ref))
    ended(sandbox, "winning_evidence")
    sandbox.deliver()
    payments.settle(actor=SYSTEM, facts=old)
    assert (balance(payer), Dispute.objects.get().status) == ((1000, 0), "won")


def orders(payer: ApiClient, sandbox: Sandbox, tenant: Any, evidence: str, most: int) -> set[Any]:
    """The states in which the events of a disputed purchase end, in `most` orders and each of some twice."""
    bought(payer, sandbox)
    ended(sandbox, evidence)
    wanted = ("payment_intent.succeeded", "charge.dispute.created", "charge.dispute.funds_withdrawn",
              "charge.dispute.funds_reinstated", "charge.dispute.updated", "charge.dispute.closed")  # fmt: skip
    events = [event for event in sandbox.told() if event["type"] in wanted]
    found = list(itertools.permutations(events))
    seen = set()
    for order in random.Random(7).sample(found, most):
        with transaction.atomic():
            answers = [sandbox.deliver(event)[0].status_code for event in (*order, *order[:2])]
            assert set(answers) == {200}
            rows = Dispute.objects.values_list("status", "credits", "taken")
            seen.add((*rows, *moves(tenant), selectors.available(tenant.pk), Payment.objects.get().disputed))
            transaction.set_rollback(True)
    return seen


WON, LOST = (("won", 0, 0), 1000, 0), (("lost", 1000, 1000), -1000, 0, 1000)
OUTCOMES = [("winning_evidence", WON), ("losing_evidence", LOST)]


@pytest.mark.parametrize(("evidence", "state"), OUTCOMES)
def test_some_orders_of_the_events_of_a_dispute_end_in_the_same_state(
    evidence: str, state: Any, payer: ApiClient, sandbox: Sandbox, tenant_a: Any
) -> None:
    assert orders(payer, sandbox, tenant_a, evidence, 5) == {state}


@pytest.mark.parametrize(("evidence", "state"), OUTCOMES)
def test_many_orders_of_the_events_of_a_dispute_end_in_the_same_state(
    evidence: str, state: Any, payer: ApiClient, sandbox: Sandbox, tenant_a: Any
) -> None:
    assert orders(payer, sandbox, tenant_a, evidence, 40) == {state}


def test_a_refund_beside_a_dispute_leaves_the_ledger_true(payer: ApiClient, sandbox: Sandbox, tenant_a: Any) -> None:
    payment = bought(payer, sandbox, "pm_card_visa")
    sandbox.deliver()
    payment.refresh_from_db()
    at_the_vendor.refund_create(sandbox.state, {"payment_intent": payment.intent_ref, "amount": "333"})
    at_the_bank.begin(sandbox.state, sandbox.state.all("charge")[0])
    sandbox.deliver()
    payment.refresh_from_db()
    assert (payment.refunded, payment.disputed, balance(payer)) == (333, 667, (0, 0))
    assert checking.faults(tenant_a.pk) == []
