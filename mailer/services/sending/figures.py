"""Afterwards: how an issue was received by mail servers, who left, who complained; beside the numbers before it.

Nobody is measured: whether a mail was opened or a link was followed is not known here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from mailer.counted import Count
from mailer.ledger import figures as ledger
from mailer.ledger import following, mailings
from mailer.ledger.following import Answered
from mailer.ledger.states import DeliveryEvent, DeliveryState
from mailer.services.office import Office, look
from mailer.services.sending.explaining import explained
from mailer.services.sending.overview import LARGE
from staff.people import Person
from staff.permissions import Permission
from subscribers.leaving import left_between

BESIDE = 6
"""Issues: this one and the five before it."""
LEFT_WITHIN = timedelta(days=14)
"""Whoever leaves so soon after an issue is counted with it."""


@dataclass(frozen=True)
class EditionFigures:
    """The e-mails of one audience in one language."""

    audience: str
    locale: str
    sent: int
    accepted: int
    refused: int
    uncertain: int
    left: int


@dataclass(frozen=True)
class IssueFigures:
    """The e-mails of one issue, over all its mailings."""

    issue: str
    begun: datetime
    editions: tuple[EditionFigures, ...]
    complaints: int

    def total(self, name: str) -> int:
        """Of a figure of the editions: sent, accepted, refused, uncertain or left."""
        return sum(getattr(one, name) for one in self.editions)


@dataclass(frozen=True)
class Figures:
    """Of the issue of a mailing, the newest first; `refused` says why servers refused."""

    issues: tuple[IssueFigures, ...]
    refused: tuple[Answered, ...]
    at: datetime


def figures(office: Office, person: Person, mailing_id: int) -> Figures:
    """The issue of a mailing beside the five before it. Raises NotFoundError."""
    with look(office, person, Permission.SEE_MAILINGS) as session, explained(mailing_id):
        row = mailings.mailing_of(session, mailing_id)
        issues = ledger.issues_until(session, row, BESIDE)

    def count() -> Count[tuple[tuple[IssueFigures, ...], tuple[Answered, ...]]]:
        at = office.clock()
        with office.store.reading() as session:
            found = tuple(_of_issue(session, slug, begun) for slug, begun in issues)
            refused = [one for one in following.answered(session, mailing_id) if one.outcome == DeliveryEvent.REFUSE]
        return Count((found, tuple(refused)), at)

    kept = office.counts.get(
        f"figures {mailing_id} {row.state} {issues}",
        count,
        is_large=lambda found: sum(one.total("sent") for one in found[0]) > LARGE,
    )
    return Figures(*kept.value, kept.at)


def _of_issue(session: Session, slug: str, begun: datetime) -> IssueFigures:
    counted = ledger.counted(session, slug, begun)
    left = ledger.among(session, slug, left_between(session, begun, begun + LEFT_WITHIN))
    editions = [
        EditionFigures(
            audience=edition[0],
            locale=edition[1],
            sent=sum(states.values()),
            accepted=states.get(DeliveryState.ACCEPTED, 0),
            refused=states.get(DeliveryState.REFUSED, 0),
            uncertain=states.get(DeliveryState.UNCERTAIN, 0),
            left=left.get(edition, 0),
        )
        for edition, states in counted.states.items()
    ]
    return IssueFigures(slug, begun, tuple(editions), counted.complaints)
