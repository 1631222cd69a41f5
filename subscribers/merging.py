"""Two readers of one mailbox become one: processes with different index keys once made them, each blind to the other.

Who is kept is found by the links that were mailed to the other, too: whoever leaves by a mail of two years ago must be
out. What was said by either about being written to stays as evidence of the one.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from database.onetime import OneTime
from subscribers.consent import SuppressedBecause
from subscribers.services import forget_address
from subscribers.tables import (
    Bounce,
    ConsentEvent,
    Membership,
    MembershipState,
    MergedReader,
    Pick,
    Subscriber,
    SubscriberState,
)

_STRENGTH = {SubscriberState.ACTIVE: 0, SubscriberState.PENDING: 1, SubscriberState.LEFT: 2}


def merge(session: Session, readers: Iterable[Subscriber]) -> Subscriber:
    """Make one of readers whose mailbox is the same; their rows are locked. Returns who is left, who is findable still
    under the old hash: the caller gives a new one.

    Kept is one who reads, of two such the one of longer. Of each newsletter the last thing said counts, and leaving
    where both were said at one moment.
    """
    kept, *others = sorted(readers, key=lambda row: (_STRENGTH[SubscriberState(row.state)], row.created_at, row.uid))
    for other in others:
        _take_over(session, kept, other)
        session.delete(other)
        session.flush()
        session.add(MergedReader(was=other.uid, reader=kept.uid))
        session.flush()
    _go_if_left(session, kept)
    return kept


def _take_over(session: Session, kept: Subscriber, other: Subscriber) -> None:
    _take_memberships(session, kept.uid, other.uid)
    _take_rows(session, Bounce, kept.uid, other.uid)
    _take_rows(session, Pick, kept.uid, other.uid)
    kept.region, kept.role = kept.region or other.region, kept.role or other.role
    kept.paused_until = max((day for day in (kept.paused_until, other.paused_until) if day), default=None)
    kept.bouncing, kept.bounce_score = kept.bouncing or other.bouncing, max(kept.bounce_score, other.bounce_score)
    session.execute(update(OneTime).where(OneTime.subject == other.uid).values(subject=kept.uid))
    session.execute(update(MergedReader).where(MergedReader.reader == other.uid).values(reader=kept.uid))
    said = [column for column in ConsentEvent.__table__.columns if column.key not in {"id", "subject"}]
    for event in session.execute(select(*said).where(ConsentEvent.subject == other.uid).order_by(ConsentEvent.id)):
        session.execute(insert(ConsentEvent), {**event._mapping, "subject": kept.uid})


def _take_memberships(session: Session, kept: UUID, other: UUID) -> None:
    for row in session.scalars(select(Membership).where(Membership.subscriber == other)).all():
        mine = session.get(Membership, (kept, row.audience))
        if mine is None:
            mine = Membership(subscriber=kept, audience=row.audience, state=row.state, since=row.since)
            mine.only_parity = row.only_parity
            session.add(mine)
        elif _weight(row) > _weight(mine):
            mine.state, mine.since, mine.only_parity = row.state, row.since, row.only_parity
    session.flush()


def _weight(row: Membership) -> tuple[bool, float, bool]:
    """Who was only asked said nothing yet."""
    is_said = row.state != MembershipState.PENDING
    return is_said, row.since.timestamp(), row.state == MembershipState.LEFT


def _take_rows(session: Session, kind: type[Bounce] | type[Pick], kept: UUID, other: UUID) -> None:
    """What the other has of an issue goes with the one who is kept, unless that one has it too."""
    table = kind.__table__
    for row in session.execute(select(table).where(table.c.subscriber == other)).all():
        mine = {**row._mapping, "subscriber": kept}
        if session.get(kind, tuple(mine[column.key] for column in table.primary_key)) is None:
            session.execute(insert(kind), mine)


def _go_if_left(session: Session, kept: Subscriber) -> None:
    """Who reads nothing any more by the last that was said is forgotten, as when leaving."""
    states = set(session.scalars(select(Membership.state).where(Membership.subscriber == kept.uid)))
    if kept.state == SubscriberState.ACTIVE and MembershipState.ACTIVE not in states and states:
        forget_address(session, kept, SuppressedBecause.UNSUBSCRIBED)
