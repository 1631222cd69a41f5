"""Consent is the licence to send: nobody gets mail before pressing the button, and nobody after leaving."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import delete, func, select, text
from sqlalchemy.exc import DBAPIError

from database.session import Store
from subscribers import services
from subscribers.address import AddressError
from subscribers.consent import Choice, SuppressedBecause
from subscribers.repository import may_receive, memberships
from subscribers.suppression import bar, lift_bounce
from subscribers.tables import Asked, ConsentEvent, Subscriber, SubscriberState, Suppression
from tests.support.people import ANNA, BAS, FORM, ask, gets, leave, reader, suppress


def events(store: Store) -> list[str]:
    with store.reading() as session:
        return list(session.scalars(select(ConsentEvent.event).order_by(ConsentEvent.id)))


def test_asking_alone_makes_nobody_a_reader(store: Store) -> None:
    assert ask(store, ANNA) is not None
    assert gets(store) == set()
    assert events(store) == ["asked"]
    with store.reading() as session:
        assert session.scalars(select(Subscriber.state)).all() == [SubscriberState.PENDING]


def test_the_button_in_the_mail_makes_a_reader_once(store: Store) -> None:
    needed = ask(store, ANNA)
    assert needed is not None
    with store.transaction() as session:
        uid = services.confirm(session, needed.token)
        assert services.confirm(session, needed.token) is None
    assert gets(store) == {uid}
    assert gets(store, "noo-national") == set()
    assert events(store) == ["asked", "confirmed"]


def test_a_token_that_was_never_given_out_confirms_nobody(store: Store) -> None:
    ask(store, ANNA)
    with store.transaction() as session:
        assert services.confirm(session, "A" * 43) is None


def test_the_evidence_holds_the_words_and_cannot_be_changed(store: Store) -> None:
    reader(store, ANNA)
    with store.reading() as session:
        event = session.scalars(select(ConsentEvent).where(ConsentEvent.event == "confirmed")).one()
        assert (event.audiences, event.locale, event.wording) == (
            ["legal-aid"],
            "nl",
            FORM.wording and FORM.wording.hash,
        )
    for statement in ("UPDATE consent_event SET locale = 'en'", "DELETE FROM consent_event", "DELETE FROM wording"):
        with pytest.raises(DBAPIError), store.transaction() as session:
            session.execute(text(statement))


@pytest.mark.promise("P5")
@pytest.mark.parametrize("again", [ANNA, "ANNA@Lezers.Example", "anna+x@lezers.example"])
def test_one_mailbox_gets_one_confirmation_mail_a_day(store: Store, again: str) -> None:
    assert ask(store, ANNA) is not None
    assert ask(store, again) is None


@pytest.mark.promise("P5")
@pytest.mark.parametrize("known", [False, True])
def test_requests_at_the_same_moment_get_one_mail_and_one_answer(store: Store, *, known: bool) -> None:
    """One mailbox in four spellings, over as many connections as there are requests."""
    if known:
        reader(store, "bas.o@gmail.com")
        with store.transaction() as session:
            session.execute(delete(Asked))
    spellings = ["bas.o@gmail.com", "baso@gmail.com", "BAS.O@gmail.com", "bas.o+x@googlemail.com"] * 2
    gate = Barrier(len(spellings))

    def ask_now(address: str) -> bool:
        gate.wait()
        return ask(store, address) is not None

    with ThreadPoolExecutor(len(spellings)) as pool:
        assert sum(pool.map(ask_now, spellings)) == 1
    with store.reading() as session:
        assert session.scalar(select(func.count()).select_from(Asked)) == 1


def test_a_button_pressed_eight_times_at_once_is_one_goodbye(store: Store) -> None:
    """Mail providers press it too, beside the reader; the evidence and the alarm count people."""
    uid, gate = reader(store, ANNA), Barrier(8)

    def leave_now(_time: int) -> None:
        gate.wait()
        leave(store, uid)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(leave_now, range(8)))
    assert events(store) == ["asked", "confirmed", "left"]


def test_one_mailbox_gets_three_confirmation_mails_in_thirty_days(store: Store) -> None:
    asked = []
    for _day in range(6):
        asked.append(ask(store, ANNA) is not None)
        with store.transaction() as session:
            for identity, at in session.execute(text("SELECT id, at FROM asked")).all():
                moved = (datetime.fromisoformat(at).replace(tzinfo=UTC) if isinstance(at, str) else at) - timedelta(
                    days=2
                )
                session.execute(
                    text("UPDATE asked SET at = :at WHERE id = :id"),
                    {"at": moved.isoformat(" ")[:26] if isinstance(at, str) else moved, "id": identity},
                )
    assert asked == [True, True, True, False, False, False]


def test_who_leaves_one_audience_keeps_the_other(store: Store) -> None:
    uid = reader(store, ANNA, "legal-aid", "noo-national")
    leave(store, uid, "legal-aid")
    assert gets(store) == set()
    assert gets(store, "noo-national") == {uid}


def test_who_leaves_everything_is_forgotten_but_for_a_keyed_hash(store: Store) -> None:
    uid = reader(store, BAS, "legal-aid", "noo-national")
    leave(store, uid)
    leave(store, uid)  # a second click changes nothing
    assert gets(store) == gets(store, "noo-national") == set()
    with store.reading() as session:
        row = session.get_one(Subscriber, uid)
        assert (row.state, row.address) == (SubscriberState.LEFT, None)
        assert session.scalars(select(Suppression.reason)).all() == ["unsubscribed"]
    assert events(store) == ["asked", "confirmed", "left"]


def test_leaving_the_last_audience_is_leaving_everything(store: Store) -> None:
    uid = reader(store, BAS)
    leave(store, uid, "legal-aid")
    with store.reading() as session:
        assert session.get_one(Subscriber, uid).address is None


def test_who_left_comes_back_by_the_button_only(store: Store) -> None:
    uid = reader(store, BAS)
    leave(store, uid)
    with store.transaction() as session:
        session.execute(text("DELETE FROM asked"))  # another day
    needed = ask(store, BAS)
    assert gets(store) == set()
    assert needed is not None
    with store.transaction() as session:
        assert services.confirm(session, needed.token) == uid
    assert gets(store) == {uid}


def test_who_complained_gets_not_even_a_confirmation_mail(store: Store) -> None:
    uid = reader(store, BAS)
    suppress(store, "Bas@lezers.example", SuppressedBecause.COMPLAINED)
    suppress(store, BAS, SuppressedBecause.BOUNCED)  # a later, milder reason
    assert gets(store) == set()
    with store.transaction() as session:
        session.execute(text("DELETE FROM asked"))
        assert memberships(session, uid) == {"legal-aid": "left"}
    assert ask(store, BAS) is None


def test_an_address_can_be_barred_before_it_ever_subscribed(store: Store) -> None:
    suppress(store, BAS, SuppressedBecause.COMPLAINED)
    assert ask(store, BAS) is None


def test_a_suppressed_reader_is_refused_at_the_claim_whatever_the_row_says(store: Store) -> None:
    uid = reader(store, ANNA)
    with store.transaction() as session:
        index = session.get_one(Subscriber, uid).address_index
        session.add(Suppression(address_index=index, reason="complained", at=datetime.now(UTC)))
    assert gets(store) == set()
    with store.reading() as session:
        assert may_receive(session, [uid], "legal-aid") == {}


def test_a_bounce_that_was_read_wrongly_lifts_no_other_bar(store: Store) -> None:
    index = {}
    with store.transaction() as session:
        for because in SuppressedBecause:
            index[because] = f"1.{because}"
            bar(session, index[because], because)
            lift_bounce(session, index[because])
        left = session.scalars(select(Suppression.address_index)).all()
    assert set(left) == set(index.values()) - {index[SuppressedBecause.BOUNCED]}


def test_who_bounced_gets_nothing_also_when_the_bar_is_forgotten(store: Store) -> None:
    """A year after it: the address may be another person's by now, and the reader is no less gone."""
    uid = reader(store, ANNA)
    assert gets(store) == {uid}
    with store.transaction() as session:
        session.get_one(Subscriber, uid).bouncing = True
    assert gets(store) == set()


