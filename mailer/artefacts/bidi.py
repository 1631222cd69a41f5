"""Text of a right-to-left edition in, runs out: which of them must be written left-to-right, isolated from the rest.

The bidirectional algorithm (UAX #9) turns "0800-123 456" after an Arabic word into "456 123-0800", and moves the full
stop of "info@los.example." to its other end. E-mail puts `<span dir="ltr">` around such a run, the typesetter a text
direction; both ask here, so that a phone number looks the same on a screen and on paper.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from mailer.artefacts.pieces import Kind, pieces

LRM, RLM = "\u200e", "\u200f"
FSI, PDI = "\u2068", "\u2069"
CONTROLS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Every mark that can turn text around (UAX #9 §2): none is taken over from a name or an address."""

_LETTER = "A-Za-z\u00aa\u00b5\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0300-\u036f\u1e00-\u1eff"
_SIGN = rf"[{_LETTER}0-9²³°%€$£‰]"
_GAP = "[ \u00a0\u202f]"
_ATOM = re.compile(
    rf"(?<![{_LETTER}])(?:[A-Z]|[A-Z][a-z]{{1,3}}(?=\.{_GAP}?[A-Z]))\."  # an initial or a title: J. P., Mr. B.
    rf"|(?:(?<!{_SIGN})[@#])?{_SIGN}+(?:\+{{1,2}}|\#)?"  # a word, a handle (@los), C++, 50+
)
_JOINER = re.compile(rf"{_GAP}{{1,2}}|{_GAP}['’‘]|{_GAP}[&/–-]{_GAP}|[-–\u2011/.,:;&@'’+#?=_~]|")
_COMMA = re.compile(rf",{_GAP}")
_BRACKET = re.compile(rf"{_GAP}?\(")
_LETTERS = re.compile(f"[{_LETTER}]")
_STRONG_LEFT = re.compile(rf"[{_LETTER}%€$£‰@]")
_ARABIC = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
_JOINED_DIGITS = re.compile(r"\d[^\d.,\s]+\d|^[+(±\u2212–-]|\d[ \u00a0\u202f]\d|\d\.\d+\.\d")


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text; `ltr` when it is to be isolated and written left-to-right."""

    text: str
    ltr: bool


def isolate(text: str) -> list[Run]:
    """`text` of a right-to-left edition, cut into runs that together are `text` again.

    Left-to-right are phone numbers, e-mail addresses, URLs, codes such as an ECLI, a number with its unit, a range, and
    names in Latin letters. A number by itself ("31", "1.250") is not: the algorithm writes it right.
    """
    return list(_runs(text))


def starts_right_to_left(text: str) -> str:
    """`text`, with U+200F before it unless its first strong letter is a right-to-left one (for a subject line)."""
    for letter in text:
        kind = unicodedata.bidirectional(letter)
        if kind in {"R", "AL"}:
            return text
        if kind == "L":
            break
    return RLM + text


def marked(text: str) -> str:
    """`text` with left-to-right marks around each run that needs them, for where no markup can do it: a subject line, a
    text part. Not isolates: old mail programs draw those as boxes.
    """
    return "".join(_between_marks(run.text) if run.ltr else run.text for run in isolate(text))


def _between_marks(run: str) -> str:
    # a last sign that is not a letter or digit would go with the text behind it
    return LRM + run + ("" if run[-1].isalnum() else LRM) + RLM


def _runs(text: str) -> Iterator[Run]:
    at = 0
    for start, end in _joined(text, list(_atoms(text))):
        if not _must_be_isolated(text[start:end]):
            continue
        if start > at:
            yield Run(text[at:start], ltr=False)
        yield Run(text[start:end], ltr=True)
        at = end
    if at < len(text):
        yield Run(text[at:], ltr=False)


def _atoms(text: str) -> Iterator[tuple[int, int]]:
    """Where each number, address and word of Latin letters begins and ends."""
    at = 0
    for piece in pieces(text):
        if piece.kind is Kind.TEXT or _ARABIC.search(piece.text):
            yield from ((at + found.start(), at + found.end()) for found in _ATOM.finditer(piece.text))
        else:
            yield at, at + len(piece.text)
        at += len(piece.text)


def _joined(text: str, atoms: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The atoms, those that belong together as one: the words of a name, a number and its unit, words in brackets."""
    runs: list[tuple[int, int]] = []
    for start, end in atoms:
        if runs and _belong_together(text, runs[-1], (start, end)):
            runs[-1] = (runs[-1][0], end)
        else:
            runs.append((start, end))
    before: tuple[int, int] | None = None
    for start, end in runs:
        if before and _BRACKET.fullmatch(text, before[1], start) and text[end : end + 1] == ")":
            before = (before[0], end + 1)
            continue
        if before:
            yield before
        before = (start, end)
    if before:
        yield before


def _belong_together(text: str, run: tuple[int, int], atom: tuple[int, int]) -> bool:
    if _COMMA.fullmatch(text, run[1], atom[0]):  # an address or a name; a list of numbers runs from the right
        return all(_LETTERS.search(text, *part) for part in (run, atom))
    return _JOINER.fullmatch(text, run[1], atom[0]) is not None


def _must_be_isolated(run: str) -> bool:
    return bool(_STRONG_LEFT.search(run) or _JOINED_DIGITS.search(run))
