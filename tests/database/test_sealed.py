"""A sealed value opens in its own column and row only, under its own key, and tells nothing by its length."""

from __future__ import annotations

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import StatementError

from database.keys import KeyRing, KeysError
from database.sealed import Sealed, blind_index, blind_indexes, open_sealed, seal
from database.session import Store
from staff.people import PersonRow, add_person, people, person_by_email
from staff.roles import Role

KEYS = KeyRing.generated()
ROW = uuid4()


@given(st.text())
def test_whatever_is_sealed_comes_back(value: str) -> None:
    value = value.encode("utf-8", "ignore").decode()  # a lone surrogate is not text
    assert open_sealed(KEYS, PersonRow.name, ROW, seal(KEYS, PersonRow.name, ROW, value)) == value


def test_the_same_text_is_never_sealed_to_the_same_bytes_and_another_version_does_not_open() -> None:
    first, second = (seal(KEYS, PersonRow.name, ROW, "Noor") for _twice in range(2))
    assert first.data != second.data
    for version in (b"\x00", b"\x02"):
        with pytest.raises(KeysError):
            open_sealed(KEYS, PersonRow.name, ROW, Sealed(version + first.data[1:]))


@pytest.mark.parametrize("ending", ["\x00", "\x80", "\x80\x00"])
def test_padding_is_never_mistaken_for_text(ending: str) -> None:
    assert open_sealed(KEYS, PersonRow.name, ROW, seal(KEYS, PersonRow.name, ROW, "a" + ending)) == "a" + ending


def test_names_of_ordinary_length_are_sealed_to_one_length() -> None:
    assert len({len(seal(KEYS, PersonRow.name, ROW, name).data) for name in ("Bo", "Noor van den Voorbeeld")}) == 1


@pytest.mark.parametrize("where", ["another row", "another column", "another key", "altered", "cut off", "empty"])
def test_a_value_that_was_moved_or_changed_does_not_open(where: str) -> None:
    sealed = seal(KEYS, PersonRow.name, ROW, "Noor")
    column, row, keys = PersonRow.name, ROW, KEYS
    match where:
        case "another row":
            row = uuid4()
        case "another column":
            column = PersonRow.email
        case "another key":
            keys = KeyRing.generated()
        case "altered":
            sealed = Sealed(sealed.data[:-1] + bytes([sealed.data[-1] ^ 1]))
        case "cut off":
            sealed = Sealed(sealed.data[:-20])
        case _:
            sealed = Sealed(b"")
    with pytest.raises(KeysError) as refused:
        open_sealed(keys, column, row, sealed)
    assert "Noor" not in str(refused.value)


def test_a_plain_string_never_reaches_a_sealed_column(store: Store) -> None:
    row = PersonRow(uid=uuid4(), name="Noor", email="x", email_index="1", roles=[], languages=[], active=True)
    with pytest.raises(StatementError, match="sealed column"), store.transaction() as session:
        session.add(row)


@pytest.mark.promise("P7")
def test_a_stolen_database_shows_no_name_and_no_address(store: Store) -> None:
    with store.transaction() as session:
        add_person(session, "Canary Kanarie", "canary@redactie.example", [Role.EDITOR])
    with store.reading() as session:
        dump = repr(session.execute(text("SELECT * FROM person")).all()).lower()
    assert "kanarie" not in dump
    assert "redactie" not in dump


def test_a_person_is_found_by_address_however_it_is_typed(store: Store) -> None:
    with store.transaction() as session:
        added = add_person(session, "Noor", "Noor@Redactie.example", [Role.EDITOR, Role.APPROVER], ["en"])
    with store.reading() as session:
        assert person_by_email(session, " noor@redactie.EXAMPLE ") == added
        assert person_by_email(session, "bram@redactie.example") is None
        assert people(session) == [added]


def test_a_blind_index_is_equal_for_equal_values_of_one_kind_and_key() -> None:
    assert blind_index(KEYS, "email", "a@b.nl") == blind_index(KEYS, "email", "a@b.nl")
    assert blind_index(KEYS, "email", "a@b.nl") != blind_index(KEYS, "mailbox", "a@b.nl")
    assert blind_index(KEYS, "email", "a@b.nl") != blind_index(KeyRing.generated(), "email", "a@b.nl")


def test_during_a_rotation_a_value_is_looked_for_under_every_key() -> None:
    both = KeyRing({**KEYS.roots, "index": {1: b"1" * 32, 2: b"2" * 32}})
    old = KeyRing({**KEYS.roots, "index": {1: b"1" * 32}})
    assert blind_index(old, "email", "a@b.nl") in blind_indexes(both, "email", "a@b.nl")
    assert blind_index(both, "email", "a@b.nl").startswith("2.")
