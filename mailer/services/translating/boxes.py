"""The box in which a message is typed: its text as it is shown there, and what is kept of it before it is saved."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mailer.artefacts.bidi import isolate
from mailer.ledger import boxes as ledger
from mailer.services.office import Office, deed
from mailer.services.translating.catalogs import check_catalog, checker
from mailer.translation.catalog import Entry
from mailer.translation.checks.pair import Finding
from staff.people import Person, people
from staff.permissions import Permission, require
from wording import _
from wording.errors import InvalidInputError
from wording.interface import LRI, PDI, direction

LONGEST = 20_000
"""Characters of a box: ten times the longest message of a newsletter."""
LATELY = timedelta(minutes=10)
"""Someone who typed in a box so short ago is still at it."""

_SLOT = re.compile(r"(\{\{?[^{}]*\}\}?|\]\([^()\s]*\))")
_OPENING = "\u2066\u2067\u2068"
_SURROGATE = re.compile("[\ud800-\udfff\0]")


def boxed(text: str, locale: str) -> str:
    """A text as its box shows it: right-to-left, a number or a Dutch name is isolated, or it would read reversed."""
    if direction(locale) != "rtl":
        return text
    return "".join(_isolated(text))


def _isolated(text: str) -> Iterator[str]:
    for number, part in enumerate(_SLOT.split(text)):
        if number % 2:
            yield f"{LRI}{part}{PDI}"
        else:
            yield from (f"{LRI}{run.text}{PDI}" if run.ltr else run.text for run in isolate(part))


def unboxed(text: str) -> str:
    """What was typed without the marks of `boxed`, whole or half deleted; those that a person put there stay."""
    kept: list[str] = []
    opened: list[str] = []
    for sign in text.replace("\r\n", "\n"):
        if sign in _OPENING:
            opened.append(sign)
        ours = sign == LRI or (sign == PDI and (not opened or opened.pop() == LRI))
        if not ours:
            kept.append(sign)
    return "".join(kept)


def require_typable(text: str) -> None:
    """Raises InvalidInputError for what no message may hold."""
    if len(text) > LONGEST:
        raise InvalidInputError(
            _("Dit is te lang voor één zin: {count} tekens, hooguit {most}.", count=len(text), most=LONGEST)
        )
    if _SURROGATE.search(text):
        raise InvalidInputError(_("Hier staat een teken dat in geen tekst hoort; haal het weg."))


@dataclass(frozen=True)
class Typed:
    """What someone typed and did not save."""

    text: str
    seen: str
    """The translation that stood there then."""
    source: str
    at: datetime
    is_mine: bool
    by: str = field(repr=False, default="")


@dataclass(frozen=True)
class Looked:
    """What there is to say of a box while it is typed in."""

    found: tuple[Finding, ...]
    is_there: bool
    """False: the source does not have this message any more."""
    now: str
    """The translation that stands there now."""
    others: tuple[Typed, ...]
    """What colleagues type in the same box."""
    at: datetime


def keep(office: Office, person: Person, domain: str, locale: str, *, msgid: str, text: str, seen: str) -> Looked:
    """Keep what is typed in a box, over what this person typed before, and say what the checks find in it.

    Raises NotAllowedError, NotFoundError, InvalidInputError for what no message may hold, ContentError.
    """
    require(person, Permission.TRANSLATE)
    check_catalog(office.content, domain, locale)
    written = unboxed(text)
    require_typable(written)
    with deed(office, person, Permission.TRANSLATE, of=locale) as session:
        at = office.clock()
        ledger.keep(session, domain, locale, msgid, person=person.uid, text=written, seen=seen, at=at)
        names = {one.uid: one.name for one in people(session)}
        rows = ledger.of_message(session, domain, locale, msgid)
        others = tuple(
            Typed(row.text, row.seen, row.source, row.at, is_mine=False, by=names.get(row.person, ""))
            for row in rows
            if row.person != person.uid and at - row.at < LATELY
        )
    entry = office.content.catalog(domain, locale)[0].entries.get(msgid)
    shown = Entry(msgid, written, places=entry.places if entry else ())
    found = tuple(checker(office, domain, locale)(shown)) if written.strip() else ()
    return Looked(found, entry is not None, entry.msgstr if entry else "", others, at)


def forget(office: Office, person: Person, domain: str, locale: str, *, msgid: str) -> None:
    """Throw away what this person typed in a box. Raises NotAllowedError, NotFoundError."""
    require(person, Permission.TRANSLATE)
    check_catalog(office.content, domain, locale)
    with deed(office, person, Permission.TRANSLATE, of=locale) as session:
        ledger.drop(session, domain, locale, msgid, person.uid)
