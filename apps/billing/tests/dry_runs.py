"""How operations on payments are called as dry runs, all of which are refused: a rollback undoes no vendor's deed."""

from collections.abc import Callable
from typing import Any

UNSUPPORTED: dict[str, Callable[[Any], Any]] = {
    "credits_purchase": lambda w: w.client.post("/credits/purchase?dry_run=true", {"package": "small"}),
    "payments_intent_create": lambda w: w.client.post("/payments/intents?dry_run=true", {"amount": 1000}),
    "payments_refund": lambda w: w.platform.post(f"/payments/{w.money.bought['payment_id']}/refund?dry_run=true", {}),
    "payments_portal": lambda w: w.client.post("/payments/portal?dry_run=true", {}),
    "payments_webhook": lambda w: w.client.post("/payments/webhook?dry_run=true", {}),
    "payment_methods_setup": lambda w: w.client.post("/payments/methods?dry_run=true", {}),
    "payment_methods_delete": lambda w: w.client.delete(
        f"/payments/methods/{w.money.bought['method_id']}?dry_run=true"
    ),
    "payment_methods_default": lambda w: w.client.post(
        f"/payments/methods/{w.money.bought['method_id']}/default?dry_run=true", {}
    ),
    "subscriptions_create": lambda w: w.client.post("/subscriptions?dry_run=true", {"plan": "starter"}),
    "subscriptions_change": lambda w: w.client.post("/subscriptions/change?dry_run=true", {"plan": "starter"}),
    "subscriptions_cancel": lambda w: w.client.post("/subscriptions/cancel?dry_run=true", {}),
    "subscriptions_resume": lambda w: w.client.post("/subscriptions/resume?dry_run=true", {}),
}
