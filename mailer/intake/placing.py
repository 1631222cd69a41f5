"""Where a text that was brought goes in an issue: after a section, into one, or in the place of everything."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from enum import StrEnum

from mailer.document.front_matter import fields_of, with_fields
from mailer.document.sections import Piece, Sheet, cut, piece_of

_NOTE = re.compile(r"(?<!\\)\[\^([\w-]{1,40})\]")
_HEADING = re.compile(r"(#{2,3})(?= )")
_FENCE = "```"


class Where(StrEnum):
    AFTER = "after"
    INTO = "into"
    ALL = "all"


def placed(text: str, brought: str, *, where: Where, number: int, title: str, heading: str) -> tuple[str, int]:
    """The text of an issue with what was brought, and the number of the section to look at.

    `number` is that of the section it goes after or into, `title` the title it came with; `heading` is what a
    section is called that comes without one.
    """
    sheet = cut(text)
    number = max(0, min(number, len(sheet.pieces) - 1))
    if where is Where.ALL:
        return _instead(sheet, brought, title), 0
    brought = _renumbered(brought, set(_NOTE.findall(text)))
    if where is Where.INTO:
        pieces = (*sheet.pieces[:number], _with(sheet.pieces[number], _lower(brought)), *sheet.pieces[number + 1 :])
        return replace(sheet, pieces=pieces).text, number
    lead, *sections = cut(f"\n{brought}").pieces  # a text that begins with `---` has no front matter
    words = lead.body.strip("\n")
    first = [piece_of(f"## {heading}\n\n{words}\n")] if words else []
    return sheet.added(number, *first, *sections).text, number + 1


def titled(front: str, title: str) -> str:
    """Front matter with this title; as it is where it has no fields, or there is no title."""
    found = fields_of(front) if title and front else None
    return front if found is None else with_fields(front, {"title": title})


def _instead(sheet: Sheet, brought: str, title: str) -> str:
    return f"{titled(sheet.front, title)}\n{brought}"


def _with(piece: Piece, text: str) -> Piece:
    """A section with this at its end."""
    if piece.body:
        return replace(piece, body=f"{piece.body}\n\n{text.strip(chr(10))}")
    heads = piece.head.count("\n")
    ended = piece.head if piece.head.endswith("\n") or not piece.head else f"{piece.head}\n"
    return piece_of(f"{ended}\n{text.strip(chr(10))}\n\n", max(heads, 1) if piece.head else 0)


def _lower(text: str) -> str:
    """With its headings one level lower, so that they begin no section."""
    return _outside_code(text, lambda line: _HEADING.sub(r"\1#", line, count=1) if _HEADING.match(line) else line)


def _renumbered(text: str, taken: set[str]) -> str:
    """With footnotes under labels that the issue does not have."""
    free = (str(number) for number in range(1, 10_000) if str(number) not in taken)
    labels: dict[str, str] = {}

    def named(found: re.Match[str]) -> str:
        if found[1] not in labels:
            labels[found[1]] = next(free)
        return f"[^{labels[found[1]]}]"

    return _outside_code(text, lambda line: _NOTE.sub(named, line))


def _outside_code(text: str, change: Callable[[str], str]) -> str:
    def changed() -> Iterator[str]:
        is_code = False
        for line in text.split("\n"):
            fence = line.lstrip(" >").startswith(_FENCE)
            is_code ^= fence
            yield line if is_code or fence else change(line)

    return "\n".join(changed())
