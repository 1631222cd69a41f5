"""What the last look at this installation found, and what keeps it safe: backups, keys on paper, erasing in time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from database.audit import AuditRow, Event
from mailer.ledger import examination
from mailer.ledger.health import BACKED_UP, BACKUP_CHECKED, last_event
from mailer.ledger.trail import last_step
from mailer.services.office import Office, deed, look
from staff.people import Person
from staff.permissions import Permission
from subscribers.tidying import last_run
from wording import Text

FAIL, WARN, NOTE, OK, SKIP = "fail", "warn", "note", "ok", "skip"
"""The levels of `mailer.doctor.finding`, which looks."""


@dataclass(frozen=True)
class Found:
    """One thing that a look found; `remedy` is None where there is nothing to do."""

    check: str
    level: str
    said: Text
    remedy: Text | None = None


@dataclass(frozen=True)
class Look:
    """One look at everything."""

    at: datetime
    found: tuple[Found, ...]


@dataclass(frozen=True)
class Safe:
    """When each of what keeps the installation safe was last done; None: never, in 13 months."""

    backed_up: datetime | None
    backup_checked: datetime | None
    printed: datetime | None
    paper_checked: datetime | None
    paper_was_right: bool
    """The last time it was checked."""
    erased: datetime | None


def last_look(office: Office, person: Person) -> Look | None:
    """What was found when someone looked last; None when no one has."""
    with look(office, person, Permission.SEE_RECORDS) as session:
        kept = examination.kept(session)
    return None if kept is None else Look(kept[0], tuple(map(_opened, kept[1])))


def keep_look(office: Office, person: Person, found: Sequence[Found]) -> None:
    """Keep what was found just now, instead of what was found before."""
    with deed(office, person, Permission.SEE_RECORDS) as session:
        examination.keep(session, office.clock(), [_packed(one) for one in found])


def safe(office: Office, person: Person) -> Safe:
    """When was last done what keeps the installation safe."""
    with look(office, person, Permission.SEE_RECORDS) as session:
        checked = _paper(session, "checked")
        printed = _paper(session, "printed")
        return Safe(
            last_event(session, BACKED_UP),
            last_event(session, BACKUP_CHECKED),
            printed.at if printed else None,
            checked.at if checked else None,
            checked is not None and not checked.detail.get("wrong"),
            last_run(session),
        )


def _paper(session: Session, step: str) -> AuditRow | None:
    return last_step(session, Event.KEY, step)


def _packed(found: Found) -> dict[str, Any]:
    remedy = None if found.remedy is None else _text(found.remedy)
    return {"check": found.check, "level": found.level, "said": _text(found.said), "remedy": remedy}


def _opened(packed: dict[str, Any]) -> Found:
    remedy = packed["remedy"]
    return Found(
        packed["check"], packed["level"], _text_of(packed["said"]), None if remedy is None else _text_of(remedy)
    )


def _text(text: Text) -> dict[str, Any]:
    values = {name: _value(value) for name, value in text.values.items()}
    return {"msgid": text.msgid, "values": values, "plural": text.plural, "count": text.count}


def _value(value: object) -> object:
    if isinstance(value, Text):
        return _text(value)
    return value if isinstance(value, int | float) else str(value)


def _text_of(packed: dict[str, Any]) -> Text:
    values = {name: _text_of(one) if isinstance(one, dict) else one for name, one in packed["values"].items()}
    return Text(packed["msgid"], values, packed["plural"], packed["count"])
