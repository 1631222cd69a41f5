"""Numbers, times and dates in a text, each as the values it may have: `1.250`, `1250` and `1,250` are one number.

Separators belong to a language; a text of another language is read in every way that is usual there. What is left over
after what is equal, and what has an equal value, has been paired, stands in one text only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mailer.translation.checks.dates import dated_in

SLOT_LIKE = re.compile(r"\{\{[^{}\n\"“”]*\}\}|\{%[^{}\n]*%\}|\{[^{}\s\"“”]{1,60}\}|%\(\w+\)[sd]|%[sd](?![A-Za-z0-9_])")
_NUMERIC_DATE = re.compile(r"(?<![\d./-])(?:(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})([-./])(\d{1,2})\5(\d{4}))(?![\d./-])")
_PM = r"p\.?m\b\.?|مساء[ًا]*|بعد الظهر|بعد الزوال|م(?!\w)"
_AM = r"a\.?m\b\.?|صباح[ًا]*|قبل الظهر|ص(?!\w)"
_CLOCK = re.compile(
    rf"(?<![\d.,:])(\d{{1,2}})(?:[:.](\d\d)(?::(\d\d))?)?\s*(?:({_PM})|({_AM})|(uur|u\b))|(?<![\d.,:])(\d{{1,2}}):(\d\d)(?::(\d\d))?(?![\d:])",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d+(?:[.,\u066b\u066c\u00a0\u202f'’]\d+)*")
_ARABIC_COMMA = re.compile(r"(?<=\d)،(?=\d{3}(?!\d))")
"""Between thousands, as it is often typed for U+066C."""
_SPACES = "\u00a0\u202f'’\u066c"


@dataclass(frozen=True)
class Number:
    """A number as it is written, and what it may mean. `in_word` is one that is part of a word: CO2, 2FA."""

    written: str
    values: frozenset[str]
    in_word: bool = False
    parts: tuple[str, ...] = ()
    """Of a date in words: its day and its year, for when the other text has another word for the month."""


def numbers_in(text: str, language: str) -> list[Number]:
    """Everything with digits in it, slots apart."""
    rest = _ARABIC_COMMA.sub("\u066c", SLOT_LIKE.sub(" ", text))
    found: list[Number] = []
    for pattern, read in ((_NUMERIC_DATE, _date), (_CLOCK, _time)):
        found += (read(one) for one in pattern.finditer(rest))
        rest = pattern.sub(lambda one: " " * len(one[0]), rest)
    for start, end, day in dated_in(rest, language):
        year, _month, of_month = day.split("-")
        found.append(Number(rest[start:end], frozenset({day}), parts=(str(int(of_month)), year)))
        rest = rest[:start] + " " * (end - start) + rest[end:]
    return found + [_number(one, rest, language) for one in _NUMBER.finditer(rest)]


def unpaired(source: Iterable[Number], target: Iterable[Number]) -> tuple[list[Number], list[Number]]:
    """What stands in one of two texts only: first equals are paired, then what may have an equal value."""
    here, there = list(source), list(target)
    for same in (lambda a, b: a.written == b.written, lambda a, b: bool(a.values & b.values)):
        for one in tuple(here):
            if (other := next((each for each in there if same(one, each)), None)) is not None:
                here.remove(one)
                there.remove(other)
    if any(one.parts for one in (*here, *there)):
        return unpaired(_in_parts(here), _in_parts(there))
    return here, there


def _in_parts(numbers: list[Number]) -> Iterator[Number]:
    for one in numbers:
        yield from (Number(part, frozenset({part})) for part in one.parts) if one.parts else (one,)


def _date(found: re.Match[str]) -> Number:
    year, month, day = (found[1], found[2], found[3]) if found[1] else (found[7], found[6], found[4])
    values = {f"{year}-{int(month):02}-{int(day):02}"}
    if found[5] == "/":
        values.add(f"{year}-{int(day):02}-{int(month):02}")
    return Number(found[0], frozenset(values))


def _time(found: re.Match[str]) -> Number:
    hour = int(found[1] or found[7])
    minute, second = found[2] or found[8] or "00", found[3] or found[9] or "00"
    values = set()
    if found[4]:
        values.add(hour % 12 + 12)
    elif found[5]:
        values.add(hour % 12)
    else:
        values.add(hour)
    clock = {f"{each}:{minute}:{second}" for each in values}
    plain = {str(hour)} if not found[2] and not found[7] and not (found[4] and hour != 12) else set()
    written = found[0].strip() if found[4] or found[5] else re.sub(r"\s*[^\d]+$", "", found[0])
    return Number(written, frozenset(clock | plain | _decimal_of_clock(found)))


def _decimal_of_clock(found: re.Match[str]) -> set[str]:
    """14.30 uur may come back as 14:30."""
    return {f"{int(found[1])}.{found[2]}"} if found[1] and found[2] and not found[4] else set()


def _number(found: re.Match[str], text: str, language: str) -> Number:
    before, after = text[found.start() - 1 : found.start()], text[found.end() : found.end() + 1]
    beside = [sign for sign in (before, after) if sign.isascii() and sign.isalpha()]
    in_word = len(beside) == 1 and len(found[0]) == 1
    return Number(found[0], frozenset(_values(found[0], language)), in_word)


def _values(written: str, language: str) -> Iterator[str]:
    """Every value a number may have in a language, as a plain decimal."""
    for sign in _SPACES:
        written = written.replace(sign, "")
    written = written.replace("\u066b", ",")
    marks = [sign for sign in written if sign in ".,"]
    if not marks:
        yield written.lstrip("0") or "0"
        return
    if len(set(marks)) == 2 and marks.count(marks[-1]) == 1:  # 1.250,50 and 1,250.50
        yield _plain(written.replace(marks[0], ""))
        return
    groups = re.split("[.,]", written)
    is_grouped = all(len(group) == 3 for group in groups[1:]) and len(groups[0]) <= 3 and groups[0] != "0"
    if len(set(marks)) == 1 and is_grouped and not (len(marks) == 1 and _is_decimal(marks[0], language)):
        yield "".join(groups)
    if len(marks) == 1 and not (is_grouped and _is_thousands(marks[0], language)):
        yield _plain(written)
        if len(groups[1]) == 2 and int(groups[0]) < 24:
            yield f"{int(groups[0])}:{groups[1]}:00"
    if len(marks) > 1 and not is_grouped:
        yield written  # a version, a number of a law


def _is_decimal(mark: str, language: str) -> bool:
    return (language, mark) in {("nl", ","), ("en", ".")}


def _is_thousands(mark: str, language: str) -> bool:
    return (language, mark) in {("nl", "."), ("en", ",")}


def _plain(written: str) -> str:
    whole, _mark, rest = written.replace(",", ".").partition(".")
    rest = rest.rstrip("0")
    return f"{whole.lstrip('0') or '0'}.{rest}" if rest else whole.lstrip("0") or "0"
