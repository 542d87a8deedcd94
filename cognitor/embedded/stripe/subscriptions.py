"""Subscriptions of one price: trials, proration, renewal, dunning and end, driven by the sandbox's clock."""

import calendar
import datetime
from typing import Any

from cognitor.embedded.stripe import invoices
from cognitor.embedded.stripe.faults import declined, invalid
from cognitor.embedded.stripe.state import Object, State
from cognitor.embedded.stripe.wire import number, page, rows, truth

Params = dict[str, Any]


def create(state: State, params: Params) -> Object:
    owner = state.get("customer", params.get("customer"), "customer")
    items = rows(params.get("items"))
    if len(items) != 1:
        raise invalid("One item is taken here.", "items")
    price, days = state.get("price", items[0].get("price"), "items[0][price]"), number(params, "trial_period_days", 0)
    now = state.now()
    start, end = now, now + days * invoices.DAY if days else after(now, price["recurring"])
    made = state.new("subscription", "sub", customer=owner["id"], status="incomplete", cancel_at_period_end=False,
                     cancel_at=None, canceled_at=None, ended_at=None, currency=price["currency"], latest_invoice=None,
                     default_payment_method=params.get("default_payment_method"), billing_cycle_anchor=end,
                     collection_method="charge_automatically", trial_start=now if days else None, start_date=now,
                     trial_end=end if days else None, pending_setup_intent=None, _pending=[],
                     metadata=params.get("metadata", {}))  # fmt: skip
    item = state.new("subscription_item", "si", price=price, quantity=1, subscription=made["id"],
                     current_period_start=start, current_period_end=end)  # fmt: skip
    made["items"] = {"object": "list", "data": [item], "has_more": False, "url": ""}
    state.tell("customer.subscription.created", made)
    text = f"{'Trial period for' if days else '1 ×'} {_name(state, price)}"
    first = invoices.line(state, 0 if days else price["unit_amount"], text, made, (start, end), False)
    paid = invoices.pay(state, invoices.issue(state, made, [first], "subscription_create"))
    if not paid and params.get("payment_behavior") == "error_if_incomplete":
        _end(state, made, "incomplete_expired")
        raise declined("card_declined", "generic_decline")
    if paid:
        _become(state, made, "trialing" if days else "active")
    return made


def get(state: State, params: Params, ident: str) -> Object:
    return state.get("subscription", ident)


def listing(state: State, params: Params) -> Object:
    found = state.all("subscription", **({"customer": params["customer"]} if "customer" in params else {}))
    wanted = params.get("status")
    if wanted != "all":
        found = [one for one in found if (one["status"] == wanted if wanted else one["status"] != "canceled")]
    return page(state, found, params, "/v1/subscriptions")


def update(state: State, params: Params, ident: str) -> Object:
    found = state.get("subscription", ident)
    if found["status"] in ("canceled", "incomplete_expired"):
        raise invalid("A canceled subscription can only update its metadata.", "subscription")
    if "cancel_at_period_end" in params:
        end = truth(params, "cancel_at_period_end")
        item = found["items"]["data"][0]
        found.update(cancel_at_period_end=end, cancel_at=item["current_period_end"] if end else None,
                     canceled_at=state.now() if end else None)  # fmt: skip
    if method := params.get("default_payment_method"):
        found["default_payment_method"] = state.get("payment_method", method)["id"]
    found["metadata"] |= params.get("metadata", {})
    if items := rows(params.get("items")):
        price = state.get("price", items[0].get("price"), "items[0][price]")
        _move(state, found, price, params.get("proration_behavior", "create_prorations"))
    state.tell("customer.subscription.updated", found)
    return found


def _move(state: State, found: Object, price: Object, behaviour: str) -> None:
    item = found["items"]["data"][0]
    lines = proration(state, found, price) if behaviour != "none" and found["status"] != "trialing" else []
    item["price"] = price
    if behaviour != "always_invoice" or not lines:
        found["_pending"] += lines
        return
    invoice = invoices.issue(state, found, lines, "subscription_update")
    if not invoices.pay(state, invoice):
        _become(state, found, "past_due")
        invoices.later(state, invoice)


def proration(state: State, found: Object, price: Object) -> list[Object]:
    """What is left of the period, given back at the old price and charged at the new one."""
    item, now = found["items"]["data"][0], state.now()
    start, end = item["current_period_start"], item["current_period_end"]
    share, period = max(end - now, 0) / max(end - start, 1), (now, end)
    old, new = item["price"], price
    back = f"Unused time on {_name(state, old)}"
    ahead = f"Remaining time on {_name(state, new)}"
    return [
        invoices.line(state, -round(old["unit_amount"] * share), back, found, period, True),
        invoices.line(state, round(new["unit_amount"] * share), ahead, found, period, True),
    ]


