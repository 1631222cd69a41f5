"""The centres where readers by post are: which there are, and writing one down."""

from __future__ import annotations

from datetime import date

from sqlalchemy.exc import IntegrityError

from database.audit import Event, record
from mailer.artefacts.paper.addresses import postal_lines
from mailer.services.office import Office, deed, look
from staff.people import Person
from staff.permissions import Permission, require
from subscribers import repository
from subscribers.addressee import Centre
from subscribers.postal import save_centre
from wording import _
from wording.errors import ConflictError


def centres(office: Office, person: Person) -> dict[str, Centre]:
    """All centres by key. Raises NotAllowedError."""
    with look(office, person, Permission.SEE_ADDRESSEES) as session:
        return repository.centres(session)


def save(
    office: Office,
    person: Person,
    *,
    key: str,
    name: str,
    lines: tuple[str, ...],
    asks_registration: bool,
    checked_on: date | None = None,
) -> Centre:
    """Write down a centre, new or changed; its rules and address were checked on a day, or today.

    Raises NotAllowedError, AddressError for lines that are no address, AddresseeError, ConflictError.
    """
    require(person, Permission.CHANGE_ADDRESSEES)
    centre = Centre(
        key.strip(), name.strip(), tuple(postal_lines(lines)), asks_registration, checked_on or office.today()
    )
    try:
        with deed(office, person, Permission.CHANGE_ADDRESSEES) as session:
            save_centre(session, centre)
            record(session, Event.EDIT, person.uid, detail={"centre": centre.key})
    except IntegrityError as error:
        raise ConflictError(_("Iemand anders schreef dit centrum op hetzelfde moment op; kijk opnieuw.")) from error
    return centre
