"""Files from addresses that somebody names."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from apps.core import egress
from apps.core.tenancy import inside
from apps.core.tests.egress.server import Server, moved, plain
from apps.media.models import Media
from apps.media.services import importing
from apps.media.tests import factories
from conftest import AsRole

IMPORT = "/alpha-site/media/import"
HERE = "http://127.0.0.1"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """The one server that may be fetched from in this test."""
    found = Server()
    monkeypatch.setattr(egress, "_PORTS", {"http": found.port, "https": 443})
    monkeypatch.setattr(egress, "_is_allowed", lambda address: address == "127.0.0.1")
    yield found
    found.close()


def test_a_file_is_fetched_and_stored_like_an_upload(as_role: AsRole, site_a: Any, server: Server) -> None:
    server.scripts["/pictures/the%20quay.jpg?x=1"] = moved(f"{HERE}/real")
    server.scripts["/real"] = plain(
        factories.camera(),
        f"Content-Length: {len(factories.camera())}",
        "Content-Type: text/html",
        'Content-Disposition: attachment; filename="the quay.html"',
    )
    body = {"url": f"{HERE}/pictures/the%20quay.jpg?x=1", "alt_text": "A quay", "tags": ["sea"]}
    answer = as_role("author").post(IMPORT, body)
    made = answer.json()
    assert (answer.status_code, made["media_type"], made["filename"]) == (201, "image/jpeg", "the quay.jpg")
    assert (made["width"], made["alt_text"], made["tags"]) == (32, "A quay", ["sea"])
    with inside(site_a.tenant):
        assert Media.objects.get().pk == made["id"]


@pytest.mark.parametrize(
    "url",
    ["http://localhost/a.png", "http://127.0.0.1/a.png", "http://169.254.169.254/latest", "http://[::1]/a.png",
     "http://0x7f.1/a.png", "ftp://example.com/a.png", "http://example.com:8080/a.png", "http://u@example.com/a.png",
     "file:///etc/passwd", "no address", "http://10.0.0.7/"],
)  # fmt: skip
def test_an_address_inside_the_network_is_not_fetched(as_role: AsRole, site_a: Any, url: str) -> None:
    before = factories.stored(site_a)
    answer = as_role("author").post(IMPORT, {"url": url})
    assert (answer.status_code, answer.json()["code"]) == (400, "egress.refused")
    with inside(site_a.tenant):
        assert not Media.objects.exists()
    assert factories.stored(site_a) == before


def test_what_is_no_file_that_is_taken_leaves_nothing(
    as_role: AsRole, site_a: Any, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "MAX_BYTES", 1000)
    monkeypatch.setattr(importing, "SECONDS", 0.5)

    def silent(sock: socket.socket) -> None:
        sock.recv(1)

    server.scripts |= {
        "/gone": b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
        "/page": plain(b"<html><script>alert(1)</script></html>"),
        "/large": plain(b"x" * 1001),
        "/short": plain(b"x", "Content-Length: 50"),
        "/out": moved("http://169.254.169.254/latest"),
        "/silent": silent,
    }
    expected = {
        "/gone": (502, "media.source"),
        "/page": (415, "media.type.refused"),
        "/large": (413, "egress.too_large"),
        "/short": (502, "egress.failed"),
        "/out": (400, "egress.refused"),
        "/silent": (502, "egress.failed"),
    }
    before, found = factories.stored(site_a), {}
    for path in expected:
        answer = as_role("author").post(IMPORT, {"url": f"{HERE}{path}"})
        found[path] = (answer.status_code, answer.json()["code"])
    assert found == expected
    with inside(site_a.tenant):
        assert not Media.objects.exists()
    assert factories.stored(site_a) == before


def test_who_may_not_upload_fetches_nothing(as_role: AsRole, server: Server) -> None:
    assert as_role("viewer").post(IMPORT, {"url": f"{HERE}/a.png"}).status_code == 403
    assert as_role("author", tenant="beta").post(IMPORT, {"url": f"{HERE}/a.png"}).status_code == 404
    assert server.connections == 0
