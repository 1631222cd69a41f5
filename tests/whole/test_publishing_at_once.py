"""Two people press the same button at the same moment (security.md F17): one mailing, and nobody gets two.

A lock on the database holds both in the middle of their transactions, so that they surely meet.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import select, text

from database.audit import AuditRow
from database.session import Store
from devtools.waiting import wait_for
from mailer.ledger.tables import Approval, Mailing
from mailer.services.office import Office, Silence
from mailer.services.publishing.approval import approve, proposal
from mailer.services.publishing.publish import publish
from mailer.services.sending import orders
from mailer.services.translating import messages
from subscribers.address import address_from
from subscribers.admission import Newcomer, admit
from subscribers.consent import Choice, Evidence
from tests.support.office import WORDING, WholeOffice, office
from tests.support.rows import count

SLUG = "meldpunt-2026-3"
READERS = [f"lezer{number}@lezers.example" for number in range(12)]

T = TypeVar("T")


@pytest.fixture
def opened(tmp_path: Path, database_url: str) -> Iterator[WholeOffice]:
    with office(tmp_path / "content", database_url) as whole:
        with whole.parts.store.transaction() as session:
            choice = Choice(("detention-friends",), "nl")
            admit(session, [Newcomer(address_from(one), choice, Evidence("test", WORDING)) for one in READERS])
        yield whole


@contextmanager
def nobody_commits(store: Store, table: str) -> Iterator[None]:
    """While the block runs, nobody else writes to this table; nor, on SQLite, to any."""
    with store.transaction() as session:
        if not store.is_sqlite:
            session.execute(text(f"LOCK TABLE {table} IN SHARE MODE"))
        yield


def both_wait(store: Store) -> bool:
    """SQLite shows nobody who waits for it: there both had the time to begin."""
    if store.is_sqlite:
        time.sleep(0.3)
        return True
    with store.reading() as session:
        waiting = "datname = current_database() AND wait_event_type = 'Lock'"
        return bool(session.scalar(text(f"SELECT count(*) = 2 FROM pg_stat_activity WHERE {waiting}")))  # noqa: S608


def at_once(opened: WholeOffice, table: str, press_button: Callable[[Office], T]) -> list[T]:
    """What two get who press at once, after both rendered the issue."""
    rendered = threading.Barrier(3)

    def office_of_one() -> Office:
        def typeset(jobs: object) -> list[bytes]:
            pdfs = opened.parts.typesetter.pdfs(jobs)  # type: ignore[arg-type]
            rendered.wait(60)
            return list(pdfs)

        return replace(opened.office, typeset=typeset)

    with ThreadPoolExecutor(2) as pool:
        with nobody_commits(opened.parts.store, table):
            presses: list[Future[T]] = [pool.submit(press_button, office_of_one()) for _ in range(2)]
            rendered.wait(60)
            wait_for(lambda: both_wait(opened.parts.store))
        return [one.result(60) for one in presses]


@pytest.mark.promise("F17")
def test_two_who_publish_at_once_open_one_mailing_and_every_reader_gets_one_mail(opened: WholeOffice) -> None:
    store = opened.parts.store
    messages.approve_issue(opened.office, opened.editor, SLUG)
    seen = opened.approve(SLUG)
    both = at_once(opened, "delivery", lambda office: publish(office, opened.editor, SLUG, approved=seen))
    assert sorted(one.deliveries for one in both) == [0, len(READERS)]
    assert count(store, Mailing) == 1
    (mailing,) = (one.mailing for one in both if one.mailing is not None)
    orders.start(opened.office, opened.editor, mailing)
    with closing(opened.parts.worker_office(Silence())) as worker:
        worker.deliver_now(mailing)
    assert [len(opened.received_by(reader)) for reader in READERS] == [1] * len(READERS)


@pytest.mark.promise("F17")
def test_two_who_approve_at_once_are_one_approval_of_each_person(opened: WholeOffice) -> None:
    store = opened.parts.store
    messages.approve_issue(opened.office, opened.editor, SLUG)
    seen = proposal(opened.office, opened.approver, SLUG).digest
    both = at_once(opened, "approval", lambda office: approve(office, opened.approver, SLUG, seen=seen))
    assert sorted(both) == [False, True]
    assert count(store, Approval) == 1
    with store.reading() as session:
        approvals = session.scalars(select(AuditRow).where(AuditRow.event == "approve")).all()
        assert len([row for row in approvals if "issue" in row.detail]) == 1  # the others are of translations
