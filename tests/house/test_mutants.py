"""The seeded changes of `make mutants` still fit the source, and break every promise."""

from __future__ import annotations

import ast
from collections import Counter

import pytest

from devtools import mutants, promises
from devtools.mutants import ROOT, Mutant

AREAS = {
    *("sealed columns", "tokens", "sessions", "permissions", "audit", "gate", "suppression", "claims", "hold"),
    *("verdicts", "promises"),
}
UNBROKEN_AT_MOST = 29
"""How many numbers of docs/promises.toml no change breaks yet. This number only goes down."""


def test_each_change_fits_the_source_exactly_once_and_leaves_a_program() -> None:
    changes = mutants.mutants()
    for one in changes:
        changed = one.applied((ROOT / one.file).read_text("utf-8"))
        assert one.new != one.old, one.what
        if one.file.endswith(".py"):
            ast.parse(changed)


def test_there_are_enough_in_each_area_and_each_has_a_name_of_its_own() -> None:
    changes = mutants.mutants()
    counted = Counter(one.area for one in changes)
    assert set(counted) == AREAS
    assert min(counted.values()) >= 10
    assert len(changes) >= 120
    assert len({one.what for one in changes}) == len(changes)


def test_each_change_has_a_test_to_notice_it_and_a_promise_one_that_bears_its_number() -> None:
    borne = promises.borne()
    for one in mutants.mutants():
        tests = one.chosen(borne)
        assert tests, one.what
        assert all((ROOT / test.partition("::")[0]).is_file() for test in tests), one.what


def test_what_no_change_breaks_becomes_less() -> None:
    broken = {one.promise for one in mutants.mutants()}
    said = promises.promised()
    unbroken = [number for number in said.numbers if number not in broken]
    assert set(said.promises) <= broken, "each of P1 to P12"
    assert len(unbroken) == UNBROKEN_AT_MOST, unbroken


def test_a_text_that_moved_is_told() -> None:
    change = Mutant("x", "it moved", "x.py", "a = 1", "a = 2", ("tests/house/test_mutants.py",))
    assert change.applied("a = 1\n") == "a = 2\n"
    for source in ("", "a = 1\na = 1\n"):
        with pytest.raises(ValueError, match="it moved"):
            change.applied(source)
