"""Webhooks: each event is signed and posted until the receiver answers 2xx, in a thread of its own."""

import hashlib
import hmac
import http.client
import json
import threading
import time
from typing import Any
from urllib.parse import urlsplit

from cognitor.embedded.stripe.state import Object, State
from cognitor.embedded.stripe.wire import shown

PAUSES = (1, 2, 4, 8, 15, 30, 60, 120, 300, 600)


def signature(payload: bytes, secret: str, at: int) -> str:
    """The `Stripe-Signature` header (docs.stripe.com/webhooks#verify-manually)."""
    digest = hmac.new(secret.encode(), f"{at}.".encode() + payload, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


class Delivery(threading.Thread):
    """Delivers what is pending, oldest first; one that fails waits its turn without holding up the others."""

    def __init__(self, state: State, url: str, secret: str) -> None:
        super().__init__(name="webhooks", daemon=True)
        self.state, self.url, self.secret = state, url, secret
        self.wake = threading.Event()
        self.due: dict[str, tuple[float, int]] = {}
        state.listeners.append(lambda event: self.wake.set())

    def run(self) -> None:
        while True:
            self.wake.wait(1)
            self.wake.clear()
            for event in self._ready():
                self._attempt(event)

    def _ready(self) -> list[Object]:
        with self.state.lock:
            waiting = [one for one in self.state.all("event") if one["pending_webhooks"]]
        return [one for one in waiting if self.due.get(one["id"], (0.0, 0))[0] <= time.monotonic()]

    def _attempt(self, event: Object) -> None:
        with self.state.lock:
            payload = json.dumps(shown(self.state, event, [])).encode()
        done = send(self.url, payload, self.secret)
        tried = self.due.pop(event["id"], (0.0, 0))[1]
        if done or tried == len(PAUSES):
            with self.state.lock:
                event["pending_webhooks"] = 0
                self.state.save()
        else:
            self.due[event["id"]] = (time.monotonic() + PAUSES[tried], tried + 1)


def send(url: str, payload: bytes, secret: str) -> bool:
    parts = urlsplit(url)
    kind: Any = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname, parts.port, timeout=10)
    headers = {"Content-Type": "application/json", "Stripe-Signature": signature(payload, secret, int(time.time()))}
    try:
        connection.request("POST", parts.path, payload, headers)
        return 200 <= connection.getresponse().status < 300
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
