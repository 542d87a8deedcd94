"""The one door out, against real sockets: what it brings back, and where it cuts an answer off."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from apps.core import egress
from apps.core.egress import EgressFailed, EgressRefused, EgressTooLarge, fetch
from apps.core.tests.egress.server import NAMES, Server, moved, plain

pytestmark = pytest.mark.slow


def test_an_answer_comes_back_whole_with_what_it_claims_and_nothing_else(server: Server) -> None:
    lines = ["Content-Type: Text/HTML; charset=utf-8", 'ETag: "1"', "Set-Cookie: a=b", "Content-Length: 5"]
    server.scripts["/a?b=%20c"] = plain(b"hello", *lines)
    got = fetch("http://One.TEST./a?b=%20c#part")
    assert (got.url, got.status, got.media_type) == ("http://one.test/a?b=%20c", 200, "text/html")
    assert got.body == b"hello"
    assert got.headers == {"content-type": "Text/HTML; charset=utf-8", "etag": '"1"'}


def test_the_request_says_who_asks_and_carries_nothing_of_ours(
    server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".netrc").write_text("machine one.test login me password secret\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1/")
    server.scripts["/%C3%A9"] = moved("/next") + b"Set-Cookie: a=b\r\n"
    server.scripts["/next"] = plain()
    assert fetch("http://one.test/é").status == 200
    assert server.requests[1] == (
        "GET /next HTTP/1.1\r\nHost: one.test\r\nUser-Agent: Cognitor\r\nAccept: */*\r\n"
        "Accept-Encoding: identity\r\nConnection: close\r\n\r\n"
    )


def test_an_error_status_is_an_answer_and_left_to_the_caller(server: Server) -> None:
    server.scripts["/"] = b"HTTP/1.0 404 Not Found\r\nContent-Length: 4\r\n\r\ngone"
    got = fetch("http://one.test")
    assert (got.status, got.body, got.media_type) == (404, b"gone", "")


def test_interim_answers_are_passed_over(server: Server) -> None:
    server.scripts["/"] = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + plain()
    assert fetch("http://one.test/").body == b"hello"


class Turning(list[str]):
    """Addresses of a name that gives another one each time it is asked."""

    def __init__(self, *turns: str) -> None:
        super().__init__(turns)

    def __iter__(self) -> Iterator[str]:
        return iter([self.pop(0)])


def test_a_name_is_resolved_once_so_that_rebinding_is_in_vain(
    server: Server, lookups: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    server.scripts["/"] = plain()
    monkeypatch.setitem(NAMES, "one.test", Turning("127.0.0.1", "10.0.0.7"))
    assert fetch("http://one.test/").body == b"hello"
    assert lookups == ["one.test"]
    with pytest.raises(EgressRefused):
        fetch("http://one.test/")
    assert (lookups, server.connections) == (["one.test"] * 2, 1)


def test_a_socket_that_ends_up_at_another_peer_is_refused_before_a_byte_is_sent(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged: list[str] = []

    def only_once(address: str) -> bool:
        judged.append(address)
        return len(judged) == 1

    monkeypatch.setattr(egress, "_is_allowed", only_once)
    with pytest.raises(EgressRefused):
        fetch("http://one.test/")
    server.close()
    assert (judged, server.requests) == (["127.0.0.1", "127.0.0.1"], [])


def test_the_next_address_is_tried_when_the_first_takes_no_connection(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(egress, "_is_allowed", lambda address: address in ("127.0.0.1", "127.0.0.2"))
    server.scripts["/"] = plain()
    assert fetch("http://two-addresses.test/").body == b"hello"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed_with_get_and_the_last_address_is_told(server: Server, status: int) -> None:
    server.scripts["/a/b"] = moved("../ç?d", status)
    server.scripts["/%C3%A7?d"] = moved("//other.test/e", status)
    server.scripts["/e"] = plain()
    assert fetch("http://one.test/a/b").url == "http://other.test/e"
    assert [request.split("\r\n")[1] for request in server.requests] == ["Host: one.test"] * 2 + ["Host: other.test"]


@pytest.mark.parametrize(
    "location",
    [
        "http://private.test/", "//private.test/", "http://[::1]/", "http://2130706433/", "http://127.0.0.2/",
        "file:///etc/passwd", "ftp://one.test/", "http://one.test:22/", "http://me@one.test/", "http://one.test/a b",
    ],
)  # fmt: skip
def test_a_redirect_to_a_hostile_address_is_refused(server: Server, location: str) -> None:
    server.scripts["/"] = moved(location)
    with pytest.raises(EgressRefused):
        fetch("http://one.test/")
    assert server.connections == 1


def test_redirects_end_after_as_many_as_are_allowed(server: Server) -> None:
    server.scripts["/"] = moved("/")
    with pytest.raises(EgressFailed):
        fetch("http://one.test/")
    assert server.connections == 4
    with pytest.raises(EgressFailed):
        fetch("http://one.test/", redirects=0)
    assert server.connections == 5


def test_http_may_lead_to_https_but_never_back(servers: dict[str, Server]) -> None:
    servers["http"].scripts |= {"/up": moved("https://one.test/"), "/": plain(b"in the clear")}
    servers["https"].scripts |= {"/": plain(b"secret"), "/down": moved("http://one.test/")}
    assert fetch("http://one.test/up").body == b"secret"
    with pytest.raises(EgressRefused):
        fetch("https://one.test/down")
    assert servers["http"].connections == 1
    assert servers["https"].sni == ["one.test", "one.test"]


def test_a_certificate_for_another_name_is_not_taken(servers: dict[str, Server]) -> None:
    servers["https"].scripts["/"] = plain()
    for url in ("https://other.test/", "https://127.0.0.1/"):
        with pytest.raises(EgressFailed):
            fetch(url)
    assert servers["https"].requests == []


def test_a_certificate_of_an_unknown_authority_is_not_taken(
    servers: dict[str, Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(egress, "_tls", ssl.create_default_context)
    with pytest.raises(EgressFailed):
        fetch("https://one.test/")
    assert servers["https"].requests == []


def test_a_tls_connection_cut_off_does_not_pass_for_a_whole_answer(servers: dict[str, Server]) -> None:
    def cut(sock: socket.socket) -> None:
        sock.sendall(b"HTTP/1.1 200 OK\r\n\r\nhalf a bo")
        socket.socket(fileno=sock.detach()).close()

    servers["https"].scripts["/"] = cut
    with pytest.raises(EgressFailed):
        fetch("https://one.test/")


def test_a_body_of_exactly_the_limit_is_taken_in_every_framing(server: Server) -> None:
    server.scripts["/length"] = plain(b"12345678")
    server.scripts["/end"] = plain(b"12345678", "X: y")
    server.scripts["/chunks"] = plain(b"3\r\n123\r\n05;x=y\r\n45678\r\n0\r\nX: y\r\n\r\n", "Transfer-Encoding: chunked")
    for path in server.scripts:
        assert fetch(f"http://one.test{path}", max_bytes=8).body == b"12345678"


@pytest.mark.parametrize(
    "answer",
    [
        plain(b"", "Content-Length: 9"),
        plain(b"123456789"),
        plain(b"123456789", "X: y"),
        plain(b"8\r\n12345678\r\n1\r\n9\r\n0\r\n\r\n", "Transfer-Encoding: chunked"),
        plain(b"ffffffffffff\r\n", "Transfer-Encoding: chunked"),
    ],
)
def test_a_body_over_the_limit_is_too_large_as_soon_as_that_is_known(server: Server, answer: bytes) -> None:
    def script(sock: socket.socket) -> None:
        sock.sendall(answer)
        if answer.startswith(b"HTTP/1.1 200 OK\r\nX"):
            sock.shutdown(socket.SHUT_WR)
        sock.recv(1)  # stays open until the other side goes

    server.scripts["/"] = script
    begun = time.monotonic()
    with pytest.raises(EgressTooLarge) as refused:
        fetch("http://one.test/", max_bytes=8)
    assert (refused.value.code, refused.value.status, refused.value.data) == ("egress.too_large", 413, {"limit": 8})
    assert time.monotonic() - begun < 2


def test_an_endless_body_is_cut(server: Server) -> None:
    sent = {"/end": 0, "/chunks": 0}

    def endless(path: str, head: bytes, piece: bytes) -> Callable[[socket.socket], None]:
        def script(sock: socket.socket) -> None:
            sock.sendall(head)
            while True:
                sock.sendall(piece)
                sent[path] += len(piece)

        return script

    server.scripts["/end"] = endless("/end", b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 4096)
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    server.scripts["/chunks"] = endless("/chunks", head, b"1000\r\n" + b"x" * 4096 + b"\r\n")
    for path in sent:
        with pytest.raises(EgressTooLarge):
            fetch(f"http://one.test{path}", max_bytes=100_000)
    server.close()
    assert all(100_000 < size < 20_000_000 for size in sent.values())


@pytest.mark.parametrize(
    "answer",
    [
        plain(b"hell", "Content-Length: 5"),
        plain(b"hello!", "Content-Length: 5"),
        plain(b"hello", "Content-Length: -5"),
        plain(b"hello", "Content-Length: +5"),
        plain(b"hello", "Content-Length: 5, 5"),
        plain(b"hello", "Content-Length:"),
        plain(b"hello", "Content-Length: 5", "Content-Length: 6"),
        plain(b"5\r\nhello\r\n0\r\n\r\n", "Content-Length: 5", "Transfer-Encoding: chunked"),
        plain(b"hello", "Transfer-Encoding: gzip, chunked"),
        plain(b"hello", "Transfer-Encoding: identity"),
        plain(b"5\r\nhello\r\n", "Transfer-Encoding: chunked"),
        plain(b"5\r\nhello\r\n0\r\nX: y\r\n", "Transfer-Encoding: chunked"),
        plain(b"5\r\nhello!\r\n0\r\n\r\n", "Transfer-Encoding: chunked"),
        plain(b"-1\r\nhello\r\n0\r\n\r\n", "Transfer-Encoding: chunked"),
        plain(b"0x5\r\nhello\r\n0\r\n\r\n", "Transfer-Encoding: chunked"),
        plain(b"\x1f\x8b", "Content-Encoding: gzip"),
        plain(b"hello", "Content-Encoding: identity", "Content-Encoding: br"),
        b"",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"hello\r\n",
        b"HTTP/2 200\r\n\r\n",
        b"HTTP/1.1 2000 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 101 + b"\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 10,
        moved("http://one.test/é").replace("é".encode(), b"\xe9"),
        moved("http://[half/"),
    ],
    ids=lambda answer: ascii(answer[-45:].decode("latin-1"))[1:-1],
)
def test_an_answer_that_is_cut_short_or_unclear_fails(server: Server, answer: bytes) -> None:
    server.scripts["/"] = answer
    with pytest.raises(EgressFailed):
        fetch("http://one.test/")


@pytest.mark.parametrize("status", [204, 304])
def test_an_answer_without_body_ends_with_its_head(server: Server, status: int) -> None:
    def script(sock: socket.socket) -> None:
        sock.sendall(f"HTTP/1.1 {status} X\r\n\r\n".encode())
        sock.recv(1)

    server.scripts["/"] = script
    assert fetch("http://one.test/", seconds=2).body == b""


def test_a_server_that_keeps_the_connection_open_costs_a_quarter_of_a_second(server: Server) -> None:
    def script(sock: socket.socket) -> None:
        sock.sendall(plain())
        sock.recv(1)

    server.scripts["/"] = script
    begun = time.monotonic()
    assert fetch("http://one.test/").body == b"hello"
    assert time.monotonic() - begun < 2


@pytest.mark.parametrize(
    ("head", "drip"),
    [
        (b"", b""),
        (b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"X: y\r\n"),
        (b"HTTP/1.1 200 OK\r\n\r\n", b"x"),
    ],
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_slow_drip_is_cut_at_the_deadline(servers: dict[str, Server], scheme: str, head: bytes, drip: bytes) -> None:
    def script(sock: socket.socket) -> None:
        sock.sendall(head)
        for _ in range(60 if drip else 0):
            sock.sendall(drip)
            time.sleep(0.05)
        sock.recv(1)

    servers[scheme].scripts["/"] = script
    begun = time.monotonic()
    with pytest.raises(EgressFailed, match="too long"):
        fetch(f"{scheme}://one.test/", seconds=0.3)
    assert 0.25 < time.monotonic() - begun < 1.5


def test_the_deadline_counts_over_all_hops(server: Server) -> None:
    def script(sock: socket.socket) -> None:
        time.sleep(0.2)
        sock.sendall(moved("/"))

    server.scripts["/"] = script
    begun = time.monotonic()
    with pytest.raises(EgressFailed, match="too long"):
        fetch("http://one.test/", seconds=0.5, redirects=50)
    assert time.monotonic() - begun < 1.5


def test_a_tls_handshake_that_never_ends_is_cut_at_the_deadline(
    servers: dict[str, Server],
) -> None:
    servers["https"].tls = None  # waits for a request in the clear, which never comes
    with pytest.raises(EgressFailed, match="too long"):
        fetch("https://one.test/", seconds=0.3)


def test_a_resolver_that_never_answers_is_left_at_the_deadline(
    monkeypatch: pytest.MonkeyPatch, connects: list[object]
) -> None:
    done = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_kwargs: done.wait(5))
    begun = time.monotonic()
    with pytest.raises(EgressFailed, match="too long"):
        fetch("http://one.test/", seconds=0.2)
    done.set()
    assert time.monotonic() - begun < 1.5
    assert connects == []
