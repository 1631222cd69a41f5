"""Every promise has a number and a test that bears it; what nothing shows yet stands in a list that only shrinks."""

from __future__ import annotations

import pytest

from devtools import promises


def test_every_promise_has_a_test_and_no_test_bears_another_number() -> None:
    said, tests = promises.promised(), promises.borne()
    assert [one for one in said.numbers if not tests.get(one)] == [], "run `make promises`"
    assert [one for one in tests if one not in said.numbers] == [], "say what it promises in docs/promises.toml"
    wanted = [f"P{n}" for n in range(1, 13)] + [f"F{n}" for n in range(1, 29)] + [f"row {n}" for n in range(1, 27)]
    assert list(said.numbers) == wanted, "numbers stay: they are named outside"


def test_what_is_not_shown_yet_has_a_reason_and_becomes_less() -> None:
    later = promises.promised().later
    assert len(later) == promises.LATER_AT_MOST, "less is good: lower the number; more is not allowed"
    assert all(len(why) > 20 for why in later.values())


def test_the_page_of_threats_is_made_from_it() -> None:
    page = promises.PAGE.read_text("utf-8")
    assert page == promises.updated(page), "run `make promises`"


def test_a_mark_is_read_as_pytest_reads_it() -> None:
    source = '@pytest.mark.faults\n@pytest.mark.promise("P1", "row 3")\ndef test_x(): ...\ndef test_y(): ...\n'
    assert list(promises.borne_in(source)) == [("P1", "test_x"), ("row 3", "test_x")]
    with pytest.raises(ValueError, match="line 1"):
        list(promises.borne_in("@pytest.mark.promise(NUMBER)\ndef test_x(): ...\n"))
