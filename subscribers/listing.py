"""The list of readers by post, as the postal desk looks at it: names masked unless someone asks for them.

Each works in the caller's transaction; the caller writes down who looked.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from database.keys import keys_of
from database.sealed import open_sealed, seal
from subscribers.chunks import chunks
from subscribers.postal import NewAddressee, addressee_row, checked
from subscribers.reading import readable
from subscribers.repository import Aside
from subscribers.retention import POST_WARNED
from subscribers.tables import AddresseeRow, AddresseeState
from wording import _
from wording.errors import NotFoundError

CODE = 8
"""Hexadecimal digits of an id that a person types; two of some hundred people share them once in ten thousand lists."""


@dataclass(frozen=True)
class Listed:
    """A reader by post on the list."""

    uid: UUID
    name: str = field(repr=False)
    centre: str
    locale: str
    large_print: bool
    confirmed_on: date
    suspended_because: str | None
    """None: gets post."""
    audience: str = ""

    @property
    def code(self) -> str:
        return code_of(self.uid)

    @property
    def masked(self) -> str:
        """The first letter of each word: enough for those who know the person, and for no one else."""
        return " ".join(f"{word[0]}…" for word in self.name.split())

    def unheard(self, today: date) -> bool:
        """Someone should ask: in a month the post stops."""
        return self.suspended_because is None and self.confirmed_on <= today - POST_WARNED


def code_of(uid: UUID) -> str:
    """What the desk types for this reader."""
    return uid.hex[:CODE]


def listed(session: Session, audience: str | None = None, aside: Aside = lambda _row: None) -> list[Listed]:
    """Everyone who is kept, by centre, language and name; rows that do not open go to `aside`."""
    query = select(AddresseeRow)
    rows = session.scalars(query.where(AddresseeRow.audience == audience) if audience else query)
    found = list(readable(rows, lambda row: _listed(session, row), aside))
    return sorted(found, key=lambda one: (one.centre, one.locale, one.name.casefold(), one.uid))


def listed_of(session: Session, uids: Collection[UUID], aside: Aside = lambda _row: None) -> dict[UUID, Listed]:
    """Those among `uids` of whom something is kept, whether they get post or not."""
    found: dict[UUID, Listed] = {}
    for some in chunks(uids):
        rows = session.scalars(select(AddresseeRow).where(AddresseeRow.uid.in_(some)))
        found |= {one.uid: one for one in readable(rows, lambda row: _listed(session, row), aside)}
    return found


def found_by(everyone: Sequence[Listed], words: str) -> list[Listed]:
    """Whose name has all of `words` in it, in any order and case."""
    wanted = words.casefold().split()
    return [one for one in everyone if all(word in one.name.casefold() for word in wanted)]


def addressee_called(session: Session, code: str) -> UUID:
    """The reader whose id begins with `code`, which is as long as on the list or longer: a slip of the hand in a short
    one could name someone else. Raises NotFoundError when none or more than one does."""
    wanted = code.strip().replace("-", "").casefold()
    if len(wanted) < CODE:
        raise NotFoundError(_("‘{code}’ is te kort: een code heeft {count} tekens.", code=code, count=CODE))
    found = [uid for uid in session.scalars(select(AddresseeRow.uid)) if uid.hex.startswith(wanted)]
    if len(found) != 1:
        raise NotFoundError(_("‘{code}’ is geen code van een lezer per post.", code=code))
    return found[0]


def change_addressee(session: Session, uid: UUID, changed: NewAddressee) -> None:
    """Put right what is kept of someone (GDPR art. 16). Raises AddresseeError. Suspended stays suspended."""
    centre, keys = checked(session, changed), keys_of(session)
    row = addressee_row(session, uid)
    number = changed.registration if centre.asks_registration else None
    row.name = seal(keys, AddresseeRow.name, uid, changed.name)
    row.registration = seal(keys, AddresseeRow.registration, uid, number) if number else None
    row.centre = seal(keys, AddresseeRow.centre, uid, changed.centre)
    row.locale = seal(keys, AddresseeRow.locale, uid, changed.locale)
    row.large_print = seal(keys, AddresseeRow.large_print, uid, "yes" if changed.large_print else "no")


def as_kept(session: Session, uid: UUID) -> NewAddressee:
    """What is kept of someone, opened, to be changed."""
    row, keys = addressee_row(session, uid), keys_of(session)
    one = _listed(session, row)
    number = open_sealed(keys, AddresseeRow.registration, uid, row.registration) if row.registration else None
    return NewAddressee(one.name, one.centre, one.locale, number, one.large_print, audience=row.audience)


def _listed(session: Session, row: AddresseeRow) -> Listed:
    keys = keys_of(session)
    return Listed(
        row.uid,
        open_sealed(keys, AddresseeRow.name, row.uid, row.name),
        open_sealed(keys, AddresseeRow.centre, row.uid, row.centre),
        open_sealed(keys, AddresseeRow.locale, row.uid, row.locale),
        open_sealed(keys, AddresseeRow.large_print, row.uid, row.large_print) == "yes",
        row.confirmed_on,
        row.suspended_because if row.state == AddresseeState.SUSPENDED else None,
        row.audience,
    )
