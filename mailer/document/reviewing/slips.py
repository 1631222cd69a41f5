"""Slips of people who come from Word: marks that nearly are Markdown, and what to write instead."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mailer.document.nodes import Blocks, Heading, Link, Plain, Source, Spans
from mailer.document.reviewing.looking import Looking, raw_lines, seen
from wording import Text, _
from wording.errors import Place, Problem, Severity

_STARTS: tuple[tuple[re.Pattern[str], Text], ...] = (
    (re.compile(r" {0,3}#{1,6}[^\s#\d]"), _("Zet achter # een spatie; zonder spatie is dit geen kop.")),
    (re.compile(r" {0,3}[-+][^\W\d_]"), _("Zet achter het streepje een spatie; zonder spatie is dit geen lijst.")),
    (re.compile(r" {0,3}\*[^\W\d_][^*]*$"), _("Zet achter * een spatie; zonder spatie is dit geen lijst.")),
    (re.compile(r" {0,3}\d{1,2}[.)][^\W\d_]{2}"), _("Zet achter het nummer een spatie; anders is dit geen lijst.")),
)
_BULLET = re.compile(r" {0,3}([•·▪◦‣])\s*\S")
_DASH = re.compile(r" {0,3}([–—])\s*[^\W\d_]")
"""Of a list as Word makes it; one line with a dash is how some begin what somebody says."""
_LEFT: tuple[tuple[re.Pattern[str], Text], ...] = (
    (
        re.compile(r"\*\*|~~|(?<!\w)__|__(?!\w)"),
        _("‘{mark}’ maakt hier niets vet of doorgestreept: sluit het af, en zet geen spatie aan de binnenkant."),
    ),
    (
        re.compile(r"!?\[[^\[\]]*\]\((?=[^()\n]*?[^\s()][ \t])[^()\n]*\)"),
        _("In ‘{mark}’ staat een spatie in de naam; geef het bestand een naam zonder spatie, of schrijf %20."),
    ),
    (
        re.compile(r"\[[^\[\]]+\]\s+\((?:https?://|www\.|mailto:|tel:)[^)\s]*\)"),
        _("‘{mark}’ is geen link; haal de spatie tussen ] en ( weg."),
    ),
    (
        re.compile(r"^\s*\|[^|]*\|.*\|\s*"),
        _("Deze regel lijkt een tabel; zet onder de eerste regel een regel met |---|---|, een voor elke kolom."),
    ),
)
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>()]+[^\s<>().,;:!?’”]|(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


def starts_with_a_space(it: Looking) -> Iterator[Problem]:
    for file, number, line, before in raw_lines(it):
        for pattern, said in _STARTS:
            if pattern.match(line):
                yield Problem(Place(file, number), said, Severity.WARNING)
        if found := _BULLET.match(line) or (_DASH.match(before) and _DASH.match(line)):
            said = _("‘{mark}’ maakt hier geen lijst; begin elke regel ervan met - en een spatie.", mark=found[1])
            yield Problem(Place(file, number), said, Severity.WARNING)


def marks_closed(it: Looking) -> Iterator[Problem]:
    for text, plain in seen(it):
        if "\\*" in text.source.markdown:  # the author means the sign itself
            continue
        for pattern, said in _LEFT:
            if found := pattern.search(plain):
                mark = found[0].strip()[:60]
                yield text.problem(Text(said.msgid, {"mark": mark}), mark[:20], Severity.WARNING)


def addresses_linked(it: Looking) -> Iterator[Problem]:
    for text in it.texts:
        for address in dict.fromkeys(_bare(text.spans)):
            said = _("‘{address}’ is geen link; schrijf <{link}>.", address=address, link=_linked(address))
            if address not in it.house.protected:
                yield text.problem(said, address, Severity.WARNING)


def _bare(spans: Spans) -> Iterator[str]:
    for span in spans:
        if isinstance(span, Plain):
            yield from _ADDRESS.findall(span.value)
        elif not isinstance(span, Link):
            yield from _bare(getattr(span, "children", ()))


def _linked(address: str) -> str:
    return f"https://{address}" if address.startswith("www.") else address.replace("http://", "https://")


def headings_filled(it: Looking) -> Iterator[Problem]:
    body = it.document.body
    for blocks in (body.lead, *(section.blocks for section in body.sections)):
        yield from (
            Problem(
                it.document.place(heading.words),
                _(
                    "Onder de kop ‘{heading}’ staat niets; schrijf er iets, of haal haar weg.",
                    heading=heading.words.markdown,
                ),
                Severity.WARNING,
            )
            for heading in _empty(blocks)
        )


def _empty(blocks: Blocks[Source]) -> Iterator[Heading[Source]]:
    following: Sequence[object] = (*blocks[1:], None)[: len(blocks)]
    for block, after in zip(blocks, following, strict=True):
        if isinstance(block, Heading) and (
            after is None or (isinstance(after, Heading) and after.level <= block.level)
        ):
            yield block
