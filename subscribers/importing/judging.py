"""What becomes of each row: looked up in the database a few hundred at a time, and not yet done."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from database.keys import keys_of
from database.sealed import blind_index, blind_indexes
from subscribers.address import Address, AddressError, address_from
from subscribers.chunks import chunks
from subscribers.importing.columns import Form
from subscribers.importing.rows import Wanted, reader_of
from subscribers.importing.source import Line, Table
from subscribers.importing.statuses import RowError, Standing
from subscribers.importing.survey import Survey, mark_of
from subscribers.locking import lock_readers
from subscribers.services import awaiting
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
    REPEATED = "repeated"
    """Stood in the file before, and says nothing more."""
    REFUSED = "refused"
    """Cannot be taken; set aside to be mended."""


_CHANGES = frozenset({Fate.ASKED, Fate.CHANGED, Fate.BARRED})
"""What becomes of a row changes a reader who is known."""


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
    """What a column of the file ("plaats"), or a value in one ("status:inactief"), means where that is not known."""
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
    cells: list[str] = field(default_factory=list, repr=False)
    """Of a refused row, to be set aside."""


def judged(session: Session, table: Table, form: Form, found: Survey, defaults: Defaults) -> Iterator[list[Judged]]:
    """The fate of every row, in chunks. Memory stays flat: of earlier rows only 8 bytes each are remembered."""
    seen: set[bytes] = set()
    for some in chunks(_read(table, form, found, defaults), _CHUNK):
        yield list(_look_up(session, _once(some, seen), defaults))


def held(session: Session, rows: list[Judged], defaults: Defaults) -> list[Judged]:
    """The same rows once the readers they change are ours (`subscribers.locking`): some may just have left, or all
    have been erased."""
    changes = [row for row in rows if row.existing is not None and row.fate in _CHANGES]
    if not changes:
        return rows
    lock_readers(session, (row.existing.uid for row in changes if row.existing is not None))
    as_read = (replace(row, fate=row.fate if row.fate is Fate.BARRED else Fate.NEW, existing=None) for row in changes)
    anew = {row.line: row for row in _look_up(session, as_read, defaults)}
    return [anew.get(row.line, row) for row in rows]


def _read(table: Table, form: Form, found: Survey, defaults: Defaults) -> Iterator[Judged]:
    read = reader_of(form, defaults.locales, day_first=found.day_first)
    for line in table.lines():
        try:
            wanted = read(line)
            if table.is_guessed and not wanted.email.isascii():
                raise RowError(_GUESSED)
            yield _checked(wanted, line, found, defaults)
        except (RowError, AddressError) as error:
            yield Judged(line.number, Fate.REFUSED, error.text, cells=line.row)


_GUESSED = _("heeft letters in het adres waarvan de tekenset niet zeker is; bewaar het bestand als ‘CSV UTF-8’")


def _checked(wanted: Wanted, line: Line, found: Survey, defaults: Defaults) -> Judged:
    """Raises RowError and AddressError."""
    audiences = wanted.audiences or defaults.audiences
    address = address_from(wanted.email)
    if defaults.standing is not None:
        wanted = replace(wanted, standing=defaults.standing)
    elif found.left or found.doubtful:
        wanted = _with_the_rest(wanted, mark_of(address.canonical), found)
    if wanted.standing is not Standing.READS:
        return Judged(wanted.line, Fate.BARRED, None, address, (), wanted)
    if unknown := set(audiences) - defaults.known_audiences:
        raise RowError(_("kent een onbekende doelgroep: {audiences}", audiences=", ".join(sorted(unknown))))
    if not audiences:
        raise RowError(_("noemt geen doelgroep; geef die met --audience"))
    if (wanted.language or defaults.locale) not in defaults.locales:
        raise RowError(_("noemt een taal die we niet hebben"))
    return Judged(wanted.line, Fate.NEW, None, address, audiences, wanted, cells=line.row)


def _with_the_rest(wanted: Wanted, mark: bytes, found: Survey) -> Wanted:
    """What a row says together with the other rows about the same reader. Raises RowError."""
    if mark in found.left:
        return replace(wanted, standing=found.left[mark])
    if mark in found.doubtful:
        raise RowError(_("gaat over iemand van wie een andere regel misschien zegt dat die weg wil"))
    return wanted


def _once(rows: Iterable[Judged], seen: set[bytes]) -> Iterator[Judged]:
    for row in rows:
        mark = mark_of(row.address.canonical) if row.address else b""
        if not mark or mark not in seen:
            seen.add(mark)
            yield row
        elif row.row is not None and row.row.audiences and row.fate is not Fate.BARRED:
            yield Judged(row.line, Fate.REFUSED, _("staat al eerder in het bestand"), cells=row.cells)
        else:
            yield Judged(row.line, Fate.REPEATED)


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
    asked = awaiting(session, [row.uid for row in known.values()])
    for row in some:
        fate = _fate(row, known.get(row.line), joined, defaults, is_barred=row.line in barred)
        waits = asked.get(fate.existing.uid, frozenset()) if fate.existing is not None else frozenset()
        is_asked_again = fate.fate is Fate.ASKED and waits.issuperset(fate.audiences)
        yield replace(fate, fate=Fate.UNCHANGED) if is_asked_again and waits else fate


def _memberships(session: Session, readers: Iterable[Subscriber]) -> Mapping[object, dict[str, str]]:
    found: dict[object, dict[str, str]] = {}
    query = select(Membership).where(Membership.subscriber.in_([row.uid for row in readers]))
    for membership in session.scalars(query.execution_options(populate_existing=True)):
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
    if row.fate in {Fate.REFUSED, Fate.REPEATED}:
        return row
    if row.fate is Fate.BARRED:
        return _with(row, Fate.SUPPRESSED if is_barred else Fate.BARRED, known)
    if is_barred:
        return _with(row, Fate.SUPPRESSED, known)
    if known is None:
        has_evidence = defaults.evidence and row.row is not None and row.row.since is not None
        return _with(row, Fate.NEW if has_evidence else Fate.ASKED, None)
    if known.state == SubscriberState.LEFT:
        return _with(row, Fate.LEFT, known)
    return _of_known(row, known, joined.get(known.uid, {}), defaults)


def _of_known(row: Judged, known: Subscriber, states: Mapping[str, str], defaults: Defaults) -> Judged:
    missing = tuple(name for name in row.audiences if name not in states)
    if missing and known.state == SubscriberState.ACTIVE:
        has_evidence = defaults.evidence and row.row is not None and row.row.since is not None
        return _with(row, Fate.CHANGED if has_evidence else Fate.ASKED, known, missing)
    left = all(states.get(name) == MembershipState.LEFT for name in row.audiences)
    return _with(row, Fate.LEFT if left else Fate.UNCHANGED, known)


def _with(row: Judged, fate: Fate, known: Subscriber | None, audiences: Collection[str] | None = None) -> Judged:
    chosen = row.audiences if audiences is None else tuple(audiences)
    return Judged(row.line, fate, None, row.address, chosen, row.row, known)


def index_of(session: Session, address: Address) -> str:
    """The blind index under which a new row is written."""
    return blind_index(keys_of(session), "email", address.canonical)
