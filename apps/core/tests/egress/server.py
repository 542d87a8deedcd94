"""A server that answers with what a test tells it to, and the names that lead to it."""

import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress

PUBLIC = "93.184.215.14"
NAMES = {
    "one.test": ["127.0.0.1"],
    "other.test": ["127.0.0.1"],
    "two-addresses.test": ["127.0.0.2", "127.0.0.1"],
    "private.test": ["10.0.0.7"],
    "mixed.test": [PUBLIC, "192.168.1.1"],
    "mapped.test": ["::ffff:169.254.169.254"],
    "xn--bcher-kva.test": ["10.0.0.8"],
}
Script = bytes | Callable[[socket.socket], None]


def plain(body: bytes = b"hello", *lines: str) -> bytes:
    head = ["HTTP/1.1 200 OK", *(lines or [f"Content-Length: {len(body)}"]), "", ""]
    return "\r\n".join(head).encode() + body


def moved(location: str, status: int = 302) -> bytes:
    return f"HTTP/1.1 {status} Moved\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()


class Server:
    """Answers each path with the bytes, or the deeds, written for it; remembers every request and SNI name."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.scripts: dict[str, Script] = {}
        self.requests: list[str] = []
        self.connections = 0
        self.sni: list[str | None] = []
        self.tls = tls
        if tls:
            tls.sni_callback = lambda _sock, name, _context: self.sni.append(name)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.threads = [threading.Thread(target=self.accept, daemon=True)]
        self.threads[0].start()

    def accept(self) -> None:
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            self.threads.append(threading.Thread(target=self.answer, args=(sock,), daemon=True))
            self.threads[-1].start()

    def answer(self, raw: socket.socket) -> None:
        raw.settimeout(5)
        with raw, suppress(OSError), self.tls.wrap_socket(raw, server_side=True) if self.tls else raw as sock:
            request = b""
            while b"\r\n\r\n" not in request:
                if not (got := sock.recv(4096)):
                    return
                request += got
            self.requests.append(request.decode())
            script = self.scripts[request.decode().split()[1]]
            if callable(script):
                script(sock)
            else:
                sock.sendall(script)
            if isinstance(sock, ssl.SSLSocket):
                sock.unwrap()

    def close(self) -> None:
        with suppress(OSError):  # closed already
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for thread in self.threads:
            thread.join(5)
