"""How fast the staff pages answer, with many readers and issues.

    .venv/bin/python -m benchmarks.web [--quick]

p95_ms          milliseconds of 95 in 100 requests, over every page that someone can look at (an editor who sends)
max_queries     SELECTs of the page that asks most
vs_plain_flask  median of all pages ÷ that of a Flask that answers the same octets without session, database or template
key_to_picture_ms  milliseconds from a key in the editor to the letter that shows it, the median in Chromium
scripts_kb      kilobytes of script, compressed, of the page that has most
review_1m_p95_ms, mailing_1m_p95_ms   the pages before and during a mailing to a million (`benchmarks.web_million`)
desk_p95_ms     milliseconds of 95 in 100 views of the desk of a translator: 500 messages, a memory of 100,000 pairs
save_p95_ms     the same of saving one of them
archive_p95_ms  milliseconds of 95 in 100 requests for the public archive, over a connection, 200 begun each second
archive_rps     requests for it that were answered in a second, with 50 issues on show in three languages
readers         readers by e-mail in the database (100,000; quick 10,000), with 200 issues (quick 20)

The first requests of each page fill what is kept of files and renderings, as the worker does; they are not counted.
"""

from __future__ import annotations

import gzip
import json
import re
import statistics
import tempfile
import threading
import time
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyotp
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page
from sqlalchemy import Engine, event

from benchmarks.archive import archive_figures
from benchmarks.desk import desk_figures
from benchmarks.standing import fill, office_in
from benchmarks.web_million import add_deliveries, add_readers
from benchmarks.web_million import measured as measured_with_many
from devtools.browser import chromium
from devtools.servers import free_port
from mailer.organisation import Channel
from mailer.services.office import Office
from mailer.services.publishing import approval, publish
from mailer.services.sending import orders
from staff import second_factor, sessions
from staff.people import Person, add_person
from staff.roles import Role
from subscribers.examples import example_readers, insert_readers
from web.app import create_app
from web.front import Front
from web.server import server_for
from web.staff.pages import ROUTES
from web.staff.routes import Route

BASE, STATIC = "http://localhost:8080", Path(__file__).resolve().parents[1] / "web" / "static"
SENT = "noo-2026-11"
NO_PAGE = {
    "sign_in",
    "sign_in_code",
    "sign_in_link",
    "second_step",
    "set_up",
    "frame",
    "booklet",
    "desk_po",
    "desk_link",
    "draft_frame",
    "block_look",
    "organisation",
    "newsletters",
    "new_newsletter",
    "newsletter",
    "new_audience",
    "audience_settings",
    "languages",
    "looks",
    "look_frame",
    "invite",
    "person",
    "health",
    "records",
    "hold",
    "keys",
    "audit",
    "audit_head",
    "register",
    "breach",
    "retention",
    "readers",
    "reader",
    "erase_reader",
    "audience",
    "returned_mail",
    "privacy",
    "reader_import",
    "reader_import_columns",
    "reader_import_look",
    "reader_import_report",
    "draft_booklet",
    "picture",
}
"""Before someone is in, for administrators, or made by a renderer that has a benchmark of its own."""
SLOTS = {"slug": SENT, "audience": "noo-national", "locale": "nl"}
TRANSLATED = {"desk", "desk_file", "translation_review", "words"}
"""Pages about a language that is translated into."""


def main() -> None:
    options = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    options.add_argument("--quick", action="store_true", help="a tenth, under 50 s")
    options.add_argument("--million", type=int, help="readers of the figures of a million (1,000,000; quick 100,000)")
    given = options.parse_args()
    quick, million = given.quick, given.million or (100_000 if given.quick else 1_000_000)
    readers, issues, rounds = (10_000, 20, 10) if quick else (100_000, 200, 30)
    with tempfile.TemporaryDirectory() as name:
        office, editor = office_in(Path(name) / "content")
        fill(office, editor, issues)
        client, mailing = _opened(office, editor, readers)
        measured = {path: _measured(client, path, rounds) for path in _paths(mailing)}
        figures = {**_figures(measured), **desk_figures(office, client, rounds)}
        figures |= {"key_to_picture_ms": _key_to_picture(office, editor, rounds), "readers": readers, "issues": issues}
        figures |= _with_many(office, client, mailing, million)
        figures |= archive_figures(office, 2 if quick else 10)
        office.store.close()
    for path, (seconds, asked, _page) in measured.items():
        print(f"{path:52}{statistics.median(seconds) * 1000:8.1f} ms{asked:5} queries")
    print(json.dumps(figures))


def _opened(office: Office, editor: Person, readers: int) -> tuple[FlaskClient, int]:
    """A browser that has come in as the editor, and a mailing on its way to a third of the readers."""
    audiences = {one.key: one.locales for one in office.house.audiences.values() if one.channel is Channel.EMAIL}
    with office.store.transaction() as session:
        insert_readers(session, example_readers(audiences, readers))
        amina = add_person(session, "Amina", "amina@voorbeeld.example", [Role.APPROVER])
        token = sessions.begin(session, editor, "Benchmark")
        app = second_factor.propose_app(session, editor, "x")
        second_factor.check_app(session, editor.uid, pyotp.TOTP(app.secret).now(), new=True)
        opened = sessions.open_session(session, token)
        assert opened is not None
        sessions.second_step_made(session, opened.uid)
    seen = approval.proposal(office, amina, SENT).digest
    approval.approve(office, amina, SENT, seen=seen)
    mailing = publish.publish(office, editor, SENT, approved=seen).mailing
    assert mailing is not None
    orders.start(office, editor, mailing)
    client = create_app(office, hosts=("localhost",), pages=BASE).test_client()
    client.set_cookie("staff-localhost", token, domain="localhost", path="/staff")
    return client, mailing


