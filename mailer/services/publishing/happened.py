"""What happened to an issue: its rows in the audit trail, in words that a person can follow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from database.audit import AuditRow, Event
from mailer.ledger.translations import Decision


class Happened(StrEnum):
    """What someone did with an issue."""

    BEGUN = "begun"
    SAVED = "saved"
    TYPO = "typo"
    """Nothing but typing errors was corrected."""
    PICTURE = "picture"
    EXTRACTED = "extracted"
    ASSIGNED = "assigned"
    HELD = "held"
    LEFT_OUT = "left_out"
    LET_GO = "let_go"
    UNDONE = "undone"
    APPROVED = "approved"
    WAIVED = "waived"
    """Sent without a second person."""
    PUBLISHED = "published"
    CORRECTED = "corrected"
    """Sent anew to those who had it with a mistake in it."""
    SHOWN = "shown"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Deed:
    """What one person did, the `count` times that they did it in a row on one day."""

    at: datetime
    what: Happened
    by: str = field(repr=False)
    """"" when the person is unknown."""
    locale: str = ""
    count: int = 1


EVENTS = (Event.EDIT, Event.APPROVE, Event.WAIVE, "publish", "archive_show", "archive_withdraw")
"""The events of which an issue has rows."""
_BY_EVENT = {
    str(Event.APPROVE): Happened.APPROVED,
    "publish": Happened.PUBLISHED,
    "archive_show": Happened.SHOWN,
    "archive_withdraw": Happened.WITHDRAWN,
}
_BY_DECISION = {
    str(Decision.HOLD): Happened.HELD,
    str(Decision.LEAVE_OUT): Happened.LEFT_OUT,
    str(Decision.OVERRIDE): Happened.LET_GO,
    str(Decision.WAIT): Happened.HELD,
    "undo": Happened.UNDONE,
}
_BY_STEP = {"assigned": Happened.ASSIGNED, "update": Happened.EXTRACTED}


def deeds(rows: Iterable[AuditRow], names: Mapping[UUID, str], zone: ZoneInfo) -> tuple[Deed, ...]:
    """The rows of one issue as deeds, in their order; what a person did twice in a row on one day there is one."""
    found: list[Deed] = []
    for row in rows:
        what = _what(row)
        if what is None:
            continue
        one = Deed(row.at, what, names.get(_uuid(row.actor), ""), str(row.detail.get("locale", "")))
        if found and _is_same(found[-1], one, zone):
            found[-1] = replace(found[-1], count=found[-1].count + 1)
        else:
            found.append(one)
    return tuple(found)


def _what(row: AuditRow) -> Happened | None:
    detail: Mapping[str, Any] = row.detail
    if (decision := detail.get("decision")) is not None:
        return _BY_DECISION.get(decision)
    if row.event == Event.WAIVE:
        return Happened.WAIVED
    if row.event == "publish" and detail.get("correction"):
        return Happened.CORRECTED
    if row.event in _BY_EVENT:
        return _BY_EVENT[row.event]
    if "step" in detail:
        return _BY_STEP.get(detail["step"])
    if "picture" in detail:
        return Happened.PICTURE
    if "typo" in detail:
        return Happened.TYPO
    if detail.get("deed") == "new":
        return Happened.BEGUN
    return Happened.SAVED if "hash" in detail else None


def _is_same(one: Deed, other: Deed, zone: ZoneInfo) -> bool:
    days = {each.at.astimezone(zone).date() for each in (one, other)}
    return (one.what, one.by, one.locale) == (other.what, other.by, other.locale) and len(days) == 1


def _uuid(actor: str) -> UUID:
    try:
        return UUID(actor)
    except ValueError:  # a command or a worker
        return UUID(int=0)
