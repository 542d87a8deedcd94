"""The one door out: how the product reads an address that somebody else chose.

Such a URL is a stranger's wish to speak from inside our network, so nothing is left to a client library: no pool, no
proxy or `.netrc` from the environment, no cookies, no credentials, no decoding, no redirect that is not judged anew.
"""

import functools
import io
import re
import socket
import ssl
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException, HTTPMessage, parse_headers
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from apps.core.refusal import Refusal


class EgressRefused(Refusal):
    code, status, title = "egress.refused", 400, "This address may not be fetched."


class EgressFailed(Refusal):
    code, status, title = "egress.failed", 502, "The address gave no answer that can be used."


class EgressTooLarge(Refusal):
    code, status, title = "egress.too_large", 413, "The answer of the address is too large."


@dataclass(frozen=True, slots=True)
class Fetched:
    """`url` is the one that answered, without fragment; `status` is whatever was answered, 404 and 500 included;
    `media_type` is what the server claims, or `""`; `headers` are those of `_KEPT` that were sent, in lower case."""

    url: str
    status: int
    media_type: str
    body: bytes
    headers: dict[str, str]


_KEPT = ("cache-control", "content-disposition", "content-language", "content-type", "etag", "last-modified")
_PORTS = {"http": 80, "https": 443}
_HEAD_MAX = 64 * 1024
_tls = functools.cache(ssl.create_default_context)
_UNICAST = IPv6Network("2000::/3")  # all that IANA gives out; not NAT64 (RFC 6052, 8215), site-local, ULA, ::/96
_NEVER = [ip_network(block) for block in (
    "100.64.0.0/10", "198.18.0.0/15",  # carrier-grade NAT, RFC 6598; benchmarking, RFC 2544
    "192.0.0.0/24", "2001::/23",  # protocol assignments, RFC 6890 and 2928, with Teredo, RFC 4380
    "192.88.99.0/24", "2002::/16",  # 6to4, which carries an IPv4 address, RFC 3056 and 7526
    "168.63.129.16/32", "2001:db8::/32", "3fff::/20",  # Azure's host agent; documentation, RFC 3849 and 9637
)]  # fmt: skip


def fetch(url: str, *, max_bytes: int = 10 * 1024 * 1024, seconds: float = 10.0, redirects: int = 3) -> Fetched:
    """Reads `url` with GET and gives the whole answer, or raises a Refusal and gives nothing.

    `EgressRefused`, before any connection: not http(s) on its own port, userinfo (RFC 3986 section 3.2.1), a host that
    is no name and no plain address, or one of its addresses is not public. Redirects are judged alike, and may not go
    from https to http. The name is resolved once per hop and the connection goes to an address that was checked, so
    rebinding is in vain; TLS is verified for the name. `EgressFailed`: not done in `seconds`, counted over names, hops
    and every byte; more than `redirects` hops; an answer cut short, longer than it says, ambiguously framed (RFC 9112
    section 6.3), or encoded although identity was asked for (RFC 9110 section 12.5.3). `EgressTooLarge`: a body over
    `max_bytes`, as soon as that is known.
    """
    ends, scheme = time.monotonic() + seconds, ""
    for _ in range(redirects + 1):
        address = _read(url)
        if scheme == "https" != address.scheme:
            raise EgressRefused("The address leads from https to http.")
        scheme = address.scheme
        try:
            answer = _get(address, ends, max_bytes)
        except (OSError, ValueError, HTTPException) as error:
            raise EgressFailed("The address took too long." if isinstance(error, TimeoutError) else "") from error
        if isinstance(answer, Fetched):
            return answer
        url = answer
    raise EgressFailed(f"The address leads on more than {redirects} times.")


