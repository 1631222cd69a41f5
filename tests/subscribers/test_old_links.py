"""Links that were mailed open nothing once their reader left, moved or was erased; and so do the mails with them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete, select

from database import onetime
from database.audit import AuditRow
from database.base import now
from database.sealed import Sealed
from database.session import Store
from devtools.fault_server import Plan, fault_server
from devtools.mailings import Through, relay
from mailer.ledger.notices import Notice, NoticeRow, forget_set_aside, write
from mailer.services.notices import letters
from mailer.services.notices.outbox import deliver_notices
from subscribers import managing, rights, services
from subscribers.address import address_from
from subscribers.consent import Choice, SuppressedBecause
from subscribers.examples import example_addressees, insert_addressees
from subscribers.reading import UNREADABLE
from subscribers.repository import address_of, may_be_posted, subscriber_with
from subscribers.rights import tombstones
from subscribers.suppression import reason_for
from subscribers.tables import AddresseeRow, Asked
from tests.support.house import house
from tests.support.people import ANNA, FORM, gets, leave, reader, suppress
from tests.support.rows import count

ELSEWHERE = "anna@elders.example"


def moved(store: Store, uid: UUID) -> None:
    with store.transaction() as session:
        token = onetime.issue(session, managing.MOVE, uid, timedelta(hours=1), {"address": ELSEWHERE})
        assert managing.move(session, token)


def erased(store: Store, uid: UUID) -> None:
    with store.transaction() as session:
        rights.erase_subscriber(session, uid, "command")


def suppressed(store: Store, _uid: UUID) -> None:
    suppress(store, ANNA, SuppressedBecause.COMPLAINED)


@pytest.mark.parametrize("end", [moved, leave, erased, suppressed])
def test_links_and_waiting_mails_end_with_what_they_were_for(store: Store, end: Callable[[Store, UUID], None]) -> None:
    uid = reader(store, ANNA)
    with store.transaction() as session:
        again = services.ask(session, address_from(ANNA), Choice(("noo-national",), "nl"), FORM)
        letters.ask_to_confirm(session, house(), again)
        fresh = managing.link_for(session, uid)
        assert fresh is not None
        letters.send_manage_link(session, house(), "nl", ANNA, fresh)
    assert count(store, NoticeRow) == 2
    end(store, uid)
    assert count(store, NoticeRow) == 0
    with store.transaction() as session:
        assert services.confirm(session, again.token) is None
        assert onetime.peek(session, managing.MANAGE, fresh) is None


def test_an_old_link_to_confirm_never_parts_an_address_from_its_index(store: Store) -> None:
    """Were it kept by a restored backup: still one reader, found by the address that they have."""
    uid = reader(store, ANNA)
    moved(store, uid)
    payload = {"address": ANNA, "audiences": ["legal-aid"], "locale": "nl", "wording": None}
    with store.transaction() as session:
        old = onetime.issue(session, services.CONFIRM, uid, timedelta(hours=1), payload)
    with store.transaction() as session:
        assert services.confirm(session, old) is None
    with store.reading() as session:
        row = subscriber_with(session, address_from(ELSEWHERE))
        assert row is not None
        assert address_of(session, row) == ELSEWHERE


def test_nobody_moves_to_an_address_that_was_barred_meanwhile(store: Store) -> None:
    uid = reader(store, ANNA)
    with store.transaction() as session:
        token = onetime.issue(session, managing.MOVE, uid, timedelta(hours=1), {"address": ELSEWHERE})
        services.suppress(session, ELSEWHERE, SuppressedBecause.COMPLAINED, "report")
    with store.transaction() as session:
        assert not managing.move(session, token)
    assert gets(store) == {uid}


def test_a_replay_leaves_alone_who_confirmed_after_they_were_erased(store: Store) -> None:
    erased(store, reader(store, ANNA))
    with store.transaction() as session:
        stones = tombstones(session)
        session.execute(delete(Asked))
    again = reader(store, ANNA)
    with store.transaction() as session:
        assert rights.replay(session, stones, "command") == 0
        assert reason_for(session, address_from(ANNA)) is None
    assert gets(store) == {again}
    erased(store, again)
    with store.transaction() as session:
        rights.replay(session, stones, "command")
        assert reason_for(session, address_from(ANNA)) is not None


def test_a_link_that_ends_while_its_mail_is_under_way_does_not_leave(plain_store: Store) -> None:
    """The relay is busy with others when the reader leaves."""
    store, gone = plain_store, []
    for number in range(6):
        uid = reader(store, f"lezer{number}@lezers.example")
        with store.transaction() as session:
            session.execute(delete(Asked))
            token = managing.link_for(session, uid)
            letters.send_manage_link(session, house(), "nl", f"lezer{number}@lezers.example", token or "")
        gone += [uid] if number >= 3 else []

    class Meanwhile(Through):
        """Readers leave when the first letter was asked for."""

        def __call__(self, _only=None):  # type: ignore[no-untyped-def]
            for uid in gone:
                leave(store, uid)
            return super().__call__()

    with fault_server(Plan()) as (server, port):
        deliver_notices(store, house(), Meanwhile(relay(port, connections=1)))
        assert sorted(server.received) == [f"lezer{number}@lezers.example" for number in range(3)]


def test_a_notice_that_does_not_open_is_set_aside_and_the_others_go(plain_store: Store) -> None:
    with plain_store.transaction() as session:
        for number in range(3):
            write(session, Notice("alarm", "nl", f"noor{number}@redactie.example", "Kijk", "Er is iets."))
    with plain_store.transaction() as session:
        row = session.scalars(select(NoticeRow).limit(1)).one()
        row.content = Sealed(row.content.data[:-1] + bytes([row.content.data[-1] ^ 1]))
    with fault_server(Plan()) as (server, port):
        for _twice in range(2):
            deliver_notices(plain_store, house(), Through(relay(port)))
        assert len(server.received) == 2
    with plain_store.reading() as session:
        assert [row.set_aside_at is not None for row in session.scalars(select(NoticeRow))] == [True]


def test_a_notice_that_was_set_aside_leaves_once_its_key_is_back(plain_store: Store) -> None:
    """It is tried each hour, told once, and forgotten after a month only when it still does not open."""
    with plain_store.transaction() as session:
        for number in range(2):
            write(session, Notice("alarm", "nl", f"noor{number}@redactie.example", "Kijk", "Er is iets."))
        lost, kept = session.scalars(select(NoticeRow).order_by(NoticeRow.uid)).all()
        lost.content = Sealed(lost.content.data[:-1] + bytes([lost.content.data[-1] ^ 1]))
        gone, back, sealed = lost.uid, kept.uid, kept.content
        kept.content = Sealed(sealed.data[:-1] + bytes([sealed.data[-1] ^ 1]))
    begun = now()
    with fault_server(Plan()) as (server, port):
        for hours in range(30):
            assert deliver_notices(plain_store, house(), Through(relay(port)), begun + timedelta(hours=hours)) == 0
        with plain_store.transaction() as session:
            assert [row.set_aside_at for row in session.scalars(select(NoticeRow))] == [begun] * 2
            told = session.scalars(select(AuditRow).where(AuditRow.event == UNREADABLE)).all()
            assert [row.detail for row in told] == [{"kind": "notice", "rows": 2}]
            session.get_one(NoticeRow, back).content = sealed
            forget_set_aside(session, begun + timedelta(days=30))
        with plain_store.reading() as session:
            assert (session.get(NoticeRow, gone), session.get(NoticeRow, back) is None) == (None, False)
        assert deliver_notices(plain_store, house(), Through(relay(port)), begun + timedelta(hours=30)) == 1
        assert len(server.received) == 1


def test_an_addressee_who_does_not_open_holds_up_no_other(store: Store) -> None:
    with store.transaction() as session:
        insert_addressees(session, example_addressees(("nl", "en", "ar"), "detention", 12), now().date())
    with store.transaction() as session:
        row = session.scalars(select(AddresseeRow).limit(1)).one()
        row.name, poisoned = Sealed(row.name.data[:-1] + bytes([row.name.data[-1] ^ 1])), row.uid
    with store.reading() as session:
        uids, aside = list(session.scalars(select(AddresseeRow.uid))), list[UUID]()
        assert set(may_be_posted(session, uids, lambda row: aside.append(row.uid))) == set(uids) - {poisoned}
    assert aside == [poisoned]
