"""Only an address that a relay carries unchanged is taken; everything that hides another address in it is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from subscribers.address import AddressError, address_from
from tests.support.work import calls_in

CORPUS = json.loads((Path(__file__).parent / "addresses.json").read_text("utf-8"))


@pytest.mark.parametrize("typed", CORPUS["refused"], ids=lambda typed: repr(typed[:30]))
def test_a_hostile_or_broken_address_is_refused(typed: str) -> None:
    with pytest.raises(AddressError) as refused:
        address_from(typed)
    assert len(typed) < 3 or typed not in str(refused.value)


@pytest.mark.parametrize(("typed", "canonical"), CORPUS["accepted"])
def test_an_ordinary_address_is_taken_in_any_spelling(typed: str, canonical: str) -> None:
    assert address_from(typed).canonical == canonical


@pytest.mark.parametrize(("one", "other"), CORPUS["never_equal"])
def test_two_people_are_never_taken_for_one(one: str, other: str) -> None:
    assert canonical(one) != canonical(other)


@pytest.mark.parametrize(("one", "other"), CORPUS["one_mailbox"])
def test_spellings_that_end_in_one_mailbox_count_as_one(one: str, other: str) -> None:
    assert address_from(one).mailbox == address_from(other).mailbox


@given(st.text() | st.from_regex(r"[^@]{1,5}@[^@]{1,8}\.[a-z]{2}", fullmatch=True))
def test_whatever_is_taken_is_ascii_and_reads_back_as_itself(typed: str) -> None:
    try:
        address = address_from(typed)
    except AddressError:
        return
    assert address.text.isascii()
    assert not set(address.text) & set(' \t\r\n\0<>,;:"()[]')
    assert address_from(address.text) == address


def test_a_million_labels_are_not_looked_at() -> None:
    def refused() -> None:
        with pytest.raises(AddressError):
            address_from("a@" + "x." * 1_000_000 + "nl")

    assert calls_in(refused) < 1000


def test_a_masked_address_shows_its_owner_enough_and_others_too_little() -> None:
    assert address_from("anna.devries@opvang-noord.example").masked == "a…@o….example"


def test_an_address_does_not_show_in_a_traceback() -> None:
    assert "anna" not in repr(address_from("anna@x.nl"))


def canonical(typed: str) -> str:
    try:
        return address_from(typed).canonical
    except AddressError:
        return f"refused: {typed}"
