"""Long words for paper: where a line may break that no hyphen or space divides, and how wide a column must be.

A word that is wider than the page would run off it, or over the next column: the typesetter divides words of a
language, and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from mailer.artefacts.paper.unbroken import Json
from mailer.artefacts.pieces import Kind, pieces

IN_TEXT, IN_HEADING, IN_CODE = 40, 28, 30
"""Characters of a word that fit on a line whatever the letters are; longer ones may break anywhere."""
IN_COLUMN = 12
"""Characters of a word that breaks anywhere which a column has room for at least: fewer make a tower of syllables."""
DIVIDED = 20
"""A word of a heading that is longer is divided with a hyphen where its language does so; shorter ones never are."""
COMPARED = 4
"""Words of a column that are measured: the widest is among its longest."""

TOGETHER = 10
"""Letters of an Arabic word that stay together: they are drawn in one stroke, and each place to break makes Typst draw
the line again.
"""

_BREAK, _HYPHEN = "\u200b", "\u00ad"
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]+[.,;:!?)]*")
_JOINED = re.compile("[\u0620-\u06ff]")
_SIGNS = re.compile(r"/+|[.?&=_@-][^/.?&=_@-]*|[^/.?&=_@-]+")
"""An address comes apart as `breakable` in runs.typ does it."""


def breakable(text: str, most: int = IN_TEXT, hyphen: str = _HYPHEN) -> str:
    """`text` with a place to break after each character of a word that is longer than `most`; of Latin letters only,
    with a hyphen.
    """
    if len(text) <= most:
        return text
    return re.sub(rf"[^\s{_BREAK}{_HYPHEN}]{{{most + 1},}}", lambda word: _apart(word[0], hyphen), text)


def breakable_address(text: str) -> str:
    """The same for an address, of which only a part without signs can be too long."""
    return re.sub(rf"[^\s{_BREAK}/.?&=_@-]{{{IN_CODE + 1},}}", lambda part: _BREAK.join(part[0]), text)


def _apart(word: str, hyphen: str) -> str:
    if _JOINED.search(word):
        return _BREAK.join(word[at : at + TOGETHER] for at in range(0, len(word), TOGETHER))
    return (hyphen if _LATIN.fullmatch(word) else _BREAK).join(word)


def broken(nodes: Iterable[Json], most: int, hyphen: str = _HYPHEN) -> list[Json]:
    """The nodes of a line with their long words made breakable; without a hyphen in a run on a right-to-left page,
    where it would stand at the wrong end.
    """
    return [_broken(node, most, hyphen) for node in nodes]


def _broken(node: Json, most: int, hyphen: str) -> Json:
    match node:
        case {"t": "text", "v": text}:
            return {**node, "v": breakable(text, most, hyphen)}
        case {"t": "address", "v": text}:
            return {**node, "v": breakable_address(text)}
        case {"c": inside}:
            return {**node, "c": broken(inside, most, _BREAK if node["t"] == "ltr" else hyphen)}
    return node


def has_long_word(text: str) -> bool:
    return any(len(word) > DIVIDED for word in text.split())


def widest(cells: Iterable[str]) -> list[str]:
    """What may not break in these cells: the longest few."""
    found = {unit for cell in cells for unit in _units(cell)}
    return sorted(found, key=lambda unit: (-len(unit), unit))[:COMPARED]


def _units(text: str) -> Iterator[str]:
    for piece in pieces(text):
        match piece.kind:
            case Kind.TEXT:
                yield from (word if len(word) <= IN_TEXT else word[:IN_COLUMN] for word in piece.text.split())
            case Kind.ADDRESS:
                yield from (part[:IN_CODE] for part in _SIGNS.findall(piece.text))
            case _:
                yield piece.text
