"""PaymentIntents, SetupIntents, charges, refunds and Checkout sessions."""

from typing import Any

from cognitor.embedded.stripe import cards, disputes
from cognitor.embedded.stripe.faults import Fault, invalid
from cognitor.embedded.stripe.state import Object, State
from cognitor.embedded.stripe.wire import number, page, rows, truth

Params = dict[str, Any]
LEAST = 50
MOST = 99_999_999


def intent_create(state: State, params: Params) -> Object:
    amount = number(params, "amount")
    if not LEAST <= amount <= MOST:
        raise invalid(f"Amount must be between {LEAST} and {MOST}", "amount", "amount_too_small")
    if customer := params.get("customer"):
        state.get("customer", customer, "customer")
    made = state.new("payment_intent", "pi", amount=amount, amount_received=0, amount_capturable=0,
                     currency=str(params.get("currency", "")).lower(), customer=customer, payment_method=None,
                     status="requires_payment_method", latest_charge=None, last_payment_error=None, next_action=None,
                     capture_method="automatic", confirmation_method="automatic", canceled_at=None,
                     payment_method_types=["card"], description=params.get("description"),
                     setup_future_usage=params.get("setup_future_usage"), receipt_email=None,
                     metadata=params.get("metadata", {}))  # fmt: skip
    made["client_secret"] = f"{made['id']}_secret_sandbox"
    if name := params.get("payment_method"):
        made["payment_method"], made["status"] = cards.method(state, name)["id"], "requires_confirmation"
    state.tell("payment_intent.created", made)
    if truth(params, "confirm"):
        confirm(state, made)
    return made


def intent_get(state: State, params: Params, ident: str) -> Object:
    return state.get("payment_intent", ident)


def intent_list(state: State, params: Params) -> Object:
    return _of_customer(state, "payment_intent", params)


def _of_customer(state: State, kind: str, params: Params) -> Object:
    match = {"customer": params["customer"]} if "customer" in params else {}
    return page(state, state.all(kind, **match), params, f"/v1/{kind}s")


def intent_confirm(state: State, params: Params, ident: str) -> Object:
    found = state.get("payment_intent", ident)
    if name := params.get("payment_method"):
        found["payment_method"] = cards.method(state, name)["id"]
    confirm(state, found)
    return found


def intent_cancel(state: State, params: Params, ident: str) -> Object:
    found = state.get("payment_intent", ident)
    if found["status"] in ("succeeded", "canceled"):
        raise _unexpected(found)
    found.update(status="canceled", canceled_at=state.now(), next_action=None)
    state.tell("payment_intent.canceled", found)
    return found


def confirm(state: State, intent: Object, *, authenticated: bool = False) -> None:
    """Charges the intent's card: done, declined (402), or waiting for the owner's authentication."""
    if intent["status"] in ("succeeded", "canceled") or not intent["payment_method"]:
        raise _unexpected(intent)
    method = state.get("payment_method", intent["payment_method"], "payment_method")
    if cards.of(method).asks and not authenticated:
        action = {"type": "redirect_to_url", "redirect_to_url": {"url": f"{state.base}/authenticate/{intent['id']}"}}
        intent.update(status="requires_action", next_action=action)
        state.tell("payment_intent.requires_action", intent)
        return
    fault = cards.refusal(method)
    charge = state.new("charge", "ch", amount=intent["amount"], amount_refunded=0, refunded=False, disputed=False,
                       currency=intent["currency"], customer=intent["customer"], payment_intent=intent["id"],
                       payment_method=method["id"], paid=fault is None, captured=fault is None,
                       status="failed" if fault else "succeeded", metadata=dict(intent["metadata"]),
                       amount_captured=0 if fault else intent["amount"], invoice=intent.get("_invoice"),
                       payment_method_details={"type": "card", "card": method["card"]},
                       receipt_url=None)  # fmt: skip
    intent["latest_charge"] = charge["id"]
    if fault:
        error = fault.body["error"]
        intent.update(status="requires_payment_method", payment_method=None, last_payment_error=error)
        charge.update(failure_code=error["code"], failure_message=error["message"])
        state.tell("charge.failed", charge)
        state.tell("payment_intent.payment_failed", intent)
        raise Fault(402, "card_error", error["message"], **{k: v for k, v in error.items() if k in (
            "code", "decline_code")}, payment_intent=dict(intent), charge=charge["id"])  # fmt: skip
    intent.update(status="succeeded", amount_received=intent["amount"], next_action=None, last_payment_error=None)
    if intent["customer"] and intent["setup_future_usage"]:
        cards.attach(state, method, intent["customer"])
    state.tell("charge.succeeded", charge)
    state.tell("payment_intent.succeeded", intent)
    if status := cards.of(method).disputed:
        disputes.begin(state, charge, status)


def _unexpected(intent: Object) -> Fault:
    message = f"This PaymentIntent's status is {intent['status']}; it cannot be confirmed or canceled now."
    return invalid(message, "", "payment_intent_unexpected_state")


def setup_create(state: State, params: Params) -> Object:
    owner = state.get("customer", params.get("customer"), "customer")["id"]
    made = state.new("setup_intent", "seti", customer=owner, payment_method=None, status="requires_payment_method",
                     usage=params.get("usage", "off_session"), payment_method_types=["card"], last_setup_error=None,
                     next_action=None, metadata=params.get("metadata", {}))  # fmt: skip
    made["client_secret"] = f"{made['id']}_secret_sandbox"
    state.tell("setup_intent.created", made)
    if name := params.get("payment_method"):
        setup_confirm(state, {"payment_method": name}, made["id"])
    return made


