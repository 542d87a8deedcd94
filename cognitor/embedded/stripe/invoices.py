"""Invoices: made, paid or left open, tried again, and previewed."""

import secrets
from typing import Any

from cognitor.embedded.stripe import payments
from cognitor.embedded.stripe.faults import Fault, invalid
from cognitor.embedded.stripe.state import Object, State
from cognitor.embedded.stripe.wire import page

Params = dict[str, Any]
DAY = 86_400
RETRIES = (3 * DAY, 5 * DAY, 7 * DAY)
"""When a failed payment of a renewal is tried again, from one attempt to the next."""


def line(state: State, amount: int, text: str, subscription: Object, period: tuple[int, int], prorated: bool) -> Object:
    item = subscription["items"]["data"][0]
    details = {"subscription": subscription["id"], "subscription_item": item["id"], "proration": prorated}
    return {
        "id": f"il_{secrets.token_hex(12)}", "object": "line_item", "amount": amount, "description": text,
        "discounts": [], "discount_amounts": [], "discountable": not prorated, "subtotal": amount, "metadata": {},
        "livemode": False, "taxes": [],
        "currency": item["price"]["currency"], "quantity": 1, "period": {"start": period[0], "end": period[1]},
        "parent": {"type": "subscription_item_details", "subscription_item_details": details},
        "pricing": {"type": "price_details", "price_details": {"price": item["price"]["id"]}},
    }  # fmt: skip


def draft(state: State, subscription: Object, lines: list[Object], reason: str) -> Object:
    """An invoice that is not kept yet; a negative total becomes the customer's credit for the next ones."""
    customer = state.objects[subscription["customer"]]
    total = sum(one["amount"] for one in lines)
    used = min(max(total, 0), max(-customer["balance"], 0))
    start, end = lines[0]["period"]["start"], lines[0]["period"]["end"]
    return {
        "object": "invoice", "customer": customer["id"], "currency": lines[0]["currency"], "status": "draft",
        "billing_reason": reason, "total": total, "subtotal": total, "starting_balance": customer["balance"],
        "amount_due": max(total, 0) - used, "amount_paid": 0, "amount_remaining": max(total, 0) - used,
        "period_start": start, "period_end": end, "attempt_count": 0, "attempted": False, "number": None,
        "discounts": [], "default_tax_rates": [], "total_discount_amounts": [],
        "next_payment_attempt": None, "hosted_invoice_url": None, "invoice_pdf": None, "auto_advance": True,
        "collection_method": "charge_automatically", "_intent": None, "_used": used,
        "parent": {"type": "subscription_details",
                   "subscription_details": {"subscription": subscription["id"], "metadata": {}}},
        "lines": {"object": "list", "data": lines, "has_more": False, "url": ""},
        "status_transitions": {"finalized_at": None, "paid_at": None, "voided_at": None},
    }  # fmt: skip


def issue(state: State, subscription: Object, lines: list[Object], reason: str) -> Object:
    """Keeps and finalizes an invoice; `pay` is what comes next."""
    made = state.new("invoice", "in", **draft(state, subscription, lines, reason))
    customer = state.objects[made["customer"]]
    customer["balance"] += made["_used"] + min(made["total"], 0)
    made.update(status="open", number=f"SANDBOX-{len(state.all('invoice')):04d}", payment_intent=None)
    made["hosted_invoice_url"] = f"{state.base}/invoice/{made['id']}"
    made["status_transitions"]["finalized_at"] = state.now()
    subscription["latest_invoice"] = made["id"]
    state.tell("invoice.created", made)
    state.tell("invoice.finalized", made)
    return made


def pay(state: State, invoice: Object, card: str = "") -> bool:
    """Charges what is due to the subscription's card, else to the customer's; False when that did not work."""
    subscription = state.objects[invoice["parent"]["subscription_details"]["subscription"]]
    customer = state.objects[invoice["customer"]]
    card = card or subscription["default_payment_method"] or customer["invoice_settings"]["default_payment_method"]
    if invoice["amount_due"] >= payments.LEAST:
        invoice.update(attempted=True, attempt_count=invoice["attempt_count"] + 1)
        if not card:
            state.tell("invoice.payment_failed", invoice)
            return False
        intent = state.objects.get(invoice["_intent"] or "") or _intent(state, invoice)
        intent["payment_method"] = state.get("payment_method", card, "payment_method")["id"]
        try:
            payments.confirm(state, intent)
        except Fault:
            state.tell("invoice.payment_failed", invoice)
            return False
        if intent["status"] != "succeeded":
            state.tell("invoice.payment_action_required", invoice)
            return False
    invoice.update(status="paid", amount_paid=invoice["amount_due"], amount_remaining=0, next_payment_attempt=None)
    invoice["status_transitions"]["paid_at"] = state.now()
    state.tell("invoice.paid", invoice)
    return True


def _intent(state: State, invoice: Object) -> Object:
    made = payments.intent_create(
        state,
        {"amount": str(invoice["amount_due"]), "currency": invoice["currency"], "customer": invoice["customer"]},
    )
    made["_invoice"], invoice["_intent"] = invoice["id"], made["id"]
    invoice["confirmation_secret"] = {"type": "payment_intent", "client_secret": made["client_secret"]}
    return made


def later(state: State, invoice: Object) -> None:
    """Plans the next attempt of a renewal that failed, unless there were enough."""
    tried = invoice["attempt_count"]
    wait = RETRIES[tried - 1] if 0 < tried <= len(RETRIES) else None
    invoice["next_payment_attempt"] = state.now() + wait if wait else None


def get(state: State, params: Params, ident: str) -> Object:
    return state.get("invoice", ident)


def listing(state: State, params: Params) -> Object:
    found = state.all("invoice", **{name: params[name] for name in ("customer", "status") if name in params})
    if wanted := params.get("subscription"):
        found = [one for one in found if one["parent"]["subscription_details"]["subscription"] == wanted]
    return page(state, found, params, "/v1/invoices")


def void(state: State, invoice: Object) -> None:
    invoice.update(status="void", next_payment_attempt=None)
    invoice["status_transitions"]["voided_at"] = state.now()
    state.tell("invoice.voided", invoice)


def must_be_open(invoice: Object) -> None:
    if invoice["status"] != "open":
        raise invalid(f"The invoice is {invoice['status']}.", "", "invoice_not_open")