def preview(state: State, params: Params) -> Object:
    """What a change would be charged, without it."""
    found = state.get("subscription", params.get("subscription"), "subscription")
    details = params.get("subscription_details", {})
    items = rows(details.get("items"))
    price = state.get("price", items[0].get("price")) if items else found["items"]["data"][0]["price"]
    behaviour = details.get("proration_behavior", "create_prorations")
    item = found["items"]["data"][0]
    lines = proration(state, found, price) if items and behaviour != "none" else []
    if behaviour != "always_invoice":
        end = item["current_period_end"]
        lines = [*lines, invoices.line(state, price["unit_amount"], f"1 × {_name(state, price)}", found,
                                       (end, after(end, price["recurring"])), False)]  # fmt: skip
    return {"id": "upcoming_in", "created": state.now(), "livemode": False,
            **invoices.draft(state, found, lines, "upcoming")}  # fmt: skip


def cancel(state: State, params: Params, ident: str) -> Object:
    found = state.get("subscription", ident)
    if found["status"] == "canceled":
        raise invalid("No such subscription.", "id", "resource_missing")
    _end(state, found, "canceled")
    return found


def pay(state: State, params: Params, ident: str) -> Object:
    invoice = state.get("invoice", ident)
    invoices.must_be_open(invoice)
    if not invoices.pay(state, invoice, params.get("payment_method", "")):
        raise declined("card_declined", "generic_decline")
    found = state.objects[invoice["parent"]["subscription_details"]["subscription"]]
    if found["status"] in ("incomplete", "past_due", "unpaid"):
        _become(state, found, "active")
    return invoice


def advance(state: State, params: Params) -> Object:
    """Puts the clock forward by `seconds` and does what becomes due on the way, in its order."""
    goal = state.now() + number(params, "seconds")
    while due := min(_due(state, goal), key=lambda one: one[0], default=None):
        state.ahead += max(0, due[0] - state.now())
        _renew(state, due[1]) if due[1]["object"] == "subscription" else _retry(state, due[1])
    state.ahead += max(0, goal - state.now())
    return {"object": "sandbox.clock", "now": state.now()}


def _due(state: State, goal: int) -> list[tuple[int, Object]]:
    alive = [one for one in state.all("subscription") if one["status"] in ("active", "trialing", "past_due")]
    ends = [(one["items"]["data"][0]["current_period_end"], one) for one in alive]
    tries = [(one["next_payment_attempt"], one) for one in state.all("invoice", status="open")]
    return [(at, one) for at, one in ends + tries if at and at <= goal]


def _renew(state: State, found: Object) -> None:
    if found["cancel_at_period_end"]:
        return _end(state, found, "canceled")
    item = found["items"]["data"][0]
    price, start = item["price"], item["current_period_end"]
    end = after(start, price["recurring"])
    item.update(current_period_start=start, current_period_end=end)
    lines, found["_pending"] = found["_pending"], []
    whole = invoices.line(state, price["unit_amount"], f"1 × {_name(state, price)}", found, (start, end), False)
    invoice = invoices.issue(state, found, [whole, *lines], "subscription_cycle")
    if invoices.pay(state, invoice):
        return _become(state, found, "active")
    invoices.later(state, invoice)
    return _become(state, found, "past_due")


def _retry(state: State, invoice: Object) -> None:
    found = state.objects[invoice["parent"]["subscription_details"]["subscription"]]
    if invoices.pay(state, invoice):
        _become(state, found, "active")
    else:
        invoices.later(state, invoice)


def _become(state: State, found: Object, status: str) -> None:
    found["status"] = status
    state.tell("customer.subscription.updated", found)


def _end(state: State, found: Object, status: str) -> None:
    found.update(status=status, ended_at=state.now(), canceled_at=found["canceled_at"] or state.now())
    for invoice in state.all("invoice", status="open"):
        if invoice["parent"]["subscription_details"]["subscription"] == found["id"]:
            invoices.void(state, invoice)
    state.tell("customer.subscription.deleted", found)


def _name(state: State, price: Object) -> str:
    return str(state.objects[price["product"]]["name"])


def after(start: int, recurring: dict[str, Any]) -> int:
    """The same day of the next month or year, or its last day."""
    day = datetime.datetime.fromtimestamp(start, datetime.UTC)
    months = day.month + (12 if recurring["interval"] == "year" else 1) * int(recurring["interval_count"]) - 1
    year, month = day.year + months // 12, months % 12 + 1
    last = calendar.monthrange(year, month)[1]
    return int(day.replace(year=year, month=month, day=min(day.day, last)).timestamp())
