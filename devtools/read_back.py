"""An edition on paper, read back: every word of it stands there, within the type area, and over no other."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from devtools.print_tools import Place, lines_on, places_on, words_on
from mailer.artefacts.tree import words_of
from mailer.document.nodes import CaseLaw, Code, CodeBlock, Figure, Formatted, KeyNumber, Plain
from mailer.document.walking import mapped
from mailer.edition import Edition

MM = 72 / 25.4
A5 = (148 * MM, 210 * MM)
SIDE, FOOT = 14 * MM, 6.5 * MM
"""The narrowest margin, and where the foot of a page ends."""
HEAD, BOTTOM = 14 * MM, 17 * MM
"""Where the head of a page ends and its foot begins."""
SLACK = 1.5
"""Points: the box of an italic or of a bracket is a little wider than its ink."""
TO_WRITE_ON = 6
"""Words that stand on a page with nothing but lines to write on, at most."""
LINE, LEAST_PART = 40, 4
"""Letters that fit on a line, and how few of a longer word may stand on one."""
SEAM = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufffc]|\\s")


@dataclass(frozen=True)
class ReadBack:
    words: int
    missing: tuple[str, ...]
    outside: tuple[Place, ...]
    over: tuple[tuple[Place, Place], ...]

    @property
    def is_whole(self) -> bool:
        return not (self.missing or self.outside or self.over)


def read_back(edition: Edition, pdf: Path, size: tuple[float, float] = A5) -> ReadBack:
    """What became of the words of `edition` in `pdf`, whose pages are `size` (width, height in points)."""
    places = places_on(pdf)
    words = _words(edition)
    return ReadBack(len(words), tuple(_missing(words, pdf, size)), tuple(_outside(places, size)), tuple(_over(places)))


def emptiest(pdf: Path, size: tuple[float, float] = A5) -> float:
    """The largest part of a page that is empty in one piece, of the pages before the one on which the text ends."""
    pages: dict[int, list[Place]] = {}
    for place in places_on(pdf):
        lines = pages.setdefault(place.page, [])
        if HEAD < place.top < size[1] - BOTTOM:
            lines.append(place)
    *full, _colophon = (pages[number] for number in sorted(pages))
    while full and len(full[-1]) <= TO_WRITE_ON:
        full.pop()
    return max((_gap(places, size[1]) for places in full[:-1]), default=0) / (size[1] - HEAD - BOTTOM)


def _gap(places: list[Place], height: float) -> float:
    widest, reached = 0.0, HEAD
    for place in sorted(places, key=lambda place: place.top):
        widest, reached = max(widest, place.top - reached), max(reached, place.bottom)
    return max(widest, height - BOTTOM - reached)


def _words(edition: Edition) -> list[str]:
    found: list[str] = []

    def see(node: object) -> object:
        match node:
            case Figure(caption=caption):
                mapped(caption, see)
                return node  # what is said of a picture stands in the file, for a reader who does not see it
            case Plain(value) | Code(value) | CodeBlock(value) | KeyNumber(value):
                found.extend(value.split())
            case Formatted():
                found.extend(words_of((node,), edition.formats).split())
            case CaseLaw(ecli=ecli):
                found.append(ecli)
        return None

    mapped((edition.lead, edition.sections), see)
    return [word for word in found if any(map(str.isalnum, word))]


def _missing(words: list[str], pdf: Path, size: tuple[float, float]) -> list[str]:
    """By letters, in the order of lines (without head and foot of a page), turned round, or as cells are drawn."""
    lines = [line for line in lines_on(pdf) if HEAD < line[0].top < size[1] - BOTTOM]
    there = "".join(_letters(word.text) for line in lines for word in line)
    turned = "".join(_letters(word.text) for line in lines for word in reversed(line))
    found = (there, turned, turned[::-1], _letters(words_on(pdf, drawn=True)))
    wanted = {word: _letters(word) for word in words if not _arabic(word)}
    parts = [[_letters(word.text) for line in lines for word in line[::way]] for way in (1, -1)]
    return [
        word
        for word, bare in wanted.items()
        if not any(bare in text for text in found)
        and not (len(bare) > LINE and any(_in_parts(bare, words) for words in parts))
    ]


def _in_parts(bare: str, words: list[str]) -> bool:
    """Whether the parts of a word that is longer than a line follow one another, whatever stands between them: the
    foot of a page with its notes, a cell beside it.
    """
    for word in words:
        if not bare:
            break
        fitting = (size for size in range(min(len(word), len(bare)), 0, -1) if bare[:size] in word)
        size = next(fitting, 0)
        if size >= min(LEAST_PART, len(bare)):
            bare = bare[size:]
    return not bare


def _arabic(word: str) -> bool:
    """Not every Arabic word comes back as it was written: that is measured elsewhere, by count."""
    return any(unicodedata.bidirectional(letter) == "AL" for letter in word)


def _letters(text: str) -> str:
    """Letters and digits alone: a hyphen may stand at the end of a line, a mark around a run."""
    plain = unicodedata.normalize("NFKC", SEAM.sub("", text))
    return "".join(letter for letter in plain if letter.isalnum()).casefold()


def _outside(places: list[Place], size: tuple[float, float]) -> list[Place]:
    width, height = size
    return [
        place
        for place in places
        if place.left < SIDE - SLACK
        or place.right > width - SIDE + SLACK
        or place.top < 0
        or (place.top + place.bottom) / 2 > height - FOOT
    ]


def _over(places: list[Place]) -> list[tuple[Place, Place]]:
    """Pairs of words whose boxes cover one another by more than the slack, in both directions."""
    found = []
    places = [place for place in places if _letters(place.text)]
    for at, one in enumerate(places):
        for other in places[at + 1 :]:
            if other.page != one.page:
                break
            if _arabic(one.text) and _arabic(other.text):
                continue  # letters of one word that do not join come back as words, and lean over one another
            wide = min(one.right, other.right) - max(one.left, other.left)
            high = min(_foot(one), _foot(other)) - max(_head(one), _head(other))
            if wide > SLACK and high > 0.3 * min(_foot(one) - _head(one), _foot(other) - _head(other)):
                found.append((one, other))
    return found


def _head(place: Place) -> float:
    """The boxes of lines touch: a font is higher than its letters, and Amiri by much."""
    return place.top + 0.2 * (place.bottom - place.top)


def _foot(place: Place) -> float:
    return place.bottom - 0.2 * (place.bottom - place.top)
