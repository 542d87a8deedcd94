"""The lane: a WSGI callable in front of Django that answers anonymous reads from finished bytes.

It answers GET and HEAD of operations that are declared `delivered`, and the preflights of all anonymous reads, on the
installation's hosts and on sites' own domains.
Whatever is not a plain success (an unknown site, a bad query, a host that is not ours, a database that is away) goes
on to Django, which says it properly; only successes are kept.
"""

import itertools
import threading
import time
from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection
from django.http.request import split_domain_port, validate_host
from rest_framework.exceptions import APIException

from apps.core import clients, metrics, ratelimit
from apps.core.delivery import shared
from apps.core.delivery.answer import Answer
from apps.core.delivery.asking import PREFIXES, Asked, understood
from apps.core.delivery.shelf import Entry, Headers, Shelf
from apps.core.delivery.touching import generations
from apps.core.refusal import Refusal

log = structlog.get_logger(__name__)

Environ = dict[str, Any]
Start = Callable[..., Any]

SECONDS, DEAF_SECONDS = 300.0, 5.0
WAIT_SECONDS = 10.0
COUNTED = 100
"""Hits are told to the metrics by the hundred: counting each costs a tenth of it."""


class Lane:
    """`site_at` gives the identifier of the site whose own domain a host name is: there `/x` is `/public/{site}/x`.

    `counted` is told the path and the user agent of each read that was answered.
    """

    def __init__(
        self,
        application: Callable[[Environ, Start], Iterable[bytes]],
        site_at: Callable[[str], str | None] = lambda host: None,
        counted: Callable[[str, str], None] = lambda path, user_agent: None,
    ) -> None:
        self.application, self.site_at, self.counted = application, site_at, counted
        self.shelf = Shelf(generations(), most_bytes=settings.DELIVERY_MEMORY_BYTES, seconds=DEAF_SECONDS)
        self.listener = shared.Listener(generations().touch)
        self.constant = _constant_headers()
        self.hosts: dict[str, bool] = {}
        self._reading: dict[Hashable, threading.Event] = {}
        self._lock = threading.Lock()
        self._preflight = _preflight_headers()
        self._hits, self._hit, self._missed = itertools.count(1), *map(metrics.DELIVERED.labels, ("hit", "miss"))
        self._forwarded, self._tls = settings.USE_X_FORWARDED_HOST, settings.SECURE_SSL_REDIRECT

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        path, method, own = environ["PATH_INFO"], environ["REQUEST_METHOD"], True
        if not self._reached(environ):
            return self.application(environ, start)
        if not self._ours(environ["HTTP_HOST"]):
            path, own = self._of_site(environ["HTTP_HOST"], path), False
        if not path.startswith(PREFIXES):
            return self.application(environ, start)
        if method in ("GET", "HEAD"):
            name = path, environ.get("QUERY_STRING", "")
            entry = self.shelf.named(name)
            if entry is None:
                entry = self._look(environ, name)
                if entry is None:
                    return self.application(environ, start)
            elif next(self._hits) % COUNTED == 0:
                self._hit.inc(COUNTED)
            self.counted(path, environ.get("HTTP_USER_AGENT", ""))
            return self._answer(entry, environ, start if own else _for_others(start))
        if method == "OPTIONS" and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in environ:
            start("204 No Content", self._preflight)
            return ()
        return self.application(environ, start)

    def _reached(self, environ: Environ) -> bool:
        """Whether the request says itself which host it is for, and need not be redirected to TLS."""
        if "HTTP_HOST" not in environ or (self._forwarded and "HTTP_X_FORWARDED_HOST" in environ):
            return False
        return not self._tls or _secure(environ)

    def _ours(self, host: str) -> bool:
        """Whether the host is one of the installation's own."""
        known = self.hosts.get(host)
        if known is None:
            domain, _ = split_domain_port(host)
            known = bool(domain) and validate_host(domain, settings.ALLOWED_HOSTS)
            if len(self.hosts) < 1000:
                self.hosts[host] = known
        return known

    def _of_site(self, host: str, path: str) -> str:
        """The path as it is on the installation's hosts; empty when the host is nobody's."""
        try:
            with _connection():
                site = self.site_at(split_domain_port(host)[0])
        except DatabaseError:
            return ""  # Django meets it too, and says it properly
        below = f"/public/{site}"
        return "" if site is None else path if path == below or path.startswith(f"{below}/") else below + path

    def _answer(self, entry: Entry, environ: Environ, start: Start) -> Iterable[bytes]:
        body, headers = entry.plain, entry.headers
        if entry.compressible and "HTTP_ACCEPT_ENCODING" in environ and _takes_gzip(environ["HTTP_ACCEPT_ENCODING"]):
            body, headers = self.shelf.compressed(entry)
        if _unchanged(entry, environ):
            start("304 Not Modified", [pair for pair in headers if not pair[0].startswith("Content-")])
            return ()
        start("200 OK", headers)
        if environ["REQUEST_METHOD"] == "HEAD":
            return ()
        return (body,)

    def _look(self, environ: Environ, name: tuple[str, str]) -> Entry | None:
        """The entry by what the request means; read anew when there is none, once however many ask at that moment."""
        try:
            asked = understood(*name)
            if asked is None:
                return None
            entry = self.shelf.get(asked.key)
            if entry is None:
                ratelimit.check(ratelimit.RATES[asked.operation.rate], clients.network_of(environ))
                entry = self._once(asked)
        except (Refusal, APIException):
            return None
        except Exception as error:  # Django meets it too, and says it properly
            log.warning("lane_failed", error=type(error).__name__, path=name[0])
            return None
        if entry is not None:
            self.shelf.name(name, asked.key, entry)
        return entry

    def _once(self, asked: Asked) -> Entry | None:
        key = asked.key
        with self._lock:
            reading = self._reading.get(key)
            if reading is None:
                self._reading[key] = mine = threading.Event()
        if reading is not None:
            reading.wait(WAIT_SECONDS)
            # What the other one began before a touch that I began after is not found right, and read again.
            return self.shelf.get(key) or self._read(asked)
        try:
            return self._read(asked)
        finally:
            with self._lock:
                self._reading.pop(key, None)
            mine.set()

    def _read(self, asked: Asked) -> Entry | None:
        self._missed.inc()
        if not self.listener.is_alive() and settings.DELIVERY_LISTENS:
            self._listen()
        self.shelf.seconds = SECONDS if self.listener.hearing else DEAF_SECONDS
        key, begun = asked.key, time.monotonic_ns()
        trusting = self.shelf.most_bytes > 0 and not generations().distrusting
        at, answer = shared.get(key) if trusting else (0, None)
        if answer is None:
            answer = read(asked)
            if answer is None:
                return None
            shared.put(key, at, answer)
        entry = Entry(answer, begun, self.constant)
        self.shelf.put(key, entry)
        return entry

    def _listen(self) -> None:
        """Begun in the process that serves, not in the one that it was forked from."""
        with self._lock:
            if not self.listener.is_alive():
                self.listener = shared.Listener(generations().touch)
                self.listener.start()


