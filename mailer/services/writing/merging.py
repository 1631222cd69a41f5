"""Two texts of one issue that were written beside each other, section by section: what to keep of which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from mailer.document.sections import Sheet, cut, ended
from mailer.ledger import writing as ledger
from mailer.ledger.writing import unpacked
from mailer.services.office import Office, look
from mailer.services.writing.history import Part, words_between
from mailer.services.writing.saving import now_saved
from staff.people import Person, everyone
from staff.permissions import Permission, require

FRONT = ("---", 0)
"""The name of the front matter among the sections."""
Name = tuple[str, int]
"""A heading, and which one of those with these words."""


@dataclass(frozen=True)
class Side:
    """One section in both texts; None in the text that does not have it."""

    title: str
    """"" for the introduction, "---" for the front matter."""
    theirs: str | None
    mine: str | None
    settled: bool
    kept: str | None
    """What stays of a section that is settled: only one of the two changed it, or both did alike."""

    @property
    def words(self) -> tuple[Part, ...]:
        """How theirs became mine, word by word."""
        return words_between(self.theirs or "", self.mine or "")


@dataclass(frozen=True)
class Compared:
    """What is to be chosen before a text is saved over another."""

    sides: tuple[Side, ...]
    theirs: str
    theirs_hash: str
    """Of the file that is there now; "" when it is gone."""
    by: str
    """Who saved it last; "" for what came from outside."""
    at: datetime | None

    @property
    def open(self) -> tuple[int, ...]:
        """The numbers of the sections that both changed."""
        return tuple(n for n, side in enumerate(self.sides) if not side.settled)


def compare(office: Office, person: Person, slug: str, mine: str, base: str) -> Compared:
    """A text that was written from the one with the hash `base`, beside what is saved now. Nothing is changed."""
    require(person, Permission.EDIT_ISSUES)
    with look(office, person, Permission.EDIT_ISSUES) as session:
        rows = ledger.revisions(session, slug)
        names = {one.uid: one.name for one in everyone(session)}
    there = now_saved(office, slug, gone_is_empty=True)
    theirs = plain_text(there.text)
    before = next((plain_text(unpacked(row.text)) for row in reversed(rows) if row.hash == base), None)
    last = rows[-1] if rows and rows[-1].hash == there.hash else None
    by = names.get(last.person, "") if last is not None and last.person else ""
    return Compared(sides(before, theirs, mine), theirs, there.hash, by, last.at if last else None)


def plain_text(text: str) -> str:
    """As a page shows a file: without a byte order mark, with LF. Saving gives the file its own again."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def sides(base: str | None, theirs: str, mine: str) -> tuple[Side, ...]:
    """Every section of either text, in my order; `base` is what both were written from, if that is known."""
    named = [dict(_named(cut(text))) for text in (base or "", theirs, mine)]
    before, other, own = named if base is not None else ({}, *named[1:])
    order = _order([*before], [*other], [*own])
    return tuple(
        _side(name, before.get(name), other.get(name), own.get(name), knows=base is not None) for name in order
    )


def put_together(compared: Iterable[Side], choices: Mapping[int, str]) -> str:
    """The text with what was chosen for each open section: "theirs", "mine" or "both"; mine where nothing was."""
    texts = [text for n, side in enumerate(compared) if (text := _chosen(side, choices.get(n, "mine")))]
    front = [text for text in texts[:1] if cut(text).front]
    pieces = [piece for text in texts[len(front) :] for piece in cut(text).pieces if piece.text]
    whole = [piece if piece.text.endswith("\n") else ended(piece) for piece in pieces[:-1]] + pieces[-1:]
    return "".join(front) + "".join(piece.text for piece in whole)


def _chosen(side: Side, choice: str) -> str:
    if side.settled:
        return side.kept or ""
    if choice == "both" and side.theirs and side.mine and side.title != FRONT[0]:
        return "".join(ended(piece).text for one in (side.theirs, side.mine) for piece in cut(one).pieces)
    return (side.theirs if choice == "theirs" else side.mine) or ""


def _named(sheet: Sheet) -> Iterable[tuple[Name, str]]:
    seen: dict[str, int] = {}
    if sheet.front:
        yield FRONT, sheet.front
    for piece in sheet.pieces:
        if piece.text:
            yield (piece.title, seen.setdefault(piece.title, 0)), piece.text
            seen[piece.title] += 1


def _order(before: list[Name], theirs: list[Name], mine: list[Name]) -> list[Name]:
    """My order, or theirs where only they moved sections; what the other has alone comes after what it stood behind."""
    moved_mine = [one for one in mine if one in before] != [one for one in before if one in mine]
    first, second = (mine, theirs) if moved_mine or not before else (theirs, mine)
    order = [*first]
    for n, name in enumerate(second):
        if name not in order:
            order.insert(order.index(second[n - 1]) + 1 if n else 0, name)
    return order


def _side(name: Name, before: str | None, theirs: str | None, mine: str | None, *, knows: bool) -> Side:
    def settled(kept: str | None) -> Side:
        return Side(name[0], theirs, mine, settled=True, kept=kept)

    if _same(mine, theirs):
        return settled(mine)
    if knows and _same(mine, before):
        return settled(theirs)
    if knows and _same(theirs, before):
        return settled(mine)
    return Side(name[0], theirs, mine, settled=False, kept=None)


def _same(one: str | None, other: str | None) -> bool:
    """The same words: how many empty lines follow is no difference to be asked about."""
    return (one is None) == (other is None) and (one or "").rstrip() == (other or "").rstrip()
