"""See, move or erase what is kept: doors for the public pages, for anyone who opened a fresh link in their own mailbox.

A link works once: each deed uses it up. A typing mistake does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from database import audit, onetime
from database.retrying import retried
from mailer.services.notices import letters
from mailer.services.office import Office
from mailer.services.readers.joining import link_over
from subscribers import managing, rights
from subscribers.locking import lock_reader

READER = "reader"
"""The actor of a reader, who acts on no one but themselves."""


def check_link(office: Office, token: str) -> None:
    """Raises NotFoundError when the link is unknown, used or late."""
    _check(office, managing.MANAGE, token)


def check_move(office: Office, token: str) -> None:
    """As `check_link`, of the link in the mail to a new address."""
    _check(office, managing.MOVE, token)


@retried
def download(office: Office, token: str) -> Mapping[str, Any]:
    """Everything kept about the reader. Raises NotFoundError."""
    with office.store.transaction() as session:
        uid = _redeemed(session, token)
        audit.record(session, audit.Event.EXPORT, READER, uid)
        return rights.data_of_subscriber(session, uid)


@retried
def erase(office: Office, token: str) -> None:
    """Erase the reader. Raises NotFoundError."""
    with office.store.transaction() as session:
        rights.erase_subscriber(session, _redeemed(session, token), READER)


@retried
def ask_to_move(office: Office, token: str, email: str, lang: str) -> None:
    """Mail a button to a new address, if it may get one; tells nothing of who is a reader.

    Raises NotFoundError, and AddressError for a typing mistake, after which the link still works.
    """
    with office.store.transaction() as session:
        needed = managing.ask_to_move(session, _redeemed(session, token), email)
        if needed is not None:
            letters.ask_to_move(session, office.house, lang, needed)
    if needed is not None:
        office.bell.ring_for_mail()


@retried
def move(office: Office, token: str) -> None:
    """The button in the mail to the new address was pressed. Raises NotFoundError."""
    with office.store.transaction() as session:
        moved = managing.move(session, token)
    if not moved:
        raise link_over()


def _redeemed(session: Session, token: str) -> UUID:
    waiting = onetime.peek(session, managing.MANAGE, token)
    if waiting is None or lock_reader(session, waiting.subject) is None:
        raise link_over()
    redeemed = onetime.redeem(session, managing.MANAGE, token)
    if redeemed is None:
        raise link_over()
    return redeemed.subject


def _check(office: Office, purpose: str, token: str) -> None:
    with office.store.reading() as session:
        known = onetime.peek(session, purpose, token)
    if known is None:
        raise link_over()
