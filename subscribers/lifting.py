"""Take away by hand what bars an address: what came back was no sign of a dead address, or someone was barred wrongly.

It makes no one a reader. Whoever left, or was erased, comes back through a sign-up of their own, which lifts the bar
when they press the button in the mail (`subscribers.suppression.lift`).
"""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.orm import Session

from subscribers.address import address_from
from subscribers.consent import Choice, ConsentKind, Evidence, SuppressedBecause
from subscribers.evidence import write_consent
from subscribers.locking import lock_reader_with
from subscribers.suppression import lift, reason_for
from subscribers.tables import Bounce, SubscriberState
from wording import _
from wording.errors import ConflictError, NotFoundError

LIFTED_BY_HAND = frozenset({SuppressedBecause.BOUNCED, SuppressedBecause.COMPLAINED})
"""Of the others the reader decides: they left, or asked to be erased."""


def lift_by_hand(session: Session, typed: str, source: str) -> SuppressedBecause:
    """Write to this address again, if it asks for that or still does; returns what had barred it.

    A reader whose mail came back gets mail from now on, and starts with a clean sheet. Raises AddressError,
    NotFoundError for an address that is not barred, ConflictError for one that only its owner frees.
    """
    address = address_from(typed)
    row = lock_reader_with(session, address)
    barred = reason_for(session, address)
    if barred is None:
        raise NotFoundError(_("Dit adres staat niet op de lijst van adressen die we nooit mailen."))
    because = SuppressedBecause(barred.reason)
    if because not in LIFTED_BY_HAND:
        raise ConflictError(_("Dit adres is door de lezer zelf gestopt. Alleen een nieuwe aanmelding heft dat op."))
    lift(session, address)
    if row is not None and row.state == SubscriberState.ACTIVE:
        row.bouncing, row.bounce_score = False, 0.0
        session.execute(delete(Bounce).where(Bounce.subscriber == row.uid))
        write_consent(session, row.uid, ConsentKind.CHANGED, Choice((), row.locale), Evidence(source))
    return because
