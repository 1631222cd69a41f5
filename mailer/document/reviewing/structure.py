"""Headings, sections and their audiences."""

from __future__ import annotations

from collections.abc import Iterator

from mailer.document.nodes import Table
from mailer.document.reviewing.looking import Looking
from mailer.issue import audience_unknown
from wording import _
from wording.errors import Place, Problem

MOST_COLUMNS = 20
"""A wide table becomes a block of lines for each row; beyond this, a block is a page."""


def audiences_known(it: Looking) -> Iterator[Problem]:
    for section in it.document.body.sections:
        for name in sorted(section.audiences or ()):
            if name not in it.issue.audiences:
                yield Problem(Place(it.issue.file, section.line), audience_unknown(name, it.issue.audiences))
        if section.audiences is not None and not section.audiences:
            yield Problem(Place(it.issue.file, section.line), _('Achter for= staat geen doelgroep; laat for="" weg.'))


def headings_unique(it: Looking) -> Iterator[Problem]:
    seen: dict[str, int] = {}
    for section in it.document.body.sections:
        for name in {section.anchor, " ".join(section.heading.markdown.casefold().split())}:
            if name in seen and name and seen[name] != section.line:
                said = _("De kop ‘{heading}’ staat er al op regel {line}; geef een van beide een andere naam.",
                         heading=section.heading.markdown, line=seen[name])  # fmt: skip
                yield Problem(Place(it.issue.file, section.line), said)
                break
        else:
            seen |= dict.fromkeys((section.anchor, " ".join(section.heading.markdown.casefold().split())), section.line)


def sections_filled(it: Looking) -> Iterator[Problem]:
    body = it.document.body
    for section in body.sections:
        if not section.heading.markdown.strip():
            yield Problem(Place(it.issue.file, section.line), _("Deze kop heeft geen tekst."))
        if not section.blocks:
            said = _(
                "De rubriek ‘{heading}’ is leeg; schrijf er iets in of haal de kop weg.",
                heading=section.heading.markdown,
            )
            yield Problem(Place(it.issue.file, section.line), said)
    if not body.lead and not body.sections:
        yield Problem(Place(it.issue.file), _("Dit nummer heeft geen tekst."))


def audiences_served(it: Looking) -> Iterator[Problem]:
    """An audience that no section is for would get a title and a footer."""
    sections = it.document.body.sections
    for name in it.issue.audiences if sections else ():
        if not any(section.audiences is None or name in section.audiences for section in sections):
            said = _(
                "Er is geen rubriek voor ‘{audience}’; die lezers kregen een leeg nummer. "
                "Schrijf er een, of laat ‘{audience}’ weg bij audiences.",
                audience=name,
            )
            yield Problem(Place(it.issue.file, it.issue.lines.get("audiences", 1)), said)


def tables_fit(it: Looking) -> Iterator[Problem]:
    for block in it.blocks:
        if isinstance(block, Table) and len(block.head) > MOST_COLUMNS:
            said = _(
                "Deze tabel heeft {count} kolommen; meer dan {most} kan niemand lezen, op papier noch op een telefoon. "
                "Maak er meer tabellen van, of een lijst.",
                count=len(block.head),
                most=MOST_COLUMNS,
            )
            yield Problem(it.document.place(block.head[0]), said)
