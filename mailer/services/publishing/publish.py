"""From an approved issue to an open mailing: what was seen and approved is frozen and written down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from database.audit import Event, record
from database.retrying import retried
from mailer.issue import Issue
from mailer.ledger import mailings, opening
from mailer.ledger.states import MailingEvent
from mailer.ledger.tables import Mailing
from mailer.organisation import Audience, Channel, Copies, House
from mailer.services.office import Office, deed
from mailer.services.publishing import on_send
from mailer.services.publishing.approval import content_hash, is_approved, not_approved, require_seen
from mailer.services.publishing.rendering import Finished, rendered
from mailer.services.sending.moments import require_possible
from staff.people import Person
from staff.permissions import Permission, require
from subscribers.reader import ReaderRef
from subscribers.reading import tell_unreadable
from subscribers.repository import addressees_of, readers_of
from wording import _
from wording.errors import ConflictError


@dataclass(frozen=True)
class Published:
    """What publishing did. `mailing` is None when it found no one new; `reached.reached` says why."""

    mailing: int | None
    deliveries: int
    before: int | None = None
    """The mailing by which the last of them got it, where this one is None: of two clicks, the first."""


@retried
def publish(
    office: Office,
    person: Person,
    slug: str,
    *,
    approved: str,
    scheduled_at: datetime | None = None,
    seen: int | None = None,
) -> Published:
    """Freeze the editions and open a mailing with one delivery per reader; `sending.orders.start` begins it.

    `approved` is the digest of the proposal that was approved. With `scheduled_at` the mailing is planned in the same
    transaction; with `seen`, a number of readers, it opens for no more than that and a hundredth. Raises ConflictError
    when the issue is no longer that or its readers are more, NotAllowedError when no one else approved it, ContentError
    when it is not finished, InvalidInputError for a moment at which no mailing begins.
    """
    require(person, Permission.PUBLISH_ISSUES)
    if scheduled_at is not None:
        require_possible(office, scheduled_at)
    finished = rendered(office, slug)
    require_seen(approved, finished)
    digest = content_hash(finished.editions, finished.issue.copies)
    with deed(office, person, Permission.PUBLISH_ISSUES) as session:
        if not is_approved(session, slug, finished, person.uid):
            if office.policy.four_eyes:
                raise not_approved(session, slug, finished, person.uid)
            record(session, Event.WAIVE, person.uid, detail={"issue": slug, "hash": digest})
        _check_copies(session, finished.issue)
        mailing = opening.open_mailing(
            session,
            slug=slug,
            publication=finished.issue.publication,
            content_hash=digest,
            scheduled_at=scheduled_at,
        )
        added = sum(_write_down(session, office.house, mailing, finished))
        if added == 0:
            before = opening.last_mailing(session, slug, other_than=mailing.id)  # the other of two may just be done
            session.rollback()
            return Published(None, 0, before)
        _check_readers(added, seen)
        if finished.pages is not None:
            on_send.keep(session, finished.pages, mailing.id, person.uid)
        if scheduled_at is not None:
            mailings.change(session, mailing.id, MailingEvent.SCHEDULE)
        record(session, "publish", person.uid, detail={"issue": slug, "hash": digest, "mailing": mailing.id})
    return Published(mailing.id, added)


def _write_down(session: Session, house: House, mailing: Mailing, finished: Finished) -> Iterator[int]:
    """Freeze each edition and give it its readers; yields how many are new.

    The audiences come in the order of the issue, so with one copy a reader of two gets that of the first.
    """
    for each in finished.editions:
        own = finished.issue.copies is Copies.EACH and each.channel is Channel.EMAIL
        audience = house.audiences[each.audience]
        frozen = opening.freeze(session, mailing, each)
        readers = [
            ref.uid
            for ref in readers_now(session, audience, mailing.issue_slug)
            if audience.locale_for(ref.locale) == each.locale
        ]
        yield opening.add_deliveries(session, mailing, frozen, readers, copy=each.audience if own else "")


def readers_now(session: Session, audience: Audience, slug: str) -> list[ReaderRef]:
    """Who may get an issue as one of this audience; of those by post whose row does not open, a person is told."""
    if audience.channel is Channel.POST:
        aside: list[object] = []
        found = addressees_of(session, audience.key, aside.append)
        tell_unreadable(session, "addressee", len(aside))
        return found
    return readers_of(session, audience.key, issue=slug)


def _check_readers(added: int, seen: int | None) -> None:
    """Fewer is well: whoever left meanwhile gets nothing. Of many readers a few are new with every minute."""
    if seen is not None and added > seen + seen // 100:
        raise ConflictError(
            _(
                "Sinds je keek veranderde wie het krijgt: {now} lezers nu, {seen} toen. Er is niets verstuurd. Kijk "
                "bij 1 wie het zijn en druk dan opnieuw.",
                now=added,
                seen=seen,
            )
        )


def _check_copies(session: Session, issue: Issue) -> None:
    """What a reader got before cannot be counted otherwise afterwards: some would get an audience's copy twice."""
    if (before := opening.copies_before(session, issue.slug)) not in (None, issue.copies):
        raise ConflictError(
            _("{slug} is al verstuurd met ‘copies: {before}’; zet dat terug.", slug=issue.slug, before=before)
        )
