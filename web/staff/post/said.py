"""What the pages of the postal desk say of centres, files and money, in this person's language."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from decimal import Decimal

from babel.numbers import format_currency, format_decimal
from flask import Response

from mailer.artefacts.paper.pieces import PrintFile
from subscribers.addressee import Centre
from web.staff.here import Here
from web.staff.naming import language_said
from wording import Text, _
from wording.interface import LRI, PDI, direction

_BOOKLET = re.compile(r"(?P<kind>boekje|uitleg|drukkerij)-(?P<key>[\w-]{1,80}?)-[0-9]{1,6}x\.pdf")
_LARGE = "-groot"

PDF_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; object-src 'self'; frame-ancestors 'none'"
"""A viewer of a browser draws the page itself."""


def pdf(made: PrintFile) -> Response:
    """A file to print, in the viewer of the browser; no cache keeps it."""
    response = Response(made.data, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{made.name}"'
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = PDF_POLICY
    return response


def money(here: Here, amount: Decimal | None) -> str:
    """An amount in euros; "" for one that is not known."""
    if amount is None:
        return ""
    return format_currency(amount, "EUR", locale=here.lang, numbering_system="latn")


def number(here: Here, value: int) -> str:
    """A number with the separators of the language: 1.234."""
    return format_decimal(value, locale=here.lang, numbering_system="latn")


def told_apart(centres: Collection[Centre]) -> dict[str, str]:
    """The name of each centre by its key; with its key where another has the same name or stands on the same lines."""
    names = Counter(one.name.casefold() for one in centres)
    lines = Counter(_lines(one) for one in centres)
    return {
        one.key: f"{one.name} ({one.key})" if names[one.name.casefold()] > 1 or lines[_lines(one)] > 1 else one.name
        for one in centres
    }


def same_address(centre: Centre, centres: Collection[Centre]) -> list[str]:
    """The names of other centres whose envelopes bear the same lines."""
    return [one.name for one in centres if one.key != centre.key and _lines(one) == _lines(centre)]


def file_said(here: Here, name: str, *, skip: int) -> tuple[str, str]:
    """Its drawing and its words."""
    if name == "paklijst.pdf":
        return "list", here.say(_("Paklijst: wie krijgt wat. Vertrouwelijk"))
    if name == "alles-dubbelzijdig.pdf":
        return "list", here.say(_("Alles op volgorde, dubbelzijdig"))
    if name == "adresbrieven.pdf":
        return "list", here.say(_("Brieven voor achter het venster, enkelzijdig"))
    if name.startswith("etiketten-"):
        sheet = name.removeprefix("etiketten-").removesuffix(".pdf")
        if skip:
            return "labels", here.say(_("Etiketten op {sheet}, de eerste {skip} plekken leeg", sheet=sheet, skip=skip))
        return "labels", here.say(_("Etiketten op {sheet}", sheet=sheet))
    return _of_language(here, name)


def _of_language(here: Here, name: str) -> tuple[str, str]:
    found = _BOOKLET.fullmatch(name)
    if found is None:
        return "list", name
    key, is_large = found["key"].removesuffix(_LARGE), found["key"].endswith(_LARGE)
    code = next((one for one in here.office.house.locales if key == one or key.endswith(f"-{one}")), key)
    language = language_said(here, code)
    if found["kind"] == "uitleg":
        words = (
            _("Uitleg bij de eerste brief, {language}, grote letters", language=language)
            if is_large
            else _("Uitleg bij de eerste brief, {language}: twee op een vel, doorsnijden", language=language)
        )
        return "list" if is_large else "cut", here.say(words)
    if found["kind"] == "drukkerij":
        return "list", here.say(_("Voor de drukkerij, {language}, met snijtekens", language=language))
    words = (
        _("Boekje, {language}, grote letters: omslaan over de lange kant", language=language)
        if is_large
        else _("Boekje, {language}", language=language)
    )
    return "list" if is_large else "two", here.say(words)


def isolated(here: Here, text: str) -> str:
    """Letters of another direction inside a sentence: a number, a name of a file, an address."""
    return f"{LRI}{text}{PDI}" if direction(here.lang) == "rtl" else text


def languages_counted(here: Here, counted: Mapping[str, int]) -> str:
    """ "nl 6 · en 5"."""
    return isolated(here, " · ".join(f"{code} {count}" for code, count in counted.items()))


def say_all(here: Here, words: Mapping[str, Text]) -> dict[str, str]:
    """A table of words in this person's language."""
    return {code: here.say(text) for code, text in words.items()}


def _lines(centre: Centre) -> tuple[str, ...]:
    return tuple(" ".join(line.split()).casefold() for line in centre.postal_lines)
