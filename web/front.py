"""What a server of ours answers with: one application after another, without closing its door."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from threading import Lock
from typing import Any, Generic, TypeVar

from flask import Flask
from werkzeug.exceptions import HTTPException

BODIES = "postduif.bodies"
"""In the extensions of an application: octets that a request may have, by endpoint."""


T = TypeVar("T")


class Renewed(Generic[T]):
    """An application that is made anew when what it is made from is another object."""

    def __init__(self, made_from: Callable[[], T], make: Callable[[T], Flask]) -> None:
        self._made_from, self._make = made_from, make
        self._known = made_from()
        self._app = make(self._known)
        self._lock = Lock()

    def __call__(self) -> Flask:
        """The application of this moment."""
        made_from = self._made_from()
        with self._lock:
            if made_from is not self._known:
                self._app, self._known = self._make(made_from), made_from
            return self._app


class Front:
    """A WSGI application that passes each request to the one of the moment."""

    def __init__(self, app: Flask | None = None) -> None:
        self._now: Callable[[], Flask] | None = None
        if app is not None:
            self.show(app)

    def show(self, app: Flask) -> None:
        """From now on this one answers."""
        self._now = lambda: app

    def follow(self, renewed: Callable[[], Flask]) -> None:
        """From now on that of the moment answers: it is asked for at each request."""
        self._now = renewed

    def body_limit(self, method: str, path: str) -> int:
        """Octets that a request to this path may have; known before its body is read."""
        app = self._shown()
        least: int = app.config["MAX_CONTENT_LENGTH"]
        try:
            endpoint, _slots = app.url_map.bind("localhost").match(path, method)
        except HTTPException:
            return least
        bodies: dict[str, int] = app.extensions.get(BODIES, {})
        return bodies.get(endpoint, least)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        return self._shown()(environ, start_response)

    def _shown(self) -> Flask:
        if self._now is None:
            raise LookupError("nothing is shown yet")
        return self._now()
