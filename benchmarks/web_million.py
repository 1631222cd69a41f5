"""How fast the pages before and during a mailing answer with a million readers; run by `benchmarks.web`.

review_1m_p95_ms    milliseconds of 95 in 100 requests of the page before a mailing, to all of them
mailing_1m_p95_ms   the same of the page of a mailing to all of them, half of it accepted
review_1m_first_ms, mailing_1m_first_ms   the first request, before anything is counted
review_1m_count_s, mailing_1m_count_s     seconds until the count that it began is there
million             readers there were

Readers and deliveries are made by the database itself: their addresses do not open, and neither page opens any.
"""

from __future__ import annotations

import time
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import text

from mailer.services.office import Office
from subscribers.tables import MembershipState

BASE = "http://localhost:8080"
_READERS = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count)
INSERT INTO subscriber (uid, address, address_index, state, locale, created_at, bounce_score, bouncing)
SELECT lower(hex(randomblob(16))), one.address, 'made-' || n.i, 'active', CASE n.i % 3 WHEN 0 THEN 'en' ELSE 'nl' END,
       one.created_at, 0, n.i % 50 = 0
FROM n, (SELECT address, created_at FROM subscriber WHERE address IS NOT NULL LIMIT 1) AS one
"""
_MEMBERS = """
INSERT INTO membership (subscriber, audience, state, since)
SELECT uid, :audience, :state, created_at FROM subscriber WHERE address_index LIKE 'made-%'
"""
_DELIVERIES = """
INSERT INTO delivery (mailing_id, edition_id, issue_slug, copy, reader, channel, batch, state, is_open, tries)
SELECT m.id, e.id, m.issue_slug, '', s.uid, 'email', 1, CASE WHEN s.rowid % 2 THEN 'accepted' ELSE 'pending' END,
       s.rowid % 2 = 0, 0
FROM subscriber AS s, mailing AS m, (SELECT min(id) AS id FROM frozen_edition WHERE mailing_id = :mailing) AS e
WHERE m.id = :mailing AND s.address_index LIKE 'made-%'
"""
_COUNTED = (
    "UPDATE mailing SET readers = (SELECT count(*) FROM delivery WHERE mailing_id = :mailing) WHERE id = :mailing"
)


def add_readers(office: Office, audience: str, count: int) -> None:
    """So many active readers of one audience, one in fifty of them suspended."""
    with office.store.transaction() as session:
        session.execute(text(_READERS), {"count": count})
        session.execute(text(_MEMBERS), {"audience": audience, "state": str(MembershipState.ACTIVE)})


def add_deliveries(office: Office, mailing: int) -> None:
    """One to each of them, in a mailing that is there."""
    with office.store.transaction() as session:
        session.execute(text(_DELIVERIES), {"mailing": mailing})
        session.execute(text(_COUNTED), {"mailing": mailing})


def measured(client: FlaskClient, path: str, name: str, rounds: int) -> dict[str, Any]:
    """The first request, and the 95th percentile of `rounds` while it counts and as many after."""
    begun = time.perf_counter()
    first, is_counting = _looked(client, path)
    seconds = []
    while is_counting:
        took, is_counting = _looked(client, path)
        seconds.append(took)
        time.sleep(0.05)
    counted = time.perf_counter() - begun
    seconds = sorted([*seconds[:rounds], *(_looked(client, path)[0] for _each in range(rounds))])
    p95 = seconds[min(len(seconds) - 1, int(len(seconds) * 0.95))]
    return {
        f"{name}_1m_p95_ms": round(p95 * 1000, 1),
        f"{name}_1m_first_ms": round(first * 1000),
        f"{name}_1m_count_s": round(counted, 1),
    }


def _looked(client: FlaskClient, path: str) -> tuple[float, bool]:
    """Seconds, and whether the page said that it counts."""
    begun = time.perf_counter()
    answer = client.get(path, base_url=BASE, follow_redirects=True)
    took = time.perf_counter() - begun
    assert answer.status_code == 200, (path, answer.status)
    return took, b"wordt geteld" in answer.get_data()
