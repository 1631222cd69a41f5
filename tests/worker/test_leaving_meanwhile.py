"""Leaving is leaving: who left or was erased gets no letter of a mailing under way, however slow the relay turns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from threading import Thread
from uuid import UUID

import pytest
from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.exc import DBAPIError

from database.audit import AuditRow
from database.sealed import Sealed
from database.session import Store
from devtools.fault_server import Plan, fault_server
from devtools.mailings import HASTY, Through, desk, relay
from devtools.waiting import wait_for
from mailer.ledger import opening
from mailer.ledger.frozen import ALTERED, require_as_approved
from mailer.ledger.states import DeliveryState, MailingState
from mailer.ledger.tables import Delivery, FrozenEdition, Mailing
from mailer.organisation import Channel
from mailer.services.held import HeldError
from mailer.services.keeping import holding
from mailer.services.office import Silence
from mailer.services.sending import delivering, orders
from mailer.services.sending.batch import _FIRST_CLAIM, BatchOnItsWay
from mailer.services.sending.delivering import SendingOffice
from mailer.services.sending.holding import ANOTHER
from mailer.services.sending.receivers import Receivers
from mailer.services.sending.rules import Desk
from mailer.services.sending.witness import Witness
from subscribers import rights
from subscribers.address import address_from
from subscribers.admission import Newcomer, admit
from subscribers.consent import Choice
from subscribers.reading import UNREADABLE
from subscribers.repository import may_receive, still_receives
from subscribers.tables import Subscriber
from tests.support.desk_people import ADMIN, EDITOR
from tests.support.office import office_of
from tests.support.people import FORM, leave
from tests.support.standby import read_only

READERS, CONNECTIONS = 240, 2


def real(store: Store) -> Desk:
    """A desk that asks the tables of readers, and proves editions."""
    plain = desk(store, rules=HASTY)
    letters = replace(plain.letters, check=require_as_approved)
    return replace(plain, letters=letters, may_receive=may_receive, still=still_receives)


def mailing_to(store: Store, many: int) -> tuple[int, dict[UUID, str]]:
    """A mailing to so many readers with real rows; its id, and the address of each."""
    people = [
        Newcomer(address_from(f"lezer{one}@lezers.example"), Choice(("legal-aid",), "nl"), FORM) for one in range(many)
    ]
    with store.transaction() as session:
        admit(session, people)
        mailing = opening.open_mailing(session, slug="los-2026-24", publication="los", content_hash="a" * 64)
        edition = opening.EditionToFreeze("legal-aid", "nl", Channel.EMAIL, "Nieuws", message=b"Nieuws.\r\n")
        opening.add_deliveries(session, mailing, opening.freeze(session, mailing, edition), [one.uid for one in people])
        mailing.state = MailingState.SENDING
        return mailing.id, {one.uid: one.address.text for one in people}


def erase(store: Store, uid: UUID) -> None:
    with store.transaction() as session:
        rights.erase_subscriber(session, uid, "command")


def held(store: Store, state: DeliveryState) -> set[UUID]:
    with store.reading() as session:
        return set(session.scalars(select(Delivery.reader).where(Delivery.state == state)))


@pytest.mark.promise("F18")
@pytest.mark.parametrize("go", [leave, erase])
def test_a_relay_that_turns_slow_brings_nothing_to_who_left_meanwhile(
    store: Store, go: Callable[[Store, UUID], None]
) -> None:
    """Only what is on the wire at that moment arrives: one letter for each connection."""
    mailing_id, everyone = mailing_to(store, READERS)
    plan, slow = Plan(), relay(0, connections=CONNECTIONS)
    with fault_server(plan) as (server, port):
        through = Through(replace(slow, port=port))
        sender = Thread(target=delivering.deliver_now, args=(real(store), through, mailing_id))
        sender.start()
        wait_for(lambda: len(server.received) >= 40)
        plan.delay = 0.2

        def leaving() -> set[UUID]:
            """Who goes, once some of them are claimed: soon as many as leave in a moment, however fast it was."""
            claimed = held(store, DeliveryState.CLAIMED)
            unsent = {uid for uid, address in everyone.items() if address not in server.received}
            gone = unsent - set(sorted(unsent - claimed)[:20])  # twenty stay
            return gone if claimed & gone and len(claimed) <= _FIRST_CLAIM else set()

        gone = wait_for(leaving)
        for uid in sorted(gone):
            go(store, uid)
        on_the_wire = {everyone[uid] for uid in held(store, DeliveryState.HANDING_OVER)}
        before = set(server.received)
        plan.delay = 0.0
        sender.join()
        assert len(on_the_wire) <= CONNECTIONS
        late = {everyone[uid] for uid in gone} & set(server.received) - before
        assert late <= on_the_wire
        stayed = {address for uid, address in everyone.items() if uid not in gone}
        assert stayed <= set(server.received)
        assert len(server.received) == len(set(server.received))
    with store.reading() as session:
        counted = dict(session.execute(select(Delivery.state, func.count()).group_by(Delivery.state)).all())
    assert set(counted) == {DeliveryState.ACCEPTED, DeliveryState.SUPPRESSED}
    assert sum(counted.values()) == READERS


def test_an_address_that_does_not_open_is_one_row_and_a_person_is_told(store: Store) -> None:
    mailing_id, everyone = mailing_to(store, 30)
    poisoned = next(iter(everyone))
    with store.transaction() as session:
        row = session.get_one(Subscriber, poisoned)
        assert row.address is not None
        row.address = Sealed(row.address.data[:-1] + bytes([row.address.data[-1] ^ 1]))
    with fault_server(Plan()) as (server, port):
        delivering.deliver_now(real(store), Through(relay(port)), mailing_id)
    assert sorted(server.received) == sorted(address for uid, address in everyone.items() if uid != poisoned)
    assert held(store, DeliveryState.REFUSED) == {poisoned}
    with store.reading() as session:
        assert session.get_one(Mailing, mailing_id).state is MailingState.DONE
        told = session.scalars(select(AuditRow.detail).where(AuditRow.event == UNREADABLE)).all()
    assert told == [{"kind": "address", "rows": 1}]


@pytest.mark.promise("P1")
@pytest.mark.parametrize("also", [{}, {"content_hash": "b" * 64}])
def test_an_edition_that_was_altered_in_the_database_does_not_leave(store: Store, also: dict[str, str]) -> None:
    """Nor when the hash beside it was made to fit: the MAC needs a key. Put back as it was, it goes on."""
    mailing_id, everyone = mailing_to(store, 10)
    with store.transaction() as session:
        frozen = session.scalars(select(FrozenEdition)).one()
        whole = {"message": frozen.message, "content_hash": frozen.content_hash}
        altered: dict[str, object] = {"message": b"Iets anders.\r\n", **also}
        if also:
            fake = opening.EditionToFreeze("legal-aid", "nl", Channel.EMAIL, "Nieuws", message=b"Iets anders.\r\n")
            altered["content_hash"] = fake.content_hash()
        session.execute(update(FrozenEdition).values(**altered))
    with fault_server(Plan()) as (server, port):
        delivering.deliver_now(real(store), Through(relay(port)), mailing_id)
        assert server.received == []
        with store.transaction() as session:
            mailing = session.get_one(Mailing, mailing_id)
            assert (mailing.state, "niet meer wat er is goedgekeurd" in str(mailing.why)) == (MailingState.PAUSED, True)
            assert ALTERED in session.scalars(select(AuditRow.event)).all()
            session.execute(update(FrozenEdition).values(**whole))
        orders.resume(office_of(store), EDITOR, mailing_id)
        delivering.deliver_now(real(store), Through(relay(port)), mailing_id)
        assert sorted(server.received) == sorted(everyone.values())


def test_the_condition_of_a_round_is_written_out_once_per_claim(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    mailing_id, everyone = mailing_to(store, 60)
    done: Counter[str] = Counter()

    def counted(one: type, name: str) -> None:
        whole = getattr(one, name)

        def count(*args: object, **named: object) -> object:
            done[name] += 1
            return whole(*args, **named)

        monkeypatch.setattr(one, name, count)

    counted(ColumnElement, "compile")
    counted(Receivers, "renew")
    counted(BatchOnItsWay, "turn")
    with fault_server(Plan()) as (server, port):
        delivering.deliver_now(real(store), Through(relay(port)), mailing_id)
        assert sorted(server.received) == sorted(everyone.values())
    assert 0 < done["compile"] <= done["renew"] < done["turn"]


@pytest.mark.parametrize("change", ["uid = '00000000000000000000000000000001'", "swept = 0"])
def test_a_database_that_comes_back_as_another_mails_nobody_before_a_person_looked(store: Store, change: str) -> None:
    """Also when it cannot be written to yet: what was not paused is found again at the next look."""
    mailing_id, everyone = mailing_to(store, 10)
    with fault_server(Plan()) as (server, port):
        sending = SendingOffice(real(store), Through(relay(port)), Silence())
        sending.sweep()
        with store.transaction() as session:
            session.connection().exec_driver_sql(f"UPDATE installation SET {change}")  # noqa: S608 - from above
        with read_only(store), pytest.raises(DBAPIError):
            sending.deliver_batch(mailing_id, 1)
        sending.deliver_batch(mailing_id, 1)
        assert server.received == []
        with store.reading() as session:
            mailing = session.get_one(Mailing, mailing_id)
            assert (mailing.state, "een andere dan daarnet" in str(mailing.why)) == (MailingState.PAUSED, True)
            assert ANOTHER in session.scalars(select(AuditRow.event)).all()
        with pytest.raises(HeldError, match="postduif hold lift"):
            orders.resume(office_of(store), EDITOR, mailing_id)
        holding.lift(office_of(store), ADMIN, Witness(), nobody_erased=True)
        sending.deliver_batch(mailing_id, 1)
        assert server.received == []
        orders.resume(office_of(store), EDITOR, mailing_id)
        sending.deliver_batch(mailing_id, 1)
        assert sorted(server.received) == sorted(everyone.values())
