"""See why everything is held back, and lift that: a person says that this is the database to go on with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from database import audit
from mailer.ledger import installation, notices, put_back
from mailer.ledger.installation import Held
from mailer.ledger.numbers import leave_gap
from mailer.ledger.put_back import OnItsWay
from mailer.services.keeping.relay_log import Taken, taken_in
from mailer.services.office import Office, deed, look
from mailer.services.sending.holding import LOOK_FIRST
from mailer.services.sending.letters import signing_key
from mailer.services.sending.witness import Witness
from staff.people import Person
from staff.permissions import Permission
from wording import Text, _
from wording.errors import ConflictError

LIFTED = "hold_lifted"
"""In the audit trail: a person said that the database may be gone on with."""


@dataclass(frozen=True)
class Shown:
    """What is held back. `taken` and `unknown` count letters in the relay's log: those that this database still has to
    send, and those that it does not know because their mailing was opened after the copy was made."""

    since: datetime | None
    why: Text
    replayed: bool
    mailings: Sequence[OnItsWay]
    runs: Sequence[int]
    notices: Mapping[str, int]
    taken: int
    taken_notices: int
    unknown: int


@dataclass(frozen=True)
class Lifted:
    """`settled`: letters and single mails that the log says a relay took; `waiting`: mailings that a person resumes."""

    settled: int
    notices: int
    waiting: int


def standing_still(office: Office) -> Held | None:
    """Since when everything is held back, and why; None when nothing is. It names nobody: everyone who works here may
    know why nothing leaves."""
    with office.store.reading() as session:
        return installation.held(session)


def show(office: Office, person: Person, logs: Sequence[Path] = ()) -> Shown | None:
    """What was on its way when the copy was made, and what a relay took since by its logs; None when nothing is held.

    Raises InvalidInputError.
    """
    with look(office, person, Permission.SEE_MAILINGS) as session:
        held = installation.held(session)
    if held is None:
        return None
    taken = taken_in(logs, signing_key(office.keys))
    with look(office, person, Permission.SEE_MAILINGS) as session:
        return _shown(session, held, taken)


def lift(
    office: Office, person: Person, witness: Witness, logs: Sequence[Path] = (), *, nobody_erased: bool = False
) -> Lifted:
    """Go on with this database, and keep on this machine that it is the one. Every mailing waits until it is resumed.

    What a relay took by its logs is settled first. Raises ConflictError when nothing is held, when the list of those
    who were erased was not replayed (`nobody_erased`: there is none), or when this machine does not keep the witness;
    InvalidInputError for a log that cannot be read.
    """
    with look(office, person, Permission.KEEP_BACKUPS):
        pass  # before files are read
    taken = taken_in(logs, signing_key(office.keys))
    with deed(office, person, Permission.KEEP_BACKUPS) as session:
        at = office.clock()
        _require_ready(installation.held(session, lock=True), witness, nobody_erased=nobody_erased)
        put_back.end_leases(session, at)
        settled, gone = put_back.arrived(session, taken.deliveries, at), notices.forget_among(session, taken.notices)
        put_back.ask_of_all(session, LOOK_FIRST)
        put_back.doubt_post(session)
        put_back.finish(session, at)
        leave_gap(session)
        installation.lift(session)
        done = Lifted(settled, gone, len(put_back.on_their_way(session)))
        detail = {"settled": settled, "notices": gone, "waiting": done.waiting, "nobody_erased": nobody_erased}
        audit.record(session, LIFTED, person.uid, detail=detail)
        witness.write(session)
    return done


def _require_ready(held: Held | None, witness: Witness, *, nobody_erased: bool) -> None:
    if held is None:
        raise ConflictError(_("Er staat niets stil."))
    if not witness.sweeps:
        raise ConflictError(_("Doe dit op de machine met de inhoudsmap: die houdt bij hoe ver de database is."))
    if not held.replayed and not nobody_erased:
        raise ConflictError(
            _(
                "Wis eerst opnieuw wie na de back-up gewist is: `postduif subject replay BESTAND`. Is er geen lijst, "
                "omdat niemand gewist is? Geef dan --nobody-erased mee."
            )
        )


def _shown(session: Session, held: Held, taken: Taken) -> Shown:
    return Shown(
        held.since,
        held.why,
        held.replayed,
        tuple(put_back.on_their_way(session)),
        tuple(put_back.live_runs(session)),
        notices.held_back(session),
        put_back.open_among(session, taken.deliveries),
        len(notices.known_among(session, taken.notices)),
        put_back.unknown_among(session, taken.deliveries),
    )
