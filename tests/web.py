"""The application as a web server calls it: over WSGI, from many threads, each request with its own connection."""

import io
import json
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.db import connection


@dataclass(frozen=True)
class Answer:
    at: float
    what: str
    status: int
    body: str


@dataclass
class Web:
    """Keeps every answer, and whoever left a request in another schema than the shared one."""

    application: WSGIHandler = field(default_factory=WSGIHandler)
    answers: list[Answer] = field(default_factory=list)
    strayed: list[str] = field(default_factory=list)
    crashed: list[BaseException] = field(default_factory=list)

    def ask(
        self, method: str, path: str, token: str = "", body: Any = None, *, key: str = "", what: str = ""
    ) -> Answer:
        raw = b"" if body is None else json.dumps(body).encode()
        path, _, query = path.partition("?")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(raw)),
            "HTTP_HOST": "testserver",
            "REMOTE_ADDR": "127.0.0.1",
            "SERVER_NAME": "testserver",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(raw),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        if token:
            environ["HTTP_AUTHORIZATION"] = token
        if key:
            environ["HTTP_IDEMPOTENCY_KEY"] = key
        application: Any = self.application
        response = application(environ, lambda *_: None)
        content = b"".join(response)
        if connection.schema_name != "public":
            self.strayed.append(f"{method} {path} ended on {connection.schema_name}")
        response.close()
        answer = Answer(time.monotonic(), what or f"{method} {path}", response.status_code, content.decode())
        self.answers.append(answer)
        return answer

    def threads(self, works: Sequence[Callable[[], None]], *, meanwhile: Callable[[], None] = lambda: None) -> None:
        """Runs all at once to their end, and `meanwhile` beside them."""

        def run(work: Callable[[], None]) -> None:
            try:
                work()
            except BaseException as error:
                self.crashed.append(error)
            finally:
                connection.close()

        started = [threading.Thread(target=run, args=(work,)) for work in works]
        for thread in started:
            thread.start()
        try:
            meanwhile()
        finally:
            for thread in started:
                thread.join()
        if self.crashed:
            raise self.crashed[0]

    def statuses(self, *, since: float = 0.0, until: float = float("inf")) -> set[int]:
        return {answer.status for answer in self.answers if since <= answer.at <= until}
