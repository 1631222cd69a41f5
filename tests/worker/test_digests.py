"""Mail to staff: one digest of what came in a while, in their language, not at night, and nothing twice."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from threading import Barrier
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from database.audit import AuditRow
from database.base import now
from database.sealed import Sealed
from database.session import Store
from devtools.fault_server import Plan, fault_server
from devtools.mailings import Through, open_mailing, relay
from mailer.ledger import mailings, notices, staff_mail
from mailer.ledger.notices import LEASE, Notice
from mailer.ledger.staff_mail import News, StaffMail
from mailer.ledger.states import MailingState
from mailer.planning import QuietHours
from mailer.services.notices.digests import COLLECT, write_digests
from mailer.services.notices.outbox import deliver_notices
from staff.mails import Mail
from staff.people import Person, add_person, change_person, set_interface, set_muted
from staff.roles import Role
from subscribers.reading import UNREADABLE
from tests.support.house import house
from tests.support.rows import count
from wording import _

NOON = datetime(2026, 11, 28, 11, tzinfo=UTC)
NIGHT = datetime(2026, 11, 28, 22, 30, tzinfo=UTC)
MORNING = datetime(2026, 11, 29, 6, 1, tzinfo=UTC)
QUIET = QuietHours(time(22), time(7))
HOUSE = house()


def person(store: Store, name: str = "Layla", *roles: Role) -> Person:
    with store.transaction() as session:
        return add_person(session, name, f"{name}@voorbeeld.example", roles or [Role.EDITOR, Role.APPROVER])


def news(kind: Mail, slug: str = "los-2026-24") -> News:
    subject = _("Keur jij {slug} goed?", slug=slug) if kind is Mail.APPROVALS else _("{slug} is verstuurd", slug=slug)
    day = _("Op {day} verschijnt {slug}. Er staat een leeg concept klaar.", day=date(2026, 12, 10), slug=slug)
    return News(kind, slug, subject, [day], f"{HOUSE.base_url}/staff/issues/{slug}/")


def tell(store: Store, to: Person, kind: Mail, at: datetime, slug: str = "los-2026-24") -> bool:
    with store.transaction() as session:
        return staff_mail.tell(session, to, news(kind, slug), at)


def queued(store: Store) -> list[Notice]:
    with store.reading() as session:
        return notices.due(session, now())


def digests(store: Store, at: datetime, quiet: QuietHours | None = None) -> int:
    return write_digests(store, HOUSE, quiet, at)


def test_what_came_in_a_while_is_one_mail_in_the_language_of_who_gets_it(plain_store: Store) -> None:
    layla = person(plain_store)
    with plain_store.transaction() as session:
        set_interface(session, layla.uid, "ar")
    tell(plain_store, layla, Mail.DONE, NOON)
    tell(plain_store, layla, Mail.DRAFTS, NOON + timedelta(minutes=14), "noo-2026-12")
    assert digests(plain_store, NOON + timedelta(minutes=14)) == 0
    assert digests(plain_store, NOON + COLLECT) == 1
    [mail] = queued(plain_store)
    assert (mail.to, mail.locale, mail.subject) == ("Layla@voorbeeld.example", "ar", "أُرسل los-2026-24، وعدد غيرها: 1")
    assert mail.text.count("10 ديسمبر 2026") == 2, "days are in words of the language"
    for words in ("noo-2026-12", "/staff/me#mail", "- انتهى إرسال لك\n", "- عدد جديد جاهز للكتابة"):
        assert words in mail.text
    assert digests(plain_store, NOON + 2 * COLLECT) == 0
    assert count(plain_store, StaffMail) == 0


def test_what_is_urgent_goes_at_once_and_takes_along_what_waits(plain_store: Store) -> None:
    layla = person(plain_store)
    tell(plain_store, layla, Mail.DONE, NOON)
    tell(plain_store, layla, Mail.APPROVALS, NOON + timedelta(seconds=1))
    assert digests(plain_store, NOON + timedelta(seconds=2)) == 1
    [mail] = queued(plain_store)
    assert mail.subject == "Keur jij los-2026-24 goed?, en nog 1"
    assert mail.text.index("Keur jij") < mail.text.index("is verstuurd")


def test_a_single_event_is_a_mail_about_that(plain_store: Store) -> None:
    tell(plain_store, person(plain_store), Mail.STILL, NOON)
    assert digests(plain_store, NOON) == 1
    [mail] = queued(plain_store)
    assert mail.subject == "los-2026-24 is verstuurd"
    assert mail.subject not in mail.text, "the subject says it once"


def test_at_night_urgent_mail_waits_too_unless_a_mailing_is_going(plain_store: Store) -> None:
    layla = person(plain_store)
    tell(plain_store, layla, Mail.DONE, NIGHT - COLLECT)
    tell(plain_store, layla, Mail.APPROVALS, NIGHT)
    assert digests(plain_store, NIGHT, QUIET) == 0
    mailing = open_mailing(plain_store, 1)
    with plain_store.transaction() as session:
        mailings.mailing_of(session, mailing).state = MailingState.DONE
    assert digests(plain_store, NIGHT, QUIET) == 0
    with plain_store.transaction() as session:
        mailings.mailing_of(session, mailing).state = MailingState.SENDING
    assert digests(plain_store, NIGHT, QUIET) == 1
    tell(plain_store, layla, Mail.DONE, NIGHT - COLLECT)
    assert digests(plain_store, NIGHT, QUIET) == 0, "what is not urgent waits for the morning all the same"
    assert digests(plain_store, MORNING, QUIET) == 1


def test_an_alarm_goes_at_any_hour(plain_store: Store) -> None:
    tell(plain_store, person(plain_store, "Noor", Role.ADMIN), Mail.ALARMS, NIGHT)
    assert digests(plain_store, NIGHT, QUIET) == 1


def test_nothing_goes_to_who_left_nor_what_someone_does_without(plain_store: Store) -> None:
    left, muted = person(plain_store, "Bas"), person(plain_store, "Mo")
    for one in (left, muted):
        tell(plain_store, one, Mail.DONE, NOON)
    with plain_store.transaction() as session:
        change_person(session, replace(left, active=False))
        set_muted(session, muted.uid, [Mail.DONE])
    assert digests(plain_store, NOON + COLLECT) == 0
    assert (queued(plain_store), count(plain_store, StaffMail)) == ([], 0)
    assert not tell(plain_store, replace(muted, muted=frozenset({Mail.DONE})), Mail.DONE, NOON)


def test_what_waits_is_sealed_and_what_does_not_open_is_told_and_holds_up_nothing(plain_store: Store) -> None:
    layla = person(plain_store)
    tell(plain_store, layla, Mail.DONE, NOON, "geheim-2026-1")
    tell(plain_store, layla, Mail.DONE, NOON)
    with plain_store.transaction() as session:
        rows = session.query(StaffMail).all()
        assert not any(b"geheim" in row.content.data for row in rows)
        [broken] = [row for row in rows if row.about == "geheim-2026-1"]
        broken.content = Sealed(broken.content.data[:-1] + bytes([broken.content.data[-1] ^ 1]))
    assert digests(plain_store, NOON + COLLECT) == 1
    assert (count(plain_store, StaffMail), len(queued(plain_store))) == (1, 1), "it waits for its key to come back"
    with plain_store.reading() as session:
        assert session.query(AuditRow.event).all() == [(UNREADABLE,)]
    assert digests(plain_store, NOON + timedelta(days=31)) == 0
    assert count(plain_store, StaffMail) == 0


@pytest.mark.faults
def test_two_workers_at_once_mail_each_person_once(store: Store) -> None:
    staff = [person(store, f"nr{number}") for number in range(8)]
    for one in staff:
        tell(store, one, Mail.DONE, NOON)
        tell(store, one, Mail.STILL, NOON)
    gate = Barrier(2)
    with fault_server(Plan()) as (server, port):

        def work(_worker: int) -> int:
            gate.wait()
            made = digests(store, NOON + COLLECT)
            gate.wait()
            deliver_notices(store, HOUSE, Through(relay(port, connections=1)))
            return made

        with ThreadPoolExecutor(2) as pool:
            assert sum(pool.map(work, range(2))) == len(staff)
        assert Counter(server.received) == Counter(one.email for one in staff)


@pytest.mark.faults
def test_a_worker_that_is_killed_leaves_all_of_a_digest_to_another(store: Store) -> None:
    layla = person(store)
    tell(store, layla, Mail.DONE, NOON)
    with Session(store.engine, info={"keys": store.keys}) as killed:
        _take(killed, layla.uid)  # and nothing is committed: its connection breaks
        killed.connection().invalidate()
    assert [digests(store, NOON + COLLECT) for _again in range(2)] == [1, 0]
    [mail] = queued(store)
    with store.transaction() as session:  # a worker that is killed with the mail on the line
        assert notices.claim(session, [mail], now()).keys() == {mail.uid}
        assert notices.claim(session, [mail], now()) == {}
    with fault_server(Plan()) as (server, port):
        for waited, received in ((timedelta(), 0), (LEASE, 1), (2 * LEASE, 1)):
            deliver_notices(store, HOUSE, Through(relay(port)), now() + waited + timedelta(seconds=1))
            assert len(server.received) == received


def _take(session: Session, uid: UUID) -> None:
    staff_mail.done(session, staff_mail.held(session, uid))


@pytest.mark.parametrize("answer", [True, False])
def test_a_worker_that_lost_a_notice_to_another_does_not_put_it_off(plain_store: Store, *, answer: bool) -> None:
    tell(plain_store, person(plain_store), Mail.STILL, NOON)
    digests(plain_store, NOON)
    [mail] = queued(plain_store)
    with plain_store.transaction() as session:
        [until] = notices.claim(session, [mail], now()).values() if answer else [mail.next_at]
        notices.postpone(session, mail, now())
        row = session.get(notices.NoticeRow, mail.uid)
        assert row is not None
        assert (row.next_at == until) is answer
