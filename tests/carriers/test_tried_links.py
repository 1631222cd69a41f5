"""Links are tried from outside our own network only, whatever a name, a redirect or a second look-up says."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from devtools.certificates import self_signed
from mailer.carriers.tried_links import MOST, Fate, LinkTrier, is_public

HOST = "elders.example"


@pytest.mark.parametrize(
    "address",
    [
        *(
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",  # noqa: S104 - to be refused
            "224.0.0.1",
        ),
        *("::1", "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::"),
        *("255.255.255.255", "::", "ff02::1"),
    ],
)
def test_our_own_network_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "64:ff9b::5db8:d822"])
def test_the_internet_is(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "href",
    [
        *("http://example.org/", "ftp://example.org", "https://user:secret@example.org/", "https:///x", "javascript:x"),
        *("https://127.0.0.1/", "https://[::1]/", "https://localhost/", "https://2130706433/", "https://0x7f.1/"),
        *("https://169.254.169.254/latest/meta-data/", "https://münchen.example/"),
    ],
)
def test_what_leads_inside_is_not_asked(href: str) -> None:
    assert LinkTrier().one(href).fate is Fate.FORBIDDEN


@dataclass
class Site:
    """A server of web pages on loopback, and what it was asked for."""

    port: int
    tls: ssl.SSLContext
    asked: list[tuple[str, str]] = field(default_factory=list)

    def trier(self, seconds: float = 5.0, **names: Sequence[str]) -> LinkTrier:
        """As in use, but that one address of loopback stands for the internet: 127.0.0.1, and no other."""
        known = {HOST: ["127.0.0.1"], "inside": ["127.0.0.2"], "both": ["127.0.0.1", "127.0.0.2"], **names}
        return LinkTrier(
            lambda address: address == "127.0.0.1", self.tls, lambda host, _port: known.get(host, []), seconds
        )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("tls")
    server, client = _contexts(folder)
    found = Site(0, client)

    class Pages(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            found.asked.append((self.command, self.path))
            if self.path == "/drip":
                self.wfile.write(b"HTTP/1.1 200 OK\r\n")
                while not stopped.wait(0.1):
                    try:
                        self.wfile.write(b"X")
                    except OSError:
                        return
                return
            to = {
                "/away": f"https://inside:{found.port}/",
                "/on": "/there",
                "/round": "/round",
                "/plain": "http://site/",
            }
            status = 302 if self.path in to else 404 if self.path == "/gone" else 405 if self.path == "/get" else 200
            self.send_response(200 if self.command == "GET" and status == 405 else status)
            if self.path in to:
                self.send_header("Location", to[self.path])
            self.send_header("Set-Cookie", "seen=1")
            self.send_header("Connection", "close")
            self.end_headers()

        do_GET = do_HEAD  # noqa: N815 - the name that http.server looks for

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    stopped = threading.Event()
    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as http:
        http.daemon_threads = True
        http.socket = server.wrap_socket(http.socket, server_side=True)
        found.port = http.server_address[1]
        threading.Thread(target=http.serve_forever, daemon=True).start()
        yield found
        stopped.set()
        http.shutdown()


def test_a_page_that_is_there_and_one_that_is_not(site: Site) -> None:
    base, trier = f"https://{HOST}:{site.port}", site.trier()
    fates = {one.href.removeprefix(base): (one.fate, one.status) for one in trier([f"{base}/x", f"{base}/gone"] * 2)}
    assert fates == {"/x": (Fate.WELL, 200), "/gone": (Fate.BROKEN, 404)}
    assert trier.one(f"{base}/on").fate is Fate.WELL
    assert trier.one(f"{base}/get").fate is Fate.WELL
    assert ("GET", "/get") in site.asked
    assert ("GET", "/x") not in site.asked


@pytest.mark.parametrize("path", ["/away", "/plain"])
def test_a_redirect_inside_is_not_followed(site: Site, path: str) -> None:
    assert site.trier().one(f"https://{HOST}:{site.port}{path}").fate is Fate.FORBIDDEN


def test_a_name_that_has_an_address_of_ours_too_is_not_asked(site: Site) -> None:
    for host in ("inside", "both", "nowhere"):
        assert site.trier().one(f"https://{host}:{site.port}/").fate is Fate.FORBIDDEN


def test_a_name_is_looked_up_once_for_a_connection_so_that_it_cannot_turn_inside(site: Site) -> None:
    answers = iter([["127.0.0.1"], ["127.0.0.2"]])
    trier = site.trier()
    turning = LinkTrier(trier.allows, trier.tls, lambda _host, _port: next(answers))
    assert turning.one(f"https://{HOST}:{site.port}/turning").fate is Fate.WELL
    assert turning.one(f"https://{HOST}:{site.port}/again").fate is Fate.FORBIDDEN
    assert ("HEAD", "/again") not in site.asked


def test_one_that_never_ends_and_one_that_goes_round_end(site: Site) -> None:
    base = f"https://{HOST}:{site.port}"
    assert site.trier(0.5).one(f"{base}/drip").fate is Fate.SILENT
    assert site.trier().one(f"{base}/round").fate is Fate.BROKEN


def test_of_a_thousand_links_the_first_are_tried_and_the_others_are_said_not_to_be(site: Site) -> None:
    tried = site.trier()([f"http://site/{number}" for number in range(1000)])
    assert [one.fate for one in tried] == [Fate.FORBIDDEN] * MOST + [Fate.NOT_TRIED] * (1000 - MOST)


def _contexts(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Of the server, and of who asks it by its name."""
    path = self_signed(folder / "site.pem", other_host=True)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path)
    return server, ssl.create_default_context(cafile=path)
