"""A name server of the tests: a real one, on the loopback, whose zone the test writes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dnslib import QTYPE, RCODE, RR, TXT
from dnslib.server import BaseResolver, DNSLogger, DNSServer


class NameServer(BaseResolver):
    """`texts` by name, whatever the case; a name that is not there does not exist. `broken`: it fails at everything."""

    def __init__(self) -> None:
        self.texts: dict[str, list[str]] = {}
        self.asked: list[str] = []
        self.broken = False

    def resolve(self, request: Any, handler: Any) -> Any:
        reply, name = request.reply(), str(request.q.qname).rstrip(".").lower()
        self.asked.append(f"{QTYPE[request.q.qtype]} {name}")
        if self.broken:
            reply.header.rcode = RCODE.SERVFAIL
        elif name not in self.texts:
            reply.header.rcode = RCODE.NXDOMAIN
        for text in self.texts.get(name, []):
            parts = [text[start : start + 255] for start in range(0, len(text), 255)]
            reply.add_answer(RR(request.q.qname, QTYPE.TXT, rdata=TXT(parts), ttl=1))
        return reply


@contextmanager
def running() -> Iterator[tuple[NameServer, str]]:
    """The server and its address."""
    zone = NameServer()
    server = DNSServer(zone, address="127.0.0.1", port=0, logger=DNSLogger("-recv,-send,-request,-reply,-truncated"))
    server.start_thread()
    try:
        yield zone, f"127.0.0.1:{server.server.server_address[1]}"
    finally:
        server.stop()
        server.server.server_close()
