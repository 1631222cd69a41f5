"""Try links that someone asked about: https alone, no cookies, five seconds each, and never into our own network.

The name of a host is looked up once, every address it has must be public, and the connection goes to the address that
was looked at: a name that changes its address meanwhile (DNS rebinding) leads nowhere else. A redirect is a new link,
looked at the same way (OWASP, Server-Side Request Forgery).
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from threading import Timer
from urllib.parse import SplitResult, urljoin, urlsplit

SECONDS = 5.0
"""For one link with all its redirects."""
ALTOGETHER = 60.0
"""For all links; what was not tried by then is said to be so."""
OCTETS = 1024
"""What is read of a page at most."""
MOST = 200
"""Links in one go."""
_REDIRECTS = 5
_AT_ONCE = 8
_HTTPS = 443


class Fate(StrEnum):
    """What became of a link."""

    WELL = "well"
    BROKEN = "broken"
    """The server says that there is no such page, or fails."""
    SILENT = "silent"
    """No server, or none that answered in time."""
    FORBIDDEN = "forbidden"
    """It is no https, or leads into our own network."""
    NOT_TRIED = "not_tried"


@dataclass(frozen=True)
class Tried:
    """One link; `status` is that of HTTP, None when there was none."""

    href: str
    fate: Fate
    status: int | None = None


def is_public(address: str) -> bool:
    """True for an address on the internet: not loopback, private, link-local, multicast, reserved or mapped to one."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if inner is not None:
            return is_public(str(inner))
        if found in ipaddress.ip_network("64:ff9b::/96"):
            return is_public(str(ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)))
    return found.is_global and not found.is_multicast


def _addresses(host: str, port: int) -> list[str]:
    return [str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


class _ForbiddenError(Exception):
    """Not where we go."""


@dataclass(frozen=True)
class LinkTrier:
    """`allows` and `tls` are others only in tests, whose server is on loopback with a certificate of its own."""

    allows: Callable[[str], bool] = is_public
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    lookup: Callable[[str, int], Sequence[str]] = _addresses
    seconds: float = SECONDS
    altogether: float = ALTOGETHER

    def __call__(self, hrefs: Iterable[str]) -> list[Tried]:
        """Try each link once, in order; those after MOST, or after the time is up, are not tried."""
        wanted = list(dict.fromkeys(hrefs))
        ends = time.monotonic() + self.altogether
        pool = ThreadPoolExecutor(_AT_ONCE)
        try:
            going = [pool.submit(self._one_before, ends, href) for href in wanted[:MOST]]
            tried = [one.result() for one in going]
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
        return tried + [Tried(href, Fate.NOT_TRIED) for href in wanted[MOST:]]

    def _one_before(self, ends: float, href: str) -> Tried:
        return self.one(href) if time.monotonic() < ends else Tried(href, Fate.NOT_TRIED)

    def one(self, href: str) -> Tried:
        """Where a link leads, through at most five redirects."""
        ends, at = time.monotonic() + self.seconds, href
        try:
            for _redirect in range(_REDIRECTS + 1):
                status, to = self._asked(at, ends)
                if status not in {301, 302, 303, 307, 308} or not to:
                    return Tried(href, Fate.WELL if status < 400 else Fate.BROKEN, status)
                at = urljoin(at, to)
        except _ForbiddenError:
            return Tried(href, Fate.FORBIDDEN)
        except (OSError, http.client.HTTPException, ValueError):
            return Tried(href, Fate.SILENT)
        return Tried(href, Fate.BROKEN)

    def _asked(self, href: str, ends: float) -> tuple[int, str]:
        """HEAD, and GET of the first octets from a server that knows no HEAD."""
        status, to = self._request("HEAD", href, ends)
        return self._request("GET", href, ends) if status in {400, 403, 404, 405, 501} else (status, to)

    def _request(self, method: str, href: str, ends: float) -> tuple[int, str]:
        parts = _checked(href)
        left = ends - time.monotonic()
        if left <= 0:
            raise TimeoutError
        host, port = parts.hostname or "", parts.port or _HTTPS
        connection = http.client.HTTPSConnection(host, port, timeout=left, context=self.tls)
        # One octet a second keeps every single wait short: the whole is cut off when the time is up.
        watch = Timer(left, _cut, (connection,))
        watch.daemon = True
        watch.start()
        try:
            plain = socket.create_connection((self._address(host, port), port), timeout=left)
            connection.sock = plain
            connection.sock = self.tls.wrap_socket(plain, server_hostname=host)
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            headers = {"User-Agent": "Postduif", "Accept": "*/*", "Range": f"bytes=0-{OCTETS - 1}"}
            connection.request(method, path, headers=headers)
            answer = connection.getresponse()
            answer.read(OCTETS)
            if time.monotonic() >= ends:  # cut off in the middle of its headers
                raise TimeoutError
            return answer.status, answer.getheader("Location", "")
        finally:
            watch.cancel()
            connection.close()

    def _address(self, host: str, port: int) -> str:
        """One that we may go to. Every address of the name must be: which is taken is not ours to hope."""
        found = self.lookup(host, port)
        if not found or not all(self.allows(one) for one in found):
            raise _ForbiddenError
        return found[0]


def _checked(href: str) -> SplitResult:
    parts = urlsplit(href)
    if parts.scheme != "https" or not parts.hostname or parts.username is not None or not href.isascii():
        raise _ForbiddenError
    return parts


def _cut(connection: http.client.HTTPSConnection) -> None:
    with suppress(OSError):
        if connection.sock is not None:
            connection.sock.shutdown(socket.SHUT_RDWR)
