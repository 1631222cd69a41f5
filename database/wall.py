"""The clock on the wall of the organisation: which day it is there, and how a moment is said to a person.

A session knows the zone, as it knows the keys (`database.session.Store`), so that a floor that knows no organisation
has the same "today" as one that does.
"""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from database.base import now


def on_the_wall(session: Session, at: datetime) -> datetime:
    """The same moment, in the zone of the organisation."""
    return at.astimezone(ZoneInfo(session.info["zone"]))


def today(session: Session) -> date:
    """The day it is where the organisation works."""
    return on_the_wall(session, now()).date()


def said(session: Session, at: datetime) -> str:
    """`2026-11-26 09:30`, by the clock of the organisation."""
    return f"{on_the_wall(session, at):%Y-%m-%d %H:%M}"
