"""An audience is a rule: the database and the pure rule agree, picks are per issue, and every answer has its reason."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import event, select

from database.keys import KeyRing
from database.session import Store
from devtools.mailings import open_mailing
from mailer.ledger import opening
from mailer.ledger.tables import Delivery, FrozenEdition, Mailing
from subscribers import services
from subscribers.address import Address
from subscribers.admission import Newcomer, admit
from subscribers.audience import Rule, belongs
from subscribers.consent import Choice, Evidence, SuppressedBecause
from subscribers.repository import may_receive, readers_of, still_receives
from subscribers.rules import pick, set_rule, traits_of, why
from subscribers.tables import Subscriber
from tests.support.people import ANNA, BAS, ask, leave, reader, suppress

TODAY = datetime.now(UTC).date()


@pytest.fixture
def lite(migrated_file: Path, tmp_path: Path) -> Iterator[Store]:
    store = Store(f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'postduif.sqlite')}", KeyRing.generated())
    yield store
    store.close()


def test_the_database_and_the_pure_rule_take_in_the_same_readers(store: Store) -> None:
    random = Random(3)

    def some(*values: str) -> tuple[str, ...]:
        return tuple(value for value in values if random.random() < 0.4)

    people = [
        Newcomer(
            Address(f"reader{number}", "lezers.example"),
            Choice(some("a", "b", "c") or ("a",), random.choice(["nl", "en", "ar"])),
            Evidence("test"),
            region=random.choice(["rotterdam", "utrecht", None]),
            role=random.choice(["lawyer", "volunteer", None]),
        )
        for number in range(40)
    ]
    with store.transaction() as session:
        admit(session, people)
    for _round in range(12):
        rule = Rule(some("a", "b", "c"), some("nl", "en"), some("rotterdam", "utrecht"), some("lawyer"))
        with store.transaction() as session:
            set_rule(session, "test", rule)
            listed = {ref.uid for ref in readers_of(session, "test")}
            everyone = session.scalars(select(Subscriber)).all()
            assert listed == {row.uid for row in everyone if belongs(rule, traits_of(session, row))}
            assert set(may_receive(session, listed, "test")) == listed
            assert {row.uid for row in everyone if why(session, row, "test", None, TODAY)[0]} == listed


def test_a_pick_counts_for_its_own_issue_only(lite: Store) -> None:
    anna, bas = reader(lite, ANNA), reader(lite, BAS, "noo-national")
    with lite.transaction() as session:
        pick(session, "los-1", "legal-aid", anna, included=False)
        pick(session, "los-1", "legal-aid", bas, included=True)
    with lite.transaction() as session:
        assert [ref.uid for ref in readers_of(session, "legal-aid", issue="los-1")] == [bas]
        assert [ref.uid for ref in readers_of(session, "legal-aid", issue="los-2")] == [anna]
        assert [ref.uid for ref in readers_of(session, "legal-aid")] == [anna]
        assert set(may_receive(session, [anna, bas], "legal-aid")) == {anna}
        assert set(may_receive(session, [anna, bas], "legal-aid", "los-1")) == {bas}
        assert set(may_receive(session, [anna, bas], "legal-aid", "los-2")) == {anna}
        pick(session, "los-1", "legal-aid", anna, None)
        assert anna in {ref.uid for ref in readers_of(session, "legal-aid", issue="los-1")}


def test_no_pick_reaches_somebody_who_left(lite: Store) -> None:
    bas = reader(lite, BAS)
    with lite.transaction() as session:
        pick(session, "los-1", "legal-aid", bas, included=True)
    leave(lite, bas)
    with lite.reading() as session:
        assert readers_of(session, "legal-aid", issue="los-1") == []
        assert may_receive(session, [bas], "legal-aid") == {}


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        ("member", "lid van legal-aid"),
        ("waits", "niet bevestigd"),
        ("left", "afgemeld"),
        ("paused", "pauze tot"),
        ("bouncing", "kwam terug"),
        ("elsewhere", "geen lid"),
        ("picked", "toegevoegd"),
        ("left out", "weggelaten"),
    ],
)
def test_why_somebody_is_in_or_out_has_an_answer(lite: Store, what: str, reason: str) -> None:
    if what == "waits":
        needed = ask(lite, ANNA)
        assert needed is not None
        uid = needed.subject
    else:
        uid = reader(lite, ANNA, "noo-national" if what in ("elsewhere", "picked") else "legal-aid")
    if what == "left":
        leave(lite, uid)
    with lite.transaction() as session:
        row = session.get_one(Subscriber, uid)
        row.bouncing = what == "bouncing"
        if what == "paused":
            services.pause(session, uid, TODAY + timedelta(days=3), "test")
        if what in ("picked", "left out"):
            pick(session, "los-1", "legal-aid", uid, included=what == "picked")
        answer, reasons = why(session, row, "legal-aid", "los-1", TODAY)
    assert answer == (what in ("member", "picked"))
    assert any(reason in str(text) for text in reasons)


def test_why_knows_of_an_address_that_was_barred(lite: Store) -> None:
    uid = reader(lite, ANNA)
    suppress(lite, ANNA, SuppressedBecause.COMPLAINED)
    with lite.reading() as session:
        assert why(session, session.get_one(Subscriber, uid), "legal-aid", None, TODAY)[0] is False


def test_who_may_receive_is_answered_without_reading_other_readers(lite: Store) -> None:
    """A claim asks for a few hundred at a time: it must not look through the memberships of a million others."""
    uid = reader(lite, ANNA)
    asked: list[tuple[str, Any]] = []

    def remember(_connection: object, _cursor: object, statement: str, parameters: object, *_rest: object) -> None:
        asked.append((statement, parameters))

    with lite.transaction() as session:
        event.listen(lite.engine, "before_cursor_execute", remember)
        assert set(may_receive(session, [uid], "legal-aid")) == {uid}
        event.remove(lite.engine, "before_cursor_execute", remember)
        plan = [
            step.detail
            for statement, parameters in asked
            for step in session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]
    looked = [step for step in plan if "membership" in step or "suppression" in step]
    assert len(looked) == 2
    assert all("subscriber=?" in step or "address_index=?" in step for step in looked), plan


def test_every_second_issue_is_one_answer_to_every_question(store: Store) -> None:
    """Before a mailing, at a claim, at the intent and in words: whoever chose even numbers gets 24 and not 25."""
    anna, bas = reader(store, "anna@lezers.example", "a"), reader(store, "bas@lezers.example", "a")
    mailings = {slug: open_mailing(store, 0, slug=slug) for slug in ("a-2026-24", "a-2026-25", "a-kerst")}
    with store.transaction() as session:
        services.every_second(session, anna, {"a": 0})
        for slug, mailing_id in mailings.items():
            opened = session.get_one(Mailing, mailing_id)
            frozen = session.scalars(select(FrozenEdition).where(FrozenEdition.mailing_id == mailing_id)).one()
            opening.add_deliveries(session, opened, frozen, [anna, bas])
            session.flush()
            asked = select(Delivery.reader).where(Delivery.mailing_id == mailing_id, still_receives(session, "a", slug))
            gets = {bas} if slug == "a-2026-25" else {anna, bas}
            assert {one.uid for one in readers_of(session, "a", issue=slug)} == gets
            assert set(may_receive(session, [anna, bas], "a", slug)) == gets
            assert set(session.scalars(asked)) == gets
            row = session.get_one(Subscriber, anna)
            assert why(session, row, "a", slug, TODAY)[0] is (anna in gets)
