"""The source guarded as a translation is: numbers that can be dialled, dates that exist, nothing that is invisible."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from difflib import SequenceMatcher

from babel import Locale

from mailer.document.inline import plain_text
from mailer.document.links import is_same_number
from mailer.document.nodes import Link
from mailer.document.reviewing.looking import Looking, raw_lines, seen, spans
from wording import _
from wording.errors import Place, Problem, Severity

_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_UNSEEN = re.compile("[\u200b\u200e\u200f\u2060\ufeff\x01-\x08\x0b-\x1f\x7f-\x9f]")
_HIDDEN = re.compile(r"mailto:[^?]*(?:,|%2c)|mailto:.*[?&](?:to|cc|bcc)=", re.IGNORECASE)
_PHONE = re.compile(r"(?<![\w.,/:-])(?:\+|\(0|0)[\d()](?:[\d ()/.\u00a0–-]|\u2011){0,24}\d(?![\w/:-])")
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")
_PAID = re.compile(r"0?90[069]")
_DAY = re.compile(r"(?<![\d.-])(\d{1,2})[-/](\d{1,2})[-/](20\d\d)(?![\d-])")
_MONTHS = tuple(Locale.parse("nl").months["format"]["wide"].values())
_WRITTEN = re.compile(rf"(?<![\d.,])(\d{{1,2}}) ({'|'.join(_MONTHS)})(?: (20\d\d))?(?!\w)", re.IGNORECASE)
_AMOUNT = re.compile(r"€ ?\d[\d.,]*\d")
_RIGHT_AMOUNT = re.compile(r"€ ?(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d\d)?")
_MILLIONS = re.compile(r" (?:mil|mld|duizend)")
ALMOST = 0.88
"""Of the letters of an address: one or two differ."""


def numbers_lead_where_they_say(it: Looking) -> Iterator[Problem]:
    for text, span in spans(it):
        if isinstance(span, Link) and span.href.lower().startswith("tel:"):
            shown = plain_text(span.children)
            if sum(map(str.isdigit, shown)) >= 6 and not is_same_number(span.href, shown):
                said = _("Hier staat {shown}, maar wie klikt, belt {href}.", shown=shown, href=span.href)
                yield text.problem(said, span.href)


def nothing_unseen(it: Looking) -> Iterator[Problem]:
    for file, number, line, _before in raw_lines(it):
        for pattern, severity in ((_TURNS, Severity.ERROR), (_UNSEEN, Severity.WARNING)):
            if found := pattern.search(line):
                said = _("Op plaats {at} staat een teken dat niemand ziet ({code}); haal het weg.",
                         at=found.start() + 1, code=f"U+{ord(found[0]):04X}")  # fmt: skip
                yield Problem(Place(file, number), said, severity)


def recipients_open(it: Looking) -> Iterator[Problem]:
    for text, span in spans(it):
        if isinstance(span, Link) and _HIDDEN.match(span.href):
            said = _("‘{href}’ schrijft ook aan anderen, zonder dat de lezer het ziet; noem één adres.", href=span.href)
            yield text.problem(said, span.href)


def protected_exact(it: Looking) -> Iterator[Problem]:
    """A number or address of the organisation that is written almost right."""
    for text, plain in seen(it):
        for pattern in (_PHONE, _EMAIL):
            for found in dict.fromkeys(pattern.findall(plain)):
                if found not in it.house.protected and (right := _almost(found, it.house.protected)):
                    said = _("Hier staat {found}; bedoel je {right}?", found=found, right=right)
                    yield text.problem(said, found, Severity.WARNING)


def _almost(found: str, protected: tuple[str, ...]) -> str | None:
    for right in protected:
        if "@" in found and "@" in right:
            if SequenceMatcher(None, found.casefold(), right.casefold()).ratio() > ALMOST:
                return right
        elif "@" not in found + right and _one_slip(_digits(found), _digits(right)):
            return right
    return None


def _digits(text: str) -> str:
    digits = re.sub(r"\D", "", text)
    return re.sub(r"^(?:31|0031)0?", "0", digits) if text.startswith(("+31", "0031")) else digits


def _one_slip(found: str, right: str) -> bool:
    """The same digits written otherwise, one of them wrong, or two changed places; only of a number one can dial."""
    if len(right) < 8 or len(found) != len(right):
        return False
    wrong = [at for at in range(len(right)) if found[at] != right[at]]
    swapped = len(wrong) == 2 and found[wrong[0]] == right[wrong[1]] and found[wrong[1]] == right[wrong[0]]
    return len(wrong) < 2 or (swapped and wrong[1] - wrong[0] == 1)


def dates_and_amounts_exist(it: Looking) -> Iterator[Problem]:
    for text, plain in seen(it):
        for wrong in (*_impossible_days(plain), *_odd_amounts(plain)):
            yield text.problem(_("‘{value}’ kan niet; kijk de cijfers na.", value=wrong), wrong, Severity.WARNING)


def _impossible_days(text: str) -> Iterator[str]:
    for found in _DAY.finditer(text):
        if not _exists(int(found[3]), int(found[2]), int(found[1])):
            yield found[0]
    for found in _WRITTEN.finditer(text):
        if not _exists(int(found[3] or 2024), _MONTHS.index(found[2].lower()) + 1, int(found[1])):
            yield found[0]


def _exists(year: int, month: int, day: int) -> bool:
    try:
        return bool(date(year, month, day))
    except ValueError:
        return False


def _odd_amounts(text: str) -> Iterator[str]:
    for found in _AMOUNT.finditer(text):
        if not _RIGHT_AMOUNT.fullmatch(found[0]) and not _MILLIONS.match(text, found.end()):
            yield found[0]


def numbers_free(it: Looking) -> Iterator[Problem]:
    for text, plain in seen(it):
        for found in dict.fromkeys(_PHONE.findall(plain)):
            if _PAID.match(_digits(found)):
                said = _("{number} kost de beller geld, en vanuit detentie gaat het niet; is er een ander nummer?",
                         number=found)  # fmt: skip
                yield text.problem(said, found, Severity.WARNING)
