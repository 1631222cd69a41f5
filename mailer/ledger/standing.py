"""What is kept of each issue's standing, and what the database adds to it, for all issues at once. Nothing commits."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ColumnElement, String, case, exists, func, literal, select, union_all, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column

from database.base import Base, UtcDateTime, now
from database.declared import impersonal
from mailer.ledger.print_runs import PrintRun
from mailer.ledger.print_states import RunState
from mailer.ledger.states import MailingState
from mailer.ledger.tables import IS_OPEN, Approval, Delivery, FrozenEdition, Mailing
from mailer.ledger.translations import (
    LocaleDecision,
    TranslationApproval,
    TranslationAssignment,
    TranslationDismissal,
)
from mailer.organisation import Channel

_MOST = 10_000
"""More values than this are not named in a query: the whole column is read instead."""


class IssueStanding(Base):
    """What was last found in the files of an issue. It can be thrown away: it is found again."""

    __tablename__ = "issue_standing"
    __table_args__ = ({"info": impersonal()},)

    issue_slug: Mapped[str] = mapped_column(String(100), primary_key=True)
    key: Mapped[str] = mapped_column(String(64))
    """SHA-256 over everything that was read: issue, catalogs, settings, templates."""
    found: Mapped[dict[str, Any]] = mapped_column(JSON)
    """`services.writing.found.Found` as plain values."""
    rendered_key: Mapped[str] = mapped_column(String(64), default="")
    """SHA-256 over `key` and what was decided about languages when the editions were rendered; "" before that."""
    editions: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    """The hash of each rendered edition by its name; empty where the issue could not be rendered."""
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


@dataclass(frozen=True)
class MailingRow:
    """One mailing of an issue, and how many deliveries of it are still open, by channel."""

    id: int
    state: MailingState
    scheduled_at: datetime | None
    finished_at: datetime | None
    readers: int
    waiting: Mapping[Channel, int] = field(default_factory=dict)
    is_correction: bool = False


@dataclass(frozen=True)
class RunRow:
    """One print run of an issue."""

    id: int
    state: RunState


@dataclass(frozen=True)
class Known:
    """What the database knows of the issues that were asked for, each by its slug."""

    approvals: Mapping[str, list[Approval]]
    decisions: Mapping[str, list[LocaleDecision]]
    assigned: Mapping[str, list[TranslationAssignment]]
    mailings: Mapping[str, list[MailingRow]]
    runs: Mapping[str, list[RunRow]]


def kept(session: Session, slugs: Collection[str] | None = None) -> dict[str, IssueStanding]:
    """What is kept of these issues, or of all."""
    wanted = select(IssueStanding)
    if slugs is not None:
        wanted = wanted.where(IssueStanding.issue_slug.in_(slugs))
    return {row.issue_slug: row for row in session.scalars(wanted)}


def keep(session: Session, slug: str, **columns: Any) -> None:
    """Write down what was found, over what was kept before; columns that are not given stay as they were."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(IssueStanding)
    changed = {name: statement.excluded[name] for name in columns}
    row = {"issue_slug": slug, "rendered_key": "", "editions": {}, "at": now(), **columns}
    session.execute(statement.values(row).on_conflict_do_update(index_elements=["issue_slug"], set_=changed))


def keep_editions(session: Session, slug: str, key: str, rendered_key: str, editions: dict[str, str]) -> None:
    """Write down the rendered editions of an issue, unless its files were found to be others since."""
    row = IssueStanding
    changed = update(row).where(row.issue_slug == slug, row.key == key)
    session.execute(changed.values(rendered_key=rendered_key, editions=editions))


def verdicts(
    session: Session, pairs: Collection[str], blocked: Collection[str]
) -> tuple[set[str], set[tuple[str, str]]]:
    """Which of `pairs` are approved, and which rules of `blocked` were dismissed, as (pair, rule); in one query."""
    approved, dismissed = TranslationApproval.pair_hash, TranslationDismissal.pair_hash
    wanted = select(approved, literal("")).where(_among(approved, pairs))
    if blocked:
        waived = select(dismissed, TranslationDismissal.check).where(_among(dismissed, blocked))
        rows = session.execute(union_all(wanted, waived)).all()
    else:
        rows = session.execute(wanted).all() if pairs else []
    return {pair for pair, rule in rows if not rule}, {(pair, rule) for pair, rule in rows if rule}


