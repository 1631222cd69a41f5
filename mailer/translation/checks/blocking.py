"""Findings that stop publishing: a reader would be led to the wrong number, place or link, or a letter would break."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from mailer.document.inline import walk
from mailer.document.markdown import inline_tokens, is_endless
from mailer.document.nodes import (
    Code,
    Emphasis,
    Formatted,
    HardBreak,
    Image,
    Link,
    Note,
    Slot,
    Span,
    Spans,
    Strike,
    Strong,
)
from mailer.document.private import bank_accounts
from mailer.translation.checks.dates import dates_in, months_in
from mailer.translation.checks.number_words import may_say, says
from mailer.translation.checks.numbers import SLOT_LIKE, Number, numbers_in, unpaired
from mailer.translation.checks.pair import Finding, Pair
from wording import Text, _

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>()«»\"،؛]+[^\s<>()«»\".,;:!?،؛؟]")
_PHONE = re.compile(r"(?<![\w:./-])(?:\+\d|\(?0)[\d ()-]{6,}\d(?![\w/])")
"""From a plus or a nought on; of other long numbers the digits are compared."""
_ECLI = re.compile(r"ECLI:[A-Z]{2}:\w+:\d{4}:[\w.]*\w")
_HASHTAG = re.compile(r"(?<!\w)#\w+")
_LEFT_OVER = re.compile(r"\*\*?|(?<!\w)__?(?=\w)|~~|`|\]\(|\]\[|!\[|\\")
_BLOCK_MARK = re.compile(r"^[ \t]*(#{1,6}|[-*+>]|\d{1,3}[.)])(?=[ \t])", re.MULTILINE)
_CONFLICT = re.compile(r"<{7}|={7}|>{7}|\|{7}")
_OVERRIDE = re.compile(r"[\u202a-\u202e]")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u200b\u2060\ufeff]")


def _blocking(check: str, text: Text) -> Finding:
    return Finding(check, text, is_blocking=True)


def not_empty(pair: Pair) -> Iterator[Finding]:
    if not pair.target.strip():
        yield _blocking("empty", _("De vertaling is leeg."))
    elif is_endless(pair.target):
        yield _blocking("endless", _("Deze vertaling is te lang voor één stuk tekst."))


def shape_kept(pair: Pair) -> Iterator[Finding]:
    """Links, images, emphasis, code and new lines: as many as in the source, to the same places."""
    source, target = Counter(_shape(pair.source_spans)), Counter(_shape(pair.target_spans))
    for kind in dict.fromkeys([*source, *target]):
        if source[kind] != target[kind]:
            is_there = kind[0] == "code" and kind[1] in pair.source_text and kind[1] in pair.target_text
            yield Finding("shape", _shape_differs(kind, source[kind], target[kind]), is_blocking=not is_there)


def _shape(spans: Spans) -> Iterator[tuple[str, str]]:
    for span in walk(spans):
        if (kind := _kind(span)) is not None:
            yield kind


def _kind(span: Span) -> tuple[str, str] | None:
    match span:
        case Link(href):
            return "link", href
        case Image(src):
            return "image", src
        case Code(value):
            return "code", value
        case Note(label):
            return "note", f"[^{label}]"
        case Strong():
            return "strong", "**"
        case Emphasis():
            return "emphasis", "*"
        case Strike():
            return "strike", "~~"
        case HardBreak():
            return "break", "\\"
        case _:
            return None


def _shape_differs(kind: tuple[str, str], source: int, target: int) -> Text:
    name, what = kind
    if name == "break":
        return _(
            "De bron heeft {source} keer een nieuwe regel (\\), de vertaling {target} keer.",
            source=source,
            target=target,
        )
    if name in {"strong", "emphasis", "strike"}:
        return _(
            "De bron heeft {source} keer nadruk met {mark}, de vertaling {target} keer. "
            "Zet een spatie tussen {mark} en een letter ervoor of erna.",
            source=source,
            target=target,
            mark=what,
        )
    if target < source:
        return _("{what} ontbreekt in de vertaling.", what=what)
    return _("{what} staat te vaak in de vertaling.", what=what)


def no_markup_left_over(pair: Pair) -> Iterator[Finding]:
    """`**نص*` looks like emphasis and is none: the reader would see the asterisks."""
    source, target = (Counter(_LEFT_OVER.findall(text)) for text in (pair.source_words, pair.target_words))
    if left := target - source:
        yield _blocking("left_over", _("De lezer zou deze tekens zien staan: {signs}", signs=" ".join(left)))


def no_block_marks(pair: Pair) -> Iterator[Finding]:
    """`# `, `- ` or `1. ` at the start of a line is no heading and no list there: the reader would see it."""
    source, target = (Counter(_BLOCK_MARK.findall(text)) for text in (pair.source, pair.target))
    for mark in target - source:
        yield _blocking("left_over", _("De lezer zou deze tekens zien staan: {signs}", signs=mark))


def no_conflict(pair: Pair) -> Iterator[Finding]:
    """What git leaves where two people changed one text."""
    if _CONFLICT.search(pair.target) and not _CONFLICT.search(pair.source):
        text = _("Hier staat een conflict van git; kies een van beide teksten en haal de streepjes weg.")
        yield _blocking("conflict", text)


def no_html(pair: Pair) -> Iterator[Finding]:
    if "<" in pair.target and not is_endless(pair.target):
        for token in inline_tokens(pair.target, pair.references):
            if token.type == "html_inline":
                yield _blocking("html", _("Hier staat HTML ({html}); dat kan niet.", html=token.content[:40]))


def slots_kept(pair: Pair) -> Iterator[Finding]:
    """`{{greeting}}`, `{date:…}` and everything else between braces."""
    source, target = Counter(_slots(pair.source_spans)), Counter(_slots(pair.target_spans))
    for slot in source - target:
        yield _blocking("slots", _("{slot} ontbreekt in de vertaling.", slot=slot))
    for slot in target - source:
        yield _blocking("slots", _("{slot} staat niet in de bron.", slot=slot))


def _slots(spans: Spans) -> Iterator[str]:
    for span in walk(spans):
        match span:
            case Slot(name):
                yield "{{" + name + "}}"
            case Formatted(kind, value):
                yield f"{{{kind}:{value}}}"
            case _:
                yield from SLOT_LIKE.findall(getattr(span, "value", ""))


def protected_kept(pair: Pair) -> Iterator[Finding]:
    """Every string the organisation protects, such as the helpline's number, exactly as it is."""
    for text in pair.protected:
        if pair.source.count(text) > pair.target.count(text):
            yield _blocking("protected", _("‘{text}’ moet precies zo in de vertaling staan.", text=text))


