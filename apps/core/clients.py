"""Where a request comes from."""

import ipaddress
from collections.abc import Mapping
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest


@lru_cache
def _trusted() -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    return tuple(ipaddress.ip_network(network) for network in settings.TRUSTED_PROXIES)


def _parse(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        found = ipaddress.ip_address(text.strip())
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return mapped or found


def address(request: HttpRequest) -> str:
    """The client's address.

    `X-Forwarded-For` is read from the right and only as far as the hops are configured proxies, so that a
    header which a client sends itself changes nothing.
    """
    return _address(request.META)


def _address(meta: Mapping[str, str]) -> str:
    peer = _parse(meta.get("REMOTE_ADDR", ""))
    if peer is None:
        return "unknown"
    hops = meta.get("HTTP_X_FORWARDED_FOR", "").split(",")
    while hops and any(peer in network for network in _trusted()):
        nearer = _parse(hops.pop())
        if nearer is None:
            break
        peer = nearer
    return str(peer)


def network(request: HttpRequest) -> str:
    """The address as limits count it: a single IPv4 address, or the /64 that one IPv6 customer has."""
    return network_of(request.META)


def network_of(meta: Mapping[str, str]) -> str:
    """The same of a WSGI environment."""
    found = _parse(_address(meta))
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found) if found else "unknown"
