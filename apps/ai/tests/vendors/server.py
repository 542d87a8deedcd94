"""A process that speaks the protocols of four vendors, written from their documentation, and fails as it is told to.

`python -m apps.ai.tests.vendors.server` prints its port. `POST /_script` with `{"faults": ["500", "drop"]}` sets what
befalls the next requests, one each; `GET /_seen` tells what was asked, `POST /_forget` forgets it.
"""

import json
import re
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from apps.ai.tests.vendors import anthropic, elevenlabs, fal, openai

VENDORS: dict[str, Any] = {"openai": openai, "anthropic": anthropic, "fal": fal, "elevenlabs": elevenlabs}


@dataclass
class State:
    faults: list[str] = field(default_factory=list)
    seen: list[dict[str, Any]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


STATE = State()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args: Any) -> None:
        pass

    def respond(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        path = self.path
        if path.startswith("/_"):
            self.control(path, body)
            return
        name, _, rest = path.removeprefix("/").partition("/")
        vendor = VENDORS[name]
        with STATE.lock:
            fault = STATE.faults.pop(0) if STATE.faults else ""
            STATE.seen.append({"vendor": name, "method": self.command, "path": f"/{rest}", "body": _read(body)})
        base = f"http://{self.headers['host']}/{name}"
        if fault == "drop":
            self.close_connection = True
            return
        if fault == "slow":
            time.sleep(8)
        if fault == "garbage":
            self.give(200, b"<html>It works!</html>", {"content-type": "text/html"})
        elif fault == "refused":
            self.give(*vendor.REFUSED)
        elif fault.isdigit():
            status, content = vendor.error(int(fault), self.headers)
            self.give(status, content, {"retry-after": "0"} if fault == "429" else {})
        else:
            status, content, headers = vendor.answer(self.command, f"/{rest}", self.headers, body, base)
            self.give(status, content, headers, cut=fault == "cut")

    do_GET = do_POST = do_PUT = respond

    def give(self, status: int, content: bytes, headers: Any = None, *, cut: bool = False) -> None:
        self.send_response(status)
        for name, value in {"content-type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: len(content) // 2] if cut else content)
        self.close_connection = self.close_connection or cut

    def control(self, path: str, body: bytes) -> None:
        with STATE.lock:
            if path == "/_script":
                STATE.faults[:] = json.loads(body)["faults"]
            elif path == "/_forget":
                STATE.seen.clear()
                STATE.faults.clear()
            self.give(200, json.dumps(STATE.seen).encode())


def _read(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return [name.decode() for name in re.findall(rb'name="(\w+)(?:\[\])?"', body)]  # the fields of a form


def main() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
