"""What other programs read and this one does not: marks of other dialects that a reader would see as they are."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailer.document.reviewing.looking import Looking, raw_lines, seen
from wording import _
from wording.errors import Place, Problem, Severity

_KINDS = (
    (re.compile(r"\[!(?:NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]"), _("gebruik een tussenkop (###) of een citaat (>)")),
    (re.compile(r"(?<![=\w])==\S[^=\n]*?==(?![=\w])"), _("schrijf **vet** om iets te laten opvallen")),
    (re.compile(r"(?<![\w:]):[a-z][a-z0-9_+-]{2,30}:(?![\w:])"), _("schrijf het in woorden")),
    (re.compile(r"\{%[^\n{]*?%\}"), _("haal het weg; alleen {{greeting}} en {date:…} worden ingevuld")),
    (re.compile(r"\[\[[^\[\]\n]+\]\]"), _("schrijf een link als [woorden](https://…)")),
)
_ENTITY = re.compile(r"&(?:[A-Za-z]{2,20}\d{0,2}|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});")
_DEFINITION = re.compile(r":[ \t]+\S")


def other_dialects(it: Looking) -> Iterator[Problem]:
    for text, plain in seen(it):
        for pattern, remedy in _KINDS:
            for mark in dict.fromkeys(pattern.findall(plain)):
                said = _("De lezer zou ‘{mark}’ zo zien staan; {remedy}.", mark=mark, remedy=remedy)
                yield text.problem(said, mark, Severity.WARNING)


def entities(it: Looking) -> Iterator[Problem]:
    for file, number, line, _before in raw_lines(it):
        for mark in dict.fromkeys(_ENTITY.findall(line)):
            said = _("‘{mark}’ is een code uit HTML; typ het teken zelf.", mark=mark)
            yield Problem(Place(file, number), said, Severity.WARNING)


def definition_lists(it: Looking) -> Iterator[Problem]:
    for file, number, line, before in raw_lines(it):
        if before.strip() and _DEFINITION.match(line):
            said = _("Een regel die met een dubbele punt begint, maakt hier geen lijst; schrijf - **woord**: uitleg.")
            yield Problem(Place(file, number), said, Severity.WARNING)