def setup_get(state: State, params: Params, ident: str) -> Object:
    return state.get("setup_intent", ident)


def setup_list(state: State, params: Params) -> Object:
    return _of_customer(state, "setup_intent", params)


def setup_confirm(state: State, params: Params, ident: str) -> Object:
    found = state.get("setup_intent", ident)
    if found["status"] != "requires_payment_method":
        raise invalid(f"This SetupIntent's status is {found['status']}.", "", "setup_intent_unexpected_state")
    method = cards.attach(state, cards.method(state, params.get("payment_method", "")), found["customer"])
    found.update(status="succeeded", payment_method=method["id"])
    state.tell("setup_intent.succeeded", found)
    return found


def charge_get(state: State, params: Params, ident: str) -> Object:
    return state.get("charge", ident)


def charge_list(state: State, params: Params) -> Object:
    match = {name: params[name] for name in ("payment_intent", "customer") if name in params}
    return page(state, state.all("charge", **match), params, "/v1/charges")


def refund_create(state: State, params: Params) -> Object:
    ident = params.get("charge") or state.get("payment_intent", params.get("payment_intent"))["latest_charge"]
    charge = state.get("charge", ident, "charge")
    left = charge["amount"] - charge["amount_refunded"] if charge["paid"] else 0
    amount = number(params, "amount", left)
    if not left:
        raise invalid("The charge has already been refunded.", "charge", "charge_already_refunded")
    if not 0 < amount <= left:
        raise invalid("The refund is greater than what is left of the charge.", "amount")
    made = state.new("refund", "re", amount=amount, charge=charge["id"], currency=charge["currency"],
                     payment_intent=charge["payment_intent"], reason=params.get("reason"), status="succeeded",
                     metadata=params.get("metadata", {}))  # fmt: skip
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    state.tell("refund.created", made)
    state.tell("charge.refunded", charge)
    return made


def refund_get(state: State, params: Params, ident: str) -> Object:
    return state.get("refund", ident)


def refund_list(state: State, params: Params) -> Object:
    match = {name: params[name] for name in ("payment_intent", "charge") if name in params}
    return page(state, state.all("refund", **match), params, "/v1/refunds")


def session_create(state: State, params: Params) -> Object:
    if params.get("mode") != "payment":
        raise invalid("Only mode=payment is known here.", "mode")
    if customer := params.get("customer"):
        state.get("customer", customer, "customer")
    total, currency = 0, ""
    for item in rows(params.get("line_items")):
        price = item.get("price_data") or state.get("price", item.get("price"), "line_items")
        total += number({"unit_amount": str(price["unit_amount"])}, "unit_amount") * number(item, "quantity", 1)
        currency = price["currency"]
    if not LEAST <= total <= MOST:
        raise invalid("The total is too small or too large.", "line_items", "amount_too_small")
    made = state.new("checkout.session", "cs_test", mode="payment", status="open", payment_status="unpaid",
                     amount_total=total, amount_subtotal=total, currency=currency, customer=customer,
                     payment_intent=None, success_url=params.get("success_url"), cancel_url=params.get("cancel_url"),
                     client_reference_id=params.get("client_reference_id"), expires_at=state.now() + 86_400,
                     _intent=params.get("payment_intent_data", {}), metadata=params.get("metadata", {}))  # fmt: skip
    made["url"] = f"{state.base}/pay/{made['id']}"
    return made


def session_get(state: State, params: Params, ident: str) -> Object:
    return state.get("checkout.session", ident)


def session_list(state: State, params: Params) -> Object:
    match = {name: params[name] for name in ("payment_intent", "customer") if name in params}
    return page(state, state.all("checkout.session", **match), params, "/v1/checkout/sessions")


def session_expire(state: State, params: Params, ident: str) -> Object:
    found = state.get("checkout.session", ident)
    if found["status"] != "open":
        raise invalid("Only an open session can be expired.", "session")
    found.update(status="expired", url=None)
    state.tell("checkout.session.expired", found)
    return found


def session_pay(state: State, ident: str, card: str) -> Object:
    """What the checkout page does with a card. A declined one leaves the session open for another."""
    found = state.get("checkout.session", ident)
    if found["status"] != "open" or found["expires_at"] <= state.now():
        raise invalid("This checkout is over.", "session")
    intent = state.objects.get(found["payment_intent"] or "") or intent_create(
        state,
        {
            "amount": str(found["amount_total"]),
            "currency": found["currency"],
            "metadata": found["_intent"].get("metadata", {}),
            **({"customer": found["customer"]} if found["customer"] else {}),
        },
    )
    found["payment_intent"], intent["_session"] = intent["id"], ident
    intent["payment_method"] = cards.method(state, card)["id"]
    confirm(state, intent)
    complete(state, intent)
    return found


def complete(state: State, intent: Object) -> None:
    """Ends the checkout of an intent that is paid."""
    found = state.objects.get(intent.get("_session") or "")
    if found and found["status"] == "open" and intent["status"] == "succeeded":
        found.update(status="complete", payment_status="paid", url=None)
        state.tell("checkout.session.completed", found)


def authenticate(state: State, ident: str, passed: bool) -> Object:
    """What the bank's page does: the owner of the card agrees, or does not."""
    intent = state.get("payment_intent", ident)
    if intent["status"] != "requires_action":
        raise _unexpected(intent)
    if passed:
        confirm(state, intent, authenticated=True)
        complete(state, intent)
    else:
        error = {"type": "card_error", "code": "payment_intent_authentication_failure", "message": "Not authenticated."}
        intent.update(status="requires_payment_method", next_action=None, last_payment_error=error)
        state.tell("payment_intent.payment_failed", intent)
    return intent