def _read(url: str) -> SplitResult:
    """The one spelling that DNS, SNI and Host share. Stricter than RFC 3986: what is ambiguous is refused."""
    if len(url) > 8000 or re.search(r"[\x00-\x20\x7f\\]", url):  # RFC 9110 section 4.1
        raise EgressRefused("The address is too long or has characters that no address has.")
    try:
        parts = urlsplit(url)
        port, host = parts.port, (parts.hostname or "").encode("idna").decode().lower().removesuffix(".")  # RFC 3490
        if "[" in parts.netloc and "%" not in host:
            host = f"[{IPv6Address(host)}]"
        elif len(host) > 253 or not re.fullmatch(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*", host):
            raise ValueError("not a host name")
        elif re.fullmatch(r"(.*\.)?(\d+|0x[0-9a-f]*)", host):  # inet_aton reads 127.1, 0x7f.1 and 0177.0.0.1 too
            host = str(IPv4Address(host))
        path, query = (quote(part, "/?%:@!$&'()*+,;=~[]|") for part in (parts.path or "/", parts.query))
    except ValueError as error:
        raise EgressRefused("The address cannot be read.") from error
    if parts.scheme not in _PORTS or port not in (None, _PORTS[parts.scheme]) or "@" in parts.netloc:
        raise EgressRefused("Only http and https on their own ports are fetched, and no user in the address.")
    return SplitResult(parts.scheme, host, path, query, "")


def _is_allowed(address: str) -> bool:
    """Whether this is a public unicast address (IANA special-purpose registries, RFC 6890)."""
    ip = getattr(ip_address(address), "ipv4_mapped", None) or ip_address(address)  # RFC 4291 section 2.5.5.2
    refused = ip.is_multicast or ip.is_reserved or any(ip in block for block in _NEVER)
    return ip.is_global and not refused and (ip.version == 4 or ip in _UNICAST)


def _left(ends: float) -> float:
    if (left := ends - time.monotonic()) <= 0:
        raise TimeoutError
    return left


def _connect(address: SplitResult, ends: float) -> socket.socket:
    """A connection to one of the addresses of the host, all of which are allowed."""
    host, port = str(address.hostname), _PORTS[address.scheme]
    resolver = ThreadPoolExecutor(1)  # a thread, as getaddrinfo knows no timeout
    asked = resolver.submit(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    resolver.shutdown(wait=False)
    ips = list(dict.fromkeys(str(found[4][0]) for found in asked.result(_left(ends))))
    if not all(map(_is_allowed, ips)):
        raise EgressRefused
    for left, ip in zip(range(len(ips), 0, -1), ips, strict=True):
        with suppress(OSError):
            return socket.create_connection((ip, port), timeout=_left(ends) / left)
    raise OSError(f"none of {len(ips)} addresses takes a connection with {_left(ends):.1f} seconds left")


class _Wire(io.RawIOBase):
    """Bytes from a socket until `ends`."""

    def __init__(self, sock: socket.socket, ends: float) -> None:
        self.sock, self.ends = sock, ends

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self.sock.settimeout(_left(self.ends))
        return self.sock.recv_into(buffer)


def _get(address: SplitResult, ends: float, most: int) -> Fetched | str:
    """The answer, or the address to which it redirects (RFC 9110 section 15.4)."""
    url, host = address.geturl(), address.netloc
    target = url.removeprefix(f"{address.scheme}://{host}")
    asked = f"GET {target} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: Cognitor\r\nAccept: */*\r\n"
    with _connect(address, ends) as sock:
        if not _is_allowed(str(sock.getpeername()[0])):
            raise EgressRefused
        sock.settimeout(_left(ends))
        if address.scheme == "https":  # a ragged end would pass a cut body for a whole one (RFC 9112 section 9.8)
            sock = _tls().wrap_socket(sock, server_hostname=address.hostname, suppress_ragged_eofs=False)
        with sock:
            sock.sendall(f"{asked}Accept-Encoding: identity\r\nConnection: close\r\n\r\n".encode("ascii"))
            reader = io.BufferedReader(_Wire(sock, ends), _HEAD_MAX)
            status, headers = _head(reader)
            if status in (301, 302, 303, 307, 308) and (location := headers.get("location")):
                return urljoin(url, location.strip().encode("latin-1").decode())
            body = b"" if status in (204, 304) else _body(reader, headers, most)
    kept = {name: " ".join(value.split()) for name in _KEPT if (value := headers.get(name))}
    return Fetched(url, status, kept.get("content-type", "").partition(";")[0].strip().lower(), body, kept)


def _head(reader: "io.BufferedReader[_Wire]") -> tuple[int, HTTPMessage]:
    for _ in range(4):  # interim answers such as 103 come before the real one (RFC 9110 section 15.2)
        start, head = re.fullmatch(rb"HTTP/1\.[01] ([1-5]\d\d)( .*)?\r?\n", reader.readline(_HEAD_MAX)), b""
        while start and (line := reader.readline(_HEAD_MAX)) not in (b"\r\n", b"\n"):
            head += line
            if not line.endswith(b"\n") or len(head) > _HEAD_MAX:
                raise EgressFailed("The head of the answer was cut short or is too long.")
        if start and start[1] >= b"200":
            return int(start[1]), parse_headers(io.BytesIO(head + b"\r\n"))
    raise EgressFailed("The address does not answer in HTTP/1.1.")


def _body(reader: "io.BufferedReader[_Wire]", headers: HTTPMessage, most: int) -> bytes:
    coding, framing, sizes = (
        [value.strip().lower() for value in headers.get_all(name, [])]
        for name in ("content-encoding", "transfer-encoding", "content-length")
    )
    if set(coding) - {"", "identity"}:
        raise EgressFailed("The answer is encoded, though it was asked for plain.")
    if framing == ["chunked"] and not sizes:
        return _chunked(reader, most)
    if framing or len(sizes) > 1 or not all(re.fullmatch("[0-9]{1,18}", size) for size in sizes):
        raise EgressFailed("The answer does not say clearly where it ends.")
    size, more = int(sizes[0]) if sizes else most + 1, b""
    if (sizes and size > most) or len(body := reader.read(size)) > most:
        raise EgressTooLarge(limit=most)
    reader.raw.ends = min(reader.raw.ends, time.monotonic() + 0.25)
    with suppress(OSError):  # a server that keeps the connection open or tears it down sends nothing more
        more = reader.read(1)
    if sizes and (len(body) != size or more):
        raise EgressFailed("The answer is not as long as it says.")
    return body


def _chunked(reader: "io.BufferedReader[_Wire]", most: int) -> bytes:
    """RFC 9112 section 7.1 without its leniencies; trailers are dropped."""
    body = bytearray()
    while chunk := re.fullmatch(rb"([0-9A-Fa-f]{1,12})[ \t]*(;.*)?\r\n", reader.readline(1024)):
        size = int(chunk[1], 16)
        if not size and b"\r\n" in iter(lambda: reader.readline(_HEAD_MAX), b""):
            return bytes(body)
        if len(body) + size > most:
            raise EgressTooLarge(limit=most)
        body += reader.read(size)
        if reader.read(2) != b"\r\n":
            break
    raise EgressFailed("The answer was cut short.")