def read(asked: Asked) -> Answer | None:
    """Reads the answer as the operation declares it."""
    with _connection():
        answer: Answer | None = asked.view.delivered(asked.operation, asked.path, asked.query)
        return answer


@contextmanager
def _connection() -> Iterator[None]:
    """A connection, if one is needed, that starts and ends on the shared schema and goes back to the pool."""
    close_old_connections()
    connection.set_schema_to_public()
    try:
        yield
    finally:
        connection.set_schema_to_public()
        close_old_connections()


def _for_others(start: Start) -> Start:
    """What we promise of our own name and those below it (TLS), we cannot promise of a site's own domain."""

    def started(status: str, headers: Headers) -> Any:
        kept = [(n, v.partition(";")[0] if n == "Strict-Transport-Security" else v) for n, v in headers]
        return start(status, kept)

    return started


def _unchanged(entry: Entry, environ: Environ) -> bool:
    """Whether the client has it already (RFC 9110, 13.1.2 and 13.1.3: the tag, or where none is named the date)."""
    named = environ.get("HTTP_IF_NONE_MATCH")
    if named is not None:
        names = [name.strip().removeprefix("W/").strip('"') for name in named.split(",")]
        return "*" in names or entry.tag in names or f"{entry.tag}-gzip" in names
    since = environ.get("HTTP_IF_MODIFIED_SINCE")
    if since is None or entry.modified is None:
        return False
    try:
        return entry.modified.replace(microsecond=0) <= parsedate_to_datetime(since)
    except (TypeError, ValueError):
        return False


def _takes_gzip(header: str) -> bool:
    if "gzip" not in header:
        return False
    for part in header.split(","):
        name, _, rest = part.partition(";")
        if name.strip() == "gzip":
            return rest.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def _secure(environ: Environ) -> bool:
    if environ.get("wsgi.url_scheme") == "https":
        return True
    if (header := settings.SECURE_PROXY_SSL_HEADER) is None:
        return False
    name, value = header
    return str(environ.get(name, "")).split(",")[0].strip() == value


def _constant_headers() -> Headers:
    """What Django's middleware says on every answer, and that any origin may read this one."""
    headers = [
        ("Access-Control-Allow-Origin", "*"),
        ("Access-Control-Expose-Headers", "ETag, Last-Modified, Retry-After, X-Request-Id"),
        ("X-Frame-Options", "DENY"),
    ]
    if settings.SECURE_CONTENT_TYPE_NOSNIFF:
        headers.append(("X-Content-Type-Options", "nosniff"))
    if settings.SECURE_REFERRER_POLICY:
        headers.append(("Referrer-Policy", str(settings.SECURE_REFERRER_POLICY)))
    if settings.SECURE_CROSS_ORIGIN_OPENER_POLICY:
        headers.append(("Cross-Origin-Opener-Policy", settings.SECURE_CROSS_ORIGIN_OPENER_POLICY))
    if settings.SECURE_HSTS_SECONDS:
        parts = [f"max-age={settings.SECURE_HSTS_SECONDS}"]
        parts += ["includeSubDomains"] if settings.SECURE_HSTS_INCLUDE_SUBDOMAINS else []
        parts += ["preload"] if settings.SECURE_HSTS_PRELOAD else []
        headers.append(("Strict-Transport-Security", "; ".join(parts)))
    return headers


def _preflight_headers() -> Headers:
    return [
        ("Access-Control-Allow-Origin", "*"),
        ("Access-Control-Allow-Methods", "GET, HEAD, POST"),
        ("Access-Control-Allow-Headers", ", ".join(settings.CORS_ALLOW_HEADERS)),
        ("Access-Control-Max-Age", "86400"),
    ]
