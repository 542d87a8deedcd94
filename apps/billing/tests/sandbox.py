"""A sandbox in the test's own process, and how its webhooks are delivered by hand, in any order."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from cognitor.embedded.stripe import payments, subscriptions
from cognitor.embedded.stripe.delivery import signature
from cognitor.embedded.stripe.server import Server
from cognitor.embedded.stripe.state import Object
from cognitor.embedded.stripe.wire import shown
from tests.client import ApiClient

KEY, SECRET = "sk_test_0123456789abcdef", "whsec_0123456789abcdef"


class Sandbox:
    """The running server with its events; nothing is delivered unless a test does."""

    def __init__(self, server: Server) -> None:
        self.server, self.state = server, server.state
        self.seen = len(self.state.all("event"))

    def pay(self, url: str, card: str = "pm_card_visa") -> None:
        """What a payer does on the checkout page."""
        with self.state.lock:
            payments.session_pay(self.state, url.rpartition("/")[2], card)

    def confirm(self, intent_ref: str, card: str = "pm_card_visa") -> None:
        with self.state.lock:
            payments.intent_confirm(self.state, {"payment_method": card}, intent_ref)

    def keep_card(self, customer_ref: str, card: str = "pm_card_visa") -> None:
        """What a payer's browser does with a SetupIntent."""
        with self.state.lock:
            made = payments.setup_create(self.state, {"customer": customer_ref})
            payments.setup_confirm(self.state, {"payment_method": card}, made["id"])

    def advance(self, days: int) -> None:
        with self.state.lock:
            subscriptions.advance(self.state, {"seconds": str(days * 86_400)})

    def told(self) -> list[Object]:
        """The events since the last call, oldest first."""
        events = self.state.all("event")
        new, self.seen = events[self.seen :], len(events)
        return new

    def deliver(self, event: Object | None = None) -> list[Any]:
        """Posts the event, or all new ones, as Stripe would."""
        return [
            self.post(json.dumps(shown(self.state, one, [])).encode()) for one in ([event] if event else self.told())
        ]

    def post(self, payload: bytes, secret: str = SECRET, *, at: int | None = None, header: str | None = None) -> Any:
        signed = signature(payload, secret, int(time.time()) if at is None else at) if header is None else header
        return ApiClient().generic(
            "POST", "/payments/webhook", payload, content_type="application/json", headers={"stripe-signature": signed}
        )


@contextmanager
def running() -> Iterator[Sandbox]:
    server = Server(key=KEY)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield Sandbox(server)
    finally:
        server.shutdown()
        server.server_close()
