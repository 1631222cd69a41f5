"""What becomes of each row: looked up in the database a few hundred at a time, and not yet done."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from hashlib import blake2b

from sqlalchemy import select
from sqlalchemy.orm import Session

from database.keys import keys_of
from database.sealed import blind_index, blind_indexes
from subscribers.address import Address, AddressError, address_from
from subscribers.chunks import chunks
from subscribers.importing.columns import Standing, Wanted, format_of, reader_of
from subscribers.importing.source import Table
from subscribers.tables import Membership, MembershipState, Subscriber, SubscriberState, Suppression
from wording import Text, _

_CHUNK = 500


class Fate(StrEnum):
    """What happens to a row."""

    NEW = "new"
    ASKED = "asked"
    """No evidence of consent: gets a mail with a button, and is no reader before pressing it."""
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    LEFT = "left"
    """Walked out of these audiences, or of everything: never brought back by a file."""
    SUPPRESSED = "suppressed"
    """Already barred."""
    BARRED = "barred"
    """The file itself says that this address must not be written to."""
    REFUSED = "refused"


@dataclass(frozen=True)
class Defaults:
    """What whoever imports says of the whole file."""

    audiences: tuple[str, ...]
    locale: str
    locales: frozenset[str]
    known_audiences: frozenset[str]
    evidence: bool = False
    """True: whoever imports has the words these readers agreed to, so a row with a date is evidence."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """What a column of the file means, where that is not known: one of `columns.WORDS`, or "" for a column to skip."""
    standing: Standing | None = None
    """What everybody in the file is, whatever it says: for a file of those who left or bounced without a status."""


@dataclass(frozen=True)
class Judged:
    """One row with its fate; `audiences` are those the reader would join."""

    line: int
    fate: Fate
    why: Text | None = None
    address: Address | None = field(default=None, repr=False)
    audiences: tuple[str, ...] = ()
    row: Wanted | None = field(default=None, repr=False)
    existing: Subscriber | None = field(default=None, repr=False)


def judged(session: Session, table: Table, defaults: Defaults) -> Iterator[list[Judged]]:
    """The fate of every row, in chunks. Memory stays flat: of earlier rows only 8 bytes each are remembered."""
    seen: set[bytes] = set()
    for some in chunks(_read(table, defaults), _CHUNK):
        yield list(_look_up(session, _once(some, seen), defaults))


def _read(table: Table, defaults: Defaults) -> Iterator[Judged]:
    form = format_of(table, defaults.columns)
    read = reader_of(form)
    for line in table.lines():
        if not line.fits:
            yield Judged(line.number, Fate.REFUSED, _("heeft een ander aantal cellen dan de kopregel"))
            continue
        if line.spills(*form.columns):
            text = _("heeft een cel van meer regels; misschien ontbreekt er een aanhalingsteken")
            yield Judged(line.number, Fate.REFUSED, text)
            continue
        try:
            wanted = read(line)
        except ValueError:
            yield Judged(line.number, Fate.REFUSED, _("heeft een datum of status die we niet kennen"))
            continue
        yield _checked(wanted, defaults)


def _checked(wanted: Wanted, defaults: Defaults) -> Judged:
    audiences = wanted.audiences or defaults.audiences
    try:
        address = address_from(wanted.email)
    except AddressError as error:
        return Judged(wanted.line, Fate.REFUSED, error.text)
    if defaults.standing is not None:
        wanted = replace(wanted, standing=defaults.standing)
    if wanted.standing is not Standing.READS:
        return Judged(wanted.line, Fate.BARRED, None, address, (), wanted)
    if unknown := set(audiences) - defaults.known_audiences:
        text = _("kent een onbekende doelgroep: {audiences}", audiences=", ".join(sorted(unknown)))
        return Judged(wanted.line, Fate.REFUSED, text)
    if not audiences:
        return Judged(wanted.line, Fate.REFUSED, _("noemt geen doelgroep; geef die met --audience"))
    if (wanted.language or defaults.locale) not in defaults.locales:
        return Judged(wanted.line, Fate.REFUSED, _("noemt een taal die we niet hebben"))
    return Judged(wanted.line, Fate.NEW, None, address, audiences, wanted)


def _once(rows: Iterable[Judged], seen: set[bytes]) -> Iterator[Judged]:
    for row in rows:
        if row.address is None:
            yield row
            continue
        mark = blake2b(row.address.canonical.encode(), digest_size=8).digest()
        if mark in seen:
            yield Judged(row.line, Fate.REFUSED, _("staat al eerder in het bestand"))
        else:
            seen.add(mark)
            yield row


def _look_up(session: Session, rows: Iterable[Judged], defaults: Defaults) -> Iterator[Judged]:
    some, keys = list(rows), keys_of(session)
    indexes = {
        index: row.line for row in some if row.address for index in blind_indexes(keys, "email", row.address.canonical)
    }
    wanted = list(indexes)
    barred = {
        indexes[index]
        for index in session.scalars(select(Suppression.address_index).where(Suppression.address_index.in_(wanted)))
    }
    known = {
        indexes[row.address_index]: row
        for row in session.scalars(select(Subscriber).where(Subscriber.address_index.in_(wanted)))
    }
    joined = _memberships(session, known.values())
    for row in some:
        yield _fate(row, known.get(row.line), joined, defaults, is_barred=row.line in barred)


def _memberships(session: Session, readers: Iterable[Subscriber]) -> Mapping[object, dict[str, str]]:
    found: dict[object, dict[str, str]] = {}
    query = select(Membership).where(Membership.subscriber.in_([row.uid for row in readers]))
    for membership in session.scalars(query):
        found.setdefault(membership.subscriber, {})[membership.audience] = membership.state
    return found


def _fate(
    row: Judged,
    known: Subscriber | None,
    joined: Mapping[object, Mapping[str, str]],
    defaults: Defaults,
    *,
    is_barred: bool,
) -> Judged:
    if row.fate is Fate.REFUSED:
        return row
    if row.fate is Fate.BARRED:
        return Judged(row.line, Fate.SUPPRESSED) if is_barred else _with(row, Fate.BARRED, known)
    if is_barred:
        return Judged(row.line, Fate.SUPPRESSED)
    if known is None:
        has_evidence = defaults.evidence and row.row is not None and row.row.since is not None
        return _with(row, Fate.NEW if has_evidence else Fate.ASKED, None)
    if known.state == SubscriberState.LEFT:
        return Judged(row.line, Fate.LEFT)
    return _of_known(row, known, joined.get(known.uid, {}), defaults)


def _of_known(row: Judged, known: Subscriber, states: Mapping[str, str], defaults: Defaults) -> Judged:
    missing = tuple(name for name in row.audiences if name not in states)
    if missing and known.state == SubscriberState.ACTIVE:
        has_evidence = defaults.evidence and row.row is not None and row.row.since is not None
        return _with(row, Fate.CHANGED if has_evidence else Fate.ASKED, known, missing)
    left = all(states.get(name) == MembershipState.LEFT for name in row.audiences)
    return Judged(row.line, Fate.LEFT if left else Fate.UNCHANGED)


def _with(row: Judged, fate: Fate, known: Subscriber | None, audiences: Collection[str] | None = None) -> Judged:
    chosen = row.audiences if audiences is None else tuple(audiences)
    return Judged(row.line, fate, None, row.address, chosen, row.row, known)


def index_of(session: Session, address: Address) -> str:
    """The blind index under which a new row is written."""
    return blind_index(keys_of(session), "email", address.canonical)
