"""Disputes, as Stripe's test mode has them: evidence that says who wins decides (docs.stripe.com/testing#disputes)."""

from typing import Any

from cognitor.embedded.stripe.faults import invalid
from cognitor.embedded.stripe.state import Object, State
from cognitor.embedded.stripe.wire import page

Params = dict[str, Any]
_WORDS = {"winning_evidence": "won", "losing_evidence": "lost"}


def begin(state: State, charge: Object, status: str = "needs_response") -> Object:
    """A bank disputes all that is left of a charge: it takes the money, or (`warning_…`) only asks."""
    amount = charge["amount"] - charge["amount_refunded"]
    details = {"due_by": state.now() + 7 * 86_400, "has_evidence": False, "past_due": False, "submission_count": 0}
    made = state.new("dispute", "du", amount=amount, charge=charge["id"], currency=charge["currency"], status=status,
                     payment_intent=charge["payment_intent"], reason="fraudulent", balance_transactions=[],
                     evidence={}, evidence_details=details, is_charge_refundable=status.startswith("warning"),
                     payment_method_details={"type": "card", "card": {"brand": "visa"}})  # fmt: skip
    charge["disputed"] = True
    state.tell("charge.dispute.created", made)
    if not status.startswith("warning"):
        state.tell("charge.dispute.funds_withdrawn", made)
    return made


def get(state: State, params: Params, ident: str) -> Object:
    return state.get("dispute", ident)


def listing(state: State, params: Params) -> Object:
    match = {name: params[name] for name in ("payment_intent", "charge") if name in params}
    return page(state, state.all("dispute", **match), params, "/v1/disputes")


def update(state: State, params: Params, ident: str) -> Object:
    """Answers the bank. `winning_evidence` and `losing_evidence` as `uncategorized_text` end it so."""
    found = _open(state, ident)
    found["evidence"] |= params.get("evidence", {})
    found["evidence_details"].update(has_evidence=True, submission_count=1)
    warning = found["status"].startswith("warning")
    found["status"] = "warning_under_review" if warning else "under_review"
    state.tell("charge.dispute.updated", found)
    if outcome := _WORDS.get(found["evidence"].get("uncategorized_text", "")):
        _end(state, found, outcome if not warning or outcome == "lost" else "warning_closed")
    return found


def close(state: State, params: Params, ident: str) -> Object:
    """Accepts the dispute: the money is lost."""
    found = _open(state, ident)
    _end(state, found, "lost")
    return found


def _open(state: State, ident: str) -> Object:
    found = state.get("dispute", ident)
    if found["status"] in ("won", "lost", "warning_closed"):
        raise invalid("This dispute is already closed.", "dispute")
    return found


def _end(state: State, found: Object, status: str) -> None:
    found["status"] = status
    if status == "won":
        state.tell("charge.dispute.funds_reinstated", found)
    state.tell("charge.dispute.closed", found)
