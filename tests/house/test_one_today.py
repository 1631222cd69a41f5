"""There is one "today", that of the organisation, and no sentence gives a moment in UTC but where it says so."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from database.session import Store
from database.wall import on_the_wall, said
from devtools.catalogs import read
from tests.support.house import ROOT

FLOORS = ("commands", "web", "worker", "mailer", "subscribers", "staff", "wording")
IN_UTC = {"In UTC: van {start} tot en met {end}.", "Vanaf, op de klok van de organisatie; met een Z erachter in UTC."}
"""A leak is matched with the logs of machines."""


def other_todays(source: str) -> Iterator[int]:
    """The lines that ask the machine for its day: `date.today()`, `datetime.now(…)`, `now().date()`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            of, name = node.func.value, node.func.attr
            if isinstance(of, ast.Name) and (of.id, name) in {("date", "today"), ("datetime", "now")}:
                yield node.lineno
            if name == "date" and isinstance(of, ast.Call) and getattr(of.func, "id", "") == "now":
                yield node.lineno


def test_no_floor_has_a_today_of_its_own() -> None:
    found = {
        str(path.relative_to(ROOT)): lines
        for floor in FLOORS
        for path in (ROOT / floor).rglob("*.py")
        if (lines := list(other_todays(path.read_text("utf-8"))))
    }
    assert found == {}


@pytest.mark.parametrize("source", ["date.today()", "datetime.now(UTC).date()", "at = now().date()"])
def test_another_today_is_found(source: str) -> None:
    assert list(other_todays(source))


def test_no_sentence_gives_a_moment_in_utc() -> None:
    sentences = {str(message.id) for message in read(ROOT / "translations/interface.pot")}
    assert {one for one in sentences if "UTC" in one} == IN_UTC


def test_after_midnight_on_the_wall_it_is_the_next_day(plain_store: Store) -> None:
    far = Store(plain_store.url, plain_store.keys, zone="Pacific/Auckland")
    with plain_store.reading() as here, far.reading() as there:
        for hour, days in ((9, (28, 28)), (12, (28, 29)), (23, (29, 29))):
            at = datetime(2026, 11, 28, hour, 30, tzinfo=UTC)
            assert (on_the_wall(here, at).day, on_the_wall(there, at).day) == days
        assert said(there, at) == "2026-11-29 12:30"
    far.close()
