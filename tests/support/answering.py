"""The server of the pages in a thread of the test, for a browser."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from web.front import Front
from web.server import server_for


@contextmanager
def answered(front: Front, port: int) -> Iterator[str]:
    """Requests to this port of localhost are answered while the block runs; gives the address."""
    server = server_for(front, "127.0.0.1", port)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://localhost:{port}"
    server.task_dispatcher.shutdown()  # an answer on its way ends before the sockets close
    server.close()
    thread.join(5)
