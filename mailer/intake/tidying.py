"""Runs as a reader sees them: one space, no signs that no one sees, marks around words and not around spaces."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from mailer.intake.lines import BREAK, MOST_SIGNS, NOTE, Refusal, RefusedError, Run

_NEVER = dict.fromkeys(map(ord, "\u00ad\u200b\ufeff\u2060\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufffc"))
"""Soft hyphens, signs without width, embeddings of direction. ZWJ, ZWNJ, LRM, RLM and ALM mean something and stay."""
_KEPT = "\u00a0\u200c\u200d\u200e\u200f\u061c"
_HARD_SPACE = re.compile(
    r"(?<=[\w€§%.])\u00a0(?=[\d€%])|(?<=\d)\u00a0(?=[\w€%])|(?<=§)\u00a0|(?<=«)\u00a0|\u00a0(?=[»:;?!])"
)
"""A space that must not break stays where it means that: at numbers, and in French quotes."""
_EMPTY_LINE = re.compile(BREAK + "{2,}")


class Look(NamedTuple):
    """What a sign bears."""

    marks: frozenset[str] = frozenset()
    href: str = ""
    note: str = ""


Sign = tuple[str, Look]


def tidy(runs: Sequence[Run]) -> list[Run]:
    """Neighbours that look the same are joined. Raises RefusedError for a text longer than an issue."""
    if sum(len(run.text) for run in runs) > MOST_SIGNS:
        raise RefusedError(Refusal.LONG)
    signs = [
        (sign, Look(run.marks, run.href, run.note))
        for run in runs
        for sign in (run.text if run.note else run.text.translate(_NEVER))
    ]
    out = _around_words(_spaces_between(_spaced(signs)))
    joined = groupby(out, key=lambda one: one[1])
    return [Run("".join(sign for sign, _look in group), *look) for look, group in joined]


def paragraphs(runs: Sequence[Run]) -> list[list[Run]]:
    """Tidy runs, parted where an empty line stood inside a paragraph."""
    found: list[list[Run]] = [[]]
    for run in tidy(runs):
        for number, part in enumerate(_EMPTY_LINE.split(run.text)):
            if number:
                found.append([])
            if part:
                found[-1].append(Run(part, run.marks, run.href, run.note))
    return [one for one in map(tidy, found) if one]


def _spaced(signs: Sequence[Sign]) -> list[Sign]:
    """With one space where there were more, and none at the edges of a line."""
    text = "".join(sign for sign, _look in signs)
    hard = {found.start() for found in _HARD_SPACE.finditer(text)}
    out: list[Sign] = []
    for at, (sign, look) in enumerate(signs):
        if sign == BREAK:
            while out and out[-1][0] == " ":
                out.pop()
            out.append((BREAK, Look()))
        elif sign.isspace() and at not in hard:
            if out and out[-1][0] not in (" ", BREAK):
                out.append((" ", look))
        elif sign.isprintable() or sign in _KEPT or sign == NOTE:
            out.append((sign, look))
    while out and out[-1][0] in (" ", BREAK):
        out.pop()
    first = next((at for at, (sign, _look) in enumerate(out) if sign not in (" ", BREAK)), 0)
    return out[first:]


def _spaces_between(signs: list[Sign]) -> list[Sign]:
    """A space bears only what both its neighbours bear."""
    for at, (sign, look) in enumerate(signs[1:-1], 1):
        if sign in (" ", "\u00a0"):
            before, after = signs[at - 1][1], signs[at + 1][1]
            href = look.href if before.href == look.href == after.href else ""
            signs[at] = (sign, Look(look.marks & before.marks & after.marks, href))
    return signs


def _around_words(signs: list[Sign]) -> list[Sign]:
    """Marks end and begin at a letter where one follows: in CommonMark `**Let op:**kom` is not bold (6.2)."""
    for step, order in ((1, range(len(signs) - 1, -1, -1)), (-1, range(len(signs)))):
        for at in order:
            sign, look = signs[at]
            if sign.isalnum() or sign in (" ", BREAK) or not 0 <= at + step < len(signs):
                continue
            beyond, bears = signs[at + step]
            lost = look.marks - bears.marks
            if lost and beyond.isalnum() and look.href == bears.href:
                signs[at] = (sign, Look(look.marks - lost, look.href, look.note))
    return signs
