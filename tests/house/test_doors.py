"""Every use case that an edge opens is a door that asks who comes in, or stands in a list with its reason."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from staff.people import Person
from staff.permissions import PERMISSIONS, Permission
from staff.roles import Role
from tests.support.doors import (
    OWN_DOORS,
    PUBLIC_DOORS,
    SYSTEM_DOORS,
    asked_by,
    doors,
    is_door,
    knock,
    used_by_the_edges,
    used_in,
    with_a_transaction_of_their_own,
)
from wording.errors import NotAllowedError

ROOT = Path(__file__).resolve().parents[2]
WITHOUT_DOOR: dict[Permission, str] = {}
"""Rights that no use case asks for yet, or that are asked where there is no office."""

DOORS = doors()


def without(*permissions: Permission) -> Person:
    """Someone with every role that has none of these."""
    roles = frozenset(role for role in Role if not PERMISSIONS[role] & set(permissions))
    return Person(UUID(int=1), "Iemand Anders", "iemand@los.example", roles, ("nl", "en", "ar"))


def test_what_an_edge_uses_is_a_door_or_is_listed_with_its_reason() -> None:
    open_to_all = {name for name, one in used_by_the_edges().items() if not is_door(one)}
    assert sorted(open_to_all - PUBLIC_DOORS.keys() - SYSTEM_DOORS.keys()) == []


def test_what_is_behind_the_doors_is_not_named_by_an_edge_for_a_type_either() -> None:
    """The contract looks at what runs; a value that a door gives has its name in the module of that door."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    [edges] = [one for one in contracts if one["name"].startswith("The edges open no door")]
    found = {
        f"{'.'.join(path.relative_to(ROOT).with_suffix('').parts)} -> {module}"
        for edge in edges["source_modules"]
        for path in (ROOT / edge).rglob("*.py")
        for module in _imported(path)
        if module.startswith(tuple(edges["forbidden_modules"]))
    }
    assert found == set(edges["ignore_imports"])


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            whole = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from whole if node.module in {"mailer", "database", "subscribers"} else [node.module]
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def test_a_list_names_only_what_is_used_and_is_no_door() -> None:
    used = {name for name, one in used_by_the_edges().items() if not is_door(one)}
    assert sorted((PUBLIC_DOORS.keys() | SYSTEM_DOORS.keys()) - used) == []


@pytest.mark.promise("P6")
@pytest.mark.parametrize("name", DOORS)
def test_a_door_refuses_anyone_who_may_not_before_it_touches_anything(name: str) -> None:
    asked = asked_by(DOORS[name])
    assert asked, "a door names its Permission in a call of `require`, `deed` or `look`"
    for person in (without(*Permission), without(*asked)):
        with pytest.raises(NotAllowedError):
            knock(DOORS[name], person)


def test_a_person_who_acts_is_asked_for_their_rights_in_the_transaction_too() -> None:
    assert with_a_transaction_of_their_own() <= OWN_DOORS.keys(), "open it with `deed`"


def test_every_permission_has_a_door_that_refuses_without_it() -> None:
    asked = {one for door in DOORS.values() for one in asked_by(door)}
    assert sorted(set(Permission) - asked - WITHOUT_DOOR.keys()) == []
    assert sorted(asked & WITHOUT_DOOR.keys()) == [], "it has a door now: take it from the list"


@pytest.mark.parametrize(
    "source",
    [
        "from mailer.services.sending.delivering import sweep\nsweep()",
        "from mailer.services.sending import delivering as work\nwork.sweep()",
        "def show():\n    from mailer.services.sending import delivering\n    return partial(delivering.sweep)",
    ],
)
def test_a_use_case_that_asks_for_no_one_is_found_however_it_is_imported(source: str) -> None:
    found = used_in(source)
    assert list(found) == ["sending.delivering.sweep"]
    assert not is_door(found["sending.delivering.sweep"])
    assert found.keys().isdisjoint(PUBLIC_DOORS.keys() | SYSTEM_DOORS.keys())


def test_a_door_that_asks_late_or_not_at_all_does_not_pass() -> None:
    def late(office: object, person: Person, slug: str) -> None:
        office.store  # type: ignore[attr-defined]  # noqa: B018

    assert asked_by(late) == frozenset()
    with pytest.raises(AttributeError):
        knock(late, without(*Permission))
