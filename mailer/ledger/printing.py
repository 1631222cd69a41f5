"""Queries of the postal desk. Nothing here commits."""

from __future__ import annotations

import base64
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import exists, func, insert, or_, select, update
from sqlalchemy.orm import Session

from database.base import new_id
from database.keys import keys_of
from database.sealed import open_sealed, seal
from mailer.ledger.print_runs import PrintedFile, PrintPiece, PrintRun, PrintStep
from mailer.ledger.print_states import LIVE, PieceEvent, PieceState, RunEvent, RunState, piece_after, run_after
from mailer.ledger.states import (
    OPEN,
    DeliveryEvent,
    DeliveryState,
    MailingState,
    NotPossibleError,
    delivery_after,
)
from mailer.ledger.tables import Attempt, Delivery, FrozenEdition, Mailing
from mailer.organisation import Channel

AFTER_POSTING = timedelta(days=7)
AFTER_ORDERING = timedelta(days=14)
"""How long files with names are kept, whatever comes first."""

ON_PAPER = (DeliveryEvent.CLAIM, DeliveryEvent.INTEND, DeliveryEvent.ACCEPT)
"""What happens to a delivery when its envelope goes into the letter box."""
NOT_ANY_MORE = (DeliveryEvent.CLAIM, DeliveryEvent.SUPPRESS)
_LATELY = 20
"""Runs among which the sheet is looked for that lies on the desk."""
_MAX_ID = 2**31 - 1
"""The largest number of a column for ids (INTEGER)."""


@dataclass(frozen=True)
class Waiting:
    """A delivery by post that no live run holds."""

    delivery: int
    reader: UUID
    edition: int
    first: bool


def mailing_to_print(session: Session, slug: str) -> Mailing | None:
    """The oldest mailing of an issue with post that waits to be printed."""
    ready = Mailing.state.in_([MailingState.APPROVED, MailingState.SENDING])
    query = select(Mailing).join(Delivery, Delivery.mailing_id == Mailing.id)
    return session.scalar(query.where(Mailing.issue_slug == slug, ready, _waits()).order_by(Mailing.id).limit(1))


def waiting_by_issue(session: Session) -> dict[str, int]:
    """How many deliveries by post wait to be printed, by issue, the oldest mailing first."""
    ready = Mailing.state.in_([MailingState.APPROVED, MailingState.SENDING])
    query = select(Mailing.issue_slug, func.count().label("pieces")).join(Delivery, Delivery.mailing_id == Mailing.id)
    grouped = query.where(ready, _waits()).group_by(Mailing.issue_slug).order_by(func.min(Mailing.id))
    return {row.issue_slug: row.pieces for row in session.execute(grouped)}


def was_mailed(session: Session, slug: str) -> bool:
    """Whether a mailing of this issue was ever opened."""
    return session.scalar(select(Mailing.id).where(Mailing.issue_slug == slug).limit(1)) is not None


def waiting(session: Session, mailing: int) -> list[Waiting]:
    """What is to be printed of a mailing, and whether someone had post of us before."""
    earlier = Delivery.__table__.alias("earlier")
    had_before = exists().where(
        earlier.c.reader == Delivery.reader,
        earlier.c.channel == Channel.POST,
        earlier.c.state == DeliveryState.ACCEPTED,
    )
    query = select(Delivery.id, Delivery.reader, Delivery.edition_id, ~had_before)
    rows = session.execute(query.where(Delivery.mailing_id == mailing, _waits()).order_by(Delivery.id))
    return [Waiting(*row) for row in rows]


def editions(session: Session, mailing: int) -> dict[int, FrozenEdition]:
    """The frozen editions for paper, by id."""
    query = select(FrozenEdition).where(FrozenEdition.mailing_id == mailing, FrozenEdition.channel == Channel.POST)
    return {edition.id: edition for edition in session.scalars(query.order_by(FrozenEdition.id))}


def edition_ids(session: Session, run: int) -> dict[int, int]:
    """Which frozen edition each delivery of a run takes."""
    query = select(Delivery.id, Delivery.edition_id).join(PrintPiece, PrintPiece.delivery_id == Delivery.id)
    return {row.id: row.edition_id for row in session.execute(query.where(PrintPiece.run_id == run))}


def settle(session: Session, deliveries: Collection[int], events: Sequence[DeliveryEvent], at: datetime) -> int:
    """Let `events` happen to deliveries that wait, and write one attempt for each. Returns how many changed."""
    after = reduce(delivery_after, events, DeliveryState.PENDING)
    changed = [
        row
        for some in _chunks(sorted(deliveries))
        for row in session.scalars(
            update(Delivery)
            .where(Delivery.id.in_(some), Delivery.state == DeliveryState.PENDING)
            .values(state=after, is_open=after in OPEN)
            .returning(Delivery.id)
        )
    ]
    attempts = [{"delivery_id": row, "ended_at": at, "outcome": str(events[-1]), "stage": "post"} for row in changed]
    if attempts:
        session.execute(insert(Attempt), attempts)
    return len(changed)


