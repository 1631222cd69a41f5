"""How fast the desk of a translator answers with a large memory; part of `benchmarks.web`."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

from flask.testing import FlaskClient
from sqlalchemy import insert

from database.base import now
from mailer.ledger.translations import TranslationApproval
from mailer.services.office import Office
from mailer.services.translating.rows import key_of
from mailer.translation.approval import pair_hash
from mailer.translation.catalog import Catalog, Entry

BASE, SLUG, LOCALE = "http://localhost:8080", "meldpunt-2026-3", "ar"
MESSAGES, PAIRS = 500, 100_000
_WORDS = (
    "wonen",
    "werk",
    "recht",
    "brief",
    "huis",
    "dag",
    "bezoek",
    "advies",
    "klacht",
    "dokter",
    "school",
    "hulp",
    "tijd",
)


def desk_figures(office: Office, client: FlaskClient, rounds: int) -> dict[str, float]:
    """Milliseconds of 95 in 100: looking at a message, and saving it."""
    _remember(office)
    office.content.change_catalog(SLUG, LOCALE, _many)
    path = f"/staff/issues/{SLUG}/translate/{LOCALE}"
    looked, saved = [], []
    for number in range(rounds + 1):
        msgid = _source(number * 7 % MESSAGES)
        begun = time.perf_counter()
        page = client.get(f"{path}?m={key_of(msgid)}", base_url=BASE)
        looked.append(time.perf_counter() - begun)
        assert page.status_code == 200, page.status
        text = page.get_data(as_text=True)
        form = {name: _field(text, name) for name in ("csrf", "msgid", "seen")}
        begun = time.perf_counter()
        answer = client.post(
            f"{path}?m={key_of(msgid)}",
            data={**form, "do": "save", "text": f"نص {number}"},
            base_url=BASE,
            headers={"Sec-Fetch-Site": "same-origin"},
        )
        saved.append(time.perf_counter() - begun)
        assert answer.status_code == 303, answer.status
    # the first fills the memory, once in the life of a process
    return {"desk_p95_ms": _p95(looked[1:]), "save_p95_ms": _p95(saved[1:])}


def _p95(seconds: list[float]) -> float:
    return round(sorted(seconds)[int(len(seconds) * 0.95)] * 1000, 1)


def _field(page: str, name: str) -> str:
    found = re.search(rf'id="box".*?name="{name}" value="([^"]*)"', page, re.DOTALL)
    assert found is not None, name
    return found[1]


def _source(number: int) -> str:
    words = [_WORDS[(number * step + step) % len(_WORDS)] for step in range(1, 13)]
    return f"Zin {number}: {' '.join(words)}."


def _many(catalog: Catalog) -> Catalog:
    entries = {
        _source(number): Entry(_source(number), f"جملة {number}" if number % 2 else "") for number in range(MESSAGES)
    }
    return Catalog(catalog.domain, catalog.locale, entries)


def _remember(office: Office) -> None:
    with office.store.transaction() as session:
        session.execute(insert(TranslationApproval), [*_pairs()])


def _pairs() -> Iterator[dict[str, object]]:
    at, reviewer = now() - timedelta(days=30), uuid4()
    for number in range(PAIRS):
        source, target = f"{_source(number)} Meer {number % 977}.", f"جملة {number}."
        yield {
            "pair_hash": pair_hash(source, target, LOCALE),
            "locale": LOCALE,
            "domain": "meldpunt-2026-2",
            "source": source,
            "translation": target,
            "reviewer": reviewer,
            "waived": False,
            "at": at,
        }
