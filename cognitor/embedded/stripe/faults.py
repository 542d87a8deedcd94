"""Errors in the shape that Stripe gives them (docs.stripe.com/api/errors)."""

from typing import Any


class Fault(Exception):
    """An answer that is an error; what was written before it stays, as at Stripe."""

    def __init__(self, status: int, kind: str, message: str, **members: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"error": {"type": kind, "message": message, **members}}


def missing(kind: str, ident: str, param: str = "id") -> Fault:
    return Fault(404, "invalid_request_error", f"No such {kind}: '{ident}'", code="resource_missing", param=param)


def invalid(message: str, param: str = "", code: str = "parameter_invalid") -> Fault:
    return Fault(400, "invalid_request_error", message, code=code, param=param)


def declined(code: str, decline: str, **members: Any) -> Fault:
    return Fault(402, "card_error", "Your card was declined.", code=code, decline_code=decline, **members)
