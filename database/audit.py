"""Who looked at, exported, printed or changed what: append-only, and chained so that a gap or a change shows.

Each row's MAC (HMAC-SHA256) covers the row and the MAC before it. Subjects and actors are pseudonymous ids, never
names. The database itself refuses UPDATE, and DELETE within the retention time (triggers in the migration).
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, String, bindparam, delete, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from database.base import Base, UtcDateTime, now
from database.declared import DUTY, personal
from database.keys import KeyRing, keys_of
from wording import _

RETENTION = timedelta(days=396)
"""13 months; the trigger of the first migration holds the same number of days."""

_DAY = timedelta(days=1)

_CODE = 16
"""Of the 64 digits of a MAC: enough that no other row has them, and short enough to type."""

_LOCK = 0x706F7374
"""PostgreSQL's advisory lock that makes writers of the chain queue up; the number is "post" in ASCII."""


class Event(StrEnum):
    """What is worth writing down. Other rooms may record events of their own under other names."""

    VIEW_LIST = "view_list"
    VIEW_ONE = "view_one"
    SEARCH = "search"
    EXPORT = "export"
    PRINT = "print"
    EDIT = "edit"
    ERASE = "erase"
    IMPORT = "import"
    APPROVE = "approve"
    WAIVE = "waive"
    LOGIN = "login"
    FAIL = "fail"
    ROLE = "role"
    KEY = "key"
    CONFIG = "config"
    PRUNED = "pruned"


PARTS = frozenset(
    {
        "archive", "bounces", "chores", "command", "pages", "print", "reader", "reading", "retention", "sending",
        "installation",
    }
)  # fmt: skip
"""The parts of the system that do something no member of staff ordered; any other row bears the id of a person."""


class AuditRow(Base):
    """One thing that was done. `seq` has no gaps."""

    __tablename__ = "audit"
    __table_args__ = (
        Index(None, "actor", "seq"),
        {"info": personal(_("kunnen nagaan wie gegevens zag of veranderde"), DUTY, _("13 maanden, onder pseudoniem"))},
    )

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    event: Mapped[str] = mapped_column(String(40))
    actor: Mapped[str] = mapped_column(String(80))
    """Id of a person, or one of `PARTS`."""
    subject: Mapped[UUID | None]
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    kid: Mapped[int]
    previous: Mapped[str] = mapped_column(String(64))
    mac: Mapped[str] = mapped_column(String(64))


_RECENT = select(AuditRow.detail).where(AuditRow.event == bindparam("event"), AuditRow.at > bindparam("since"))
"""Made once: in a flood it is asked thousands of times."""


@dataclass(frozen=True)
class Verdict:
    """What `verify` found: how many rows, the first that does not fit (None: all fit), and the MAC at the end.

    Rows cut off at the end leave no trace in the chain: `end` is kept elsewhere too, in a weekly mail and in exports.
    """

    rows: int
    broken_at: int | None
    head: str


@dataclass(frozen=True)
class End:
    """Where the trail ended at some moment: the number of its last row (0: none) and the begin of that row's MAC."""

    row: int
    code: str


def record(
    session: Session,
    event: str,
    actor: UUID | str,
    subject: UUID | None = None,
    *,
    detail: Mapping[str, str | int | bool] | None = None,
    at: datetime | None = None,
) -> None:
    """Append one row in the caller's transaction. `detail` holds codes and counts: no name, no address, no text.

    Raises ValueError for an `actor` that is no person and not among `PARTS`.
    """
    if not isinstance(actor, UUID) and actor not in PARTS:
        raise ValueError(f"{actor!r} is neither a person nor a part of the system")
    keys = keys_of(session)
    _queue_up(session)
    last = session.scalar(select(AuditRow).order_by(AuditRow.seq.desc()).limit(1))
    row = AuditRow(
        seq=last.seq + 1 if last else 1,
        at=(at or now()).replace(microsecond=0),
        event=str(event),
        actor=str(actor),
        subject=subject,
        detail=dict(detail or {}),
        kid=keys.current("audit"),
        previous=last.mac if last else "",
    )
    row.mac = _mac(keys, row)
    session.add(row)
    session.flush()


