"""What the domain name system says of a name.

Its library is loaded with the first question: four megabytes of each process, most of which never ask.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from django.conf import settings

if TYPE_CHECKING:
    import dns.nameserver
    import dns.resolver

A_SERVER, IN_ALL = 2.0, 5.0
"""Seconds that one name server is waited for, and all of them together."""


class Unanswered(Exception):
    """Nobody said whether there are records: no answer in time, or the name's servers are out of order."""


class Names(Protocol):
    def texts(self, name: str) -> list[str]:
        """The TXT records of the name, each as one text; none when it has none or does not exist."""


class NameServers:
    """Asks name servers: those at the addresses, or the system's."""

    def __init__(self, addresses: list[str]) -> None:
        self.addresses = addresses

    def texts(self, name: str) -> list[str]:
        import dns.exception
        import dns.resolver

        try:
            answer = self._resolver().resolve(f"{name}.", "TXT", search=False, lifetime=IN_ALL)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except dns.exception.DNSException as error:
            raise Unanswered(type(error).__name__) from error
        return [b"".join(row.strings).decode(errors="replace") for row in answer]

    def _resolver(self) -> dns.resolver.Resolver:
        import dns.resolver

        resolver = dns.resolver.Resolver(configure=not self.addresses)
        if self.addresses:
            resolver.nameservers = [_server(address) for address in self.addresses]
        resolver.timeout = A_SERVER
        return resolver


def _server(address: str) -> dns.nameserver.Nameserver:
    """`192.0.2.1`, `192.0.2.1:5353`, `2001:db8::1` or `[2001:db8::1]:5353`."""
    import dns.nameserver

    if address.count(":") > 1 and not address.startswith("["):
        address = f"[{address}]"
    parts = urlsplit(f"//{address}")
    return dns.nameserver.Do53Nameserver(parts.hostname or "", parts.port or 53)


def names() -> Names:
    return NameServers(settings.DNS_SERVERS)