def _with_many(office: Office, client: FlaskClient, mailing: int, count: int) -> dict[str, Any]:
    """The pages before and during a mailing to a million readers; the other issue has them, and so this one does."""
    add_readers(office, "noo-national", count)
    found = measured_with_many(client, f"/staff/issues/{SENT}/send", "review", 60)
    add_deliveries(office, mailing)
    return {**found, **measured_with_many(client, f"/staff/mailings/{mailing}/", "mailing", 60), "million": count}


def _key_to_picture(office: Office, editor: Person, rounds: int) -> float:
    """Milliseconds until the letter beside the text shows a word that was typed, the median of `rounds`."""
    port = free_port()
    base = f"http://localhost:{port}"
    with office.store.transaction() as session:
        token = sessions.begin(session, editor, "Benchmark")
        opened = sessions.open_session(session, token)
        assert opened is not None
        sessions.second_step_made(session, opened.uid)
    server = server_for(Front(create_app(office, hosts=("localhost",), pages=base)), "127.0.0.1", port)
    threading.Thread(target=server.run, daemon=True).start()
    with chromium() as browser:
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        context.add_cookies([{"name": "staff-localhost", "value": token, "domain": "localhost", "path": "/staff"}])
        page = context.new_page()
        page.goto(f"{base}/staff/issues/{SENT}/write")
        page.frame_locator("#frames iframe:not(.coming)").locator("h1").first.wait_for()
        page.locator(".part textarea").first.press("Control+End")
        page.keyboard.insert_text("\n\nwoord")
        page.frame_locator("#frames iframe:not(.coming)").get_by_text("woord").first.wait_for()
        took = [_until_shown(page) for _each in range(rounds)]
    server.task_dispatcher.shutdown()
    server.close()
    return round(statistics.median(took), 1)


_SHOWN = """() => { window.shown = new Promise(done => {
  const frames = document.getElementById("frames");
  const seen = new MutationObserver(() => {
    if (frames.querySelector(".coming")) return;
    seen.disconnect();
    done(performance.now() - window.begun);
  });
  addEventListener("keydown", () => {
    window.begun = performance.now();
    seen.observe(frames, { subtree: true, childList: true, attributeFilter: ["class"] });
  }, { once: true });
}); }"""
"""From the key to the frame that takes the place of the old one, by the clock of the page."""


def _until_shown(page: Page) -> float:
    """Milliseconds."""
    page.evaluate(_SHOWN)
    page.keyboard.press("x")
    return float(page.evaluate("window.shown"))


def _paths(mailing: int) -> list[str]:
    """Every page of the table, about things that are there."""
    slots = {**SLOTS, "number": str(mailing)}
    # the postal desk has people and runs of its own, which an editor may not see
    own = [one for one in ROUTES if not one.path.startswith("/post")]
    looked_at = [one for one in own if "GET" in one.methods and one.name not in NO_PAGE]
    return ["/staff" + _filled(one, slots) for one in looked_at]


def _filled(route: Route, slots: Mapping[str, str]) -> str:
    own = {**slots, "locale": "en"} if route.name in TRANSLATED else slots
    return re.sub(r"<(?:int:)?([a-z_]+)>", lambda slot: own[slot[1]], route.path)


def _measured(client: FlaskClient, path: str, rounds: int) -> tuple[list[float], int, bytes]:
    """Seconds of each request, the SELECTs of one, and the page."""
    for _each in range(2):
        answer = client.get(path, base_url=BASE, follow_redirects=True)
    assert answer.status_code == 200, (path, answer.status)
    with _queries() as asked:
        client.get(path, base_url=BASE, follow_redirects=True)
    return [_seconds(client, path) for _each in range(rounds)], len(asked), answer.get_data()


def _seconds(client: FlaskClient, path: str) -> float:
    begun = time.perf_counter()
    client.get(path, base_url=BASE, follow_redirects=True)
    return time.perf_counter() - begun


def _figures(measured: dict[str, tuple[list[float], int, bytes]]) -> dict[str, Any]:
    every = sorted(second for seconds, _asked, _page in measured.values() for second in seconds)
    plain = [_plain(page) for _seconds_, _asked, page in measured.values()]
    return {
        "p95_ms": round(every[int(len(every) * 0.95)] * 1000, 1),
        "max_queries": max(asked for _seconds_, asked, _page in measured.values()),
        "vs_plain_flask": round(statistics.median(every) / statistics.median(plain), 1),
        "scripts_kb": round(max(_scripts(page) for _seconds_, _asked, page in measured.values()) / 1000, 1),
        "median_ms": round(statistics.median(every) * 1000, 1),
        "pages": len(measured),
    }


def _plain(page: bytes) -> float:
    """Seconds of the same octets from a Flask that does nothing else, the median of 20."""
    app = Flask("plain")
    app.add_url_rule("/", "page", lambda: page)
    client = app.test_client()
    return statistics.median(_seconds(client, "/") for _each in range(20))


def _scripts(page: bytes) -> int:
    """Octets of the scripts of a page as a server compresses them."""
    names = re.findall(rb'<script src="/static/([^"]+)"', page)
    return sum(len(gzip.compress((STATIC / name.decode()).read_bytes(), 9)) for name in names)


@contextmanager
def _queries() -> Iterator[list[str]]:
    asked: list[str] = []

    def see(*given: Any) -> None:
        if str(given[2]).lstrip().upper().startswith("SELECT"):
            asked.append(str(given[2]))

    event.listen(Engine, "before_cursor_execute", see)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", see)


if __name__ == "__main__":
    main()
