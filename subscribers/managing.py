"""Links for a reader who proved to own the mailbox: see, move or erase what is kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from database import onetime
from database.base import now
from subscribers.address import address_from
from subscribers.consent import Choice, ConsentKind, Evidence
from subscribers.evidence import write_consent
from subscribers.limits import count, counts
from subscribers.locking import lock_reader
from subscribers.repository import subscriber_with
from subscribers.services import give_address
from subscribers.suppression import reason_for
from subscribers.tables import SubscriberState

MANAGE, MOVE = "manage", "move"
"""Purposes of single-use tokens."""
_DAY, _LINKS_A_DAY = timedelta(days=1), 3
MANAGE_WITHIN, MOVE_WITHIN = timedelta(minutes=15), timedelta(hours=48)


@dataclass(frozen=True)
class MoveNeeded:
    """A mail with a button must go to the new address before it replaces the old one."""

    address: str = field(repr=False)
    token: str = field(repr=False)


def link_for(session: Session, uid: UUID) -> str | None:
    """A token for the page with a reader's data; None while an earlier one still works, and after three in a day.

    Whoever was forwarded a newsletter holds its preferences link, and could have its reader mailed all day.
    """
    row = lock_reader(session, uid)
    if row is None:
        return None
    uid = row.uid
    if onetime.is_open(session, MANAGE, uid) or onetime.issued(session, MANAGE, uid, now() - _DAY) >= _LINKS_A_DAY:
        return None
    return onetime.issue(session, MANAGE, uid, MANAGE_WITHIN, {})


def ask_to_move(session: Session, uid: UUID, typed: str) -> MoveNeeded | None:
    """A reader wants mail at another address. Raises AddressError.

    None when no mail may go there: it is another reader's, barred, or had its share. The page says the same.
    """
    address = address_from(typed)
    row = lock_reader(session, uid)
    if row is None or row.state != SubscriberState.ACTIVE:
        return None
    if subscriber_with(session, address) or reason_for(session, address) or not counts(session, address, "").leave_room:
        return None
    count(session, address, "")
    token = onetime.issue(session, MOVE, row.uid, MOVE_WITHIN, {"address": address.text})
    return MoveNeeded(address.text, token)


def move(session: Session, token: str) -> bool:
    """The button in the mail to the new address was pressed. False when the token is unknown, used or late, and when
    another reader has the address by now or it is barred. Other links that were mailed open nothing any more."""
    waiting = onetime.peek(session, MOVE, token)
    row = lock_reader(session, waiting.subject) if waiting else None
    redeemed = onetime.redeem(session, MOVE, token)
    if redeemed is None or row is None or row.state != SubscriberState.ACTIVE:
        return False
    address = address_from(redeemed.payload["address"])
    if subscriber_with(session, address) is not None or reason_for(session, address) is not None:
        return False
    give_address(session, row, address)
    onetime.end(session, row.uid)  # they were mailed to the old address
    row.bouncing, row.bounce_score = False, 0.0
    write_consent(session, row.uid, ConsentKind.CHANGED, Choice((), row.locale), Evidence("new address"))
    return True
