"""The next number of a publication: opened as a draft when its day comes near, and never sent by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from mailer.content import Content
from mailer.ledger.installation import held
from mailer.ledger.slots import take_moment
from mailer.ledger.staff_mail import News, tell
from mailer.organisation import House, Publication
from mailer.planning import next_day, next_number
from mailer.services.office import Office
from staff.mails import Mail
from staff.people import people
from staff.roles import Role
from wording import _

AHEAD = timedelta(days=7)
"""A draft is opened this long before the day of publication."""


@dataclass(frozen=True)
class Draft:
    """A number that was opened for the editor to write: nothing is ever sent by itself."""

    slug: str
    day: date


def open_drafts(office: Office) -> list[Draft]:
    """Open the next number of each publication whose day comes near, and remind the editors of it, once."""
    opened, at = [], office.clock()
    for publication in office.house.running():
        draft = _next_draft(office.content, publication, office.today())
        if draft is None:
            continue
        with office.store.transaction() as session:
            if held(session) is not None:  # the number may have been written since the copy was made
                break
            # One slot per number: a draft that an editor threw away is not opened again.
            if not take_moment(session, f"draft {draft.slug}", _midnight(draft.day, at), at):
                continue
            office.content.open_draft(draft.slug, draft.day)
            _remind(session, office.house, draft, at)
        opened.append(draft)
    return opened


def _next_draft(content: Content, publication: Publication, today: date) -> Draft | None:
    days = [
        (issue.day, issue.slug)
        for slug in content.slugs()
        if (issue := content.read(slug).issue) is not None and issue.publication == publication.key
    ]
    if not days:
        return None
    last, slug = max(days)
    day = next_day(publication.cadence, last)
    while day is not None and day < today:
        # A number was passed over; the next is for the next day of the rhythm that is still to come.
        day = next_day(publication.cadence, day)
    if day is None or day - today > AHEAD:
        return None
    return Draft(f"{publication.key}-{next_number(slug.removeprefix(f'{publication.key}-'), day)}", day)


def _remind(session: Session, house: House, draft: Draft, at: datetime) -> None:
    subject = _("Nummer {slug} staat klaar om te schrijven", slug=draft.slug)
    lines = [
        _("Op {day} verschijnt {slug}. Er staat een leeg concept klaar.", day=draft.day, slug=draft.slug),
        _("Er wordt niets vanzelf verstuurd: dat gebeurt pas als het nummer geschreven, vertaald en goedgekeurd is."),
    ]
    news = News(Mail.DRAFTS, draft.slug, subject, lines, f"{house.base_url}/staff/issues/{draft.slug}/write")
    for person in people(session):
        if Role.EDITOR in person.roles:
            tell(session, person, news, at)


def _midnight(day: date, at: datetime) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=at.tzinfo)
