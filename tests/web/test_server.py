"""The real server on real sockets: no body is stored that its page does not take, and silence shuts no one out."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask, request
from waitress.buffers import OverflowableBuffer

from devtools.servers import free_port
from devtools.waiting import wait_for
from web import server
from web.front import BODIES, Front

LIMIT, ROOMY = 64 * 1024, 1_000_000
MEGABYTE = b"x" * 1_000_000
ONE_READ = 8192
"""What waitress reads at once: so much may be stored before the limit is seen."""


@dataclass
class Listening:
    """A server in a thread; what it stored of bodies, in octets."""

    server: Any
    port: int
    stored: list[int] = field(default_factory=list)

    def ask(self, *pieces: bytes) -> bytes:
        """The whole answer to these octets, on a connection of its own, until the server hangs up."""
        with socket.create_connection(("127.0.0.1", self.port)) as line:
            sending = threading.Thread(target=_send, args=(line, pieces), daemon=True)
            sending.start()
            answer = _until_closed(line)
            sending.join(30)
        return answer


def _send(line: socket.socket, pieces: tuple[bytes, ...]) -> None:
    try:
        for piece in pieces:
            line.sendall(piece)
    except OSError:
        return  # the server has hung up: that is what the test looks at


def _until_closed(line: socket.socket) -> bytes:
    answer = b""
    while True:
        try:
            piece = line.recv(65_536)
        except ConnectionResetError:
            return answer
        if not piece:
            return answer
        answer += piece


@pytest.fixture
def listening(monkeypatch: pytest.MonkeyPatch) -> Iterator[Listening]:
    app = Flask("small")
    app.add_url_rule("/roomy/<name>", "roomy", lambda name: f"{len(request.get_data())}", methods=["POST"])
    app.add_url_rule("/", "narrow", _narrow, methods=["GET", "POST"])
    app.config["MAX_CONTENT_LENGTH"] = LIMIT
    app.extensions[BODIES] = {"roomy": ROOMY}
    app.before_request(lambda: setattr(request, "max_content_length", ROOMY if request.endpoint == "roomy" else LIMIT))
    port = free_port()
    found = Listening(server.server_for(Front(app), "127.0.0.1", port), port)
    append = OverflowableBuffer.append

    def counted(self: OverflowableBuffer, data: bytes) -> None:
        if data[:1] == b"x":
            found.stored.append(len(data))
        append(self, data)

    monkeypatch.setattr(OverflowableBuffer, "append", counted)
    thread = threading.Thread(target=found.server.run, daemon=True)
    thread.start()
    yield found
    found.server.task_dispatcher.shutdown()
    found.server.close()
    thread.join(5)


def _narrow() -> str:
    return f"{len(request.get_data())}"


def post(path: str, *more: bytes) -> bytes:
    return b"\r\n".join([b"POST " + path.encode() + b" HTTP/1.1", b"Host: localhost", *more, b"", b""])


def test_a_body_over_the_limit_is_answered_and_none_of_it_is_stored(listening: Listening) -> None:
    answer = listening.ask(post("/", b"Content-Length: 20000000"), *[MEGABYTE] * 20)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert listening.stored == []


def test_of_a_body_in_pieces_no_more_than_the_limit_is_stored(listening: Listening) -> None:
    piece = b"%x\r\n" % len(MEGABYTE) + MEGABYTE + b"\r\n"
    answer = listening.ask(post("/", b"Transfer-Encoding: chunked"), *[piece] * 20, b"0\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert 0 < sum(listening.stored) <= LIMIT + ONE_READ


@pytest.mark.parametrize(
    "headers", [[b"Content-Length: 400000000"], [b"Content-Length: 70000", b"Expect: 100-continue"]]
)
def test_what_is_far_too_large_or_only_announced_is_refused_before_it_is_sent(
    listening: Listening, headers: list[bytes]
) -> None:
    answer = listening.ask(post("/", *headers))
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert listening.stored == []


def test_a_page_that_takes_more_gets_more_and_another_address_does_not(listening: Listening) -> None:
    body = MEGABYTE[:500_000]
    close = b"Connection: close"
    roomy = listening.ask(post("/roomy/a%20b", b"Content-Length: 500000", close), body)
    assert roomy.endswith(b"500000")
    listening.stored.clear()
    for path in ("/roomy", "/roomy/../", "/nowhere", "/%72oomy", "*"):
        assert listening.ask(post(path, b"Content-Length: 500000", close), body)[9:10] == b"4"
    assert listening.stored == []


def test_what_follows_a_body_that_was_refused_is_no_next_request(listening: Listening) -> None:
    inner = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
    body = MEGABYTE[:100_000] + inner
    answer = listening.ask(post("/", b"Content-Length: 100000"), body, inner)
    assert answer.count(b"HTTP/1.1 ") == 1


def test_many_half_open_connections_shut_no_one_out(listening: Listening) -> None:
    beginnings = [b"", b"GET / HT", post("/")[:-2], post("/", b"Content-Length: 60000") + b"x" * 100]
    many = server.MOST_CONNECTIONS + 100
    with ExitStack() as stack:
        for number in range(many):
            line = stack.enter_context(socket.create_connection(("127.0.0.1", listening.port)))
            line.sendall(beginnings[number % len(beginnings)])
        for _each in range(20):
            assert listening.ask(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").endswith(b"0")
        wait_for(lambda: len(listening.server.active_channels) <= server.MOST_CONNECTIONS)


def test_a_request_on_hand_is_not_closed_to_make_room(listening: Listening) -> None:
    go = threading.Event()
    app: Flask = listening.server.application._shown()
    app.view_functions["narrow"] = lambda: "done" if go.wait(60) else ""
    answers: list[bytes] = []
    asking = threading.Thread(
        target=lambda: answers.append(listening.ask(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")),
        daemon=True,
    )
    asking.start()
    wait_for(lambda: any(one.requests for one in [*listening.server.active_channels.values()]))
    with ExitStack() as stack:
        for _each in range(server.MOST_CONNECTIONS + 50):
            stack.enter_context(socket.create_connection(("127.0.0.1", listening.port)))
        wait_for(lambda: len(listening.server.active_channels) >= server.MOST_CONNECTIONS)
        go.set()
        asking.join(30)
    assert answers[0].endswith(b"done")


def test_an_answer_that_is_still_read_slowly_is_cut_last(listening: Listening) -> None:
    booklet = b"x" * 8_000_000
    app: Flask = listening.server.application._shown()
    app.view_functions["narrow"] = lambda: booklet
    with ExitStack() as stack:
        phone = stack.enter_context(socket.socket())
        phone.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        phone.connect(("127.0.0.1", listening.port))
        phone.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        channels = listening.server.active_channels
        wait_for(lambda: any(one.total_outbufs_len and not one.requests for one in [*channels.values()]))
        lines = [
            stack.enter_context(socket.create_connection(("127.0.0.1", listening.port)))
            for _each in range(server.MOST_CONNECTIONS + 50)
        ]
        wait_for(lambda: _is_closed(lines[40]))
        assert _until_closed(phone).endswith(b"\r\n\r\n" + booklet)


def test_who_comes_in_while_everyone_else_reads_is_not_the_one_that_is_cut(
    listening: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "MOST_CONNECTIONS", 4)
    app: Flask = listening.server.application._shown()
    app.view_functions["narrow"] = lambda: b"x" * 8_000_000
    channels = listening.server.active_channels
    with ExitStack() as stack:
        for number in range(4):
            phone = stack.enter_context(socket.create_connection(("127.0.0.1", listening.port)))
            phone.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            wait_for(lambda: sum(1 for one in [*channels.values()] if one.total_outbufs_len) > number)  # noqa: B023
        wait_for(lambda: not any(one.requests for one in [*channels.values()]))
        app.view_functions["narrow"] = lambda: "in"
        late = stack.enter_context(socket.create_connection(("127.0.0.1", listening.port)))
        wait_for(lambda: len(channels) == 4)
        late.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert _until_closed(late).endswith(b"in")


def _is_closed(line: socket.socket) -> bool:
    line.setblocking(False)
    try:
        return not line.recv(1)
    except BlockingIOError:
        return False
    except ConnectionResetError:
        return True
