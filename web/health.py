"""A listener of its own for who watches: health and numbers, without the hosts and the proxy of the pages."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

from waitress import create_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from wsgiref.types import StartResponse, WSGIEnvironment

Answer = tuple[str, str, bytes]
_TEXT = "text/plain; version=0.0.4; charset=utf-8"


class Health:
    """A WSGI application with three addresses, and nothing for anyone else.

    `/health/live` answers as long as the process does; `/health/ready` says 503 while it stops, or while the database,
    its schema or the keys are not as they should be; `/metrics` is for Prometheus.
    """

    def __init__(self, why_not: Callable[[], tuple[str, ...]], numbers: Callable[[], bytes]) -> None:
        self._why_not, self._numbers = why_not, numbers
        self.stopping = Event()

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        status, kind, body = self._answer(str(environ.get("REQUEST_METHOD")), str(environ.get("PATH_INFO")))
        start(status, [("Content-Type", kind), ("Content-Length", str(len(body))), ("Cache-Control", "no-store")])
        return [body if environ.get("REQUEST_METHOD") == "GET" else b""]

    def _answer(self, method: str, path: str) -> Answer:
        if method not in ("GET", "HEAD"):
            return "405 Method Not Allowed", "text/plain", b""
        match path:
            case "/health/live":
                return "200 OK", "text/plain", b"live\n"
            case "/health/ready":
                why = ("stopping",) if self.stopping.is_set() else self._why_not()
                body = json.dumps({"ready": not why, "why": list(why)}).encode() + b"\n"
                return "503 Service Unavailable" if why else "200 OK", "application/json", body
            case "/metrics":
                return "200 OK", _TEXT, self._numbers()
        return "404 Not Found", "text/plain", b""


@contextmanager
def answering(health: Health, host: str, port: int) -> Iterator[int]:
    """It answers at this address while the block runs; gives the port. Raises OSError when it cannot listen."""
    server: Any = create_server(health, host=host, port=port, threads=2, ident="", max_request_body_size=1024)
    thread = Thread(target=_run, args=(server,), name="postduif-health", daemon=True)
    thread.start()
    try:
        yield int(server.effective_port)
    finally:
        server.close()
        thread.join(5)


def _run(server: Any) -> None:
    try:
        server.run()
    except OSError:
        return  # closed under it, at the end
