"""Readers who leave while a file is brought in have left, whatever the file says of them.

A small file in `make test`; for a large one: `IMPORT_ROWS=200000 python -m pytest -s -o timeout=1200`.
"""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from uuid import UUID

import pytest

from database.session import Store
from mailer.services.office import Office
from mailer.services.readers import choices, imports
from mailer.services.readers.imports import Imported, ReaderFile
from subscribers.address import address_from
from subscribers.admission import Newcomer, admit
from subscribers.consent import Choice
from subscribers.importing.judging import Fate
from subscribers.repository import may_receive
from subscribers.suppression import reason_for
from subscribers.tables import Subscriber, SubscriberState
from subscribers.tokens import Purpose, token_for
from tests.support.desk_people import ADMIN
from tests.support.office import office_of
from tests.support.people import FORM

ROWS = int(os.environ.get("IMPORT_ROWS", "3000"))
LEAVERS, AT_ONCE = 40, 8
"""The pages have eight threads; whoever leaves waits in one of them until the import has gone by."""


def leave(office: Office, uid: UUID) -> None:
    token = token_for(office.keys, Purpose.UNSUBSCRIBE, uid, "los")
    choices.leave(office, token, source="one-click", everything=True)


def test_unsubscribing_during_an_import_is_never_lost(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    addresses = [address_from(f"lezer{number * (ROWS // LEAVERS)}@lezers.example") for number in range(LEAVERS)]
    people = [Newcomer(address, Choice(("legal-aid",), "nl"), FORM) for address in addresses]
    with store.transaction() as session:
        admit(session, people)
    path = tmp_path / "lezers.csv"
    rows = "".join(f"lezer{number}@lezers.example,2026-01-02\n" for number in range(ROWS))
    path.write_text(f"email,since\n{rows}", "utf-8")
    file, begun = ReaderFile(path, "list of 2026-01-02", ("womens-orgs",), wording="Ja, mail mij."), Event()
    office = office_of(store)

    def bring() -> Imported:
        try:
            return imports.apply(office, ADMIN, file, lambda _rows: begun.set())
        finally:
            begun.set()

    with ThreadPoolExecutor(AT_ONCE + 1) as pool:
        importing = pool.submit(bring)
        begun.wait()
        list(pool.map(lambda one: leave(office, one.uid), people))
        fates = importing.result().fates
    assert fates[Fate.NEW] == ROWS - LEAVERS
    assert fates.get(Fate.CHANGED, 0) + fates.get(Fate.LEFT, 0) + fates.get(Fate.SUPPRESSED, 0) == LEAVERS
    with store.reading() as session:
        for one in people:
            assert session.get_one(Subscriber, one.uid).state == SubscriberState.LEFT
            assert reason_for(session, one.address) is not None
        for audience in ("legal-aid", "womens-orgs"):
            assert may_receive(session, [one.uid for one in people], audience) == {}
    with capsys.disabled():
        sys.stdout.write(f"\n{ROWS} rows on {store.engine.dialect.name}: {dict(fates)}\n")
