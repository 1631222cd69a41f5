"""Whoever the audit trail is told did something is a person, or a part that the trail knows: else writing it fails."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from database.audit import PARTS
from tests.house.test_words import ROOMS
from tests.support.house import ROOT

WRITERS = {"record": 2, "record_once": 2}
"""What writes a row, and which of its arguments is the actor."""


def named(tree: ast.Module) -> Iterator[str]:
    """Every actor that is a text, also one that has a name in the same module."""
    names = {
        target.id: one.value.value
        for one in tree.body
        if isinstance(one, ast.Assign) and isinstance(one.value, ast.Constant) and isinstance(one.value.value, str)
        for target in one.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            actor = _actor(node)
            if isinstance(actor, ast.Constant) and isinstance(actor.value, str):
                yield actor.value
            elif isinstance(actor, ast.Name) and actor.id in names:
                yield names[actor.id]


def _actor(call: ast.Call) -> ast.expr | None:
    called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    place = WRITERS.get(called)
    if place is None:
        return None
    by_name = [one.value for one in call.keywords if one.arg == "actor"]
    return by_name[0] if by_name else next(iter(call.args[place:]), None)


def test_every_part_that_writes_in_the_trail_is_known_to_it() -> None:
    found = {
        (actor, str(path.relative_to(ROOT)))
        for room in ROOMS
        for path in (ROOT / room).rglob("*.py")
        for actor in named(ast.parse(path.read_text("utf-8")))
    }
    assert sorted(one for one in found if one[0] not in PARTS) == []
    assert len({actor for actor, _path in found}) > 5


def test_an_actor_is_found_however_it_is_given() -> None:
    source = (
        'WHO = "reader"\nrecord(s, X, "a")\naudit.record(s, X, actor="b")\nrecord(s, X, WHO)\nrecord(s, X, who.uid)\n'
    )
    assert list(named(ast.parse(source))) == ["a", "b", "reader"]
