"""The audit trail as people read it: searched, verified, and its end to keep elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from database import audit
from database.audit import Event
from mailer.ledger.trail import search
from mailer.services.administration.told import Told, told
from mailer.services.office import Office, look
from staff.people import Person, everyone
from staff.permissions import Permission
from wording import _
from wording.errors import InvalidInputError

PAGE = 50
"""Rows of one page."""


class Kind(StrEnum):
    """What a search is narrowed to."""

    ALL = "all"
    SEEN = "seen"
    """Someone saw data of people."""
    SENT = "sent"
    RIGHTS = "rights"


EVENTS: dict[Kind, tuple[str, ...]] = {
    Kind.SEEN: (Event.VIEW_LIST, Event.VIEW_ONE, Event.SEARCH, Event.EXPORT, Event.PRINT, "tombstones"),
    Kind.SENT: (
        *(Event.APPROVE, Event.WAIVE, "publish", "send_back", "proof", "archive_show", "archive_withdraw"),
        *("mailing_start", "mailing_pause", "mailing_resume", "mailing_cancel", "mailing_relay"),
        *("mailing_take_back", "mailing_schedule", "mailing_retry", "mailing_resolve"),
    ),
    Kind.RIGHTS: (Event.ROLE, Event.LOGIN, Event.FAIL, Event.KEY, Event.CONFIG, "settings", "second_person"),
}


@dataclass(frozen=True)
class Wanted:
    """What someone looks for: a kind, who did it or whom it is about, and words in what the row has ("los-2026-24").

    `before` is the number of the row from which older ones are wanted; 0: the newest.
    """

    kind: Kind = Kind.ALL
    who: UUID | None = None
    words: str = field(default="", repr=False)
    before: int = 0


@dataclass(frozen=True)
class Rows:
    """A page of rows, the newest first. `older` is what `Wanted.before` takes for the next page; 0: there is none."""

    rows: Sequence[Told]
    older: int
    people: Sequence[tuple[UUID, str]] = field(repr=False)
    """Everyone who works or worked here."""


@dataclass(frozen=True)
class Verified:
    """The whole trail, walked. `seen_holds` is None when no earlier end was given."""

    at: datetime
    rows: int
    broken_at: int | None
    end: str
    """As it is kept elsewhere: "1284:0f3c…"."""
    seen_holds: bool | None = None


def find(office: Office, person: Person, wanted: Wanted) -> Rows:
    """The rows that someone looks for."""
    with look(office, person, Permission.SEE_RECORDS) as session:
        people = [(one.uid, one.name) for one in everyone(session)]
        events, words = EVENTS.get(wanted.kind, ()), wanted.words.strip()
        found = search(session, events, who=wanted.who, words=words, before=wanted.before, most=PAGE + 1)
        names = dict(people)
        rows = tuple(told(row, names) for row in found[:PAGE])
    return Rows(rows, rows[-1].row if len(found) > PAGE else 0, tuple(people))


def verify(office: Office, person: Person, seen: str = "") -> Verified:
    """Walk the whole trail; and look whether the end that was `seen` earlier ("1284:0f3c…") is still in it.

    Raises InvalidInputError for what is no such end, KeysError when a key of the trail is missing.
    """
    earlier = end_of(seen) if seen.strip() else None
    with look(office, person, Permission.SEE_RECORDS) as session:
        found, end = audit.verify(session), audit.end(session)
        holds = None if earlier is None else audit.still_holds(session, earlier)
    return Verified(office.clock(), found.rows, found.broken_at, f"{end.row}:{end.code}", holds)


def end(office: Office, person: Person) -> str:
    """Where the trail ends now, as it is kept elsewhere: "1284:0f3c…"; "0:" for one without a row."""
    with look(office, person, Permission.SEE_RECORDS) as session:
        found = audit.end(session)
    return f"{found.row}:{found.code}"


def end_of(seen: str) -> audit.End:
    """The end that someone kept. Raises InvalidInputError."""
    row, _colon, code = seen.strip().partition(":")
    is_row = row.isascii() and row.isdecimal() and len(row) <= 9  # SQLite has no larger numbers of rows than PostgreSQL
    if not is_row or not 8 <= len(code) <= 64 or not code.isascii() or not code.isalnum():
        raise InvalidInputError(_("Schrijf het einde als regel:code, zoals in de mail of in het bestand."))
    return audit.End(int(row), code.lower())
