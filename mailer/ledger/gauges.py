"""How much of everything there is at this moment, for who watches: numbers and words of closed sets, never a person.

Only what is still open is counted, and the last minutes of what was tried: a count of everything grows with the ledger.
Nothing commits.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from mailer.ledger import installation
from mailer.ledger.notices import NoticeRow
from mailer.ledger.states import DeliveryEvent, DeliveryState, MailingState
from mailer.ledger.tables import IS_OPEN, Attempt, Delivery, Mailing, Slot
from mailer.organisation import Channel

WINDOW = timedelta(minutes=5)
"""Of tries that are counted: at three hundred a second 90,000 rows of an index."""
POLICY = "policy"
"""Beside the events of a delivery: a relay that refused us, not the reader (5.7.x, RFC 3463 §3.8)."""
OUTCOMES = (*sorted(DeliveryEvent), POLICY)
_RECENT = timedelta(days=7)


@dataclass(frozen=True)
class Gauges:
    mailings: Counter[str]
    """By state."""
    open: Counter[tuple[str, str]]
    """By channel and state: deliveries of mailings that are not done, for which something is still to happen."""
    tries: Counter[tuple[str, str]]
    """By relay and outcome, in the last WINDOW."""
    uncertain: int
    """Of mailings that began in the last week."""
    due_since: datetime | None
    """When the first e-mail of a mailing that is being sent was due; None when nothing is."""
    taken: dict[str, datetime]
    """When each job was last begun."""
    delayed: int
    """Mails to one person that a relay put off."""
    held: bool


def gauges(session: Session, jobs: tuple[str, ...], relays: tuple[str, ...], at: datetime) -> Gauges:
    """`jobs` and `relays` are the names to tell of: any other is left out."""
    by_state = select(Mailing.state, func.count()).group_by(Mailing.state)
    sending = select(Mailing.id).where(Mailing.state == MailingState.SENDING).scalar_subquery()
    going = select(Mailing.id).where(Mailing.state.in_((MailingState.SENDING, MailingState.PAUSED))).scalar_subquery()
    still = select(Delivery.channel, Delivery.state, func.count()).where(IS_OPEN, Delivery.mailing_id.in_(going))
    kind = case((Attempt.enhanced.like("5.7.%"), POLICY), else_=Attempt.outcome)
    tried = select(Attempt.relay, kind, func.count()).where(Attempt.relay.in_(relays), Attempt.handed_at > at - WINDOW)
    recent = select(Mailing.id).where(Mailing.started_at > at - _RECENT).scalar_subquery()
    doubts = select(func.count()).where(Delivery.mailing_id.in_(recent), Delivery.state == DeliveryState.UNCERTAIN)
    due = select(func.min(func.coalesce(Delivery.next_at, Mailing.started_at))).join(
        Mailing, Mailing.id == Delivery.mailing_id
    )
    due = due.where(IS_OPEN, Delivery.mailing_id.in_(sending), Delivery.channel == Channel.EMAIL)
    taken = select(Slot.job, func.max(Slot.taken_at)).where(Slot.job.in_(jobs)).group_by(Slot.job)
    first = session.scalar(due)
    return Gauges(
        mailings=Counter({str(state): count for state, count in session.execute(by_state)}),
        open=Counter(
            {
                (str(channel), str(state)): count
                for channel, state, count in session.execute(still.group_by(Delivery.channel, Delivery.state))
            }
        ),
        tries=Counter(
            {
                (str(relay), str(outcome)): count
                for relay, outcome, count in session.execute(tried.group_by(Attempt.relay, kind))
            }
        ),
        uncertain=session.scalar(doubts) or 0,
        due_since=first if first is not None and first <= at else None,
        taken={row[0]: row[1] for row in session.execute(taken)},
        delayed=session.scalar(select(func.count()).select_from(NoticeRow).where(NoticeRow.tries > 0)) or 0,
        held=installation.held(session) is not None,
    )
