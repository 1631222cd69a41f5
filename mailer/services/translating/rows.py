"""How far every message of a catalog is, in the words of the desk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from mailer.document.walking import Kind
from mailer.ledger import translators
from mailer.ledger.translations import TranslationApproval
from mailer.services.office import Office
from mailer.services.translating.catalogs import found_in
from mailer.translation.approval import pair_hash, source_hash
from mailer.translation.catalog import Catalog, Entry
from mailer.translation.checks.pair import Finding
from mailer.translation.extract import STANDING
from staff.people import Person

__all__ = [
    "KEY",
    "STANDING",
    "TO_DO",
    "Counted",
    "Row",
    "Stand",
    "counted",
    "key_of",
    "kind_of",
    "section_of",
    "stand_of",
]

KEY = 12
"""Hexadecimal digits of the hash of a message that stand in an address."""
_SECTION, _KIND = "Rubriek: ", "Soort: "
"""As `mailer.translation.extract` writes them beside a message."""
_KINDS = {one.value: one for one in Kind}


class Stand(StrEnum):
    """How far one message is, for who works at it."""

    EMPTY = "empty"
    CHANGED = "changed"
    """The source changed since."""
    LOOK = "look"
    """A beginning, or sent back: to be looked at and saved."""
    FAILING = "failing"
    """A check stops it."""
    UNREAD = "unread"
    """Translated; another still reads it."""
    READY = "ready"


TO_DO = frozenset({Stand.EMPTY, Stand.CHANGED, Stand.LOOK, Stand.FAILING})


@dataclass(frozen=True)
class Row:
    """A message in the list."""

    key: str
    msgid: str
    kind: Kind | None
    section: str
    stand: Stand
    asks: bool
    """A question about it waits."""
    is_mine: bool
    """This person wrote what stands there."""


@dataclass(frozen=True)
class Counted:
    """A catalog as the desk knows it."""

    catalog: Catalog
    rows: Sequence[Row]
    found: Mapping[str, Sequence[Finding]]
    approvals: Mapping[str, TranslationApproval]
    """By pair."""


def key_of(msgid: str) -> str:
    """What stands for a message in an address."""
    return source_hash(msgid)[:KEY]


def counted(office: Office, session: Session, person: Person, domain: str, locale: str) -> Counted:
    """Every message with how far it is. Raises ContentError for a broken catalog or glossary."""
    catalog, _hash = office.content.catalog(domain, locale)
    entries = [*catalog.entries.values()]
    found = found_in(office, session, domain, locale, entries)
    pairs = {pair_hash(one.msgid, one.msgstr, locale): one for one in entries if one.msgstr}
    approved = translators.approvals(session, pairs)
    authors = translators.authors(session, locale, [(one.msgid, one.msgstr) for one in pairs.values()])
    asked = {
        row.source_hash for row in translators.questions_of(session, domain) if row.locale == locale and _waits(row)
    }
    rows = [
        Row(
            key_of(one.msgid),
            one.msgid,
            kind_of(one),
            section_of(one),
            stand_of(one, found.get(one.msgid, ()), is_approved=pair_hash(one.msgid, one.msgstr, locale) in approved),
            asks=source_hash(one.msgid) in asked,
            is_mine=authors.get((one.msgid, one.msgstr)) == person.uid,
        )
        for one in entries
    ]
    return Counted(catalog, rows, found, approved)


def _waits(row: object) -> bool:
    return getattr(row, "answered_at", None) is None and getattr(row, "closed_at", None) is None


def stand_of(entry: Entry, found: Sequence[Finding], *, is_approved: bool) -> Stand:
    """How far an entry is, with what the checks say of it."""
    if not entry.msgstr:
        return Stand.EMPTY
    if entry.fuzzy:
        return Stand.CHANGED if entry.was and entry.was != entry.msgid else Stand.LOOK
    if any(one.is_blocking for one in found):
        return Stand.FAILING
    return Stand.READY if is_approved else Stand.UNREAD


def section_of(entry: Entry) -> str:
    """The heading of the section in which a message first stands; "" before the first."""
    return next(_said(entry, _SECTION), "")


def kind_of(entry: Entry) -> Kind | None:
    """What a message is; None for one that does not say."""
    return next((_KINDS[one] for one in _said(entry, _KIND) if one in _KINDS), None)


def _said(entry: Entry, begin: str) -> Iterator[str]:
    return (one.removeprefix(begin) for one in entry.comments if one.startswith(begin))
