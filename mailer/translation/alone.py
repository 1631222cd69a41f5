"""Amounts, times and numbers in a text without a word: nobody translates those, so each locale writes them itself.

A cell with "€ 12,50" stands in an English table as "€12.50", beside amounts that a translator or `{amount:…}` wrote so.
Only what is sure in Dutch is taken: a bare "1250" may be a year, "14.30" a time or a number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailer.document.nodes import Emphasis, Formatted, Plain, Span, Spans, Strike, Strong

_GROUPED = r"\d{1,3}(?:\.\d{3})+|\d+"
_FOUND = re.compile(
    rf"(?<![\d.,:/+-])(?:"
    rf"€[ \u00a0]?(?P<amount>{_GROUPED})(?:,(?P<cents>\d\d|-))?"
    rf"|(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)"
    rf"|(?P<number>[1-9]\d{{0,2}}(?:\.\d{{3}})+|\d+(?=,\d))(?:,(?P<rest>\d+))?"
    rf")(?![\d,:/]|\.\d|-\d)"
)


def each_its_own_way(spans: Spans) -> Spans:
    """A text that has no words, with its amounts, times and numbers left to the locale that shows it."""
    return tuple(part for span in spans for part in _parts(span))


def _parts(span: Span) -> Iterator[Span]:
    match span:
        case Plain(value):
            yield from _found(value)
        case Strong(children):
            yield Strong(each_its_own_way(children))
        case Emphasis(children):
            yield Emphasis(each_its_own_way(children))
        case Strike(children):
            yield Strike(each_its_own_way(children))
        case _:
            yield span


def _found(text: str) -> Iterator[Span]:
    end = 0
    for found in _FOUND.finditer(text):
        if before := text[end : found.start()]:
            yield Plain(before)
        yield _formatted(found)
        end = found.end()
    if after := text[end:]:
        yield Plain(after)


def _formatted(found: re.Match[str]) -> Formatted:
    if amount := found["amount"]:
        return Formatted("amount", f"{amount.replace('.', '')}.{(found['cents'] or '-').replace('-', '00')} EUR")
    if hour := found["hour"]:
        return Formatted("time", f"{int(hour):02}:{found['minute']}")
    whole = found["number"].replace(".", "")
    return Formatted("number", f"{whole}.{found['rest']}" if found["rest"] else whole)