def open_run(session: Session, mailing: int, options: dict[str, Any], pieces: Iterable[dict[str, Any]]) -> PrintRun:
    """A new run that holds the deliveries of its pieces."""
    run = PrintRun(mailing_id=mailing, options=options)
    session.add(run)
    session.flush()
    session.execute(insert(PrintPiece), [{"run_id": run.id, "state": PieceState.IN_RUN, **piece} for piece in pieces])
    return run


def run_of(session: Session, run: int) -> PrintRun | None:
    """None when there is no run of this number, also for one that no column could hold."""
    return session.get(PrintRun, run) if 0 < run <= _MAX_ID else None


def slug_of(session: Session, run: PrintRun) -> str:
    """The issue that a run prints."""
    return session.get_one(Mailing, run.mailing_id).issue_slug


def slugs(session: Session) -> dict[int, str]:
    """The issue that each run prints."""
    query = select(PrintRun.id, Mailing.issue_slug).join(Mailing, Mailing.id == PrintRun.mailing_id)
    return {row.id: row.issue_slug for row in session.execute(query)}


def piece_counts(session: Session, run: int | None = None) -> dict[int, int]:
    """How many pieces each run has, or this one, that are in its files."""
    counted = select(PrintPiece.run_id, func.count().label("pieces")).group_by(PrintPiece.run_id)
    if run is not None:
        counted = counted.where(PrintPiece.run_id == run, PrintPiece.state != PieceState.SET_ASIDE)
    return {row.run_id: row.pieces for row in session.execute(counted)}


def runs(session: Session) -> list[PrintRun]:
    return list(session.scalars(select(PrintRun).order_by(PrintRun.id)))


def pieces(session: Session, run: int) -> list[PrintPiece]:
    return list(session.scalars(select(PrintPiece).where(PrintPiece.run_id == run).order_by(PrintPiece.number)))


def indexed_before(session: Session, kid: int, after: int, most: int) -> list[PrintPiece]:
    """Pieces whose envelope has a hash under another key than this one, locked, with ids beyond `after`."""
    older = PrintPiece.address_index.not_like(f"{kid}.%"), PrintPiece.id > after
    return list(session.scalars(select(PrintPiece).where(*older).order_by(PrintPiece.id).limit(most).with_for_update()))


def files(session: Session, run: int) -> list[PrintedFile]:
    return list(session.scalars(select(PrintedFile).where(PrintedFile.run_id == run).order_by(PrintedFile.name)))


@dataclass(frozen=True)
class FileFacts:
    """A file of a run without what is in it. `is_there` is False once it was erased."""

    name: str
    copies: int
    personal: bool
    size: int
    is_there: bool


def file_facts(session: Session, run: int) -> list[FileFacts]:
    """As `files`, without reading megabytes that are not opened."""
    columns = (
        PrintedFile.name,
        PrintedFile.copies,
        PrintedFile.personal,
        PrintedFile.size,
        PrintedFile.data.is_not(None),
    )
    rows = session.execute(select(*columns).where(PrintedFile.run_id == run).order_by(PrintedFile.name))
    return [FileFacts(*row) for row in rows]


def steps(session: Session, run: int) -> list[PrintStep]:
    return list(session.scalars(select(PrintStep).where(PrintStep.run_id == run).order_by(PrintStep.id)))


def change(session: Session, run: PrintRun, event: RunEvent, **values: Any) -> RunState:
    """Compare-and-set: of two who press the same button, one is told it is not possible. Raises NotPossibleError."""
    before = RunState(run.state)
    after = run_after(before, event)
    same = update(PrintRun).where(PrintRun.id == run.id, PrintRun.state == before)
    if not session.execute(same.values(state=after, **values).returning(PrintRun.id)).all():
        raise NotPossibleError(before, event)
    session.refresh(run)
    return after


def change_piece(session: Session, run: PrintRun, piece: PrintPiece, event: PieceEvent, because: str = "") -> None:
    """Raises NotPossibleError."""
    before = PieceState(piece.state)
    after = piece_after(before, event, RunState(run.state))
    same = update(PrintPiece).where(PrintPiece.id == piece.id, PrintPiece.state == before)
    changed = session.execute(same.values(state=after, because=because or None).returning(PrintPiece.id)).all()
    if not changed:
        raise NotPossibleError(before, event)
    session.refresh(piece)


def tick(session: Session, piece: PrintPiece, at: datetime | None) -> None:
    """Its envelope is filled since `at`, or is not; who ticks what is ticked changes nothing."""
    was = PrintPiece.filled_at.is_(None) if at else PrintPiece.filled_at.is_not(None)
    session.execute(update(PrintPiece).where(PrintPiece.id == piece.id, was).values(filled_at=at))
    session.refresh(piece)


