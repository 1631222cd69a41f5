"""No worker ran, so no clock did: what `postduif worker` does when it is there again (security.md F8)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from database.base import now
from devtools.servers import Server, valkey_server
from devtools.waiting import wait_for
from mailer.ledger import mailings, opening
from mailer.ledger.staff_mail import StaffMail
from mailer.ledger.states import DeliveryState, MailingState
from mailer.ledger.tables import Delivery, LeaseRow, Slot
from mailer.services.office import Silence
from mailer.services.sending import orders
from mailer.services.sending.delivering import SWEEP
from mailer.services.sending.doorbell import CeleryDoorbell
from staff.mails import Mail
from staff.people import person
from tests.support.office import WholeOffice, office
from tests.whole.test_broker_knows_nobody import worker
from worker.app import make_app

PLANNED = ["jan@lezers.example", "piet@lezers.example"]
ON_THEIR_WAY = [f"lezer{number}@lezers.example" for number in range(5)]
EXAMPLES = {"los-2026-24", "meldpunt-2026-3", "noo-2026-11"}
EDITOR = "Bram@voorbeeld.example"


@dataclass(frozen=True)
class Left:
    """What was left in the database when the last worker went away; the numbers are mailings."""

    here: WholeOffice
    broker: Server
    planned: int
    """Two hours ago, for two readers."""
    long_ago: int
    """Planned five hours ago, for nobody."""
    going: int
    """Half done: one accepted, one deferred, two claimed and one being handed over."""

    def state(self, mailing_id: int) -> MailingState:
        with self.here.parts.store.reading() as session:
            return mailings.mailing_of(session, mailing_id).state

    def deliveries(self, mailing_id: int) -> list[DeliveryState]:
        with self.here.parts.store.reading() as session:
            return sorted(session.scalars(select(Delivery.state).where(Delivery.mailing_id == mailing_id)))

    def drafts(self) -> list[tuple[str, date]]:
        """The numbers that were opened, each with its day."""
        with self.here.parts.store.reading() as session:
            taken = session.execute(select(Slot.job, Slot.at).where(Slot.job.startswith("draft "))).all()
        opened = [(job.removeprefix("draft "), moment.date()) for job, moment in taken]
        assert {slug for slug, _day in opened} == set(self.here.parts.content.slugs()) - EXAMPLES
        return opened

    def reminders(self) -> list[str]:
        """Whom a mail about a draft waits for; it leaves at the next half minute."""
        with self.here.parts.store.reading() as session:
            whom = session.scalars(select(StaffMail.person).where(StaffMail.kind == Mail.DRAFTS.value))
            return [one.email for uid in whom if (one := person(session, uid)) is not None]

    def mails(self, *readers: str) -> list[int]:
        return [len(self.here.received_by(reader)) for reader in readers]


@contextmanager
def left(folder: Path, silent: timedelta) -> Iterator[Left]:
    with valkey_server() as broker, office(folder, f"sqlite:///{folder}/var/postduif.sqlite") as here:
        days = {"los-2026-24": now().date() - timedelta(days=38), "noo-2026-11": now().date()}
        for slug, day in days.items():  # three numbers of the two-weekly were passed over; the next is in four days
            dated(folder / "issues" / slug / "issue.md", day)
        for reader in PLANNED:
            here.subscribe(reader, "legal-aid", "nl")
        for reader in ON_THEIR_WAY:
            here.subscribe(reader, "noo-national", "nl")
        planned, going = (here.publish(slug).mailing for slug in days)
        assert planned is not None
        assert going is not None
        desk = here.parts.office(Silence())
        long_ago = replace(desk, clock=lambda: now() - timedelta(days=1))
        orders.schedule(long_ago, here.editor, planned, now() - timedelta(hours=2))
        then = now() - silent - timedelta(minutes=5)
        orders.start(replace(desk, clock=lambda: then), here.editor, going)
        half_done(here, going, now() - silent)
        with here.parts.store.transaction() as session:
            old = opening.open_mailing(session, slug="noo-2026-10", publication="noo", content_hash="a" * 64)
            session.add(Slot(job=SWEEP, at=now() - silent, taken_at=now() - silent))
        orders.schedule(long_ago, here.editor, old.id, now() - timedelta(hours=5))
        yield Left(here, broker, planned, old.id, going)


def dated(issue: Path, day: date) -> None:
    lines = issue.read_text("utf-8").split("\n")
    issue.write_text("\n".join(f"date: {day}" if line.startswith("date: ") else line for line in lines), "utf-8")


def half_done(here: WholeOffice, mailing_id: int, at: datetime) -> None:
    with here.parts.store.transaction() as session:
        rows = session.scalars(select(Delivery).where(Delivery.mailing_id == mailing_id).order_by(Delivery.id)).all()
        done, later, *held = rows
        done.state, later.state = DeliveryState.ACCEPTED, DeliveryState.DEFERRED
        done.is_open = False
        later.next_at = at
        for row, state in zip(held, ["claimed", "claimed", "handing_over"], strict=True):
            row.state, row.lease = DeliveryState(state), row.id
            session.add(LeaseRow(token=row.id, mailing_id=mailing_id, batch=row.batch, until=at))
        held[2].handed_at, held[2].relay = at, "relay"


@contextmanager
def working(found: Left) -> Iterator[None]:
    with worker(found.here.parts.content.folder, found.broker.url, found.here.parts.settings.smtp.port):
        yield


def one_draft(found: Left) -> None:
    """Of all the numbers that were passed over: the next one that is still to come."""
    assert [day for _slug, day in found.drafts()] == [now().date() + timedelta(days=4)]
    assert found.reminders() == [EDITOR]


@pytest.mark.promise("F8")
def test_after_two_hours_everything_goes_on_by_itself_but_what_is_more_than_four_hours_late(tmp_path: Path) -> None:
    with left(tmp_path / "content", timedelta(hours=2)) as found:
        with working(found):
            wait_for(lambda: found.state(found.planned) is found.state(found.going) is MailingState.DONE)
            wait_for(found.reminders)
        assert found.mails(*PLANNED) == [1, 1]
        assert found.deliveries(found.going) == ["accepted"] * 4 + ["uncertain"]
        assert sorted(found.mails(*ON_THEIR_WAY)) == [0, 0, 1, 1, 1]
        assert found.state(found.long_ago) is MailingState.PAUSED
        one_draft(found)


@pytest.mark.promise("F8")
def test_after_more_than_four_hours_a_person_is_asked_and_then_it_goes_on(tmp_path: Path) -> None:
    with left(tmp_path / "content", timedelta(hours=6)) as found:
        everything = (found.planned, found.long_ago, found.going)
        with working(found):
            wait_for(lambda: {found.state(one) for one in everything} == {MailingState.PAUSED})
            wait_for(found.reminders)
            assert set(found.mails(*PLANNED, *ON_THEIR_WAY)) == {0}
            bell = CeleryDoorbell(make_app(found.broker.url))
            orders.resume(found.here.parts.office(bell), found.here.editor, found.planned)
            wait_for(lambda: found.state(found.planned) is MailingState.DONE)
        assert found.mails(*PLANNED) == [1, 1]
        assert set(found.mails(*ON_THEIR_WAY)) == {0}
        one_draft(found)
