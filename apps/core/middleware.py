"""What happens around every request."""

import re
import secrets
import time
from collections.abc import Callable

import structlog
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from apps.core import context, metrics
from apps.core.clients import address

Next = Callable[[HttpRequest], HttpResponse]
log = structlog.get_logger("cognitor.request")
_REQUEST_ID = re.compile(r"[\w.-]{8,60}")
# The admin's own pages, static files and the identity pages keep their slash.
_KEEPS_SLASH = re.compile(r"/(static|_allauth)/")
_ANY_ORIGIN = re.compile(r"/(public|search/sites)/")


class RequestLog:
    """Gives the request an id, measures it and writes one line about it."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        given = request.headers.get("X-Request-Id", "")
        request_id = given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
        now = context.begin(request_id=request_id)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        response = self.get_response(request)
        seconds = time.perf_counter() - started
        response["X-Request-Id"] = request_id
        operation = now.operation or "other"
        metrics.REQUESTS.labels(operation, str(response.status_code)).inc()
        metrics.SECONDS.labels(operation).observe(seconds)
        log.info(
            "request",
            method=request.method,
            path=request.path,
            status=response.status_code,
            ms=round(seconds * 1000, 1),
            operation=now.operation,
            address=address(request),
        )
        return response


class Slash:
    """Both slash forms of every path answer: the routes have none, so it is dropped before they are asked."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        path = request.path_info
        if len(path) > 1 and path.endswith("/") and not _KEEPS_SLASH.match(path):
            bare = path[:-1]
            if not path.startswith("/admin/") or _resolves(bare):
                request.path_info = bare
        return self.get_response(request)


def _resolves(path: str) -> bool:
    try:
        resolve(path)
    except Resolver404:
        return False
    return True


class AnyOrigin:
    """Public and search reads may be called from a browser on any origin; nothing there depends on a cookie."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not _ANY_ORIGIN.match(request.path_info):
            return self.get_response(request)
        if request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
            response = HttpResponse(status=204)
            response["Access-Control-Allow-Methods"] = "GET, HEAD, POST"
            response["Access-Control-Allow-Headers"] = ", ".join(settings.CORS_ALLOW_HEADERS)
            response["Access-Control-Max-Age"] = "86400"
        else:
            response = self.get_response(request)
        response["Access-Control-Allow-Origin"] = "*"
        response["Access-Control-Expose-Headers"] = "ETag, Last-Modified, Retry-After, X-Request-Id"
        return response


class PublicSchema:
    """Every request starts and ends on the shared schema, whatever happened in between.

    `set_schema` inside a transaction is not undone by its rollback, so the reset stands in a `finally`.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        connection.set_schema_to_public()
        try:
            return self.get_response(request)
        finally:
            connection.set_schema_to_public()
