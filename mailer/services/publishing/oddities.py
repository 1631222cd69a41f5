"""What is odd about a mailing before it is sent: a person looks, and may send all the same."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from mailer.document.parse import Document
from mailer.holidays import DUTCH, holiday
from mailer.ledger.opening import mailed_to
from mailer.services.office import Office, look
from mailer.services.publishing.review import Review
from staff.people import Person
from staff.permissions import Permission
from wording import Text, _

FAR = 0.25
"""A change since the last number by more than a quarter, and FEW readers, is odd."""
FEW = 10
HEAVY = 1_500_000
"""Octets of a picture as it was put in; a larger one makes a mail that is slow to open on a phone."""


def oddities(office: Office, person: Person, slug: str, counted: Review, at: datetime) -> tuple[Text, ...]:
    """What to look at twice of a mailing at this moment. Raises ContentError."""
    with look(office, person, Permission.PUBLISH_ISSUES) as session:
        last = mailed_to(session, counted.before) if counted.before else 0
    issue, document = office.content.issue(slug)
    found = [*_without_section(office, document, issue.audiences)]
    if counted.going is None:
        found = [*_far_from(last, counted.by_mail + counted.waiting), *found]
    found += [
        _("De foto {name} is {size} MB. Maak haar kleiner: niet elke lezer heeft snel internet.", name=name, size=size)
        for name, size in _heavy(office, slug, document)
    ]
    if (name := _holiday(office, at)) is not None:
        found.append(_("Dit vertrekt op een feestdag: {name}.", name=name))
    return tuple(found)


def _far_from(last: int, now: int) -> list[Text]:
    if not last or abs(now - last) < FEW or abs(now - last) <= FAR * last:
        return []
    if now > last:
        return [_("Dit zijn er veel meer dan de vorige keer: {now} nu, {last} toen.", now=now, last=last)]
    return [_("Dit zijn er veel minder dan de vorige keer: {now} nu, {last} toen.", now=now, last=last)]


def _without_section(office: Office, document: Document, audiences: tuple[str, ...]) -> list[Text]:
    sections = document.body.sections
    if not sections:
        return []
    return [
        _("In dit nummer staat geen enkele rubriek voor {audience}.", audience=_title(office, key))
        for key in audiences
        if not any(one.audiences is None or key in one.audiences for one in sections)
    ]


def _title(office: Office, key: str) -> str:
    titles = office.house.audiences[key].title
    return titles.get(office.house.source_locale) or key


def _heavy(office: Office, slug: str, document: Document) -> list[tuple[str, str]]:
    images = office.content.images(slug, document)
    return [(name, f"{len(data) / 1e6:.1f}") for name, data in sorted(images.items()) if len(data) > HEAVY]


def _holiday(office: Office, at: datetime) -> Text | None:
    zone = office.house.time_zone
    return holiday(at.astimezone(ZoneInfo(zone)).date()) if zone == DUTCH else None
