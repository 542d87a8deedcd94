"""Where a request comes from."""

import ipaddress
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
    peer = _parse(request.META.get("REMOTE_ADDR", ""))
    if peer is None:
        return "unknown"
    hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    while hops and any(peer in network for network in _trusted()):
        nearer = _parse(hops.pop())
        if nearer is None:
            break
        peer = nearer
    return str(peer)


def network(request: HttpRequest) -> str:
    """The address as limits count it: a single IPv4 address, or the /64 that one IPv6 customer has."""
    found = _parse(address(request))
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)
