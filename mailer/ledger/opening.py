"""Freeze editions, record approvals and open a mailing with one delivery per reader. Nothing here commits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from itertools import islice
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, exists, func, insert, literal_column, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from database.base import now
from mailer.ledger.numbers import numbers_to_give
from mailer.ledger.signing import signed
from mailer.ledger.states import NEVER_GOT, DeliveryState, MailingEvent, MailingState, mailing_after
from mailer.ledger.tables import BATCH, Approval, Batch, Delivery, EditionImage, FrozenEdition, Mailing
from mailer.ledger.translations import LocaleDecision
from mailer.organisation import Channel, Copies


@dataclass(frozen=True)
class EditionToFreeze:
    """What a reader of one audience, locale and channel will get: an e-mail, or a PDF for the postal desk."""

    audience: str
    locale: str
    channel: Channel
    subject: str
    html: str | None = None
    text: str | None = None
    message: bytes | None = None
    pdf: bytes | None = None
    large_pdf: bytes | None = None
    images: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What a person calls it: its audience and language."""
        return f"{self.audience} ({self.locale})"

    def content_hash(self) -> str:
        """SHA-256 over every part, each preceded by its length, so that no two contents share one."""
        digest = sha256()
        parts = [self.audience, self.locale, self.channel, self.subject, self.html, self.text, self.message]
        parts += [self.pdf, self.large_pdf]
        for name in sorted(self.images):
            parts += [name, self.images[name]]
        for part in parts:
            data = part.encode() if isinstance(part, str) else part or b""
            digest.update(len(data).to_bytes(8, "big") + data)
        return digest.hexdigest()


def approve(
    session: Session,
    *,
    slug: str,
    content_hash: str,
    person: UUID,
    editions: Mapping[str, str] | None = None,
    at: datetime | None = None,
    of_correction: bool = False,
) -> bool:
    """Record that `person` approves exactly this content; False if that was recorded already."""
    row: dict[str, object] = {"issue_slug": slug, "content_hash": content_hash, "person": person, "at": at or now()}
    row["of_correction"] = of_correction
    row["editions"] = dict(editions or {})
    return _insert_new(session, Approval, [row]) == 1


def approvals(session: Session, *, slug: str, content_hash: str) -> list[Approval]:
    """Who approved exactly this content, the earliest first; an approval of other content does not count."""
    wanted = select(Approval).where(Approval.issue_slug == slug, Approval.content_hash == content_hash)
    return list(session.scalars(wanted.order_by(Approval.at, Approval.id)))


def all_approvals(session: Session, slug: str, *, of_correction: bool = False) -> list[Approval]:
    """Every approval of an issue, or of its corrections, whatever it was like then, the earliest first."""
    wanted = select(Approval).where(Approval.issue_slug == slug, Approval.of_correction.is_(of_correction))
    return list(session.scalars(wanted.order_by(Approval.at, Approval.id)))


def keep_approval(session: Session, approval: int, editions: Mapping[str, str], version: int) -> None:
    """Let an approval hold for these hashes too, by the name of the edition: only typing errors were corrected."""
    row = session.scalars(select(Approval).where(Approval.id == approval).with_for_update()).one()
    row.kept = {**row.kept, **{name: {**row.kept.get(name, {}), one: version} for name, one in editions.items()}}
    session.flush()


def open_mailing(
    session: Session,
    *,
    slug: str,
    publication: str,
    content_hash: str,
    scheduled_at: datetime | None = None,
    is_correction: bool = False,
) -> Mailing:
    """A new, approved mailing without editions or deliveries yet; the caller has checked the approvals.

    It is of the newest revision of the issue, and a correction is a new one.
    """
    mailing = Mailing(
        issue_slug=slug,
        publication=publication,
        content_hash=content_hash,
        state=mailing_after(MailingState.DRAFT, MailingEvent.APPROVE),
        scheduled_at=scheduled_at,
        readers=0,
        revision=newest_revision(session, slug) + is_correction,
        is_correction=is_correction,
    )
    session.add(mailing)
    session.flush()
    return mailing


def freeze(
    session: Session, mailing: Mailing, edition: EditionToFreeze, unmarked_hash: str | None = None
) -> FrozenEdition:
    """Copy an edition with its images into the database; from here on no file is needed to send it."""
    frozen = FrozenEdition(
        mailing_id=mailing.id,
        audience=edition.audience,
        locale=edition.locale,
        channel=edition.channel,
        content_hash=edition.content_hash(),
        unmarked_hash=unmarked_hash,
        subject=edition.subject,
        html=edition.html,
        text=edition.text,
        message=edition.message,
        pdf=edition.pdf,
        large_pdf=edition.large_pdf,
    )
    session.add(signed(session, frozen))
    session.flush()
    images = [{"edition_id": frozen.id, "name": name, "data": data} for name, data in edition.images.items()]
    if images:
        session.execute(insert(EditionImage), images)
    return frozen


def last_mailing(session: Session, slug: str, *, other_than: int = 0) -> int | None:
    """The newest mailing of an issue that was not cancelled."""
    mine = Mailing.issue_slug == slug, Mailing.state != MailingState.CANCELLED, Mailing.id != other_than
    return session.scalar(select(func.max(Mailing.id)).where(*mine))


def copies_before(session: Session, slug: str) -> Copies | None:
    """How the readers of an issue got it by e-mail so far; None when no one did."""
    mailed = Delivery.issue_slug == slug, Delivery.channel == Channel.EMAIL
    copy = session.scalar(select(Delivery.copy).where(*mailed).limit(1))
    if copy is None:
        return None
    return Copies.EACH if copy else Copies.ONE


