"""The delivery lane as a web server calls it."""

import io
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.core.wsgi import get_wsgi_application

from apps.core.delivery.lane import Lane
from apps.sites.selectors import site_at


@dataclass(frozen=True)
class Delivered:
    status: int
    headers: dict[str, str]
    body: bytes
    by_django: bool


class LaneClient:
    """Asks one lane: one process' memory. `by_django` says that the lane handed the request on."""

    def __init__(self) -> None:
        self.handed_on = 0
        django = get_wsgi_application()

        def counted(environ: Any, start: Any) -> Any:
            self.handed_on += 1
            return django(environ, start)

        self.lane = Lane(counted, site_at)

    def get(self, path: str, method: str = "GET", **headers: str) -> Delivered:
        parts, before = urlsplit(path), self.handed_on
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": parts.path,
            "QUERY_STRING": parts.query,
            "SERVER_NAME": "testserver",
            "SERVER_PORT": "80",
            "HTTP_HOST": "testserver",
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": io.StringIO(),
        } | {f"HTTP_{name.upper()}": value for name, value in headers.items()}
        said: list[Any] = []
        parts_of_body = self.lane(environ, lambda status, given, *_: said.append((status, given)))
        body = b"".join(parts_of_body)
        if hasattr(parts_of_body, "close"):
            parts_of_body.close()
        status, given = said[0]
        return Delivered(int(status.split()[0]), dict(given), body, self.handed_on > before)
