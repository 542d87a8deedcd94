"""The sandbox's pages for people: a checkout, a bank that asks for authentication, and the customer portal."""

import html
from typing import Any
from urllib.parse import urlsplit

from cognitor.embedded.stripe import cards, payments
from cognitor.embedded.stripe.faults import Fault
from cognitor.embedded.stripe.state import State

_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title><style>
body{{font:16px/1.5 system-ui,sans-serif;max-width:28rem;margin:3rem auto;padding:0 1rem;
color:#13303a}}mark{{background:#ffd66b;padding:.1rem .5rem;border-radius:.3rem}}
button{{font:inherit;padding:.5rem 1rem;border:0;border-radius:.4rem;background:#10676f;color:#fff;cursor:pointer}}
input{{font:inherit;padding:.45rem;
width:100%;box-sizing:border-box;margin:.3rem 0 1rem}}
.bad{{color:#a4262c}}td{{padding:.2rem 1rem .2rem 0}}</style>
<p><mark>Sandbox</mark> No money moves here.</p><h1>{title}</h1>{body}</html>"""


def page(title: str, body: str) -> str:
    return _PAGE.format(title=html.escape(title), body=body)


def checkout(state: State, ident: str, fields: dict[str, Any] | None = None) -> tuple[int, str, str]:
    """Status, page, and where to go instead, of a checkout that is looked at or (with fields) paid."""
    found, fault = state.get("checkout.session", ident), ""
    if fields is not None and found["status"] == "open":
        if "cancel" in fields:
            return 303, "", str(found["cancel_url"] or state.base)
        try:
            payments.session_pay(state, ident, cards.by_number(str(fields.get("number", ""))))
        except Fault as refused:
            fault = str(refused)
        intent = state.objects.get(found["payment_intent"] or "", {})
        if intent.get("status") == "requires_action":
            return 303, "", f"{state.base}/authenticate/{intent['id']}"
    if found["status"] == "complete":
        return 303, "", str(found["success_url"] or state.base).replace("{CHECKOUT_SESSION_ID}", ident)
    if found["status"] != "open":
        return 410, page("This checkout is over", "<p>Begin a new one where you came from.</p>"), ""
    body = f"""<p>{_money(found["amount_total"], found["currency"])}</p><p class="bad">{html.escape(fault)}</p>
<form method="post"><label>Test card<input name="number" value="4242 4242 4242 4242" inputmode="numeric"></label>
<button>Pay</button> <button name="cancel" value="1">Cancel</button></form>
<p>4000 0000 0000 0002 declines, 4000 0027 6000 3184 asks for authentication,
4000 0000 0000 0259 is disputed afterwards.</p>"""
    return 402 if fault else 200, page("Checkout", body), ""


def bank(state: State, ident: str, fields: dict[str, Any] | None = None) -> tuple[int, str, str]:
    intent = state.get("payment_intent", ident)
    if fields is None and intent["status"] == "requires_action":
        body = """<form method="post"><button name="agree" value="1">It is me</button>
<button name="refuse" value="1">It is not</button></form>"""
        return 200, page("Your bank asks", body), ""
    if fields is not None and intent["status"] == "requires_action":
        payments.authenticate(state, ident, "agree" in fields)
    session = state.objects.get(intent.get("_session") or "")
    if session and session["status"] == "open":
        return 303, "", session["url"]
    if session:
        return 303, "", str(session["success_url"] or state.base)
    return 200, page("Your bank", f"<p>The payment is {intent['status']}.</p>"), ""


def portal(state: State, ident: str) -> tuple[int, str, str]:
    session = state.get("billing_portal.session", ident)
    found = state.all("invoice", customer=session["customer"])
    bills = "".join(
        f"<tr><td>{one['number']}<td>{_money(one['amount_due'], one['currency'])}<td>{one['status']}" for one in found
    )
    methods = "".join(
        f"<li>{one['card']['brand']} …{one['card']['last4']}"
        for one in state.all("payment_method", customer=session["customer"])
    )
    back = html.escape(session["return_url"] or "")
    link = f'<p><a href="{back}">Back</a></p>' if urlsplit(back).scheme in ("http", "https") else ""
    body = f"<h2>Cards</h2><ul>{methods or '<li>none'}</ul><h2>Invoices</h2><table>{bills}</table>{link}"
    return 200, page("Your billing", body), ""


def _money(amount: int, currency: str) -> str:
    return f"{amount / 100:.2f} {html.escape(currency.upper())}"
