"""How a changed source relates to the old one, and what becomes of its translation."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from enum import StrEnum

from rapidfuzz import fuzz

from mailer.document.inline import spans_of, walk
from mailer.document.nodes import Image, Link

MIN_SIMILARITY = 60.0
"""Percent of `rapidfuzz.fuzz.ratio` below which an old translation helps nobody."""

_DIGITS = re.compile(r"\d+")


class Change(StrEnum):
    """What happened to the source. Only `same` and `url` leave a translation that may be published."""

    SAME = "same"
    """Nothing but white space or wrapping."""
    URL = "url"
    """Only where links lead; the translation got the new targets."""
    DIGITS = "digits"
    """Only numbers; the translation got the new ones and needs a look."""
    FUZZY = "fuzzy"
    """Words; the translation is a beginning."""


def change_between(old: str, new: str, translation: str) -> tuple[Change, str] | None:
    """How `old` became `new`, and the translation of `old` made ready for it; None when they have nothing in common."""
    if _spaced(old) == _spaced(new):
        return Change.SAME, translation
    if (with_urls := _urls_changed(old, new, translation)) is not None:
        return Change.URL, with_urls
    if (with_digits := _digits_changed(old, new, translation)) is not None:
        return Change.DIGITS, with_digits
    if fuzz.ratio(old, new) >= MIN_SIMILARITY:
        return Change.FUZZY, translation
    return None


def _spaced(text: str) -> str:
    return " ".join(text.split())


def _urls_changed(old: str, new: str, translation: str) -> str | None:
    """The translation with new link targets, when nothing else changed and each old target has one new one."""
    before, after = list(_targets(old)), list(_targets(new))
    if len(before) != len(after) or before == after or _masked(old, before) != _masked(new, after):
        return None
    renamed = dict(zip(before, after, strict=True))
    if any(renamed[one] != other for one, other in zip(before, after, strict=True)):
        return None
    if Counter(_targets(translation)) != Counter(before):
        return None
    done = _one_of(before).sub(lambda found: renamed[found[0]], translation)
    return done if Counter(_targets(done)) == Counter(after) else None


def _targets(text: str) -> Iterator[str]:
    if "](" not in text and "<" not in text:  # most texts have no link: not worth parsing
        return
    for span in walk(spans_of(text)):
        if isinstance(span, Link):
            yield span.href
        elif isinstance(span, Image):
            yield span.src


def _masked(text: str, targets: list[str]) -> str:
    return _spaced(_one_of(targets).sub("\0", text)) if targets else _spaced(text)


def _one_of(targets: list[str]) -> re.Pattern[str]:
    """The longest first, because one address may begin another."""
    return re.compile("|".join(map(re.escape, sorted(set(targets), key=len, reverse=True))))


def _digits_changed(old: str, new: str, translation: str) -> str | None:
    """The translation with the new numbers, when each changed number stands once on both sides."""
    if _DIGITS.sub("0", old) != _DIGITS.sub("0", new):
        return None
    before, after, there = _DIGITS.findall(old), _DIGITS.findall(new), _DIGITS.findall(translation)
    renamed = {one: other for one, other in zip(before, after, strict=True) if one != other}
    if any(before.count(one) != 1 or there.count(one) != 1 for one in renamed):
        return None
    return _DIGITS.sub(lambda found: renamed.get(found[0], found[0]), translation)