def add_deliveries(
    session: Session, mailing: Mailing, frozen: FrozenEdition, readers: Iterable[UUID], *, copy: str = ""
) -> int:
    """One pending delivery per reader; returns how many are new.

    A reader who has or had this copy of this revision through this channel, in whatever mailing or edition, is passed
    over; and, unless it is a correction, one who has or may have an earlier revision. `copy` is the audience where each
    audience gets its own, and empty where a reader gets one. Memory stays at one batch, however many readers there are.
    """
    batch = _last_batch(session, mailing)
    added, numbers = 0, numbers_to_give(session)
    for group in _groups(_without_earlier(session, mailing, frozen.channel, copy, readers), BATCH):
        batch += 1
        rows = [
            {
                "mailing_id": mailing.id,
                "edition_id": frozen.id,
                "issue_slug": mailing.issue_slug,
                "revision": mailing.revision,
                "reader": reader,
                "copy": copy,
                "channel": frozen.channel,
                "batch": batch,
                "state": DeliveryState.PENDING,
                "tries": 0,
            }
            for reader in group
        ]
        if numbers is not None:
            rows = [{"id": number, **row} for row, number in zip(rows, numbers, strict=False)]
        if new := _insert_new(session, Delivery, rows):
            session.execute(insert(Batch), [{"mailing_id": mailing.id, "number": batch}])
            added += new
    mailing.readers += added
    return added


def _without_earlier(
    session: Session, mailing: Mailing, channel: Channel, copy: str, readers: Iterable[UUID]
) -> Iterable[UUID]:
    if mailing.is_correction or not mailing.revision:
        return readers
    mine = Delivery.issue_slug == mailing.issue_slug, Delivery.channel == channel, Delivery.copy == copy
    query = select(Delivery.reader).where(*mine, Delivery.state.not_in(NEVER_GOT))
    earlier = set(session.scalars(query))
    return (reader for reader in readers if reader not in earlier)


def _last_batch(session: Session, mailing: Mailing) -> int:
    return session.scalar(select(func.max(Batch.number)).where(Batch.mailing_id == mailing.id)) or 0


def _groups(readers: Iterable[UUID], size: int) -> Iterator[list[UUID]]:
    waiting = iter(readers)
    while group := list(islice(waiting, size)):
        yield group


def _insert_new(session: Session, table: type[Approval | Delivery], rows: list[dict[str, object]]) -> int:
    """Insert rows, leaving out those a unique constraint already holds; returns how many went in."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table.__table__).on_conflict_do_nothing().returning(table.id)
    return len(session.connection().execute(statement, rows).all())


def last_before(session: Session, publication: str, slug: str) -> str | None:
    """The issue of a publication that was sent last, other than this one."""
    others = Mailing.publication == publication, Mailing.issue_slug != slug, Mailing.readers > 0
    return session.scalar(select(Mailing.issue_slug).where(*others).order_by(Mailing.id.desc()).limit(1))


def mailed_to(session: Session, slug: str) -> int:
    """How many deliveries by e-mail an issue had, its corrections left out."""
    mine = Delivery.issue_slug == slug, Delivery.channel == Channel.EMAIL
    counted = select(func.count()).select_from(Delivery).join(Mailing, Mailing.id == Delivery.mailing_id)
    return session.scalar(counted.where(*mine, Mailing.is_correction.is_(False))) or 0


def decided_key(session: Session, slug: str) -> str:
    """Changes when a language of an issue is held or let go, and when a mailing of it changes its state."""
    wanted = select(Mailing.id, Mailing.state, Mailing.readers).where(Mailing.issue_slug == slug)
    mailings = session.execute(wanted.order_by(Mailing.id)).all()
    mine = LocaleDecision.issue_slug == slug, LocaleDecision.ended_at.is_(None)
    decisions = session.scalars(select(LocaleDecision.id).where(*mine).order_by(LocaleDecision.id)).all()
    return f"{list(map(tuple, mailings))} {list(decisions)}"


def was_sent(slug: str) -> ColumnElement[bool]:
    """There is a delivery of this issue to the reader, as a condition on the column `subscriber.uid`."""
    reader = literal_column("subscriber.uid", Uuid())
    return exists().where(Delivery.issue_slug == slug, Delivery.reader == reader)


def has_copy(slug: str, copy: str) -> ColumnElement[bool]:
    """As `readers_with`, as a condition on the column `subscriber.uid` of the statement it stands in."""
    reader = literal_column("subscriber.uid", Uuid())
    mine = Delivery.issue_slug == slug, Delivery.reader == reader, Delivery.copy == copy
    return exists().where(*mine, _is_passed_over(slug))


def posted_to(session: Session, slug: str) -> set[UUID]:
    """Who has a delivery of this issue by post, whatever became of it."""
    mine = Delivery.issue_slug == slug, Delivery.channel == Channel.POST
    return set(session.scalars(select(Delivery.reader).where(*mine)))


def readers_with(session: Session, slug: str) -> set[tuple[UUID, str]]:
    """Reader and copy of every delivery for which a next mailing passes its reader over."""
    query = select(Delivery.reader, Delivery.copy).where(Delivery.issue_slug == slug, _is_passed_over(slug))
    return {(reader, copy) for reader, copy in session.execute(query)}


def newest_revision(session: Session, slug: str) -> int:
    """Of the text of an issue, as far as a mailing was opened of it."""
    return session.scalar(_newest_revision(slug)) or 0


def _newest_revision(slug: str) -> Select[int]:
    return select(func.coalesce(func.max(Mailing.revision), 0)).where(Mailing.issue_slug == slug)


def _is_passed_over(slug: str) -> ColumnElement[bool]:
    """It is of the newest revision, or its reader has or may have an earlier one."""
    return or_(Delivery.state.not_in(NEVER_GOT), Delivery.revision == _newest_revision(slug).scalar_subquery())
