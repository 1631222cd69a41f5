"""What became of the mailings of an issue, in figures that measure no one. Nothing here commits."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from mailer.ledger.returned import COUNTED, ReturnedMessage
from mailer.ledger.states import DeliveryState
from mailer.ledger.tables import Delivery, FrozenEdition, Mailing
from mailer.organisation import Channel
from subscribers.chunks import chunks

Edition = tuple[str, str]
"""An audience and a locale."""


@dataclass
class Counted:
    """The e-mails of one issue: by edition and state."""

    slug: str
    begun: datetime
    mailings: list[int]
    states: dict[Edition, dict[DeliveryState, int]] = field(default_factory=dict)
    complaints: int = 0


def issues_until(session: Session, mailing: Mailing, most: int) -> list[tuple[str, datetime]]:
    """The issues of this publication that were sent up to this one, the newest first, with when each began."""
    begun = func.min(func.coalesce(Mailing.started_at, Mailing.opened_at)).label("begun")
    query = select(Mailing.issue_slug, begun).where(Mailing.publication == mailing.publication, Mailing.readers > 0)
    rows = session.execute(query.group_by(Mailing.issue_slug).order_by(begun.desc())).all()
    slugs = [row[0] for row in rows]
    at = slugs.index(mailing.issue_slug) if mailing.issue_slug in slugs else 0
    return [(row[0], row[1]) for row in rows[at : at + most]]


def counted(session: Session, slug: str, begun: datetime) -> Counted:
    """Every mailing of one issue together."""
    ids = list(session.scalars(select(Mailing.id).where(Mailing.issue_slug == slug, Mailing.readers > 0)))
    found = Counted(slug, begun, ids)
    per = (
        select(FrozenEdition.audience, FrozenEdition.locale, Delivery.state, func.count())
        .select_from(Delivery)
        .join(FrozenEdition, FrozenEdition.id == Delivery.edition_id)
        .where(Delivery.issue_slug == slug, Delivery.channel == Channel.EMAIL, _no_correction())
        .group_by(FrozenEdition.audience, FrozenEdition.locale, Delivery.state)
        .order_by(func.min(FrozenEdition.id))
    )
    for audience, locale, state, count in session.execute(per):
        found.states.setdefault((audience, locale), {})[state] = count
    complained = ReturnedMessage.mailing_id.in_(ids), ReturnedMessage.kind == "complaint"
    one = select(func.count()).select_from(ReturnedMessage).where(*complained, ReturnedMessage.outcome == COUNTED)
    found.complaints = session.scalar(one) or 0
    return found


def among(session: Session, slug: str, readers: Collection[UUID]) -> dict[Edition, int]:
    """How many of these readers got each edition of an issue."""
    found: dict[Edition, int] = {}
    for some in chunks(readers):
        rows = session.execute(
            select(FrozenEdition.audience, FrozenEdition.locale, func.count())
            .select_from(Delivery)
            .join(FrozenEdition, FrozenEdition.id == Delivery.edition_id)
            .where(Delivery.issue_slug == slug, Delivery.channel == Channel.EMAIL, _no_correction())
            .where(Delivery.reader.in_(some))
            .group_by(FrozenEdition.audience, FrozenEdition.locale)
        )
        for audience, locale, count in rows:
            found[audience, locale] = found.get((audience, locale), 0) + count
    return found


def _no_correction() -> ColumnElement[bool]:
    """Who gets a correction counts once: by the mailing that it corrects."""
    return Delivery.mailing_id.in_(select(Mailing.id).where(Mailing.is_correction.is_(False)))