def contacts_kept(pair: Pair) -> Iterator[Finding]:
    """E-mail addresses, web addresses, phone numbers, numbers of cases and #tags, letter by letter."""
    for pattern in (_EMAIL, _ADDRESS, _PHONE, _ECLI, _HASHTAG):
        source, target = (Counter(pattern.findall(text)) for text in (pair.source_text, pair.target_text))
        for contact in source - target:
            yield _blocking("contacts", _("‘{text}’ moet precies zo in de vertaling staan.", text=contact))
        for contact in target - source:
            yield _blocking("contacts", _("‘{text}’ staat niet in de bron.", text=contact))


def fixed_in(pair: Pair) -> list[str]:
    """What must stand in the translation letter by letter, as it is typed there, in the order of the source."""
    found = [*_slots(pair.source_spans), *(one for one in pair.protected if one in pair.source)]
    for pattern in (_EMAIL, _ADDRESS, _PHONE, _ECLI, _HASHTAG):
        found += pattern.findall(pair.source_text)
    found += [
        f"]({href})" for name, href in _shape(pair.source_spans) if name == "link" and f"]({href})" in pair.source
    ]
    alone = [one for one in dict.fromkeys(found) if not any(one != other and one in other for other in found)]
    return sorted(alone, key=pair.source.find)


def accounts_kept(pair: Pair) -> Iterator[Finding]:
    for account in _lost(bank_accounts(pair.source_text), bank_accounts(pair.target_text)):
        yield _blocking("accounts", _("‘{text}’ moet precies zo in de vertaling staan.", text=account))


def numbers_kept(pair: Pair) -> Iterator[Finding]:
    """The same numbers, each language in its own way: with its own separators and clock, and small ones as words."""
    here, there = numbers_in(pair.source_text, pair.source_language), numbers_in(pair.target_text, pair.language)
    lost, added = unpaired(here, there)
    for number in lost:
        if not _is_said(number, pair.target_words, pair.language):
            text = _("Het getal {number} uit de bron staat niet in de vertaling.", number=number.written)
            is_there = _is_among(number, there) or _may_be_said(number, pair.target_words, pair.language)
            yield Finding("numbers", text, is_blocking=not is_there)
    for number in added:
        if not _is_said(number, pair.source_words, pair.source_language):
            text = _("Het getal {number} staat niet in de bron.", number=number.written)
            yield Finding("numbers", text, is_blocking=not number.in_word)


def _is_among(number: Number, others: Iterable[Number]) -> bool:
    """Said once where the other says it twice: a look, and no more."""
    return any(number.values & other.values for other in others)


def _is_said(number: Number, text: str, language: str) -> bool:
    return any(says(int(value), text, language) for value in number.values if value.isdigit())


def _may_be_said(number: Number, text: str, language: str) -> bool:
    return any(may_say(int(value), text, language) for value in number.values if value.isdigit())


def dates_kept(pair: Pair) -> Iterator[Finding]:
    """A month beside a number is the same month in the translation (names from CLDR)."""
    for day, month in dates_in(pair.source_text, pair.source_language):
        there = months_in(pair.target_text, pair.language)
        if there and month not in there:
            yield _blocking("dates", _("De datum met {day} heeft in de vertaling een andere maand.", day=day))


def no_stray_direction_marks(pair: Pair) -> Iterator[Finding]:
    """Overrides turn text and numbers round (CVE-2021-42574); so does an isolate left open."""
    if _OVERRIDE.search(pair.target):
        yield _blocking("direction", _("Hier staat een onzichtbaar teken dat de leesrichting omdraait; haal het weg."))
    if not _is_balanced(pair.target):
        yield _blocking("direction", _("Een teken dat de leesrichting begint, wordt niet gesloten."))
    if _CONTROL.search(pair.target):
        yield _blocking("control", _("Hier staat een onzichtbaar teken dat in geen tekst hoort; haal het weg."))


def _is_balanced(text: str) -> bool:
    depth = 0
    for sign in text:
        depth += (sign in "\u2066\u2067\u2068") - (sign == "\u2069")
        if depth < 0:
            return False
    return depth == 0


def _lost(source: Iterable[str], target: Iterable[str]) -> Counter[str]:
    compact = (Counter(text.replace(" ", "") for text in one) for one in (source, target))
    return next(compact) - next(compact)
