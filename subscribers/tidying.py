"""Run the rules of retention, each in a transaction of its own; and stop, and ask a person, when something is odd.

Odd is a clock that is more than 48 hours from the last run, or away from the database's: a clock that is 91 days ahead
would erase every reader by post. Odd is also a rule that would touch more than a stated share of its table.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, DateTime, String, Text, func, select
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, Session, mapped_column

import wording
from database import audit
from database.base import Base, UtcDateTime
from database.declared import WORK, personal
from database.retrying import retried
from database.session import Store
from database.wall import on_the_wall, said
from subscribers.retention import RULES, Rule
from wording import _
from wording.errors import ConflictError

log = logging.getLogger(__name__)

FEW = 10
"""Rows that go whatever share of the table they are: a list of six has shares of a sixth."""
LONGEST = timedelta(hours=48)
"""From one run to the next; a machine that was off longer has perhaps lost its clock."""
AWAY = timedelta(minutes=10)
"""From the clock of the database."""
CLOCK = "clock"
"""The name under which the clock is stopped, beside the rules."""
STOPPED, FAILED = "retention_stopped", "retention_failed"
"""In the audit trail; alarms go by them."""
WENT_ON = "retention_go_on"
_AGAIN = timedelta(days=1)
"""An alarm that no one heard is sounded once more."""


class RetentionState(Base):
    """When a rule ran last, and why it stopped; one row for each rule and one for the clock."""

    __tablename__ = "retention"
    __table_args__ = (
        {
            "info": personal(
                _("niet te veel wissen door een fout"), WORK, _("de laatste keer, zolang het systeem draait")
            )
        },
    )

    rule: Mapped[str] = mapped_column(String(20), primary_key=True)
    ran_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    stopped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Empty: it goes."""
    reason: Mapped[str] = mapped_column(Text, default="")
    slots: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What fills the slots of `reason`."""
    allowed_by: Mapped[UUID | None]
    """Who said to go on; it holds for one run."""

    @property
    def why(self) -> wording.Text:
        return wording.Text(self.reason, self.slots)


@dataclass(frozen=True)
class Kept:
    """How much a rule found, or did away with. `stopped`: why it waits for a person; `failed`: is tried again."""

    name: str
    what: wording.Text
    count: int
    stopped: wording.Text | None = None
    failed: bool = False


class ClockError(ConflictError):
    """The clock is odd: nothing was done away with."""


def last_run(session: Session) -> datetime | None:
    """When anything was last erased that was kept too long."""
    return session.scalar(select(func.max(RetentionState.ran_at)))


def look(session: Session, at: datetime) -> list[Kept]:
    """How much each rule finds as of `at`; nothing is changed."""
    states = {row.rule: row for row in session.scalars(select(RetentionState))}
    stopped = {name: row.why for name, row in states.items() if row.stopped_at is not None}
    return [
        Kept(rule.name, rule.what, len(rule.find(session, on_the_wall(session, at))), stopped.get(rule.name))
        for rule in RULES
    ]


def run(store: Store, at: datetime) -> list[Kept]:
    """Apply every rule as of `at`. Raises ClockError, and has done nothing, when the clock is odd."""
    if why := _look_at_clock(store, at):
        raise ClockError(why)
    return apply(store, at)


def apply(store: Store, at: datetime, rules: Sequence[Rule] = RULES) -> list[Kept]:
    """As `run`, whatever the clock says. A rule that fails changes nothing, and the others go on."""
    done = []
    for rule in rules:
        try:
            done.append(_apply(store, rule, at))
        except Exception:
            log.exception("the rule %s of retention failed", rule.name)
            _alarm(store, rule.name)
            done.append(Kept(rule.name, rule.what, 0, failed=True))
    return done


def go_on(session: Session, person: UUID) -> list[wording.Text]:
    """A person looked: whatever is stopped may go on, once. Returns why it stood still."""
    rows = session.scalars(select(RetentionState).where(RetentionState.stopped_at.is_not(None)).with_for_update()).all()
    for row in rows:
        row.allowed_by = person
        audit.record(session, WENT_ON, person, detail={"rule": row.rule})
    return [row.why for row in rows]


@retried
def _apply(store: Store, rule: Rule, at: datetime) -> Kept:
    with store.transaction() as session:
        state = _state(session, rule.name)
        found = rule.find(session, on_the_wall(session, at))
        whole = session.scalar(select(func.count()).select_from(rule.table)) or 0
        if rule.most is not None and len(found) > max(FEW, rule.most * whole) and state.allowed_by is None:
            why = _(
                "Deze regel zou {found} van {whole} rijen raken. Dat is ongewoon veel; er is niets weggedaan.",
                found=len(found),
                whole=whole,
            )
            _stop(session, state, why, at, found=len(found), whole=whole)
            return Kept(rule.name, rule.what, 0, why)
        count = rule.act(session, found, on_the_wall(session, at)) if found else 0
        if count:
            audit.record(session, audit.Event.ERASE, "retention", detail={rule.name: count})
        _went(state, at)
        return Kept(rule.name, rule.what, count)


@retried
def _look_at_clock(store: Store, at: datetime) -> wording.Text | None:
    """Why the clock is odd; None, and the moment is kept as that of the last run, when it is not."""
    with store.transaction() as session:
        state = _state(session, CLOCK)
        why = _odd(session, state.ran_at, at, _clock_of(session))
        if why is not None and state.allowed_by is None:
            _stop(session, state, why, at)
            return why
        _went(state, at)
        return None


def _odd(session: Session, last: datetime | None, at: datetime, of_database: datetime) -> wording.Text | None:
    if abs(at - of_database) > AWAY:
        return _(
            "De klok van deze machine ({at}) en die van de database ({other}) verschillen. Er is niets weggedaan.",
            at=said(session, at),
            other=said(session, of_database),
        )
    if last is not None and abs(at - last) > LONGEST:
        return _(
            "Bewaartermijnen zijn voor het laatst nagelopen op {last}, en nu is het volgens de klok {at}. Er "
            "is niets weggedaan.",
            last=said(session, last),
            at=said(session, at),
        )
    return None


def _clock_of(session: Session) -> datetime:
    if session.get_bind().dialect.name == "postgresql":
        found = session.execute(select(func.clock_timestamp(type_=DateTime(timezone=True)))).scalar_one()
        return found.astimezone(UTC)
    return datetime.fromisoformat(session.execute(sql("SELECT datetime('now')")).scalar_one()).replace(tzinfo=UTC)


def _state(session: Session, rule: str) -> RetentionState:
    """The row of a rule, for us alone: two who run it at once come after each other."""
    row = session.get(RetentionState, rule, with_for_update=True)
    if row is None:
        row = RetentionState(rule=rule)
        session.add(row)
        session.flush()
    return row


def _went(state: RetentionState, at: datetime) -> None:
    state.ran_at, state.stopped_at, state.reason, state.slots, state.allowed_by = at, None, "", {}, None


def _stop(session: Session, state: RetentionState, why: wording.Text, at: datetime, **counts: int) -> None:
    state.reason, state.slots = why.msgid, dict(why.values)
    if state.stopped_at is None or abs(at - state.stopped_at) >= _AGAIN:
        state.stopped_at = at
        audit.record(session, STOPPED, "retention", detail={"rule": state.rule, **counts})
    session.flush()


def _alarm(store: Store, rule: str) -> None:
    """It is tried again every ten minutes, and told once a day."""
    with store.transaction() as session:
        audit.record_once(session, FAILED, "retention", detail={"rule": rule}, about="rule")
