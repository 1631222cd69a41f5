"""A key can be replaced while everything stays readable, whatever moment the machine chooses to die."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import uuid4

import pytest

from database import audit
from database.keys import ROOTS, KeyRing, KeysError
from database.paper import paper, wrong_on_paper
from database.rotation import KeyUse, reseal, retire, sealed_columns, uses
from database.session import Store
from staff.people import add_person, person_by_email
from staff.roles import Role
from subscribers.address import address_from
from subscribers.admission import Newcomer, admit
from subscribers.consent import Choice, SuppressedBecause
from subscribers.examples import example_addressees, example_readers, insert_addressees, insert_readers
from subscribers.reindex import reindex
from subscribers.repository import addressees_of, may_be_posted, may_receive, readers_of
from tests.support.people import BAS, FORM, ask, suppress

AUDIENCES = {"legal-aid": ("nl",)}
OLD = KeyRing({root: {1: root.encode() * 8} for root in ROOTS})
BOTH = KeyRing({root: {1: root.encode() * 8, 2: root[::-1].encode() * 9} for root in ROOTS})


@pytest.fixture
def filled(store: Store) -> Store:
    """450 readers and 30 addressees, written under the old keys."""
    old = Store(store.url, OLD)
    with old.transaction() as session:
        insert_readers(session, example_readers(AUDIENCES, 450))
        insert_addressees(session, example_addressees(("nl", "ar"), "detention", 30), date(2026, 11, 24))
        add_person(session, "Noor", "noor@redactie.example", [Role.EDITOR])
        audit.record(session, "export", uuid4())
    suppress(old, BAS, SuppressedBecause.COMPLAINED)
    old.close()
    return store


def everyone_is_readable(store: Store) -> bool:
    with store.reading() as session:
        readers = may_receive(session, [ref.uid for ref in readers_of(session, "legal-aid")], "legal-aid")
        posted = may_be_posted(session, [ref.uid for ref in addressees_of(session, "detention")])
        return (len(readers), len(posted)) == (450, 30) and person_by_email(
            session, "noor@redactie.example"
        ) is not None


def needed(store: Store) -> dict[str, KeyUse]:
    with store.reading() as session:
        return {f"{use.root}.{use.kid}": use for use in uses(session)}


class Killed(BaseException):
    """What a kill looks like from inside: nothing catches it."""


def dying_after(batches: int) -> Callable[[int], None]:
    left = iter(range(batches))

    def die(_rows: int) -> None:
        if next(left, None) is None:
            raise Killed

    return die


@pytest.mark.promise("F22")
def test_a_rotation_killed_at_any_batch_loses_nothing_and_goes_on(filled: Store) -> None:
    both = Store(filled.url, BOTH)
    for kills in range(1, 4):
        with pytest.raises(Killed):
            reseal(both, dying_after(kills))
        assert everyone_is_readable(both)
    reseal(both)
    assert needed(both)["data.1"].values == 0
    assert everyone_is_readable(both)
    both.close()


def test_after_resealing_the_old_data_key_may_go_and_no_other(filled: Store) -> None:
    both = Store(filled.url, BOTH)
    assert reseal(both) > 500
    assert reseal(both) == 0
    assert {name for name, use in needed(both).items() if use.retirable} == {"data.1", "session.1"}
    with both.transaction() as session:
        retire(session, "data", 1)
        for root, kid in (("data", 2), ("index", 1), ("links", 1), ("audit", 1), ("data", 9)):
            with pytest.raises(KeysError, match="nog nodig"):
                retire(session, root, kid)
    newest = Store(filled.url, KeyRing({**BOTH.roots, "data": {2: BOTH.roots["data"][2]}}))
    assert everyone_is_readable(newest)
    newest.close()
    both.close()


def test_addresses_get_a_new_index_and_who_complained_stays_barred(filled: Store) -> None:
    both = Store(filled.url, BOTH)
    before = needed(both)["index.1"].values
    heard: list[int] = []
    assert reindex(both, heard.append) == 451
    assert heard == [200, 200, 50]
    assert reindex(both, heard.append) == 0
    assert len(heard) == 3
    assert needed(both)["index.1"].values == before - 451
    assert everyone_is_readable(both)
    assert ask(both, BAS) is None
    both.close()


def test_who_is_barred_under_the_old_key_alone_is_not_mailed_during_a_rotation(filled: Store) -> None:
    both = Store(filled.url, BOTH)
    new = Newcomer(address_from(BAS), Choice(("legal-aid",), "nl"), FORM)
    with both.transaction() as session:
        admit(session, [new])
        assert may_receive(session, [new.uid], "legal-aid") == {}
    both.close()


def test_a_value_of_a_lost_key_is_found_by_the_check(filled: Store) -> None:
    without = Store(filled.url, KeyRing({**BOTH.roots, "data": {2: BOTH.roots["data"][2]}}))
    with pytest.raises(KeysError, match=r"data\.1"):
        needed(without)
    without.close()


def test_every_sealed_table_can_be_rotated() -> None:
    assert {table.name for table in sealed_columns()} >= {"subscriber", "addressee", "person", "one_time"}
    assert all("uid" in table.c for table in sealed_columns())


def test_what_is_typed_from_paper_is_checked() -> None:
    lines = paper(BOTH)
    assert list(wrong_on_paper(BOTH, [line.lower() for line in lines])) == []
    typo = lines[0][:10] + ("A" if lines[0][10] != "A" else "B") + lines[0][11:]
    assert list(wrong_on_paper(BOTH, [typo, *lines[2:]])) == ["data.2", "data.1"]
