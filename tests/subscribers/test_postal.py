"""Readers by post: what stands on the envelope, who is printed, and that nothing about them is readable at rest."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text

from database.session import Store
from subscribers.addressee import AskedBy, SuspendedBecause
from subscribers.examples import EXAMPLE_CENTRES, example_addressees, insert_addressees
from subscribers.listing import addressee_called, listed
from subscribers.postal import (
    AddresseeError,
    NewAddressee,
    add_addressee,
    confirm_addressee,
    save_centre,
    suspend_addressee,
)
from subscribers.repository import addressees_of, may_be_posted
from wording.errors import NotFoundError

TODAY = date(2026, 11, 24)
KARIM = NewAddressee(
    "كريم المثال", "duinrand", "ar", "R-00042", large_print=True, asked_by=AskedBy.LETTER, audience="detention"
)


@pytest.fixture
def desk(store: Store) -> Store:
    with store.transaction() as session:
        for centre in EXAMPLE_CENTRES:
            save_centre(session, centre)
    return store


def test_an_addressee_comes_back_as_written_down(desk: Store) -> None:
    with desk.transaction() as session:
        uid = add_addressee(session, KARIM, TODAY)
    with desk.reading() as session:
        found = may_be_posted(session, [uid])[uid]
        assert [(ref.uid, ref.locale) for ref in addressees_of(session, "detention")] == [(uid, "ar")]
    assert (found.name, found.centre, found.registration) == (KARIM.name, EXAMPLE_CENTRES[0], "R-00042")
    assert (found.locale, found.large_print) == ("ar", True)
    assert KARIM.name not in repr(found) + repr(KARIM)


def test_a_returned_envelope_stops_the_post_at_once_until_somebody_is_heard_from(desk: Store) -> None:
    with desk.transaction() as session:
        uid = add_addressee(session, KARIM, TODAY)
        suspend_addressee(session, uid, SuspendedBecause.DEPARTED, TODAY)
    with desk.transaction() as session:
        assert may_be_posted(session, [uid]) == {}
        assert addressees_of(session, "detention") == []
        confirm_addressee(session, uid, TODAY)
    with desk.reading() as session:
        assert set(may_be_posted(session, [uid])) == {uid}


@pytest.mark.parametrize(
    ("new", "why"),
    [
        (NewAddressee("Noor", "nergens", "nl", audience="detention"), "onbekend"),
        (NewAddressee("Noor", "duinrand", "nl", audience="detention"), "registratienummer"),
        (NewAddressee("  ", "heideoord", "nl", audience="detention"), "leeg"),
        (NewAddressee("x" * 300, "heideoord", "nl", audience="detention"), "te lang"),
        (NewAddressee("Noor\nBram", "heideoord", "nl", audience="detention"), "onzichtbaar"),
        (NewAddressee("\u202eNoor", "heideoord", "nl", audience="detention"), "onzichtbaar"),
    ],
)
def test_what_cannot_stand_on_an_envelope_is_refused(desk: Store, new: NewAddressee, why: str) -> None:
    with pytest.raises(AddresseeError, match=why), desk.transaction() as session:
        add_addressee(session, new, TODAY)


@pytest.mark.parametrize(
    "name", ["Zoë", "Zoe\u0308", "ተስፋዬ", "தமிழ்", "王小明", "O'Brien; DROP", "<b>", "{{7*7}}", "علی\u200cرضا"]
)
def test_every_script_may_stand_on_an_envelope(desk: Store, name: str) -> None:
    with desk.transaction() as session:
        uid = add_addressee(session, NewAddressee(name, "heideoord", "en", audience="detention"), TODAY)
        assert may_be_posted(session, [uid])[uid].name == name


@pytest.mark.promise("P7")
def test_nothing_about_a_person_in_detention_is_readable_at_rest(desk: Store) -> None:
    with desk.transaction() as session:
        add_addressee(session, NewAddressee("Canary Kanarie", "duinrand", "ar", "R-00042", audience="detention"), TODAY)
    with desk.reading() as session:
        dump = repr(session.execute(text("SELECT * FROM addressee")).all())
    assert not {word for word in ("Kanarie", "R-00042", "duinrand", "'ar'", "phone") if word in dump}


def test_a_code_under_eight_signs_names_no_one(plain_store: Store) -> None:
    """A slip of the hand in a short one could stop the post of somebody else."""
    with plain_store.transaction() as session:
        insert_addressees(session, example_addressees(("nl",), "detention", 3), date(2026, 11, 24))
        [first, *_others] = listed(session)
        code = first.uid.hex
        for short in ("", code[:1], code[:4], code[:7], f" {code[:7]} ", f"{code[:4]}-{code[4:7]}"):
            with pytest.raises(NotFoundError, match="kort"):
                addressee_called(session, short)
        for enough in (code[:8], code[:8].upper(), f"{code[:4]}-{code[4:8]}", code):
            assert addressee_called(session, enough) == first.uid
