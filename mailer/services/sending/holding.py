"""Ask a person first: when the database may not know who got what, nothing leaves before somebody has looked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from database import audit
from database.session import Store
from database.wall import said
from mailer.ledger import installation, mailings, put_back
from mailer.ledger.installation import Seen
from mailer.ledger.states import MailingEvent, MailingState
from mailer.services.sending.witness import Kept
from wording import Text, _

ANOTHER = "another_database"
"""In the audit trail: the database came back as another, or as it was before."""
SWEEP_EVERY = timedelta(seconds=30)
LATE = timedelta(hours=4)
"""A planned mailing still begins by itself when no worker ran for this long; after it a person must say so. What was
meant for Friday morning is not mailed in the night, and an invitation not after the evening it is for."""


def ask_first(session: Session, at: datetime, why: Text, started_by: datetime | None = None) -> list[int]:
    """Pause what is on its way, or should be by now, until a person says go on; returns the mailings.

    `started_by` leaves out what was started later.
    """
    going = [
        mailing
        for mailing in mailings.in_state(session, MailingState.SENDING)
        if started_by is None or mailing.started_at is None or mailing.started_at <= started_by
    ]
    planned = mailings.in_state(session, MailingState.SCHEDULED)
    asked = [mailing.id for mailing in going + [one for one in planned if one.scheduled_at and one.scheduled_at <= at]]
    for mailing in asked:
        mailings.change(session, mailing, MailingEvent.PAUSE, reason=why)
    return asked


def ask_after_silence(session: Session, last: datetime | None, at: datetime) -> None:
    """A ledger that no one swept for hours may be yesterday's backup: who got what since is not in it."""
    if last is None or at - last <= LATE:
        return
    why = _(
        "Er draaide niets sinds {moment}. Als er een back-up is teruggezet, kijk dan in het logboek van de "
        "mailserver wie dit al kreeg. Ga dan verder met de verzending, of breek haar af.",
        moment=said(session, last),
    )
    ask_first(session, at, why, last + SWEEP_EVERY)


def hold_another(store: Store, at: datetime, is_another: Callable[[Seen | None], bool]) -> None:
    """This database is another, or an earlier state of the one there was: hold everything back.

    Asked again with its row locked: a person may have lifted the hold at this moment.
    """
    why = _("De database is een andere dan daarnet, of een oudere versie ervan.")
    with store.transaction() as session:
        found = installation.seen(session, lock=True)
        if not is_another(found) or installation.held(session) is not None:
            return
        asked = put_back.ask_of_all(session, LOOK_FIRST)
        installation.hold(session, why, at)
        audit.record(session, ANOTHER, "sending", detail={"mailings": len(asked)})


LOOK_FIRST = _(
    "De database is een andere dan daarnet, of een oudere versie ervan. Kijk in het logboek van de mailserver "
    "wie dit al kreeg. Ga dan verder met de verzending, of breek haar af."
)


def hold_if_behind(store: Store, kept: Kept, at: datetime) -> None:
    """At the start of any process: hold back a database that is behind what this machine knows of it.

    One that this machine never saw is left to whoever sends: a command may be given by a user who keeps nothing.
    """

    def is_behind(found: Seen | None) -> bool:
        return found is not None and found.swept < kept.all().get(found.uid, 0)

    known = kept.all()  # before the database, which goes on
    with store.reading() as session:
        found = installation.seen(session)
    if found is not None and found.swept < known.get(found.uid, 0):
        hold_another(store, at, is_behind)
