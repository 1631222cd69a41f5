"""Whether the machinery runs: the last sweep, mail that waits for a relay, alarms. Nothing commits."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from database.audit import AuditRow
from mailer.ledger.notices import NoticeRow
from mailer.ledger.tables import Slot
from subscribers.tables import PrivacyWords


@dataclass(frozen=True)
class Health:
    """`swept_at` is None where no worker ever ran; `delayed` mails to one person were put off by a relay; the mailbox
    for returned mail last opened at `opened_at`, and last did not at `away_at`; `tells_of_privacy`: the organisation
    said something of its own in the privacy statement."""

    swept_at: datetime | None
    delayed: int
    alarms: int
    opened_at: datetime | None
    away_at: datetime | None
    tells_of_privacy: bool


BACKED_UP, BACKUP_CHECKED = "backup_made", "backup_checked"
"""In the audit trail: a backup that was made, and one that a person opened and restored in a scratch place."""


def last_event(session: Session, event: str) -> datetime | None:
    """When this was last written in the audit trail."""
    return session.scalar(select(func.max(AuditRow.at)).where(AuditRow.event == event))


def last_detail(session: Session, event: str) -> Mapping[str, Any]:
    """What is said beside the last of these in the audit trail; nothing when there is none."""
    newest = select(AuditRow.detail).where(AuditRow.event == event).order_by(AuditRow.seq.desc()).limit(1)
    return session.scalar(newest) or {}


def backed_up(session: Session) -> datetime | None:
    """When the last backup was made."""
    return last_event(session, BACKED_UP)


def health(
    session: Session, jobs: tuple[str, str, str], alarms: Collection[str], since: datetime, locale: str
) -> Health:
    """The last run of each of the jobs (the sweep, the mailbox opened, the mailbox away), the notices that a relay put
    off, the `alarms` after `since`, and whether there are words about privacy in `locale`: all of it in one query."""
    swept, opened, away = (select(func.max(Slot.taken_at)).where(Slot.job == job).scalar_subquery() for job in jobs)
    delayed = select(func.count()).select_from(NoticeRow).where(NoticeRow.tries > 0).scalar_subquery()
    raised = select(func.count()).select_from(AuditRow).where(AuditRow.event.in_(alarms), AuditRow.at > since)
    told = exists().where(PrivacyWords.locale == locale, PrivacyWords.text != "")
    asked = select(swept, delayed, raised.scalar_subquery(), opened, away, told)
    return Health(*session.execute(asked).one())
