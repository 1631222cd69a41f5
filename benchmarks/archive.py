"""How fast the public archive answers: list, issues, feed and a search, over real connections to the server of `serve`.

archive_p95_ms  milliseconds of 95 in 100 requests, of which 200 begin each second whether or not the one before is done
archive_rps     requests answered in a second

Run as a part of `benchmarks.web`, or by itself: `.venv/bin/python -m benchmarks.archive`.
"""

from __future__ import annotations

import http.client
import json
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

from benchmarks.standing import office_in
from devtools.servers import free_port
from mailer.artefacts.archive.leaf import Leaf, LeafEvent, LeafSection
from mailer.ledger import archive
from mailer.services.office import Office
from web.app import create_app
from web.front import Front
from web.server import server_for

RATE, CLIENTS = 200, 16
"""Requests begun each second; connections that are open at the same time."""
ISSUES = 50
_SECTION = (
    "<p>" + "Wat de rechter zei over zes weken wachten op een arts, en wat dat voor anderen betekent. " * 20 + "</p>"
)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        office, _editor = office_in(Path(name) / "content")
        print(json.dumps(archive_figures(office, 10)))
        office.store.close()


def archive_figures(office: Office, seconds: int) -> dict[str, float]:
    """Measured for some seconds, after each page was asked for once."""
    _fill(office)
    port = free_port()
    host = office.house.base_url.removeprefix("https://")
    server = server_for(Front(create_app(office, hosts=("localhost",))), "127.0.0.1", port)
    threading.Thread(target=server.run, daemon=True).start()
    paths = _paths()
    with ThreadPoolExecutor(CLIENTS) as pool:
        for path in dict.fromkeys(paths):
            pool.submit(_asked, port, host, path, 0.0).result()
        begun = time.perf_counter()
        wanted = [(paths[at % len(paths)], begun + at / RATE) for at in range(RATE * seconds)]
        took = sorted(pool.map(lambda one: _asked(port, host, *one), wanted))
        passed = time.perf_counter() - begun
    server.task_dispatcher.shutdown()
    server.close()
    return {
        "archive_p95_ms": round(took[int(len(took) * 0.95)] * 1000, 1),
        "archive_rps": round(len(took) / passed, 1),
    }


def _paths() -> list[str]:
    """Mostly issues, as readers ask for them; now and then the list, the feed and a search."""
    issues = [f"/{locale}/archief/los-2026-{number}" for number in range(1, 11) for locale in ("nl", "en", "ar")]
    return [*issues, "/nl/archief/", "/ar/archief/", "/nl/feed.atom", "/nl/archief/?q=arts"]


_kept = threading.local()


def _asked(port: int, host: str, path: str, at: float) -> float:
    """Seconds from the moment at which it was to begin to the last octet; a connection is kept for each thread."""
    wait = at - time.perf_counter()
    if wait > 0:
        time.sleep(wait)
    begun = max(at, 0.0) or time.perf_counter()
    if getattr(_kept, "port", None) != port:
        _kept.connection, _kept.port = http.client.HTTPConnection("127.0.0.1", port), port
    _kept.connection.request("GET", path, headers={"Host": host})
    answer = _kept.connection.getresponse()
    answer.read()
    assert answer.status == 200, (path, answer.status)
    return time.perf_counter() - begun


def _fill(office: Office) -> None:
    with office.store.transaction() as session:
        for number in range(1, ISSUES + 1):
            slug, day = f"los-2026-{number}", date(2025, 1, 2) + timedelta(weeks=2 * number)
            leaves = {locale: _leaf(slug, locale, str(number), day).as_json() for locale in ("nl", "en", "ar")}
            archive.show(session, slug, "legal-aid", leaves, {})


def _leaf(slug: str, locale: str, number: str, day: date) -> Leaf:
    sections = tuple(LeafSection(f"s{at}", f"Rubriek {at}", _SECTION) for at in range(8))
    events = (LeafEvent("Spreekuur", day.isoformat(), "16:00", "Buurthuis"),)
    return Leaf(
        slug,
        locale,
        f"Recht en opvang, nummer {number}",
        "Kort.",
        "Recht en opvang",
        number,
        day,
        "<p>Dag.</p>",
        sections,
        events,
    )


if __name__ == "__main__":
    main()
