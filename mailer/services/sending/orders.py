"""What a person orders while a mailing is on its way. Each order is in the audit trail with who gave it.

Every door here raises NotAllowedError, NotFoundError when there is no such mailing, and ConflictError when it is not in
a state for the order.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from database import audit
from mailer.ledger import control, correcting, mailings, shunt, taking_back
from mailer.ledger.states import DeliveryState, MailingEvent, MailingState
from mailer.services.held import require_free
from mailer.services.office import Office, deed
from mailer.services.sending.delivering import dispatch
from mailer.services.sending.explaining import LARGEST, explained
from mailer.services.sending.holding import ask_first
from mailer.services.sending.moments import require_possible
from mailer.services.sending.overview import counted_as
from staff.people import Person
from staff.permissions import Permission, require
from wording import _
from wording.errors import ConflictError, NotFoundError

REFUSED_AND_DEFERRED = frozenset({DeliveryState.REFUSED, DeliveryState.DEFERRED})


def start(office: Office, person: Person, mailing_id: int) -> MailingState:
    """Begin to send an approved mailing, or let it wait for the moment it was opened for; returns which."""
    with deed(office, person, Permission.PUBLISH_ISSUES) as session, explained(mailing_id):
        require_free(session)
        at = office.clock()
        planned = mailings.mailing_of(session, mailing_id).scheduled_at
        if planned is not None and planned > at:
            state = mailings.change(session, mailing_id, MailingEvent.SCHEDULE)
        else:
            state = mailings.change(session, mailing_id, MailingEvent.START, started_at=at)
        _note(session, "mailing_start", person, mailing_id)
    if state is MailingState.SENDING:
        dispatch(office.store, office.bell, mailing_id, at)
    return state


def pause(office: Office, person: Person, mailing_id: int, reason: str = "") -> None:
    """Stop before the next message; what is on the wire ends."""
    with deed(office, person, Permission.ORDER_MAILINGS) as session, explained(mailing_id):
        mailings.change(session, mailing_id, MailingEvent.PAUSE, reason=reason)
        _note(session, "mailing_pause", person, mailing_id)


def resume(office: Office, person: Person, mailing_id: int) -> datetime | None:
    """Go on with a paused mailing, the batches that were set aside too.

    Returns its planned moment when that is still to come: then it waits for it.
    """
    with deed(office, person, Permission.ORDER_MAILINGS) as session, explained(mailing_id):
        require_free(session)
        at = office.clock()
        planned = mailings.mailing_of(session, mailing_id).scheduled_at
        waits_for = planned if planned is not None and planned > at else None
        mailings.change(session, mailing_id, MailingEvent.WAIT if waits_for else MailingEvent.RESUME, reason="")
        shunt.release(session, mailing_id)
        _note(session, "mailing_resume", person, mailing_id)
    if waits_for is None:
        dispatch(office.store, office.bell, mailing_id, at)
    return waits_for


def cancel(office: Office, person: Person, mailing_id: int, reason: str = "") -> int:
    """Send nothing more of a mailing, for good; returns how many readers get nothing."""
    with deed(office, person, Permission.ORDER_MAILINGS) as session, explained(mailing_id):
        mailings.change(session, mailing_id, MailingEvent.CANCEL, reason=reason)
        cancelled = control.cancel_open(session, mailing_id, office.clock())
        _note(session, "mailing_cancel", person, mailing_id, cancelled)
    return cancelled


def use_relay(office: Office, person: Person, mailing_id: int, relay: str) -> None:
    """Let the rest of a mailing go through one relay, whatever else is well; "" takes that back.

    Raises NotFoundError for a relay that there is not.
    """
    require(person, Permission.ORDER_MAILINGS)
    known = [one.name for one in office.relays]
    if relay and relay not in known:
        listed = ", ".join(known)
        raise NotFoundError(_("Mailserver ‘{relay}’ is er niet. Wel: {known}.", relay=relay, known=listed))
    with deed(office, person, Permission.ORDER_MAILINGS) as session, explained(mailing_id):
        mailings.mailing_of(session, mailing_id).relay = relay or None
        _note(session, "mailing_relay", person, mailing_id)


def take_back(office: Office, person: Person, mailing_id: int) -> int:
    """Undo a mailing of which nothing has left: its issue can be sent again, to everyone; returns to how many.

    Raises ConflictError when it began, or when the postal desk prints for it.
    """
    with deed(office, person, Permission.ORDER_MAILINGS) as session, explained(mailing_id):
        mailings.hold(session, mailing_id)
        if taking_back.has_begun(session, mailing_id):
            raise ConflictError(_("Verzending {id} is al begonnen. Zet haar stil of breek haar af.", id=mailing_id))
        if taking_back.is_printed(session, mailing_id):
            raise ConflictError(
                _("De postkamer print al voor verzending {id}. Die kan niet meer terug.", id=mailing_id)
            )
        mailings.change(session, mailing_id, MailingEvent.CANCEL, reason=_("Teruggenomen voordat er iets vertrok."))
        count = taking_back.forget(session, mailing_id)
        _note(session, "mailing_take_back", person, mailing_id, count)
    return count


def ask_after_restore(session: Session, person: Person, at: datetime) -> int:
    """A backup was put back: pause what it says is on its way, for who got it since is not in it; returns how many.

    Part of the deed of the person who erases again what the backup brought back (`readers.rights.replay`): pausing
    harms no reader, and is in the audit trail under their name.
    """
    why = _(
        "Er is een back-up teruggezet. Kijk in het logboek van de mailserver wie dit sindsdien al kreeg. Ga "
        "dan verder met de verzending, of breek haar af."
    )
    asked = ask_first(session, at, why)
    for mailing_id in asked:
        _note(session, "mailing_pause", person, mailing_id)
    return len(asked)


def schedule(office: Office, person: Person, mailing_id: int, at: datetime) -> None:
    """Begin a mailing that waits, is planned or stands still at a moment, not before.

    Raises InvalidInputError for a moment that has been or lies in quiet hours.
    """
    require(person, Permission.ORDER_MAILINGS)
    require_possible(office, at)
    with deed(office, person, Permission.ORDER_MAILINGS) as session, explained(mailing_id):
        mailings.change(session, mailing_id, MailingEvent.SCHEDULE, reason="", scheduled_at=at)
        shunt.release(session, mailing_id)
        _note(session, "mailing_schedule", person, mailing_id)


def retry(
    office: Office, person: Person, mailing_id: int, *, states: Collection[DeliveryState] = REFUSED_AND_DEFERRED
) -> int:
    """Try what was refused or deferred again, now, and what was set aside; returns how many deliveries.

    Raises ConflictError too once the text was corrected: publishing sends them the corrected one.
    """
    with deed(office, person, Permission.ORDER_MAILINGS) as session, explained(mailing_id):
        at = office.clock()
        mailings.change(session, mailing_id, MailingEvent.REOPEN)
        _require_uncorrected(session, mailing_id)
        count = control.retry(session, mailing_id, at, states)
        shunt.release(session, mailing_id)
        mailings.finish_if_done(session, mailing_id, at)
        _note(session, "mailing_retry", person, mailing_id, count)
    _look_again(office, mailing_id)
    dispatch(office.store, office.bell, mailing_id, at)
    return count


def resolve(
    office: Office, person: Person, mailing_id: int, *, arrived: bool, only: Collection[int] | None = None
) -> int:
    """Settle what is uncertain, after a look in the log of the relay: it arrived, or it is sent again.

    Returns how many deliveries were settled; `only` names those to settle.
    """
    with deed(office, person, Permission.ORDER_MAILINGS) as session, explained(mailing_id):
        at = office.clock()
        known = None if only is None else [one for one in only if 0 < one <= LARGEST]
        mailings.change(session, mailing_id, MailingEvent.REOPEN)
        if not arrived:
            _require_uncorrected(session, mailing_id)
        count = control.settle(session, mailing_id, at, arrived=arrived, only=known)
        mailings.finish_if_done(session, mailing_id, at)
        _note(session, "mailing_resolve", person, mailing_id, count)
    _look_again(office, mailing_id)
    dispatch(office.store, office.bell, mailing_id, at)
    return count


def _require_uncorrected(session: Session, mailing_id: int) -> None:
    """Asked while the mailing is held, as whoever corrects it holds it."""
    mailing = mailings.mailing_of(session, mailing_id)
    if correcting.is_corrected(session, mailing):
        raise ConflictError(
            _(
                "De tekst van verzending {id} is verbeterd; de oude gaat niet meer uit. Geef {slug} uit: wie niets "
                "kreeg, krijgt dan de verbeterde tekst. Wie de oude misschien heeft, kreeg de verbetering.",
                id=mailing_id,
                slug=mailing.issue_slug,
            )
        )


def _look_again(office: Office, mailing_id: int) -> None:
    """Whoever ordered something sees what came of it, not a count of before."""
    for state in MailingState:
        office.counts.drop(counted_as(mailing_id, state))


def _note(session: Session, event: str, person: Person, mailing_id: int, count: int | None = None) -> None:
    detail = {"mailing": mailing_id} if count is None else {"mailing": mailing_id, "count": count}
    audit.record(session, event, person.uid, detail=detail)
