"""Follow a mailing: why it does not move and until when, and its deliveries one by one, addresses masked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from mailer.ledger import answers, following, mailings
from mailer.ledger.answers import Try
from mailer.ledger.following import PAGE, OneDelivery
from mailer.ledger.states import DeliveryState, MailingState
from mailer.organisation import Channel
from mailer.services.office import Office, look
from mailer.services.sending.delivering import has_worker
from mailer.services.sending.explaining import explained
from mailer.services.sending.limits import Limiting
from staff.people import Person
from staff.permissions import Permission, require
from subscribers import reviewing
from subscribers.counting import Tally, count_on
from subscribers.reviewing import Why

__all__ = [
    "PAGE",
    "DeliveryState",
    "Halt",
    "Line",
    "Still",
    "Try",
    "deliveries",
    "everyone",
    "left_out",
    "plain",
    "still",
]


class Still(StrEnum):
    """Why a mailing that is being sent does not move."""

    NO_WORKER = "no_worker"
    QUIET = "quiet"
    LIMIT = "limit"
    LATER = "later"
    """All that is left was put off by the readers' servers."""


@dataclass(frozen=True)
class Halt:
    """Why, and until when; None when a person must do something."""

    why: Still
    until: datetime | None = None


@dataclass(frozen=True)
class Line:
    """One delivery of a list. `address` is masked; "" for the post, and for whoever left."""

    delivery: OneDelivery
    address: str


def still(office: Office, person: Person, mailing_id: int) -> Halt | None:
    """Why a mailing does not move at this moment; None when it does, or is not being sent. Raises NotFoundError."""
    with look(office, person, Permission.SEE_MAILINGS) as session, explained(mailing_id):
        row = mailings.mailing_of(session, mailing_id)
        if row.state is not MailingState.SENDING:
            return None
        at = office.clock()
        quiet = office.policy.quiet
        if quiet is not None and (until := quiet.wait(at)) > at:
            return Halt(Still.QUIET, until)
        due = bool(mailings.due_batches(session, mailing_id, at))
        full = _full_until(office, session, at) if due else None
        later = None if due else answers.next_try(session, mailing_id)
    if not has_worker(office.store, at):
        return Halt(Still.NO_WORKER)
    if due:
        return Halt(Still.LIMIT, full) if full else None
    return Halt(Still.LATER, later) if later else None


def _full_until(office: Office, session: Session, at: datetime) -> datetime | None:
    """When the first of the relays takes mail again; None when one does now."""
    rooms = [Limiting(relay.name, relay.limits, ()).relay_room(session, at) for relay in office.relays]
    opening = [one.opens_at for one in rooms if one.left < 1 and one.opens_at is not None]
    return min(opening) if opening and len(opening) == len(rooms) else None


def deliveries(
    office: Office, person: Person, mailing_id: int, state: DeliveryState | None = None, *, after: int = 0
) -> tuple[Line, ...]:
    """One page of the deliveries of a mailing in a state, from the first after an id, with every try and what relays
    said. Raises NotFoundError.
    """
    with look(office, person, Permission.SEE_MAILINGS) as session, explained(mailing_id):
        found = following.deliveries_in(session, mailings.mailing_of(session, mailing_id), state, after=after)
        masked = reviewing.masked_of(session, [one.reader for one in found if one.channel is Channel.EMAIL])
    return tuple(Line(one, masked.get(one.reader, "")) for one in found)


def everyone(office: Office, person: Person, mailing_id: int, state: DeliveryState | None = None) -> Iterator[Line]:
    """All of them, read page by page as they are asked for. Raises NotFoundError at once."""
    require(person, Permission.SEE_MAILINGS)
    first = deliveries(office, person, mailing_id, state)

    def rest(page: tuple[Line, ...]) -> Iterator[Line]:
        while page:
            yield from page
            page = deliveries(office, person, mailing_id, state, after=page[-1].delivery.id)

    return rest(first)


def left_out(office: Office, person: Person, mailing_id: int) -> Mapping[Why, int]:
    """Members of the audiences by e-mail who have no delivery in it because they may get nothing now, by why."""
    with look(office, person, Permission.SEE_MAILINGS) as session, explained(mailing_id):
        mailing = mailings.mailing_of(session, mailing_id)
        audiences, slug = following.mailed_audiences(session, mailing), mailing.issue_slug
    tally, goes_on = Tally(), True
    while goes_on:
        with office.store.reading() as session:
            count_on(session, audiences, slug, tally)
        goes_on = tally.last is not None
    return {why: tally.without[why] for why in Why if tally.without[why]}


def plain(line: Line) -> dict[str, str | int | None]:
    """A line for a script: codes, moments in UTC, and no address but the masked one."""
    one = line.delivery
    answer = one.tries[-1] if one.tries else None
    return {
        "delivery": one.id,
        "address": line.address,
        "audience": one.audience,
        "locale": one.locale,
        "channel": one.channel.value,
        "state": one.state.value,
        "code": (answer.code or 0) if answer else 0,
        "enhanced": answer.enhanced if answer else "",
        "words": answer.words if answer else "",
        "outcome": answer.outcome if answer else "",
        "at": answer.ended_at.isoformat() if answer else None,
    }