def record_once(
    session: Session,
    event: str,
    actor: UUID | str,
    *,
    detail: Mapping[str, str | int | bool],
    about: str = "",
    within: timedelta = _DAY,
) -> bool:
    """As `record`, unless the same stands there since less than `within`; True when it was written now.

    The same is a row of this event that agrees in the field `about` of its detail; any row of this event without that.
    """
    if _stands(session, event, about, detail, within):
        return False
    _queue_up(session)
    if _stands(session, event, about, detail, within):  # of two who look at once, one wrote it
        return False
    record(session, event, actor, detail=detail)
    return True


def _stands(
    session: Session, event: str, about: str, detail: Mapping[str, str | int | bool], within: timedelta
) -> bool:
    found = session.scalars(_RECENT, {"event": event, "since": now() - within})
    return any(not about or told.get(about) == detail[about] for told in found)


def _queue_up(session: Session) -> None:
    """Nobody else writes in the chain until this transaction ends; on SQLite that is so in any case."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


def verify(session: Session) -> Verdict:
    """Walk the chain from its oldest row. Raises KeysError when an audit key is missing."""
    keys, rows, head, expected = keys_of(session), 0, "", _start(session)
    for row in _pages(session):
        fits = (row.seq, row.previous) == expected and hmac.compare_digest(row.mac, _mac(keys, row))
        if not fits:
            return Verdict(rows, row.seq, head)
        rows, head, expected = rows + 1, row.mac, (row.seq + 1, row.mac)
    return Verdict(rows, None, head)


def end(session: Session) -> End:
    """Where the trail ends now."""
    last = session.scalar(select(AuditRow).order_by(AuditRow.seq.desc()).limit(1))
    return End(last.seq, last.mac[:_CODE]) if last else End(0, "")


def last_of_each(session: Session, actors: Collection[UUID]) -> dict[UUID, AuditRow]:
    """The last row of each of these people; nothing for who did nothing that is still kept."""
    newest = select(func.max(AuditRow.seq)).where(AuditRow.actor.in_([str(one) for one in actors]))
    rows = session.scalars(select(AuditRow).where(AuditRow.seq.in_(newest.group_by(AuditRow.actor))))
    return {UUID(row.actor): row for row in rows}


def still_holds(session: Session, seen: End) -> bool:
    """Whether the row that was the last is still there as it was: False when the tail was cut off, also if other rows
    were written since. A row that was deleted in time (13 months) counts as there."""
    if seen.row < _start(session)[0]:
        return True
    row = session.get(AuditRow, seen.row)
    return row is not None and row.mac.startswith(seen.code)


def prune(session: Session, before: datetime) -> int:
    """Delete rows older than `before`, and write down where the chain now begins. Returns how many went."""
    last = session.scalar(select(AuditRow).where(AuditRow.at < before).order_by(AuditRow.seq.desc()).limit(1))
    if last is None:
        return 0
    count = len(session.scalars(select(AuditRow.seq).where(AuditRow.seq <= last.seq)).all())
    record(session, Event.PRUNED, "retention", detail={"through": last.seq, "mac": last.mac, "rows": count})
    session.execute(delete(AuditRow).where(AuditRow.seq <= last.seq))
    return count


def _pages(session: Session) -> Iterator[AuditRow]:
    """All rows in order, a page at a time: the chain may be long, and memory is not."""
    after = -1
    while page := session.scalars(
        select(AuditRow).where(AuditRow.seq > after).order_by(AuditRow.seq).limit(1000)
    ).all():
        yield from page
        after = page[-1].seq
        for row in page:
            session.expunge(row)


def _start(session: Session) -> tuple[int, str]:
    """Where the chain begins: after the newest row that says how far was pruned."""
    pruned = select(AuditRow).where(AuditRow.event == Event.PRUNED).order_by(AuditRow.seq.desc()).limit(1)
    row = session.scalar(pruned)
    return (int(row.detail["through"]) + 1, str(row.detail["mac"])) if row else (1, "")


def _mac(keys: KeyRing, row: AuditRow) -> str:
    facts = [
        row.seq,
        row.at.astimezone(UTC).isoformat(),
        row.event,
        row.actor,
        str(row.subject),
        row.detail,
        row.previous,
    ]
    message = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()
    return hmac.digest(keys.derive("audit", "chain", row.kid), message, "sha256").hex()
