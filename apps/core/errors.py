"""Refusals that any operation may meet."""

from apps.core.refusal import Refusal


class NotSignedIn(Refusal):
    code, status, title = "auth.required", 401, "A valid token is needed."


class Forbidden(Refusal):
    code, status, title = "auth.forbidden", 403, "The permission for this is missing."


class NotFound(Refusal):
    code, status, title = "not_found", 404, "Not found."


class MethodNotAllowed(Refusal):
    code, status, title = "method_not_allowed", 405, "This method is not allowed here."


class Invalid(Refusal):
    """`errors` is a list of `{field, message, code}`; `field` is a dotted path into the request."""

    code, status, title = "invalid", 400, "The request is not valid."


class Malformed(Refusal):
    code, status, title = "malformed", 400, "The body could not be read."


class TooLarge(Refusal):
    code, status, title = "too_large", 413, "The body is too large."


class UnsupportedType(Refusal):
    code, status, title = "unsupported_media_type", 415, "This content type is not taken here."


class VersionMismatch(Refusal):
    code, status, title = "precondition_failed", 412, "The document was changed meanwhile; read it again."


class RateLimited(Refusal):
    code, status, title = "rate_limited", 429, "Too many requests; wait and try again."


class Unavailable(Refusal):
    code, status, title = "unavailable", 503, "This is not available for the moment; try again."


class NotReady(Refusal):
    """`data` holds each part with its state."""

    code, status, title = "ops.not_ready", 503, "Something that requests need is down."


class KeyReused(Refusal):
    code, status, title = "idempotency.reused", 422, "This Idempotency-Key was used with another request."


class KeyInUse(Refusal):
    code, status, title = "idempotency.running", 409, "The first request with this Idempotency-Key is still running."


class KeyMalformed(Refusal):
    code, status, title = "idempotency.malformed", 400, "An Idempotency-Key has 1 to 200 visible characters."


class DryRunUnsupported(Refusal):
    code, status, title = "dry_run_unsupported", 400, "This operation cannot be tried without effect."
