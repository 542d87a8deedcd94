"""The one decorator that holds the whole truth of an operation.

    class PostViewSet(SiteViewSet):
        @operation("posts_publish", allow="content.publish", rate="write", takes=PublishIn, gives=PostOut)
        def publish(self, request, site, post_id):
            '''Publishes a post now, or at `publish_at`.'''

Permissions, throttles, timeouts, validation, dry runs, idempotency, OpenAPI, `docs/operations.md` and the denial
tests read what is declared here. `allow` has no default: a door is closed until a line opens it.
"""

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Literal

from django.db import DatabaseError, OperationalError, close_old_connections, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import parse_http_date_safe
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.serializers import BaseSerializer

from apps.core import context, errors, etag, idempotency
from apps.core.cursors import CursorPage
from apps.core.encoding import dumps
from apps.core.query import Page, Query, sparse
from apps.core.ratelimit import RATES
from apps.core.refusal import Refusal
from apps.core.tenancy import pathless, set_timeout

PUBLIC = "public"
USER = "user"
SAFE = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True, slots=True)
class Timeout:
    """How long one SQL statement may take (milliseconds), and a call to a provider in all (seconds)."""

    statement: int
    provider: float


# "read" is what a web process's connections start with (`cognitor.settings.environment.database`).
TIMEOUTS = {
    "read": Timeout(2_000, 10),
    "write": Timeout(5_000, 30),
    "ai": Timeout(5_000, 240),
    "export": Timeout(60_000, 600),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What is declared of one operation; see `operation` for the meaning of each member."""

    id: str
    allow: str
    rate: str
    timeout: str
    takes: type[BaseSerializer[Any]] | None
    gives: type[BaseSerializer[Any]] | None
    many: bool
    status: int
    query: type[Query]
    refuses: tuple[type[Refusal], ...]
    effects: Literal["none", "rows", "outside"]
    idempotent: bool
    cost: str
    parsers: tuple[type[BaseParser], ...]
    media_types: tuple[str, ...]
    also: "Mapping[int, str | Told]"
    prepare: Callable[..., Any] | None
    delivered: Callable[..., Any] | None
    about: str


Told = tuple[str, type[BaseSerializer[Any]]]
"""What an answer is, in words, and its shape."""

OPERATIONS: dict[str, Operation] = {}


def operation(
    id: str,
    *,
    allow: str,
    rate: str,
    takes: type[BaseSerializer[Any]] | None = None,
    gives: type[BaseSerializer[Any]] | None = None,
    many: bool = False,
    status: int = 200,
    query: type[Query] = Query,
    timeout: str = "",
    refuses: Iterable[type[Refusal]] = (),
    effects: Literal["none", "rows", "outside"] = "none",
    idempotent: bool = True,
    cost: str = "",
    parsers: Iterable[type[BaseParser]] = (),
    media_types: Iterable[str] = (),
    also: "Mapping[int, str | Told] | None" = None,
    prepare: Callable[..., Any] | None = None,
    delivered: Callable[..., Any] | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., HttpResponseBase]]:
    """Declares a viewset action as operation `id`.

    allow: `public`, `user` (any valid token) or the permission code to hold.
    rate: a class of `apps.core.ratelimit.RATES`. timeout: a class of `TIMEOUTS`, by default that of the rate.
    takes: serializer of the body, found validated in `request.valid`. query: that of the query string, in `request.q`.
    gives: serializer of the answer; `many` for a bare array; a `Page` or `CursorPage` becomes its envelope.
    status: of success. refuses: refusals beyond those that any operation has.
    effects: `rows` when all it does is undone by a rollback, which makes `?dry_run=true` possible; `outside` otherwise.
    idempotent: False where `Idempotency-Key` is not taken: the answer holds a secret, or is a stream.
    cost: how it is priced, in words, as in `x-cost`; what was charged the answer tells in `X-Credits-Charged`.
    parsers, media_types: when the body or the answer is not JSON.
    also: further successes, as `{206: "A range of the file."}`, or with a shape of their own `{202: ("…", JobOut)}`.
    With 201 among them a result that says it was `made` is answered with that.
    prepare: for `outside` effects: called before the transaction with the request, after the key is claimed. It
    records the intent in a commit of its own, calls the vendor and returns what the action settles, found in
    `request.prepared`.
    delivered: for anonymous reads: the function that reads the finished answer (`apps.core.delivery`), called by the
    action and by the lane in front of Django.
    """

    def decorate(action: Callable[..., Any]) -> Callable[..., HttpResponseBase]:
        declared = Operation(
            id=id,
            allow=allow,
            rate=rate,
            timeout=timeout or (rate if rate in TIMEOUTS else "read"),
            takes=takes,
            gives=gives,
            many=many,
            status=status,
            query=query,
            refuses=tuple(refuses),
            effects=effects,
            idempotent=idempotent and allow != PUBLIC and effects != "none",
            cost=cost,
            parsers=tuple(parsers),
            media_types=tuple(media_types),
            also=also or {},
            prepare=prepare,
            delivered=delivered,
            about=" ".join((action.__doc__ or "").split()),
        )
        if OPERATIONS.setdefault(id, declared).about != declared.about:
            raise TypeError(f"operation {id} is declared twice")
        if not declared.about or rate not in RATES or declared.timeout not in TIMEOUTS:
            raise TypeError(f"operation {id} needs a docstring, a known rate and a known timeout class")

        @functools.wraps(action)
        def run(view: Any, request: Request, **kwargs: Any) -> HttpResponseBase:
            # Path values reach the action as the view resolved them: the site object for its identifier.
            arguments = kwargs | view.resolved
            request.q = validated(query, request.query_params, strict=request.method in SAFE and allow != PUBLIC)
            request.valid = validated(takes, request.data) if takes else {}
            perform = functools.partial(_perform, view, action, declared, request, arguments)
            context.current().charged = None
            with statement_timeout(TIMEOUTS[declared.timeout]):
                if request.method in SAFE:
                    return conditional(request, _again_if_cut_off(perform))
                if request.q.get("dry_run"):
                    return _dry_run(declared, perform)
                key = request.headers.get("Idempotency-Key")
                if key is None or not declared.idempotent:
                    _prepare(declared, request, arguments)
                    return perform()
                return idempotency.once(
                    key, declared.id, request, prepare=lambda: _prepare(declared, request, arguments), perform=perform
                )

        run.operation = declared  # type: ignore[attr-defined]
        return run

    return decorate


def _again_if_cut_off(perform: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """A read whose connection was lost under it is done once more on a new one; a write is never repeated."""
    try:
        return perform()
    except OperationalError:
        if connection.in_atomic_block or connection.is_usable():
            raise
        connection.close()
        return perform()


def validated(serializer: type[BaseSerializer[Any]], data: Any, *, strict: bool = False) -> Any:
    """What the serializer makes of the data; `ValidationError` with all faults."""
    return _shape(serializer, strict).run_validation(data)  # type: ignore[arg-type]  # classes can be hashed


@functools.cache
def _shape(serializer: Any, strict: bool) -> BaseSerializer[Any]:
    """One for all requests: `run_validation` leaves nothing in it, and to make one costs more than to use it."""
    shape: BaseSerializer[Any] = serializer(context={"strict": strict})
    return shape


def _prepare(declared: Operation, request: Request, arguments: dict[str, Any]) -> None:
    request.prepared = declared.prepare(request, **arguments) if declared.prepare else None


def _perform(
    view: Any, action: Callable[..., Any], declared: Operation, request: Request, arguments: dict[str, Any]
) -> HttpResponseBase:
    response = _answer(declared, request, action(view, request, **arguments))
    if (charged := context.current().charged) is not None:
        response["X-Credits-Charged"] = str(charged)
    return response


def _answer(declared: Operation, request: Request, result: Any) -> HttpResponseBase:
    if isinstance(result, HttpResponseBase):
        return result
    if result is None and declared.gives is None:
        return HttpResponse(status=204)
    response = HttpResponse(
        dumps(represent(declared, result, request.q.get("fields"))),
        status=201 if 201 in declared.also and getattr(result, "made", False) else declared.status,
        content_type="application/json",
    )
    if tag := getattr(result, "etag", None):
        response["ETag"] = f'"{tag}"'
    return response


def represent(declared: Operation, result: Any, fields: list[str] | None = None) -> Any:
    """The result in the shape that the operation declares; without a shape, as it is."""
    if declared.gives is None:
        return result
    paged = isinstance(result, Page | CursorPage)
    form = _form(declared.gives, paged or declared.many)  # type: ignore[arg-type]  # classes can be hashed
    data = sparse(declared.gives, form.to_representation(result.items if paged else result), fields)
    return result.envelope(data) if paged else data


@functools.cache
def _form(serializer: Any, many: bool) -> BaseSerializer[Any]:
    """One for all answers, as `_shape` for what is asked."""
    form: BaseSerializer[Any] = serializer(many=many)
    return form


def make_shapes() -> None:
    """Makes what `_shape` and `_form` keep of all operations: processes that are forked afterwards share it."""
    for declared in OPERATIONS.values():
        made = [_shape(declared.query, strict) for strict in (False, True)]
        made += [_shape(declared.takes, False)] if declared.takes else []  # type: ignore[arg-type]
        made += [_form(declared.gives, many) for many in (False, True)] if declared.gives else []  # type: ignore[arg-type]
        for shape in made:
            getattr(getattr(shape, "child", shape), "fields", None)


def conditional(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Gives a read its strong validator and answers 304 when the client has it (RFC 9110, 8.8 and 13.1.2).

    `If-Modified-Since` is looked at only when there is no `If-None-Match` (13.1.3).
    """
    if response.status_code != 200 or response.streaming:
        return response
    if not response.has_header("ETag"):
        response["ETag"] = f'"{etag.of_bytes(response.content)}"'  # type: ignore[attr-defined]
    if not response.has_header("Cache-Control"):
        response["Cache-Control"] = "private, no-cache"
        response["Vary"] = "Authorization"
    names = request.headers.get("If-None-Match")
    if _unmodified(request, response) if names is None else etag.matches(names, response["ETag"].strip('"')):
        unchanged = HttpResponse(status=304)
        for name in ("ETag", "Cache-Control", "Vary", "Last-Modified", "Content-Location"):
            if response.has_header(name):
                unchanged[name] = response[name]
        return unchanged
    return response


def _unmodified(request: HttpRequest, response: HttpResponseBase) -> bool:
    since = parse_http_date_safe(request.headers.get("If-Modified-Since", ""))
    modified = parse_http_date_safe(response.headers.get("Last-Modified", ""))
    return since is not None and modified is not None and modified <= since


def _dry_run(declared: Operation, perform: Callable[[], HttpResponseBase]) -> HttpResponse:
    """The same service in a transaction that is rolled back; what would have been, and what would have been told."""
    if declared.effects != "rows":
        raise errors.DryRunUnsupported
    now = context.current()
    now.dry, now.events = True, []
    try:
        with transaction.atomic():
            response = perform()
            transaction.set_rollback(True)
    finally:
        now.dry = False
    body: bytes = response.content  # type: ignore[attr-defined]
    answer = b'{"dry_run":true,"status":%d,"result":%s,"events":%s}' % (
        response.status_code,
        body or b"null",
        dumps(now.events),
    )
    return HttpResponse(answer, content_type="application/json")


@contextmanager
def statement_timeout(timeout: Timeout) -> Iterator[None]:
    """Raises the connection's statement timeout for the time of a slower class."""
    if timeout is TIMEOUTS["read"]:
        yield
        return
    set_timeout(timeout.statement)
    try:
        yield
    finally:
        _reset_timeout()


def let_go() -> None:
    """Gives the connection back to the pool for the time of a wait, as it was taken from it; not in a transaction."""
    if not connection.in_atomic_block:
        _reset_timeout()
        close_old_connections()


def _reset_timeout() -> None:
    if connection.connection is not None:
        with suppress(DatabaseError), pathless() as cursor:  # what is broken, the pool throws away
            cursor.execute("RESET statement_timeout")
