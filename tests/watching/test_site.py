"""The certificate of the pages: seen as a browser sees it, told by doctor, and mailed before it ends."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import dns.resolver

from database.base import now
from database.session import Store
from devtools.certificates import self_signed
from devtools.servers import free_port
from mailer.doctor.checks import pages
from mailer.doctor.finding import Level
from mailer.doctor.world import World
from mailer.services.notices import alarms
from mailer.services.notices.site import Site, site
from mailer.services.notices.watch import Watch
from tests.support.house import house


@contextmanager
def before_the_pages(certificate: str) -> Iterator[str]:
    """A server for TLS; its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.handle_error = lambda *_request: None  # type: ignore[method-assign]  # who asks only shakes hands
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"https://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def seen(folder: Path, *, vouched: bool = True, ends: int = 60, begins: int = -90, other_host: bool = False) -> Site:
    file = self_signed(folder / "site.pem", ends=ends, begins=begins, other_host=other_host)
    with before_the_pages(file) as url:
        return site(url, file if vouched else None)


def test_a_certificate_is_seen_as_a_browser_sees_it(tmp_path: Path) -> None:
    whole = seen(tmp_path)
    assert whole.until is not None
    assert timedelta(days=59) < whole.until - now() < timedelta(days=61)
    ended = seen(tmp_path, ends=-1)
    assert (ended.until, ended.has_ended) == (None, True)
    for other in (seen(tmp_path, vouched=False), seen(tmp_path, other_host=True)):
        assert (other.until, other.has_ended) == (None, False)
        assert other.wrong
    assert site(f"https://127.0.0.1:{free_port()}").wrong
    assert site("http://127.0.0.1") == site("") == Site()


def test_doctor_tells_how_the_pages_look_from_outside(tmp_path: Path) -> None:
    def told(found: Site) -> list[Level]:
        nobody = dns.resolver.Resolver(configure=False)
        world = World(tmp_path, nobody, base_url="https://nieuws.stichting.nl", proxies=1, look_at_site=lambda: found)
        findings = list(pages(world))
        assert all(one.remedy for one in findings if one.level is not Level.OK)
        return [one.level for one in findings]

    assert told(Site(now() + timedelta(days=15))) == [Level.OK, Level.OK]
    assert told(Site(now() + timedelta(days=13))) == [Level.OK, Level.WARN]
    assert told(Site(wrong="Connection refused")) == [Level.OK, Level.WARN]
    assert told(Site(wrong="certificate has expired", has_ended=True)) == [Level.OK, Level.FAIL]


def test_administrators_are_mailed_before_it_ends_and_when_it_has(plain_store: Store) -> None:
    found = [Site(now() + timedelta(days=30))]
    watch = Watch(plain_store, house(), (), (), look_at_site=lambda: found[0])
    assert watch.look() == []
    found[0] = Site(now() + timedelta(days=5))
    assert watch.look(now() + timedelta(days=1)) == [alarms.SITE_ENDS]
    found[0] = Site(wrong="certificate has expired", has_ended=True)
    assert watch.look(now() + timedelta(days=2)) == [alarms.SITE_ENDS]
    found[0] = Site(wrong="Connection refused")  # from inside; whoever watches from outside tells that
    assert watch.look(now() + timedelta(days=3)) == []
