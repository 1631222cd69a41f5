"""Over https, behind a reverse proxy of our own: forms of ours come through and those of others do not."""

from __future__ import annotations

import http.client
import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser

from devtools.browser import PATIENCE
from devtools.certificates import self_signed
from devtools.servers import free_port
from tests.support.answering import answered
from tests.web.staff.conftest import Desks, desks_in
from web.app import create_app
from web.front import Front


@contextmanager
def tls_proxy(certificate: str, port: int, behind: int) -> Iterator[None]:
    """Ends TLS and passes each request on over plain http, saying so (X-Forwarded-Proto and -For), as Caddy does."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    class Pass(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            with context.wrap_socket(self.request, server_side=True) as line:
                reading = line.makefile("rb")
                while head := _head(reading):
                    length = int(next((v for k, v in head if k.lower() == "content-length"), "0"))
                    body = reading.read(length)
                    line.sendall(_passed_on(head, body, behind))

    class Proxy(socketserver.ThreadingTCPServer):
        daemon_threads = True
        allow_reuse_address = True

        def handle_error(self, request: object, client_address: object) -> None:
            """A browser that does not trust the certificate at first, or closes a line it does not need."""

    with Proxy(("127.0.0.1", port), Pass) as proxy:
        threading.Thread(target=proxy.serve_forever, args=(0.05,), daemon=True).start()
        yield
        proxy.shutdown()


def _head(reading: object) -> list[tuple[str, str]]:
    """The request line, as the value of "", and the headers."""
    lines: list[str] = []
    while (line := reading.readline().decode("latin-1").strip()) or not lines:  # type: ignore[attr-defined]
        if not line:
            return []
        lines.append(line)
    return [("", lines[0]), *((k, v.strip()) for k, _colon, v in (one.partition(":") for one in lines[1:]))]


def _passed_on(head: list[tuple[str, str]], body: bytes, behind: int) -> bytes:
    ours = [("X-Forwarded-Proto", "https"), ("X-Forwarded-For", "198.18.0.1"), ("Connection", "close")]
    kept = [(k, v) for k, v in head[1:] if k.lower() not in {"connection", *(name.lower() for name, _value in ours)}]
    text = "\r\n".join([head[0][1], *(f"{k}: {v}" for k, v in [*kept, *ours]), "", ""])
    with socket.create_connection(("127.0.0.1", behind)) as line:
        line.sendall(text.encode("latin-1") + body)
        answer = b""
        while piece := line.recv(65_536):
            answer += piece
    first, _end, rest = answer.partition(b"\r\n\r\n")
    wanted = [one for one in first.split(b"\r\n") if not one.lower().startswith((b"connection:", b"content-length:"))]
    sized = [b"Content-Length: " + str(len(rest)).encode()]
    return b"\r\n".join([*wanted, *sized, b"", b""]) + rest


@pytest.fixture
def behind(migrated_file: Path, tmp_path: Path) -> Iterator[tuple[Desks, str]]:
    """The office with `web.proxies = 1`, and its address over https."""
    inner, outer = free_port(), free_port()
    base = f"https://localhost:{outer}"
    certificate = self_signed(tmp_path / "proxy.pem")
    with desks_in(tmp_path / "desks", migrated_file) as desks:
        app = create_app(desks.staff.office, hosts=("localhost",), proxies=1, pages=base)
        with answered(Front(app), inner), tls_proxy(certificate, outer, inner):
            yield desks, base


def test_forms_work_in_a_browser_over_https(behind: tuple[Desks, str], browser: Browser) -> None:
    desks, base = behind
    context = browser.new_context(ignore_https_errors=True, locale="nl")
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    desks.come_in(page, "Amina", base=base)
    page.get_by_role("heading", name="Amina").wait_for()
    page.goto(f"{base}/staff/me")
    page.get_by_label("English").check()
    page.get_by_role("button", name="Bewaar taal").click()
    page.locator('html[lang="en"]').wait_for()
    cookies = {one["name"]: one for one in context.cookies()}
    assert cookies["__Secure-staff"]["secure"]
    assert cookies["__Secure-staff"]["httpOnly"]
    assert base in next(one.text for one in desks.mails() if one.kind == "sign_in")
    context.close()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "{base}"}, 200),  # a browser without Fetch Metadata
        ({"Sec-Fetch-Site": "same-origin", "Origin": "{base}"}, 200),
        ({"Origin": "http{base[5:]}"}, 403),  # the same host without TLS is another site
        ({"Origin": "null"}, 403),
        ({"Origin": "https://localhost"}, 403),
        ({"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site", "Origin": "{base}"}, 403),
        ({"X-Forwarded-Host": "evil.example", "Origin": "https://evil.example"}, 403),
        ({}, 403),
    ],
)
def test_a_form_over_https_is_judged_by_where_it_comes_from(
    behind: tuple[Desks, str], headers: dict[str, str], status: int
) -> None:
    _desks, base = behind
    plain = ssl._create_unverified_context()  # noqa: S323 - the certificate vouches for itself alone
    line = http.client.HTTPSConnection("localhost", int(base.rpartition(":")[2]), context=plain)
    own = {"{base}": base, "http{base[5:]}": f"http{base[5:]}"}
    given = {name: own.get(value, value) for name, value in headers.items()}
    body = urlencode({"email": "niemand@voorbeeld.example"})
    line.request("POST", "/staff/sign-in", body, {"Content-Type": "application/x-www-form-urlencoded", **given})
    assert line.getresponse().status == status
    line.close()