def known(session: Session, slugs: Collection[str]) -> Known:
    """Approvals, decisions, assignments, mailings and print runs, in as many queries whatever the number of issues."""
    mailings, runs = _sent(session, slugs)
    return Known(
        approvals=_approvals(session, slugs),
        decisions=decisions(session, slugs),
        assigned=_by_slug(
            session.scalars(select(TranslationAssignment).where(_among(TranslationAssignment.issue_slug, slugs)))
        ),
        mailings=mailings,
        runs=runs,
    )


def decisions(session: Session, slugs: Collection[str]) -> dict[str, list[LocaleDecision]]:
    """What holds of languages, by issue, the oldest first."""
    wanted = select(LocaleDecision).where(LocaleDecision.ended_at.is_(None), _among(LocaleDecision.issue_slug, slugs))
    return _by_slug(session.scalars(wanted.order_by(LocaleDecision.id)))


def _approvals(session: Session, slugs: Collection[str]) -> dict[str, list[Approval]]:
    wanted = select(Approval).where(_among(Approval.issue_slug, slugs), Approval.of_correction.is_(False))
    return _by_slug(session.scalars(wanted.order_by(Approval.at, Approval.id)))


def _sent(session: Session, slugs: Collection[str]) -> tuple[dict[str, list[MailingRow]], dict[str, list[RunRow]]]:
    """The mailings of each issue and the print runs of these, the oldest first."""
    wanted = select(Mailing, PrintRun.id, PrintRun.state).outerjoin(PrintRun, PrintRun.mailing_id == Mailing.id)
    rows = session.execute(wanted.where(_among(Mailing.issue_slug, slugs)).order_by(Mailing.id, PrintRun.id)).all()
    found = {row.id: row for row, _run, _state in rows}
    live = [row.id for row in found.values() if row.state not in (MailingState.DONE, MailingState.CANCELLED)]
    waiting = _waiting(session, live)
    mailings: dict[str, list[MailingRow]] = {}
    for row in found.values():
        moments = row.scheduled_at, row.finished_at
        own = MailingRow(row.id, row.state, *moments, row.readers, waiting.get(row.id, {}), row.is_correction)
        mailings.setdefault(row.issue_slug, []).append(own)
    runs: dict[str, list[RunRow]] = {}
    for row, run, state in rows:
        if run is not None:
            runs.setdefault(row.issue_slug, []).append(RunRow(run, RunState(state)))
    return mailings, runs


def _waiting(session: Session, live: Collection[int]) -> dict[int, dict[Channel, int]]:
    """How many deliveries of these mailings are still open, by channel.

    All of them are counted in the index of what is open, and the letters apart, where there are any: of a million open
    deliveries no row is read to see its channel.
    """
    if not live:
        return {}
    mine = Delivery.mailing_id == Mailing.id, IS_OPEN
    every = select(func.count()).select_from(Delivery).where(*mine)
    posted = exists().where(FrozenEdition.mailing_id == Mailing.id, FrozenEdition.channel == Channel.POST)
    letters = case((posted, every.where(Delivery.channel == Channel.POST).scalar_subquery()), else_=0)
    rows = session.execute(select(Mailing.id, every.scalar_subquery(), letters).where(Mailing.id.in_(live)))
    found = {row[0]: {Channel.EMAIL: row[1] - row[2], Channel.POST: row[2]} for row in rows}
    return {one: {channel: count for channel, count in each.items() if count} for one, each in found.items()}


def _among(column: InstrumentedAttribute[str], values: Collection[str]) -> ColumnElement[bool]:
    return column.in_(list(values)) if len(values) <= _MOST else column.is_not(None)


def _by_slug(rows: Iterable[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row.issue_slug, []).append(row)
    return found
