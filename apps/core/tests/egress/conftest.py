import socket
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from apps.core import egress
from apps.core.tests.egress.server import NAMES, Server


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Key and self-signed certificate of one.test, in one file."""
    where = tmp_path_factory.mktemp("tls") / "one.test.pem"
    make = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=one.test"
    names = ["-addext", "subjectAltName=DNS:one.test", "-keyout", "-", "-out", "-"]
    where.write_bytes(subprocess.run(["openssl", *make.split(), *names], check=True, capture_output=True).stdout)
    return where


@pytest.fixture
def lookups(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of `NAMES` resolve as written there; plain addresses and localhost as the system says; others not."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def resolve(host: str, port: int, *args: object, **kwargs: object) -> list[object]:
        if host in NAMES:
            asked.append(host)
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in NAMES[host]]
        if host == "localhost" or not any(letter in host for letter in "ghijklmnopqrstuvwxyz"):
            return list(real(host, port, *args, **kwargs))  # type: ignore[arg-type]
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return asked


@pytest.fixture
def servers(monkeypatch: pytest.MonkeyPatch, lookups: list[str], certificate: Path) -> Iterator[dict[str, Server]]:
    """One server behind http, one behind https; 127.0.0.1 alone is allowed for them."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    both = {"http": Server(), "https": Server(context)}
    monkeypatch.setattr(egress, "_PORTS", {scheme: server.port for scheme, server in both.items()})
    monkeypatch.setattr(egress, "_is_allowed", lambda address: address == "127.0.0.1")
    monkeypatch.setattr(egress, "_tls", lambda: ssl.create_default_context(cafile=str(certificate)))
    yield both
    for server in both.values():
        server.close()


@pytest.fixture
def server(servers: dict[str, Server]) -> Server:
    return servers["http"]


@pytest.fixture
def connects(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    tried: list[object] = []

    def connect(address: object, *args: object, **kwargs: object) -> socket.socket:
        tried.append(address)
        raise OSError("no connection in this test")

    monkeypatch.setattr(socket, "create_connection", connect)
    return tried