def test_a_pause_lasts_until_its_day(store: Store) -> None:
    uid = reader(store, ANNA)
    today = datetime.now(UTC).date()
    for until, gone in ((today + timedelta(days=1), True), (today, False), (None, False)):
        with store.transaction() as session:
            services.pause(session, uid, until, "preferences")
        assert gets(store) == (set() if gone else {uid})


def test_preferences_add_remove_and_change_the_language(store: Store) -> None:
    uid = reader(store, ANNA, "legal-aid", "noo-national")
    with store.transaction() as session:
        services.change(session, uid, Choice(("noo-national", "womens-orgs"), "en"), FORM)
    assert (gets(store), gets(store, "womens-orgs"), gets(store, "noo-national")) == (set(), {uid}, {uid})
    assert events(store)[-2:] == ["changed", "left"]


def test_preferences_without_any_audience_are_leaving(store: Store) -> None:
    uid = reader(store, ANNA)
    with store.transaction() as session:
        services.change(session, uid, Choice((), "nl"), FORM)
        assert session.get_one(Subscriber, uid).state == SubscriberState.LEFT


def test_preferences_do_not_bring_back_who_left_meanwhile(store: Store) -> None:
    uid = reader(store, ANNA, "legal-aid")
    with store.transaction() as session:
        services.leave(session, uid, "link")
        services.change(session, uid, Choice(("noo-national",), "nl"), FORM)
    assert gets(store) == gets(store, "noo-national") == set()
    assert events(store)[-1] == "left"


def test_the_claim_gives_addresses_as_they_were_typed(store: Store) -> None:
    uid = reader(store, "Anna@Lezers.example", locale="ar")
    with store.reading() as session:
        found = may_receive(session, [uid], "legal-aid")[uid]
    assert (found.address, found.locale) == ("Anna@lezers.example", "ar")
    assert "Anna" not in repr(found)


def test_a_broken_address_writes_nothing_down(store: Store) -> None:
    with pytest.raises(AddressError):
        ask(store, "a@x.nl\r\nRCPT TO:<b@x.nl>")
    assert events(store) == []


def test_no_table_shows_an_address(store: Store) -> None:
    leave(store, reader(store, BAS))
    reader(store, ANNA)
    with store.reading() as session:
        tables = ("subscriber", "membership", "suppression", "asked", "consent_event", "one_time", "audit")
        dump = " ".join(repr(session.execute(text(f"SELECT * FROM {table}")).all()) for table in tables)  # noqa: S608
    assert not {word for word in ("anna", "bas@", "lezers") if word in dump.lower()}
