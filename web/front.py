"""What a server of ours answers with: one application after another, without closing its door."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask
from werkzeug.exceptions import HTTPException

BODIES = "postduif.bodies"
"""In the extensions of an application: octets that a request may have, by endpoint."""


class Front:
    """A WSGI application that passes each request to the one of the moment."""

    def __init__(self, app: Flask | None = None) -> None:
        self._now = app

    def show(self, app: Flask) -> None:
        """From now on this one answers."""
        self._now = app

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
        return self._now
