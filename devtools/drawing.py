"""`python -m devtools.drawing` (make drawing): the imports between rooms, drawn in docs/architecture.md by grimp.

An arrow points at what is imported. One that follows from others is left out: what is drawn is the shape, not the load.
Imports for type checkers alone do not count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import grimp

PAGE = Path(__file__).resolve().parents[1] / "docs" / "architecture.md"
FLOORS = ("commands", "web", "worker", "mailer", "subscribers", "staff", "database", "wording")
BEGIN, END = "<!-- drawing: made by `make drawing` -->", "<!-- end of drawing -->"

Arrows = Mapping[str, set[str]]


def drawing() -> str:
    """The floors, the rooms of mailer, and the desks of its services: one Mermaid drawing of each."""
    graph = grimp.build_graph(*FLOORS, exclude_type_checking_imports=True, cache_dir=None)
    drawn = [
        ("The floors", FLOORS),
        ("Inside `mailer`", sorted(graph.find_children("mailer"))),
        ("Inside `mailer.services`", sorted(graph.find_children("mailer.services"))),
    ]
    return "\n".join(f"**{title}**\n\n{_mermaid(_arrows(graph, rooms))}" for title, rooms in drawn)


def updated(page: str) -> str:
    """The page with a new drawing between its marks."""
    before, _begin, rest = page.partition(BEGIN)
    _old, _end, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{drawing()}\n{END}{after}"


def _arrows(graph: grimp.ImportGraph, rooms: Iterable[str]) -> Arrows:
    """What each room imports, itself or a module in it."""
    names = {room: {room, *graph.find_descendants(room)} for room in rooms}
    imported = {
        room: {one for module in names[room] for one in graph.find_modules_directly_imported_by(module)}
        for room in names
    }
    return {
        room: {other for other, inside in names.items() if other != room and imported[room] & inside} for room in names
    }


def _mermaid(arrows: Arrows) -> str:
    lines = [f"    {_short(room)} --> {_short(other)}" for room in arrows for other in sorted(_plain(arrows, room))]
    alone = [
        f"    {_short(room)}" for room in arrows if not any(room in {one, *to} for one, to in arrows.items() if to)
    ]
    return "\n".join(["```mermaid", "flowchart TD", *lines, *alone, "```", ""])


def _plain(arrows: Arrows, room: str) -> set[str]:
    """The arrows of a room without those that go round by another."""
    return {one for one in arrows[room] if not any(one in _reached(arrows, other) for other in arrows[room] - {one})}


def _reached(arrows: Arrows, room: str) -> set[str]:
    found, ahead = set[str](), [room]
    while ahead:
        fresh = arrows[ahead.pop()] - found
        found |= fresh
        ahead.extend(fresh)
    return found


def _short(room: str) -> str:
    return room.rpartition(".")[2]


if __name__ == "__main__":
    PAGE.write_text(updated(PAGE.read_text("utf-8")), "utf-8")
