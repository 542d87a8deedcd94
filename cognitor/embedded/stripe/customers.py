"""Account, customers, their payment methods, products, prices, and the customer portal."""

from typing import Any

from cognitor.embedded.stripe import cards
from cognitor.embedded.stripe.faults import invalid
from cognitor.embedded.stripe.state import Object, State
from cognitor.embedded.stripe.wire import number, page, truth

Params = dict[str, Any]


def account(state: State, params: Params) -> Object:
    return state.account()


def customer_create(state: State, params: Params) -> Object:
    made = state.new(
        "customer",
        "cus",
        email=params.get("email"),
        name=params.get("name"),
        balance=0,
        currency=None,
        delinquent=False,
        default_source=None,
        metadata=params.get("metadata", {}),
        invoice_settings={"default_payment_method": None, "custom_fields": None, "footer": None},
    )
    state.tell("customer.created", made)
    return made


def customer_get(state: State, params: Params, ident: str) -> Object:
    return state.get("customer", ident)


def customer_update(state: State, params: Params, ident: str) -> Object:
    found = state.get("customer", ident)
    default = params.get("invoice_settings", {}).get("default_payment_method")
    if default is not None:
        if default and state.get("payment_method", default)["customer"] != ident:
            raise invalid("The payment method is not attached to the customer.", "default_payment_method")
        found["invoice_settings"]["default_payment_method"] = default or None
    found.update({name: params[name] for name in ("email", "name") if name in params})
    found["metadata"] |= params.get("metadata", {})
    state.tell("customer.updated", found)
    return found


def customer_list(state: State, params: Params) -> Object:
    found = [one for one in state.all("customer") if params.get("email") in (None, one["email"])]
    return page(state, found, params, "/v1/customers")


def methods_of(state: State, params: Params, ident: str) -> Object:
    state.get("customer", ident)
    return page(state, state.all("payment_method", customer=ident), params, f"/v1/customers/{ident}/payment_methods")


def method_list(state: State, params: Params) -> Object:
    return methods_of(state, params, params.get("customer", ""))


def method_get(state: State, params: Params, ident: str) -> Object:
    return state.get("payment_method", ident)


def method_attach(state: State, params: Params, ident: str) -> Object:
    return cards.attach(state, cards.method(state, ident), state.get("customer", params.get("customer"))["id"])


def method_detach(state: State, params: Params, ident: str) -> Object:
    found = state.get("payment_method", ident)
    owner = found["customer"]
    if owner is None:
        raise invalid("The payment method is not attached to a customer.", "payment_method")
    found["customer"] = None
    settings = state.objects[owner]["invoice_settings"]
    if settings["default_payment_method"] == ident:
        settings["default_payment_method"] = None
    state.tell("payment_method.detached", found)
    return found


def product_create(state: State, params: Params) -> Object:
    if not params.get("name"):
        raise invalid("Missing required param: name.", "name", "parameter_missing")
    return state.new("product", "prod", name=params["name"], active=True, metadata=params.get("metadata", {}))


def product_get(state: State, params: Params, ident: str) -> Object:
    return state.get("product", ident)


def product_features(state: State, params: Params, ident: str) -> Object:
    """None: it is asked for with each product that is copied."""
    state.get("product", ident)
    return page(state, [], params, f"/v1/products/{ident}/features")


def price_create(state: State, params: Params) -> Object:
    inline = params.get("product_data")
    product = product_create(state, inline) if inline else state.get("product", params.get("product"), "product")
    amount, recurring = number(params, "unit_amount"), params.get("recurring")
    if amount < 0 or (recurring and recurring.get("interval") not in ("month", "year")):
        raise invalid("Only monthly and yearly prices of 0 or more are known here.", "recurring")
    return state.new("price", "price", product=product["id"], active=True, currency=params.get("currency", "usd"),
                     unit_amount=amount, unit_amount_decimal=str(amount), billing_scheme="per_unit",
                     type="recurring" if recurring else "one_time", lookup_key=params.get("lookup_key"),
                     recurring={"interval_count": 1, "usage_type": "licensed", **recurring} if recurring else None,
                     metadata=params.get("metadata", {}))  # fmt: skip


def price_get(state: State, params: Params, ident: str) -> Object:
    return state.get("price", ident)


def price_list(state: State, params: Params) -> Object:
    wanted = list(params.get("lookup_keys", {}).values())
    found = [one for one in state.all("price") if not wanted or one["lookup_key"] in wanted]
    return page(state, found, params, "/v1/prices")


def portal_create(state: State, params: Params) -> Object:
    owner = state.get("customer", params.get("customer"), "customer")
    made = state.new("billing_portal.session", "bps", customer=owner["id"], return_url=params.get("return_url"))
    made["url"] = f"{state.base}/portal/{made['id']}"
    return made


def event_list(state: State, params: Params) -> Object:
    kinds = list(params.get("types", {}).values()) or ([params["type"]] if "type" in params else [])
    found = [one for one in state.all("event") if not kinds or one["type"] in kinds]
    if "delivery_success" in params:
        found = [one for one in found if bool(one["pending_webhooks"]) != truth(params, "delivery_success")]
    return page(state, found, params, "/v1/events")


def event_get(state: State, params: Params, ident: str) -> Object:
    return state.get("event", ident)
