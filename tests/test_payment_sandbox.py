"""The sandbox behaves as Stripe documents, and the official SDK cannot tell."""

import http.server
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import stripe
from stripe import StripeClient, Webhook

from cognitor.embedded.stripe.delivery import Delivery
from cognitor.embedded.stripe.server import Server
from cognitor.installation import SANDBOX, Installation

KEY, SECRET = "sk_test_sandbox", "whsec_sandbox"


@pytest.fixture
def server() -> Iterator[Server]:
    found = Server(key=KEY)
    threading.Thread(target=found.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield found
    found.shutdown()
    found.server_close()


def client_of(server: Server, key: str = KEY) -> StripeClient:
    return StripeClient(key, base_addresses={"api": server.url}, max_network_retries=0)


def test_another_key_is_refused(server: Server) -> None:
    with pytest.raises(stripe.AuthenticationError):
        client_of(server, "sk_test_other").v1.customers.list()


@pytest.mark.parametrize(
    ("card", "code", "decline"),
    [
        ("pm_card_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", "expired_card"),
        ("pm_card_chargeCustomerFail", "card_declined", "generic_decline"),
    ],
)
def test_cards_decline_as_they_do_at_stripe(server: Server, card: str, code: str, decline: str) -> None:
    client = client_of(server)
    with pytest.raises(stripe.CardError) as caught:
        client.v1.payment_intents.create({"amount": 1000, "currency": "usd", "payment_method": card, "confirm": True})
    assert (caught.value.http_status, caught.value.code) == (402, code)
    assert caught.value.error is not None
    assert caught.value.error.decline_code == decline
    (intent,) = server.state.all("payment_intent")
    assert (intent["status"], intent["amount_received"]) == ("requires_payment_method", 0)


def test_a_card_that_asks_waits_for_its_owner(server: Server) -> None:
    from cognitor.embedded.stripe import payments

    client = client_of(server)
    made: Any = {"amount": 1000, "currency": "usd", "payment_method": "pm_card_authenticationRequired", "confirm": True}
    intent = client.v1.payment_intents.create(made)
    assert (intent.status, intent.amount_received) == ("requires_action", 0)
    payments.authenticate(server.state, intent.id, True)
    assert client.v1.payment_intents.retrieve(intent.id).status == "succeeded"


def test_a_key_makes_one_thing_and_another_request_under_it_is_an_error(server: Server) -> None:
    client = client_of(server)
    first, again = (client.v1.customers.create({"name": "A"}, {"idempotency_key": "k"}) for _ in range(2))
    assert first.id == again.id
    with pytest.raises(stripe.IdempotencyError):
        client.v1.customers.create({"name": "B"}, {"idempotency_key": "k"})
    assert len(server.state.all("customer")) == 1


def test_what_is_not_there_is_an_error_in_stripes_shape(server: Server) -> None:
    client = client_of(server)
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.customers.retrieve("cus_nobody")
    assert (caught.value.http_status, caught.value.code) == (404, "resource_missing")
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.payment_intents.create({"amount": 1, "currency": "usd"})
    assert caught.value.code == "amount_too_small"


def test_no_more_is_refunded_than_was_paid(server: Server) -> None:
    client = client_of(server)
    made: Any = {"amount": 1000, "currency": "usd", "payment_method": "pm_card_visa", "confirm": True}
    intent = client.v1.payment_intents.create(made)
    client.v1.refunds.create({"payment_intent": intent.id, "amount": 700})
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.refunds.create({"payment_intent": intent.id, "amount": 301})
    client.v1.refunds.create({"payment_intent": intent.id})
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.refunds.create({"payment_intent": intent.id})
    assert caught.value.code == "charge_already_refunded"


def test_lists_are_paged_newest_first(server: Server) -> None:
    client = client_of(server)
    names = [client.v1.customers.create({"name": f"{number}"}).name for number in range(7)]
    found = client.v1.customers.list({"limit": 3})
    assert ([one.name for one in found.data], found.has_more) == (names[:3:-1], True)
    assert [one.name for one in found.auto_paging_iter()] == names[::-1]


def test_what_it_holds_outlives_a_restart(tmp_path: Path) -> None:
    made = []
    for _ in range(2):
        server = Server(file=tmp_path / "stripe.json")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        made.append(client_of(server).v1.customers.create({"name": "A"}).id)
        assert [one["id"] for one in server.state.all("customer")] == made
        server.shutdown()
        server.server_close()
    assert (tmp_path / "stripe.json").stat().st_mode & 0o077 == 0


def test_webhooks_are_signed_and_come_again_until_they_are_taken(server: Server) -> None:
    taken: list[tuple[bytes, str]] = []

    class Receiver(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            taken.append((body, self.headers["Stripe-Signature"]))
            self.send_response(500 if len(taken) == 1 else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    receiver = http.server.HTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=receiver.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    Delivery(server.state, f"http://127.0.0.1:{receiver.server_address[1]}/hook", SECRET).start()
    client_of(server).v1.customers.create({"name": "A"})
    ends = time.monotonic() + 10
    while len(taken) < 2 and time.monotonic() < ends:
        time.sleep(0.05)
    receiver.shutdown()
    receiver.server_close()
    events = [Webhook.construct_event(body, header, SECRET) for body, header in taken]
    assert [event.type for event in events] == ["customer.created", "customer.created"]
    assert events[0].id == events[1].id
    with pytest.raises(stripe.SignatureVerificationError):
        Webhook.construct_event(taken[0][0] + b" ", taken[0][1], SECRET)
    assert json.loads(taken[0][0])["data"]["object"]["name"] == "A"


def test_a_machine_has_a_sandbox_until_it_has_an_account_or_serves_strangers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("STRIPE_SECRET_KEY", SANDBOX):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "cognitor.settings.local")
    place = Installation(tmp_path)
    place._decide()
    first = place.values[SANDBOX]
    place._decide()
    assert place.values[SANDBOX] == first
    assert place.sandbox() is not None
    monkeypatch.setenv("STRIPE_SECRET_KEY", "sk_live_1")
    place._decide()
    assert place.sandbox() is None
    monkeypatch.delenv("STRIPE_SECRET_KEY")
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "cognitor.settings.production")
    place._decide()
    assert SANDBOX not in place.values
