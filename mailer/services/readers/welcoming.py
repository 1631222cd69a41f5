"""A new reader gets the last issue that was sent, in its approved edition of their language: a delivery of its mailing.

Nothing is rendered and nothing frozen anew: the edition is the one that the others got. The ledger keeps who has it, so
no one gets it twice, and counts it with the rest.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mailer.ledger import correcting, mailings
from mailer.ledger.opening import add_deliveries, copies_before
from mailer.ledger.states import MailingEvent, MailingState
from mailer.ledger.tables import FrozenEdition, Mailing
from mailer.organisation import Channel, Copies
from mailer.services.office import Office
from subscribers.tables import Subscriber


def welcome(session: Session, office: Office, reader: UUID, audiences: Iterable[str]) -> list[int]:
    """Add a delivery of the last issue of each of these audiences; returns the mailings to ring for. No door.

    Of an audience of which nothing was sent, whose last mailing stands still, or whose last text turned out to have a
    mistake in it, there is nothing to welcome with. A reader of two audiences of one newsletter gets its issue once,
    unless the others got a copy for each.
    """
    row = session.get(Subscriber, reader)
    if row is None:
        return []
    rung: dict[int, None] = {}
    for audience in audiences:
        own, last = office.house.audiences.get(audience), _last(session, audience)
        edition = _edition(session, last, audience, own.locale_for(row.locale)) if own and last else None
        if last is None or edition is None:
            continue
        copy = audience if copies_before(session, last.issue_slug) is Copies.EACH else ""
        if not add_deliveries(session, last, edition, [reader], copy=copy):
            continue
        session.flush()
        if last.state is MailingState.DONE:
            mailings.change(session, last.id, MailingEvent.REOPEN)
            session.refresh(last)
        rung[last.id] = None
    return list(rung)


def _last(session: Session, audience: str) -> Mailing | None:
    """The last mailing that went to an audience, if it was sent or is on its way, and ours until we are done."""
    frozen = select(FrozenEdition.mailing_id).where(
        FrozenEdition.audience == audience, FrozenEdition.channel == Channel.EMAIL
    )
    sent = Mailing.state != MailingState.CANCELLED, Mailing.started_at.is_not(None), Mailing.is_correction.is_(False)
    found = session.scalar(select(func.max(Mailing.id)).where(Mailing.id.in_(frozen), *sent))
    if found is None:
        return None
    mailings.hold(session, found)
    last = session.get_one(Mailing, found, populate_existing=True)
    goes = last.state in {MailingState.DONE, MailingState.SENDING}
    return last if goes and not correcting.is_corrected(session, last) else None


def _edition(session: Session, mailing: Mailing, audience: str, locale: str) -> FrozenEdition | None:
    mine = FrozenEdition.mailing_id == mailing.id, FrozenEdition.audience == audience
    mailed = FrozenEdition.channel == Channel.EMAIL, FrozenEdition.locale == locale
    return session.scalars(select(FrozenEdition).where(*mine, *mailed)).first()
