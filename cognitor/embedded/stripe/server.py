"""The sandbox's server: `python -m cognitor.embedded.stripe.server --port 4010`.

From the environment: `STRIPE_SANDBOX_KEY` is the API key it takes, `STRIPE_SANDBOX_SECRET` signs webhooks.
"""

import argparse
import hashlib
import hmac
import json
import os
import re
import signal
import sys
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cognitor.embedded.stripe import customers, delivery, disputes, invoices, pages, payments, subscriptions
from cognitor.embedded.stripe.faults import Fault
from cognitor.embedded.stripe.state import State
from cognitor.embedded.stripe.wire import decode, rows, shown

Handler = Callable[..., Any]
MOST = 1_000_000
ROUTES: list[tuple[str, str, Handler]] = [
    ("GET", "account", customers.account),
    ("POST", "customers", customers.customer_create),
    ("GET", "customers", customers.customer_list),
    ("GET", "customers/ID", customers.customer_get),
    ("POST", "customers/ID", customers.customer_update),
    ("GET", "customers/ID/payment_methods", customers.methods_of),
    ("GET", "payment_methods", customers.method_list),
    ("GET", "payment_methods/ID", customers.method_get),
    ("POST", "payment_methods/ID/attach", customers.method_attach),
    ("POST", "payment_methods/ID/detach", customers.method_detach),
    ("POST", "products", customers.product_create),
    ("GET", "products/ID", customers.product_get),
    ("GET", "products/ID/features", customers.product_features),
    ("POST", "prices", customers.price_create),
    ("GET", "prices", customers.price_list),
    ("GET", "prices/ID", customers.price_get),
    ("POST", "billing_portal/sessions", customers.portal_create),
    ("GET", "events", customers.event_list),
    ("GET", "events/ID", customers.event_get),
    ("POST", "payment_intents", payments.intent_create),
    ("GET", "payment_intents", payments.intent_list),
    ("GET", "payment_intents/ID", payments.intent_get),
    ("POST", "payment_intents/ID/confirm", payments.intent_confirm),
    ("POST", "payment_intents/ID/cancel", payments.intent_cancel),
    ("POST", "setup_intents", payments.setup_create),
    ("GET", "setup_intents", payments.setup_list),
    ("GET", "setup_intents/ID", payments.setup_get),
    ("POST", "setup_intents/ID/confirm", payments.setup_confirm),
    ("GET", "charges", payments.charge_list),
    ("GET", "charges/ID", payments.charge_get),
    ("POST", "refunds", payments.refund_create),
    ("GET", "refunds", payments.refund_list),
    ("GET", "refunds/ID", payments.refund_get),
    ("GET", "disputes", disputes.listing),
    ("GET", "disputes/ID", disputes.get),
    ("POST", "disputes/ID", disputes.update),
    ("POST", "disputes/ID/close", disputes.close),
    ("POST", "checkout/sessions", payments.session_create),
    ("GET", "checkout/sessions", payments.session_list),
    ("GET", "checkout/sessions/ID", payments.session_get),
    ("POST", "checkout/sessions/ID/expire", payments.session_expire),
    ("POST", "subscriptions", subscriptions.create),
    ("GET", "subscriptions", subscriptions.listing),
    ("GET", "subscriptions/ID", subscriptions.get),
    ("POST", "subscriptions/ID", subscriptions.update),
    ("DELETE", "subscriptions/ID", subscriptions.cancel),
    ("POST", "invoices/create_preview", subscriptions.preview),
    ("GET", "invoices", invoices.listing),
    ("GET", "invoices/ID", invoices.get),
    ("POST", "invoices/ID/pay", subscriptions.pay),
    ("POST", "sandbox/advance", subscriptions.advance),
]
_COMPILED = [
    (method, re.compile("/v1/" + path.replace("ID", r"([A-Za-z0-9_]{1,100})")), run) for method, path, run in ROUTES
]
_PAGES = {"pay": pages.checkout, "authenticate": pages.bank}