def stopped_otherwise(session: Session, reader: UUID) -> None:
    """Since now it is not because of a piece that this reader gets no post, or gets it again."""
    session.execute(update(PrintPiece).where(PrintPiece.reader == reader).values(has_stopped=False))


@dataclass(frozen=True)
class Content:
    """Which edition goes into an envelope."""

    locale: str
    audience: str
    issue: str


def contents(session: Session, run: int) -> dict[int, Content]:
    """Of each piece, by its number."""
    query = select(PrintPiece.number, FrozenEdition.locale, FrozenEdition.audience, Delivery.issue_slug)
    query = query.join(Delivery, Delivery.id == PrintPiece.delivery_id)
    joined = query.join(FrozenEdition, FrozenEdition.id == Delivery.edition_id)
    return {row.number: Content(*row[1:]) for row in session.execute(joined.where(PrintPiece.run_id == run))}


def issue_before(session: Session, mailing: Mailing) -> str | None:
    """The issue of this newsletter that was printed before this one."""
    query = select(Mailing.issue_slug).join(PrintRun, PrintRun.mailing_id == Mailing.id)
    other = Mailing.publication == mailing.publication, Mailing.issue_slug != mailing.issue_slug
    return session.scalar(query.where(*other, PrintRun.state != RunState.VOID).order_by(PrintRun.id.desc()).limit(1))


def printed_of(session: Session, slug: str) -> dict[UUID, str]:
    """Who was in a run of an issue, and the keyed hash of the envelope."""
    query = select(PrintPiece.reader, PrintPiece.address_index).join(PrintRun, PrintRun.id == PrintPiece.run_id)
    own = query.join(Mailing, Mailing.id == PrintRun.mailing_id).where(Mailing.issue_slug == slug)
    rows = session.execute(own.where(PrintRun.state != RunState.VOID).order_by(PrintPiece.id))
    return {row.reader: row.address_index for row in rows}


def last_of(session: Session, addressing: str) -> PrintRun | None:
    """The newest run whose addresses were printed on these sheets."""
    made = select(PrintRun).where(PrintRun.state != RunState.VOID).order_by(PrintRun.id.desc()).limit(_LATELY)
    return next((run for run in session.scalars(made) if run.options.get("addressing") == addressing), None)


def steps_since(session: Session, what: str, at: datetime) -> list[PrintStep]:
    """What was done of one kind since a moment, the newest first."""
    query = select(PrintStep).where(PrintStep.step == what, PrintStep.at >= at)
    return list(session.scalars(query.order_by(PrintStep.id.desc())))


def step(session: Session, run: int, what: str, person: UUID, number: int | None = None) -> None:
    """Write down who did what."""
    session.add(PrintStep(run_id=run, number=number, step=what, person=person))
    session.flush()


def keep_file(session: Session, run: int, name: str, data: bytes, *, copies: int, personal: bool) -> None:
    """Seal a file of a run."""
    uid = new_id()
    sealed = seal(keys_of(session), PrintedFile.data, uid, base64.b64encode(data).decode())
    digest = sha256(data).hexdigest()
    facts = {"name": name, "copies": copies, "personal": personal, "sha256": digest, "size": len(data)}
    session.add(PrintedFile(uid=uid, run_id=run, data=sealed, **facts))


def opened(session: Session, file: PrintedFile) -> bytes | None:
    """The bytes of a file; None once it was erased."""
    if file.data is None:
        return None
    return base64.b64decode(open_sealed(keys_of(session), PrintedFile.data, file.uid, file.data))


def erase_files(session: Session, run: int) -> int:
    """Empty the files of a run; returns how many had something in them."""
    full = update(PrintedFile).where(PrintedFile.run_id == run, PrintedFile.data.is_not(None))
    return len(session.execute(full.values(data=None).returning(PrintedFile.uid)).all())


def runs_to_erase(session: Session, at: datetime) -> list[int]:
    """Runs whose files have been kept long enough."""
    old = or_(PrintRun.posted_at <= at - AFTER_POSTING, PrintRun.ordered_at <= at - AFTER_ORDERING)
    full = exists().where(PrintedFile.run_id == PrintRun.id, PrintedFile.data.is_not(None))
    return list(session.scalars(select(PrintRun.id).where(old, full).order_by(PrintRun.id)))


def _waits() -> Any:
    held = exists().where(
        PrintPiece.delivery_id == Delivery.id,
        PrintPiece.run_id == PrintRun.id,
        PrintRun.state.in_(sorted(LIVE)),
        PrintPiece.state == PieceState.IN_RUN,
    )
    return (Delivery.channel == Channel.POST) & (Delivery.state == DeliveryState.PENDING) & ~held


def _chunks(rows: Sequence[int], size: int = 500) -> Iterable[Sequence[int]]:
    """SQLite takes some thousands of parameters in one statement."""
    return (rows[at : at + size] for at in range(0, len(rows), size))
