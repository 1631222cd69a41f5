"""The server: waitress, that keeps no body which its page does not take, and has room for who comes next.

Waitress itself stores every body up to one limit for all (a gigabyte) before the application is asked, and takes no new
connection while a hundred are open, however long they say nothing.
"""

from __future__ import annotations

from contextlib import suppress
from io import BytesIO
from socket import SHUT_RDWR
from typing import Any

from waitress import create_server
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import BaseWSGIServer
from waitress.utilities import RequestEntityTooLarge

from web.front import Front

THREADS = 8
MOST_CONNECTIONS = 200
"""At once; for one more, the oldest that asks for nothing and is sent nothing is closed. A process may have 1,024 files
open."""
SILENT_SECONDS = 60
READ_THROUGH = 32 * 1024 * 1024
"""Octets of a body that is too large which are read and thrown away, so that its sender can read why; of a larger one
nothing is read at all."""


def server_for(front: Front, host: str, port: int) -> Any:
    """A server that listens; `run` answers until it is stopped."""
    # a proxy of ours may say who the client is (web.proxies); no other header is passed on
    server = create_server(
        front,
        host=host,
        port=port,
        threads=THREADS,
        ident="",
        clear_untrusted_proxy_headers=False,
        max_request_body_size=READ_THROUGH,
        connection_limit=4 * MOST_CONNECTIONS,
        channel_timeout=SILENT_SECONDS,
        cleanup_interval=SILENT_SECONDS // 4,
        asyncore_use_poll=True,  # select() ends at file number 1,024
    )
    server.adj.body_limit = front.body_limit
    listening = [server] if isinstance(server, BaseWSGIServer) else server.map.values()
    for one in listening:
        if isinstance(one, BaseWSGIServer):
            one.channel_class = Channel
    return server


class Nowhere:
    """Where a body goes that is not kept: only its length is known."""

    def __init__(self, length: int) -> None:
        self._length = length

    def append(self, data: bytes) -> None:
        self._length += len(data)

    def __len__(self) -> int:
        return self._length

    def getfile(self) -> BytesIO:
        return BytesIO()

    def close(self) -> None:
        """There is nothing to close."""


class Parser(HTTPRequestParser):  # type: ignore[misc]
    """Reads a request; the body of one that is over the limit of its page goes nowhere, and the page says so."""

    most: int = 0
    expect_continue: bool

    def parse_header(self, header_plus: bytes) -> None:
        """When the header is there: how much may follow."""
        super().parse_header(header_plus)
        if self.body_rcv is None:
            return
        path = self.path.encode("latin-1").decode("utf-8", "replace")
        self.most = self.adj.body_limit(self.command, path)
        if self.content_length > self.most:
            self._keep_nothing()

    def received(self, data: bytes) -> int:
        """How many octets were taken."""
        taken: int = super().received(data)
        if self.body_rcv is not None and self.body_bytes_received > self.most:
            self._keep_nothing()
        return taken

    def _keep_nothing(self) -> None:
        if isinstance(self.body_rcv.buf, Nowhere):
            return
        self.body_rcv.buf.close()
        self.body_rcv.buf = Nowhere(len(self.body_rcv.buf))
        self.headers["CONNECTION"] = "close"  # what is still on its way must not be taken for a next request
        if self.expect_continue:
            self.expect_continue = False
            self.error = RequestEntityTooLarge("the page takes less")
            self.completed = True


class Channel(HTTPChannel):  # type: ignore[misc]
    """One connection. When there are too many, those that ask for nothing and are told nothing make room first."""

    parser_class = Parser

    def __init__(self, server: Any, sock: Any, addr: Any, adj: Any, map: Any = None) -> None:  # noqa: A002 - its name
        super().__init__(server, sock, addr, adj, map=map)
        there = [one for one in server.active_channels.values() if not one.will_close]
        idle = sorted((one for one in there if one is not self and not one.requests), key=_in_turn)
        for one in idle[: max(0, len(there) - MOST_CONNECTIONS)]:
            one.will_close = True
            if one.total_outbufs_len:  # who takes nothing is not writable, and would never be closed
                with suppress(OSError):
                    one.socket.shutdown(SHUT_RDWR)


def _in_turn(channel: Channel) -> tuple[bool, float]:
    """Which one makes room first: those that say nothing by their age, then those to whom an answer is still on its way
    by when they last took some of it, so that a slow phone stays longer than one that takes nothing."""
    is_answered = channel.total_outbufs_len > 0
    return is_answered, channel.last_activity if is_answered else channel.creation_time