class Server(ThreadingHTTPServer):
    """One sandbox on 127.0.0.1. Without a `key` any is taken."""

    daemon_threads = True

    def __init__(self, port: int = 0, *, file: Path | None = None, key: str = "") -> None:
        super().__init__(("127.0.0.1", port), Request)
        self.key = key
        self.state = State(file, f"http://127.0.0.1:{self.server_address[1]}")

    @property
    def url(self) -> str:
        return self.state.base


class Request(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body are written apart: the second would wait for the receiver's delayed word that the first has come.
    disable_nagle_algorithm = True
    server: Server

    def do_GET(self) -> None:
        self._answer("GET")

    def do_POST(self) -> None:
        self._answer("POST")

    def do_DELETE(self) -> None:
        self._answer("DELETE")

    def _answer(self, method: str) -> None:
        address = urlsplit(self.path)
        try:
            length = int(self.headers.get("Content-Length") or 0)
        except ValueError:
            length = MOST + 1
        if not 0 <= length <= MOST:
            self.close_connection = True
            return self._send(413, b"{}", "application/json")
        body = self.rfile.read(length).decode(errors="replace")
        if not address.path.startswith("/v1/"):
            return self._page(method, address.path, body)
        status, answer = self._call(method, address.path, address.query if method != "POST" else body)
        return self._send(status, json.dumps(answer).encode(), "application/json")

    def _call(self, method: str, path: str, text: str) -> tuple[int, Any]:
        state = self.server.state
        if not self._known():
            body = {"error": {"type": "invalid_request_error", "message": "Invalid API Key provided"}}
            return 401, body
        key = self.headers.get("Idempotency-Key") if method == "POST" else None
        asked = hashlib.sha256(f"{path}\n{text}".encode()).hexdigest()
        with state.lock:
            if key and (kept := state.answers.get(key)):
                if kept["asked"] != asked:
                    message = "Keys for idempotent requests can only be used with the same parameters."
                    return 400, {"error": {"type": "idempotency_error", "message": message}}
                return kept["status"], kept["answer"]
            status, answer = self._run(method, path, text)
            if key and status < 500:
                state.answers[key] = {"asked": asked, "status": status, "answer": answer}
            if method != "GET":
                state.save()
        return status, answer

    def _run(self, method: str, path: str, text: str) -> tuple[int, Any]:
        for verb, pattern, run in _COMPILED:
            if verb == method and (found := pattern.fullmatch(path)):
                try:
                    params = decode(text)
                    expand = [str(one) for one in rows(params.pop("expand", None))]
                    return 200, shown(self.server.state, run(self.server.state, params, *found.groups()), expand)
                except Fault as fault:
                    return fault.status, shown(self.server.state, fault.body, [])
        message = f"Unrecognized request URL ({method}: {path})."
        return 404, {"error": {"type": "invalid_request_error", "message": message}}

    def _known(self) -> bool:
        given = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
        return not self.server.key or hmac.compare_digest(given.encode(), self.server.key.encode())

    def _page(self, method: str, path: str, body: str) -> None:
        state = self.server.state
        _, first, *rest = path.split("/") if path.count("/") == 2 else ("", "", "")
        fields = {name: values[0] for name, values in parse_qs(body).items()} if method == "POST" else None
        try:
            with state.lock:
                if first in _PAGES:
                    status, text, target = _PAGES[first](state, rest[0], fields)
                elif first == "portal":
                    status, text, target = pages.portal(state, rest[0])
                else:
                    status, text, target = 404, pages.page("Not found", ""), ""
                if method == "POST":
                    state.save()
        except Fault as fault:
            status, text, target = fault.status, pages.page("Not found", ""), ""
        self._send(status, text.encode(), "text/html; charset=utf-8", target)

    def _send(self, status: int, body: bytes, kind: str, target: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Request-Id", f"req_{os.urandom(6).hex()}")
        if target:
            self.send_header("Location", target)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: who calls it logs its calls."""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--file", type=Path)
    parser.add_argument("--webhook-url", default="")
    options = parser.parse_args()
    server = Server(options.port, file=options.file, key=os.environ.get("STRIPE_SANDBOX_KEY", ""))
    secret = os.environ.get("STRIPE_SANDBOX_SECRET", "")
    if options.webhook_url and secret:
        delivery.Delivery(server.state, options.webhook_url, secret).start()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server.serve_forever()


if __name__ == "__main__":
    main()
