"""The people who work here as an administrator sees them: invited, signed in where, with which second step, and what
they did last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from database import audit
from mailer.ledger.trail import rows_by
from mailer.services.administration import staff
from mailer.services.administration.signing_in import needs_second_step
from mailer.services.administration.staff import Newcomer
from mailer.services.administration.told import Told, told
from mailer.services.notices import staff_letters
from mailer.services.office import Office, deed, look
from staff import people, second_factor, sessions, signing_in
from staff.people import Person
from staff.permissions import Permission, may, require
from staff.second_factor import Has
from staff.sessions import OpenSession
from wording import _
from wording.errors import ConflictError, InvalidInputError, NotFoundError

MOST_WORDS = 1000
"""Signs that who invites may add to the mail."""
_LATEST = 20


@dataclass(frozen=True)
class Colleague:
    """One who works or worked here."""

    person: Person
    has: Has
    needs_second: bool
    signed_in: int
    """In how many browsers."""
    seen_at: datetime | None
    """When they last did something that is known: a click in a session, or a row of the audit trail."""
    last: Told | None
    """What they did last, in 13 months."""
    invited_until: datetime | None
    """While the link of an invitation works."""


@dataclass(frozen=True)
class Card:
    """One colleague, with where they are signed in and what they did lately, the newest first."""

    colleague: Colleague
    sessions: Sequence[OpenSession] = field(repr=False)
    deeds: Sequence[Told]
    is_last: bool
    """No one else may change staff."""


def colleagues(office: Office, person: Person) -> tuple[Colleague, ...]:
    """Everyone who works or worked here, those who are active first, by name."""
    with look(office, person, Permission.CHANGE_STAFF) as session:
        found = _colleagues(session, people.everyone(session), office.clock())
    return tuple(sorted(found, key=lambda one: not one.person.active))


def card(office: Office, person: Person, uid: UUID | None) -> Card:
    """One of them. Raises NotFoundError."""
    with look(office, person, Permission.CHANGE_STAFF) as session:
        everyone = people.everyone(session)
        subject = next((one for one in everyone if one.uid == uid), None)
        if subject is None:
            raise NotFoundError(_("Deze medewerker is er niet (meer)."))
        [found] = _colleagues(session, [subject], office.clock())
        administrators = {one.uid for one in everyone if one.active and may(one, Permission.CHANGE_STAFF)}
        names = {one.uid: one.name for one in everyone}
        deeds = tuple(told(row, names) for row in rows_by(session, subject.uid, _LATEST))
        where = tuple(sessions.sessions_of(session, subject.uid, office.clock()))
    return Card(found, where, deeds, administrators == {subject.uid})


def invite(office: Office, person: Person, newcomer: Newcomer, *, pages: str, words: str = "") -> Person:
    """Add a person and mail them the link to come in with; `pages` is where the pages are reached.

    Raises as `staff.add` does, and InvalidInputError for `words` that are too long.
    """
    require(person, Permission.CHANGE_STAFF)
    said = _said(words)

    def ask(session: Session, added: Person) -> None:
        _ask(session, office, person, added, pages=pages, words=said)

    added = staff.add(office, person, newcomer, also=ask)
    office.bell.ring_for_mail()
    return added


def invite_again(office: Office, person: Person, subject: Person, *, pages: str) -> None:
    """Mail a new link; the one before stops working. Raises ConflictError for someone who is not active."""
    with deed(office, person, Permission.CHANGE_STAFF) as session:
        current = people.person(session, subject.uid)
        if current is None:
            raise ConflictError(_("{name} is niet actief.", name=subject.name))
        signing_in.forget_of(session, current.uid)
        _ask(session, office, person, current, pages=pages)
        audit.record(session, audit.Event.ROLE, person.uid, current.uid, detail={"invited": True})
    office.bell.ring_for_mail()


def end_sessions(office: Office, person: Person, subject: Person) -> None:
    """Sign someone out everywhere, and let no link that was mailed to them work any more."""
    with deed(office, person, Permission.CHANGE_STAFF) as session:
        sessions.end_all(session, subject.uid)
        signing_in.forget_of(session, subject.uid)
        audit.record(session, audit.Event.ROLE, person.uid, subject.uid, detail={"sessions": False})


def _ask(session: Session, office: Office, by: Person, to: Person, *, pages: str, words: str = "") -> None:
    asked = signing_in.ask(session, to, "", office.clock(), lasts=signing_in.INVITED)
    staff_letters.ask_to_join(session, office.house, asked, by=by, pages=pages, words=words)


def _said(words: str) -> str:
    lines = [" ".join(line.split()) for line in words.strip().splitlines()]
    said = "\n".join(lines)
    if len(said) > MOST_WORDS:
        raise InvalidInputError(_("Wat je erbij schrijft, is te lang: hooguit {most} tekens.", most=MOST_WORDS))
    if not all(sign.isprintable() or sign in "\n\u200c" for sign in said):
        raise InvalidInputError(_("In wat je erbij schrijft, staat een onzichtbaar teken; typ het opnieuw."))
    return said


def _colleagues(session: Session, found: Sequence[Person], at: datetime) -> list[Colleague]:
    has, where, asked = second_factor.everyones(session), sessions.places(session, at), signing_in.invited(session, at)
    last = audit.last_of_each(session, [one.uid for one in found])
    return [
        Colleague(
            one,
            has.get(one.uid, Has()),
            needs_second_step(one),
            where[one.uid][0] if one.uid in where else 0,
            max((at for at in (where.get(one.uid, (0, None))[1], row.at if row else None) if at), default=None),
            told(row, {}) if row else None,
            asked.get(one.uid),
        )
        for one in found
        for row in (last.get(one.uid),)
    ]
