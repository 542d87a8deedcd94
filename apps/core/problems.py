"""The one place that turns an exception into an answer.

The body follows RFC 9457 (problem details) with `detail` as known clients expect it: a string, or an object
with `message` when the refusal carries data. Whatever is not a refusal is a bug: 500, logged, no detail.
"""

from collections.abc import Iterator
from typing import Any

import structlog
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent
from django.db import DatabaseError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from psycopg import errors as pg
from psycopg_pool import PoolTimeout
from rest_framework import exceptions as drf

from apps.core import errors
from apps.core.encoding import dumps
from apps.core.refusal import Refusal

log = structlog.get_logger(__name__)


def body(refusal: Refusal) -> dict[str, Any]:
    data = dict(refusal.data)
    listed = data.pop("errors", None)
    problem: dict[str, Any] = {
        "detail": {"message": refusal.message, **data} if data else refusal.message,
        "type": f"/docs/errors#{refusal.code}",
        "title": refusal.title,
        "status": refusal.status,
        "code": refusal.code,
    }
    return problem | ({"errors": listed} if listed else {})


def response(refusal: Refusal) -> HttpResponse:
    """The refusal as an answer. The type is plain JSON: known clients test for it before they read `detail`."""
    answer = HttpResponse(dumps(body(refusal)), status=refusal.status, content_type="application/json")
    answer["Cache-Control"] = "no-store"
    if refusal.status == 401:
        answer["WWW-Authenticate"] = "Bearer"
    for name, value in refusal.headers.items():
        answer[name] = value
    answer.refusal = refusal  # type: ignore[attr-defined]
    return answer


def answer(exc: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """DRF's exception handler: None lets Django log the bug and answer 500."""
    refusal = refusal_of(exc)
    return response(refusal) if refusal else None


def refusal_of(exc: BaseException) -> Refusal | None:
    """What an exception of a library means in our words; None when it is a bug."""
    match exc:
        case Refusal():
            return exc
        case drf.ValidationError():
            return errors.Invalid(errors=list(flatten(exc.get_full_details())))
        case drf.NotAuthenticated() | drf.AuthenticationFailed():
            return errors.NotSignedIn()
        case drf.PermissionDenied() | PermissionDenied():
            return errors.Forbidden()
        case drf.NotFound() | Http404():
            return errors.NotFound()
        case drf.MethodNotAllowed():
            return errors.MethodNotAllowed()
        case drf.UnsupportedMediaType():
            return errors.UnsupportedType()
        case RequestDataTooBig() | TooManyFieldsSent():
            return errors.TooLarge()
        case drf.ParseError() | SuspiciousOperation() | UnicodeDecodeError():
            return errors.Malformed()
        case PoolTimeout():
            return errors.Unavailable()
        case DatabaseError():
            return _of_database(exc)
        case _:
            return None


def _of_database(exc: DatabaseError) -> Refusal | None:
    match exc.__cause__:
        case pg.UndefinedTable() | pg.InvalidSchemaName():
            # A tenant whose schema is not what the code expects must never be answered from another schema.
            log.critical("tenant_schema_broken", error=str(exc).splitlines()[0])
            return errors.Unavailable()
        case pg.QueryCanceled() | pg.LockNotAvailable() | pg.ReadOnlySqlTransaction() | pg.DiskFull():
            log.warning("database_refused", error=type(exc.__cause__).__name__)
            return errors.Unavailable()
        case pg.SerializationFailure() | pg.DeadlockDetected():
            return errors.Unavailable()
        case _ if isinstance(exc, OperationalError):
            log.error("database_away", error=str(exc).splitlines()[0] if str(exc) else "")
            return errors.Unavailable()
        case _:
            return None


def flatten(detail: Any, path: str = "") -> Iterator[dict[str, str]]:
    """DRF's nested error details as a flat list of `{field, message, code}`."""
    match detail:
        case {"message": message, "code": code} if not isinstance(message, dict | list):
            yield {"field": path, "message": str(message), "code": str(code)}
        case dict():
            for key, member in detail.items():
                inner = path if key == "non_field_errors" else f"{path}.{key}" if path else str(key)
                yield from flatten(member, inner)
        case list():
            for index, member in enumerate(detail):
                leaf = isinstance(member, dict) and "message" in member and "code" in member
                yield from flatten(member, path if leaf else f"{path}.{index}" if path else str(index))


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return response(errors.NotFound())


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return response(errors.Malformed())


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return response(errors.Forbidden())


class Bug(Refusal):
    code, status, title = "internal", 500, "Something went wrong here; it was logged."


def server_error(request: HttpRequest) -> HttpResponse:
    return response(Bug())
