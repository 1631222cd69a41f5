"""Who got an issue with a mistake in it, and whether it can be corrected now. Nothing here commits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, exists, func, select, update
from sqlalchemy.orm import Session

from mailer.ledger.mailings import finish_if_done
from mailer.ledger.opening import newest_revision
from mailer.ledger.print_runs import PrintPiece, PrintRun
from mailer.ledger.print_states import LIVE, PieceState
from mailer.ledger.states import MAY_HAVE, OPEN, DeliveryEvent, DeliveryState, MailingState, delivery_after
from mailer.ledger.tables import IS_OPEN, Delivery, FrozenEdition, Mailing
from mailer.organisation import Channel

_ENDED = (MailingState.DONE, MailingState.CANCELLED)
_MAILS = Delivery.channel == Channel.EMAIL
_WAITS = Delivery.state == DeliveryState.PENDING


@dataclass(frozen=True)
class Got:
    """The readers who have, or may have, one frozen edition, and no later revision of it."""

    edition: int
    audience: str
    locale: str
    channel: Channel
    hash: str
    """Of its text, without the mark of a correction."""
    copy: str
    readers: int

    @property
    def name(self) -> str:
        """As `EditionToFreeze.name`."""
        return f"{self.audience} ({self.locale})"


def got(session: Session, slug: str) -> list[Got]:
    """What the readers of an issue have of it, by the last that reached them, in the order in which it was frozen."""
    last = _last(slug).subquery()
    edition = FrozenEdition
    named = edition.id, edition.audience, edition.locale, edition.channel
    said = func.coalesce(edition.unmarked_hash, edition.content_hash)
    query = (
        select(*named, said, Delivery.copy, func.count())
        .select_from(Delivery)
        .join(last, last.c.id == Delivery.id)
        .join(edition, edition.id == Delivery.edition_id)
        .group_by(*named, said, Delivery.copy)
        .order_by(edition.id)
    )
    return [Got(*row) for row in session.execute(query)]


def readers_of(session: Session, slug: str, edition: int) -> set[UUID]:
    """Those of whom this frozen edition is what they got last."""
    last = _last(slug).subquery()
    query = select(Delivery.reader).join(last, last.c.id == Delivery.id).where(Delivery.edition_id == edition)
    return set(session.scalars(query))


def hold_all(session: Session, slug: str) -> None:
    """Let whoever orders something of a mailing of this issue, or corrects it too, wait until we are done."""
    session.execute(select(Mailing.id).where(Mailing.issue_slug == slug).order_by(Mailing.id).with_for_update())


def going(session: Session, slug: str) -> int | None:
    """A mailing of the issue that is still to bring someone an uncorrected text, or may; None when there is none.

    One of which only booklets wait that no one prints yet is not: those need not go.
    """
    mine = Mailing.issue_slug == slug, Mailing.state.not_in(_ENDED)
    for mailing in session.scalars(select(Mailing).where(*mine).order_by(Mailing.id)):
        if mailing.state is not MailingState.SENDING or _has_open_mail(session, mailing.id):
            return mailing.id
        if _is_printing(session, mailing.id):
            return mailing.id
    held = exists().where(IS_OPEN, Delivery.mailing_id == Mailing.id, _MAILS)
    cancelled = Mailing.issue_slug == slug, Mailing.state == MailingState.CANCELLED
    return session.scalar(select(Mailing.id).where(*cancelled, held).limit(1))


def same(session: Session, slug: str, content_hash: str) -> int | None:
    """The newest mailing of an issue, if it is the correction with just this content."""
    query = select(Mailing).where(Mailing.issue_slug == slug).order_by(Mailing.id.desc()).limit(1)
    last = session.scalar(query)
    if last is None or not last.is_correction or last.state is MailingState.CANCELLED:
        return None
    return last.id if last.content_hash == content_hash else None


def let_go_unprinted(session: Session, slug: str, at: datetime) -> int:
    """The booklets that wait with the mistake in them need not be printed any more; returns how many."""
    waits = Delivery.issue_slug == slug, Delivery.channel == Channel.POST, _WAITS
    after = delivery_after(DeliveryState.PENDING, DeliveryEvent.CANCEL)
    earlier = Delivery.revision < newest_revision(session, slug)
    cancelled = update(Delivery).where(*waits, earlier).values(state=after, is_open=after in OPEN)
    found = session.execute(cancelled.returning(Delivery.mailing_id)).scalars().all()
    for mailing in sorted(set(found)):
        finish_if_done(session, mailing, at)
    return len(found)


def unprinted(session: Session, slug: str) -> int:
    """How many booklets wait that no one prints yet."""
    waits = Delivery.issue_slug == slug, Delivery.channel == Channel.POST, _WAITS
    return session.scalar(select(func.count()).select_from(Delivery).where(*waits)) or 0


def is_corrected(session: Session, mailing: Mailing) -> bool:
    """A later revision of its text exists: what it did not bring yet must not go any more."""
    later = Mailing.issue_slug == mailing.issue_slug, Mailing.revision > mailing.revision
    return bool(session.scalar(select(exists().where(*later))))


def _last(slug: str) -> Select[int]:
    """The delivery by which each reader got the issue last; a later revision has a higher number."""
    mine = Delivery.issue_slug == slug, Delivery.state.in_(MAY_HAVE)
    latest = func.max(Delivery.id).label("id")
    return select(latest).where(*mine).group_by(Delivery.reader, Delivery.channel, Delivery.copy)


def _has_open_mail(session: Session, mailing: int) -> bool:
    return bool(session.scalar(select(exists().where(IS_OPEN, Delivery.mailing_id == mailing, _MAILS))))


def _is_printing(session: Session, mailing: int) -> bool:
    run = PrintRun.mailing_id == mailing, PrintRun.state.in_(sorted(LIVE))
    in_run = PrintPiece.run_id == PrintRun.id, PrintPiece.state == PieceState.IN_RUN
    return bool(session.scalar(select(exists().where(*run, *in_run, PrintPiece.delivery_id == Delivery.id, _WAITS))))
