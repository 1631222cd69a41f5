"""An e-mail in, what to do about its size out. Gmail clips a message near 102 KB of HTML, with the unsubscribe link."""

from __future__ import annotations

from mailer.artefacts.email.artefact import EmailArtefact
from mailer.edition import Edition
from wording import Text, _
from wording.errors import Place, Problem, Severity

WARN, REFUSE = 80 * 1024, 100 * 1024
"""Bytes of HTML."""

NAMED = 3
"""Sections that the editor is told to shorten: the longest of them."""


def size_problems(artefact: EmailArtefact, edition: Edition) -> list[Problem]:
    """Nothing, a warning from 80 KB on, or an error from 100 KB on, with the sections that take most."""
    if artefact.size < WARN:
        return []
    place = Place(f"issues/{edition.slug}/issue.md", _line_of_longest(artefact, edition))
    severity = Severity.ERROR if artefact.size >= REFUSE else Severity.WARNING
    return [Problem(place, _sentence(artefact, edition), severity)]


def longest(artefact: EmailArtefact) -> list[int]:
    """The places of the sections in the issue, from 0, the longest section first."""
    return sorted(range(len(artefact.section_sizes)), key=lambda at: -artefact.section_sizes[at][1])


def _sentence(artefact: EmailArtefact, edition: Edition) -> Text:
    sections = ", ".join(
        f"‘{artefact.section_sizes[at][0]}’ ({_kilobytes(artefact.section_sizes[at][1])} KB)"
        for at in longest(artefact)[:NAMED]
    )
    values = {"size": _kilobytes(artefact.size), "locale": edition.locale, "audience": edition.audience}
    if artefact.size >= REFUSE:
        return _(
            "De e-mail voor {audience} in {locale} is {size} KB; bij 100 KB knipt Gmail hem af. "
            "Kort in, of kies voor ‘lees verder’ op internet: {sections}.",
            **values,
            sections=sections,
        )
    return _(
        "De e-mail voor {audience} in {locale} is {size} KB; vanaf 100 KB wordt hij niet verstuurd. "
        "Het langst zijn: {sections}.",
        **values,
        sections=sections,
    )


def _line_of_longest(artefact: EmailArtefact, edition: Edition) -> int:
    order = longest(artefact)
    return edition.sections[order[0]].line if order else 0


def _kilobytes(size: int) -> int:
    return -(-size // 1024)
