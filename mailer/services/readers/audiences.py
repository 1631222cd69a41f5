"""Audiences by e-mail: how many readers, by what rule, who is picked for one issue, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from database import audit
from database.retrying import retried
from mailer.issue import publication_of
from mailer.organisation import Channel, House
from mailer.services.office import Office, deed, look
from mailer.services.readers.lookup import check_audiences, check_locale, reader_called, reader_with
from mailer.services.readers.overview import COUNTED
from staff.people import Person
from staff.permissions import Permission, require
from subscribers import rules
from subscribers.audience import Rule
from subscribers.tables import AddresseeRow, AddresseeState, Subscriber
from wording import Text, _
from wording.errors import NotFoundError


@dataclass(frozen=True)
class Answer:
    """Whether a reader gets the next mailing, with every reason."""

    receives: bool
    reasons: tuple[Text, ...]


def sizes(office: Office, person: Person, issue: str | None = None) -> Mapping[str, int]:
    """How many readers each audience has today, by key; with `issue` as it was picked for that one."""
    with look(office, person, Permission.SEE_ISSUES) as session:
        return {
            key: _mailed(session, key, office.today(), issue) if one.channel is Channel.EMAIL else _posted(session, key)
            for key, one in office.house.audiences.items()
        }


def set_rule(office: Office, person: Person, audience: str, rule: Rule) -> int:
    """Give an audience another rule; returns for how many readers it holds. Raises NotFoundError."""
    require(person, Permission.CHANGE_AUDIENCES)
    check_audiences(office.house, (audience, *rule.members_of))
    for code in rule.locales:
        check_locale(office.house, code)
    with deed(office, person, Permission.CHANGE_AUDIENCES) as session:
        rules.set_rule(session, audience, rule)
        audit.record(session, audit.Event.CONFIG, person.uid, detail={"audience": audience})
        count = _mailed(session, audience, office.today())
    office.counts.drop(COUNTED)
    return count


@retried
def pick(office: Office, person: Person, audience: str, who: str | UUID, issue: str, *, included: bool | None) -> int:
    """Let one reader, by address or id, get (True) or not get (False) one issue, whatever the rule says; None takes
    that back.

    Returns how many readers the issue now has. Raises NotFoundError, AddressError.
    """
    require(person, Permission.CHANGE_AUDIENCES)
    check_audiences(office.house, [audience])
    _check_issue(office.house, issue)
    with deed(office, person, Permission.CHANGE_AUDIENCES) as session:
        row = reader_called(session, who)
        rules.pick(session, issue, audience, row.uid, included)
        audit.record(session, audit.Event.EDIT, person.uid, row.uid, detail={"issue": issue, "audience": audience})
        return _mailed(session, audience, office.today(), issue)


def why(office: Office, person: Person, audience: str, email: str, issue: str | None = None) -> Answer:
    """Whether a reader gets the next mailing (or this issue), and why. Raises NotFoundError, AddressError."""
    require(person, Permission.SEE_READERS)
    check_audiences(office.house, [audience])
    with deed(office, person, Permission.SEE_READERS) as session:
        row = reader_with(session, email)
        audit.record(session, audit.Event.VIEW_ONE, person.uid, row.uid)
        receives, reasons = rules.why(session, row, audience, issue, office.today())
    return Answer(receives, tuple(reasons))


def _mailed(session: Session, audience: str, day: date, issue: str | None = None) -> int:
    query = select(func.count()).select_from(Subscriber)
    return session.scalar(query.where(rules.receiving(day), rules.chosen(session, audience, issue))) or 0


def _posted(session: Session, audience: str) -> int:
    active = AddresseeRow.audience == audience, AddresseeRow.state == AddresseeState.ACTIVE
    return session.scalar(select(func.count()).select_from(AddresseeRow).where(*active)) or 0


def _check_issue(house: House, slug: str) -> None:
    if publication_of(slug, house) is None:
        known = ", ".join(house.publications)
        raise NotFoundError(
            _("‘{slug}’ is geen nummer van een publicatie. Bekende publicaties: {known}.", slug=slug, known=known)
        )
