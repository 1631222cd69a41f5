"""What a person orders while a mailing is on its way. Each order is in the audit trail with who gave it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from database import audit
from database.base import now
from database.session import Store
from mailer.ledger import control, mailings, shunt
from mailer.ledger.states import DeliveryState, MailingEvent, MailingState
from mailer.services.office import Doorbell
from mailer.services.sending.delivering import ask_first, dispatch
from wording import _

REFUSED_AND_DEFERRED = frozenset({DeliveryState.REFUSED, DeliveryState.DEFERRED})

Actor = UUID | str
"""A person, or the name of a command."""


def pause(store: Store, mailing_id: int, actor: Actor, reason: str = "") -> None:
    """Stop before the next message; what is on the wire ends. Raises NotPossibleError, LookupError."""
    with store.transaction() as session:
        mailings.change(session, mailing_id, MailingEvent.PAUSE, reason=reason)
        _note(session, "mailing_pause", actor, mailing_id)


def resume(store: Store, bell: Doorbell, mailing_id: int, actor: Actor, at: datetime | None = None) -> datetime | None:
    """Go on with a paused mailing, the batches that were set aside too.

    Returns its planned moment when that is still to come: then it waits for it. Raises NotPossibleError, LookupError.
    """
    at = at or now()
    with store.transaction() as session:
        planned = mailings.mailing_of(session, mailing_id).scheduled_at
        waits_for = planned if planned is not None and planned > at else None
        mailings.change(session, mailing_id, MailingEvent.WAIT if waits_for else MailingEvent.RESUME, reason="")
        shunt.release(session, mailing_id)
        _note(session, "mailing_resume", actor, mailing_id)
    if waits_for is None:
        dispatch(store, bell, mailing_id, at)
    return waits_for


def cancel(store: Store, mailing_id: int, actor: Actor, reason: str = "", at: datetime | None = None) -> int:
    """Send nothing more of a mailing, for good; returns how many readers get nothing."""
    with store.transaction() as session:
        mailings.change(session, mailing_id, MailingEvent.CANCEL, reason=reason)
        cancelled = control.cancel_open(session, mailing_id, at or now())
        _note(session, "mailing_cancel", actor, mailing_id, cancelled)
    return cancelled


def ask_after_restore(store: Store, actor: Actor, at: datetime | None = None) -> int:
    """A backup was put back: pause what it says is on its way, for who got it since is not in it; returns how many."""
    why = _(
        "Er is een back-up teruggezet. Kijk in het logboek van de mailserver wie dit sindsdien al kreeg. "
        "Ga verder, of breek haar af."
    )
    with store.transaction() as session:
        asked = ask_first(session, at or now(), why)
        for mailing_id in asked:
            _note(session, "mailing_pause", actor, mailing_id)
    return len(asked)


def schedule(store: Store, mailing_id: int, actor: Actor, at: datetime) -> MailingState:
    """Begin an approved mailing at a moment, not before. Raises NotPossibleError, LookupError."""
    with store.transaction() as session:
        state = mailings.change(session, mailing_id, MailingEvent.SCHEDULE, scheduled_at=at)
        _note(session, "mailing_schedule", actor, mailing_id)
    return state


def retry(
    store: Store,
    bell: Doorbell,
    mailing_id: int,
    actor: Actor,
    *,
    states: Collection[DeliveryState] = REFUSED_AND_DEFERRED,
    at: datetime | None = None,
) -> int:
    """Try what was refused or deferred again, now, and what was set aside; returns how many deliveries.

    Raises NotPossibleError when the mailing was cancelled, LookupError when there is none.
    """
    with store.transaction() as session:
        mailings.change(session, mailing_id, MailingEvent.REOPEN)
        count = control.retry(session, mailing_id, at or now(), states)
        shunt.release(session, mailing_id)
        mailings.finish_if_done(session, mailing_id, at or now())
        _note(session, "mailing_retry", actor, mailing_id, count)
    dispatch(store, bell, mailing_id, at)
    return count


def resolve(
    store: Store,
    bell: Doorbell,
    mailing_id: int,
    actor: Actor,
    *,
    arrived: bool,
    only: Collection[int] | None = None,
    at: datetime | None = None,
) -> int:
    """Settle what is uncertain, after a look in the relay's log: it arrived, or it is sent again; returns how many.

    Raises NotPossibleError when the mailing was cancelled, LookupError when there is none.
    """
    with store.transaction() as session:
        mailings.change(session, mailing_id, MailingEvent.REOPEN)
        count = control.settle(session, mailing_id, at or now(), arrived=arrived, only=only)
        mailings.finish_if_done(session, mailing_id, at or now())
        _note(session, "mailing_resolve", actor, mailing_id, count)
    dispatch(store, bell, mailing_id, at)
    return count


def _note(session: Session, event: str, actor: Actor, mailing_id: int, count: int | None = None) -> None:
    detail = {"mailing": mailing_id} if count is None else {"mailing": mailing_id, "count": count}
    audit.record(session, event, actor, detail=detail)
