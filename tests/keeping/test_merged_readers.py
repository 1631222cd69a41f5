"""Two readers of one mailbox, made by processes that did not know each other's key for indexes, become one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import insert, select, text

from database.base import now
from database.keys import ROOTS, KeyRing, KeysError
from database.rotation import retire
from database.session import Store
from mailer.services.readers.choices import leave, leaver
from subscribers.address import address_from
from subscribers.bouncing import BounceKind, Returned, bounced
from subscribers.consent import SuppressedBecause
from subscribers.evidence import proof
from subscribers.reindex import reindex
from subscribers.repository import may_receive, memberships, readers_of, subscriber_with
from subscribers.rights import erase_subscriber, replay, tombstones
from subscribers.services import confirm
from subscribers.suppression import reason_for
from subscribers.tables import Bounce, Membership, MergedReader, Subscriber, SubscriberState
from subscribers.tokens import Purpose, token_for
from tests.support import people
from tests.support.office import office_of
from tests.support.people import ANNA, BAS, CHADIA, ask, reader, suppress

FIRST = KeyRing({root: {1: root.encode() * 8} for root in ROOTS})
"""Of a process that was never given the second key."""
BOTH = KeyRing({root: {1: root.encode() * 8, 2: root[::-1].encode() * 9} for root in ROOTS})
SECOND = KeyRing({**BOTH.roots, "index": {2: BOTH.roots["index"][2]}})
"""Of a process on another machine, where the first key for indexes was not put."""


@dataclass
class House:
    """One database, opened by three processes: with the first key for indexes, with the second one, and with both."""

    first: Store
    second: Store
    both: Store

    def uids(self) -> set[UUID]:
        with self.both.reading() as session:
            return set(session.scalars(select(Subscriber.uid)))

    def active_in(self, uid: UUID) -> set[str]:
        with self.both.reading() as session:
            return {name for name, state in memberships(session, uid).items() if state == "active"}

    def said_later(self, uid: UUID, audience: str) -> None:
        """What this reader said of a newsletter was said a day later than it was."""
        with self.both.transaction() as session:
            session.get_one(Membership, (uid, audience)).since = now() + timedelta(days=1)


@pytest.fixture
def house(store: Store) -> Iterator[House]:
    opened = House(*(Store(store.url, keys) for keys in (FIRST, SECOND, BOTH)))
    yield opened
    for one in (opened.first, opened.second, opened.both):
        one.close()


def test_of_two_who_read_one_is_left_with_all_that_both_said(house: House) -> None:
    early = reader(house.first, ANNA, "legal-aid")
    late = reader(house.second, ANNA, "news")
    waiting = ask(house.second, BAS, "legal-aid")  # only asked, and reads by the first key
    other = reader(house.first, BAS, "news")
    with house.both.transaction() as session:
        assert not bounced(session, late, Returned("los-1", BounceKind.HARD, "5.1.1"), {"los-1": now()})
    assert len(house.uids()) == 4
    heard: list[int] = []
    assert reindex(house.both, heard.append) == 2
    assert house.uids() == {early, other}
    assert house.active_in(early) == {"legal-aid", "news"}
    assert house.active_in(other) == {"news"}
    with house.both.transaction() as session:
        assert [one["event"] for one in proof(session, early)] == ["asked", "confirmed", "asked", "confirmed"]
        assert session.get(Bounce, (early, "los-1")) is not None
        assert {uid.uid for uid in readers_of(session, "news")} == {early, other}
        index = session.get_one(Subscriber, early).address_index
        assert index.startswith("2.")
        # what came back for the mail to the one who is gone is counted for the one who is there
        bounced(session, late, Returned("los-2", BounceKind.SOFT, "4.2.2"), {"los-1": now(), "los-2": now()})
        assert session.get(Bounce, (early, "los-2")) is not None
    assert reindex(house.both) == 0
    assert waiting is not None
    with house.both.transaction() as session:
        assert confirm(session, waiting.token) == other, "a button that was mailed still works"
    assert house.active_in(other) == {"legal-aid", "news"}


def test_a_link_that_was_mailed_to_the_one_who_is_gone_leaves_as_the_other(house: House) -> None:
    early, late = reader(house.first, ANNA, "legal-aid"), reader(house.second, ANNA, "legal-aid")
    reindex(house.both)
    assert house.uids() == {early}
    office, token = office_of(house.both), token_for(BOTH, Purpose.UNSUBSCRIBE, late)
    assert leaver(office, token).locale == "nl"
    leave(office, token, source="one-click")
    leave(office, token, source="one-click")
    assert house.active_in(early) == set()
    with house.both.reading() as session:
        assert session.get_one(Subscriber, early).state == SubscriberState.LEFT
        assert reason_for(session, address_from(ANNA)) is not None


def test_the_last_that_was_said_of_a_newsletter_counts_and_leaving_when_both_were_at_once(house: House) -> None:
    """In whichever of the two it was said, and where that address was forgotten."""
    moment = now()
    for address, later, stays in ((ANNA, "left", False), (BAS, "active", True), (CHADIA, "", False)):
        gone, there = reader(house.first, address), reader(house.second, address)
        people.leave(house.first, gone)
        with house.both.transaction() as session:
            for uid in (gone, there):
                session.get_one(Membership, (uid, "legal-aid")).since = moment
            session.execute(
                text("DELETE FROM suppression")
            )  # of who left: confirming under a key that knew it lifts it
        if later:
            house.said_later(gone if later == "left" else there, "legal-aid")
        reindex(house.both)
        assert there in house.uids()
        assert gone not in house.uids()
        assert (house.active_in(there) == {"legal-aid"}) is stays, address
        with house.both.reading() as session:
            assert (reason_for(session, address_from(address)) is None) is stays
            row = session.get_one(Subscriber, there)
            assert row.address_index.startswith("2.")
            assert (row.state, row.address is None) == (("active", False) if stays else ("left", True))
            found = subscriber_with(session, address_from(address))
            assert found is not None
            assert found.uid == there


def test_who_complained_to_one_of_them_gets_nothing_as_the_other(house: House) -> None:
    uid = reader(house.first, ANNA)
    suppress(house.second, ANNA, SuppressedBecause.COMPLAINED)
    for _once in range(2):
        with house.both.reading() as session:
            assert may_receive(session, [uid], "legal-aid") == {}
        reindex(house.both)
        assert house.uids() == {uid}


def test_killed_after_any_batch_it_is_given_again(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("subscribers.reindex._BATCH", 2)
    mailboxes = [f"lezer{number}@lezers.example" for number in range(7)]
    kept = {reader(house.first, one) for one in mailboxes}
    for one in mailboxes[::2]:
        reader(house.second, one)

    class KilledError(BaseException):
        pass

    def killed(_rows: int) -> None:
        raise KilledError

    for _kill in range(2):
        with pytest.raises(KilledError):
            reindex(house.both, killed)
    with house.both.reading() as session:
        assert all(subscriber_with(session, address_from(one)) is not None for one in mailboxes)
    reindex(house.both)
    assert house.uids() == kept
    with house.both.transaction() as session:
        with pytest.raises(KeysError, match="nog nodig"):
            retire(session, "index", 1)
        session.execute(text("DELETE FROM asked"))  # the limits of the form, for 30 days
        retire(session, "index", 1)


def test_erased_after_they_became_one_neither_comes_back_with_a_backup_of_before(house: House) -> None:
    early, late = reader(house.first, ANNA), reader(house.second, ANNA)
    with house.both.reading() as session:
        before = [dict(row._mapping) for row in session.execute(select(Subscriber.__table__))]
    reindex(house.both)
    with house.both.transaction() as session:
        assert erase_subscriber(session, late, "chores"), "asked with the link of the one who is gone"
        stones = tombstones(session)
        assert session.scalars(select(MergedReader.was)).all() == []
        for table in ("tombstone", "suppression"):
            session.execute(text(f"DELETE FROM {table}"))  # noqa: S608
        session.execute(insert(Subscriber), before)
    assert house.uids() == {early, late}
    with house.both.transaction() as session:
        assert replay(session, stones, "chores") == 2
    assert house.uids() == set()
