"""Test cards, with the names and behaviour of Stripe's (docs.stripe.com/testing)."""

from dataclasses import dataclass

from cognitor.embedded.stripe.faults import Fault, declined, invalid
from cognitor.embedded.stripe.state import Object, State


@dataclass(frozen=True, slots=True)
class Card:
    last4: str
    brand: str = "visa"
    code: str = ""
    decline: str = ""
    attaches: bool = True
    asks: bool = False
    """Whether its owner has to authenticate each payment."""
    disputed: str = ""
    """How its owner's bank disputes each payment as soon as it is made: the dispute's first status."""


CARDS = {
    "pm_card_visa": Card("4242"),
    "pm_card_mastercard": Card("4444", "mastercard"),
    "pm_card_amex": Card("8431", "amex"),
    "pm_card_chargeDeclined": Card("0002", code="card_declined", decline="generic_decline", attaches=False),
    "pm_card_chargeDeclinedInsufficientFunds": Card(
        "9995", code="card_declined", decline="insufficient_funds", attaches=False
    ),
    "pm_card_chargeDeclinedLostCard": Card("9987", code="card_declined", decline="lost_card", attaches=False),
    "pm_card_chargeDeclinedStolenCard": Card("9979", code="card_declined", decline="stolen_card", attaches=False),
    "pm_card_chargeDeclinedExpiredCard": Card("0069", code="expired_card", attaches=False),
    "pm_card_chargeDeclinedIncorrectCvc": Card("0127", code="incorrect_cvc", attaches=False),
    "pm_card_chargeDeclinedProcessingError": Card("0119", code="processing_error", attaches=False),
    "pm_card_chargeCustomerFail": Card("0341", code="card_declined", decline="generic_decline"),
    "pm_card_authenticationRequired": Card("3184", asks=True),
    "pm_card_createDispute": Card("0259", disputed="needs_response"),
    "pm_card_createDisputeInquiry": Card("1976", disputed="warning_needs_response"),
}
BY_NUMBER = {
    "4242424242424242": "pm_card_visa",
    "5555555555554444": "pm_card_mastercard",
    "4000000000000002": "pm_card_chargeDeclined",
    "4000000000009995": "pm_card_chargeDeclinedInsufficientFunds",
    "4000000000000341": "pm_card_chargeCustomerFail",
    "4000002760003184": "pm_card_authenticationRequired",
    "4000000000000259": "pm_card_createDispute",
    "4000000000001976": "pm_card_createDisputeInquiry",
}


def method(state: State, name: str) -> Object:
    """The payment method of that id; a test card's name makes a new one of it."""
    if name not in CARDS:
        return state.get("payment_method", name, "payment_method")
    card = CARDS[name]
    return state.new("payment_method", "pm", type="card", customer=None, _card=name, billing_details={"email": None},
                     card={"brand": card.brand, "last4": card.last4, "exp_month": 12, "exp_year": 2034,
                           "country": "US", "funding": "credit", "fingerprint": f"sandbox{card.last4}"})  # fmt: skip


def of(found: Object) -> Card:
    return CARDS[found["_card"]]


def by_number(digits: str) -> str:
    name = BY_NUMBER.get("".join(filter(str.isdigit, digits)))
    if name is None:
        raise invalid("Only test cards are taken here.", "number", "incorrect_number")
    return name


def refusal(found: Object) -> Fault | None:
    """Why the card cannot be charged, if it cannot."""
    card = of(found)
    return declined(card.code, card.decline or card.code) if card.code else None


def attach(state: State, found: Object, customer: str) -> Object:
    """Keeps the card for its customer; those that decline at once are refused here, as Stripe verifies them."""
    if not of(found).attaches and (fault := refusal(found)):
        raise fault
    if found["customer"] not in (None, customer):
        raise invalid("This payment method belongs to another customer.", "payment_method")
    if found["customer"] is None:
        found["customer"] = customer
        state.tell("payment_method.attached", found)
    return found
