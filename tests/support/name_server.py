"""A name server of our own (DNS over UDP) for one zone, that can also lie, hang or talk nonsense."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.resolver
import dns.rrset
import dns.zone

Manner = Literal["honest", "lies", "hangs", "nonsense"]


class _Answering(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        asked, link = self.request
        server = self.server
        assert isinstance(server, _Server)
        if server.manner == "hangs":
            return
        query = dns.message.from_wire(asked)
        answer = b"\xff" * 5 if server.manner == "nonsense" else server.answer(query).to_wire()
        link.sendto(answer, self.client_address)


class _Server(socketserver.ThreadingUDPServer):
    daemon_threads = True

    def __init__(self, zone: str, manner: Manner) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.manner = manner
        self._zone = dns.zone.from_text(zone, origin=".", relativize=False, check_origin=False)

    def answer(self, query: dns.message.Message) -> dns.message.Message:
        question = query.question[0]
        answer = dns.message.make_response(query, recursion_available=True)
        if self.manner == "lies":
            if question.rdtype == dns.rdatatype.A:
                answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", "A", "192.0.2.99"))
            return answer
        node = self._zone.get_node(question.name)
        if node is None:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        elif (found := node.get_rdataset(question.rdclass, question.rdtype)) is not None:
            answer.answer.append(dns.rrset.from_rdata_list(question.name, found.ttl, list(found)))
        return answer


@contextmanager
def name_server(zone: str = "", manner: Manner = "honest") -> Iterator[dns.resolver.Resolver]:
    """A resolver that asks a server with this zone (RFC 1035 §5, names absolute)."""
    with _Server(zone, manner) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port = ["127.0.0.1"], server.server_address[1]
        try:
            yield resolver
        finally:
            server.shutdown()
            thread.join()
