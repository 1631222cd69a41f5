"""The centres where readers by post are: which there are, their rules, and the leaf that explains what is kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import date

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from database.audit import Event, record
from mailer.artefacts.paper.addresses import postal_lines
from mailer.artefacts.paper.explanation import explanation as leaf
from mailer.services.office import Office, deed, look
from staff.people import Person
from staff.permissions import Permission, require
from subscribers import listing, repository
from subscribers.addressee import RULES, Centre
from subscribers.postal import save_centre
from wording import _, ngettext
from wording.errors import ConflictError, InvalidInputError, NotFoundError
from wording.interface import interface

_PHONE = re.compile(r"[0-9+() -]{0,40}")


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
    phone: str | None = None,
    rules: Collection[str] | None = None,
) -> Centre:
    """Write down a centre, new or changed; its rules and address were checked on a day, or today.

    Telephone and rules that are None stay as they are. Raises NotAllowedError, AddressError for lines that are no
    address, AddresseeError, InvalidInputError, ConflictError.
    """
    require(person, Permission.CHANGE_ADDRESSEES)
    _check(phone or "", rules or ())
    new = Centre(key.strip(), name.strip(), tuple(postal_lines(lines)), asks_registration, checked_on or office.today())
    try:
        with deed(office, person, Permission.CHANGE_ADDRESSEES) as session:
            was = repository.centres(session).get(new.key, new)
            centre = replace(
                new,
                phone=was.phone if phone is None else phone.strip(),
                rules=was.rules if rules is None else tuple(one for one in RULES if one in rules),
                closed_on=was.closed_on,
            )
            save_centre(session, centre)
            record(session, Event.EDIT, person.uid, detail={"centre": centre.key})
    except IntegrityError as error:
        raise ConflictError(_("Iemand anders schreef dit centrum op hetzelfde moment op; kijk opnieuw.")) from error
    return centre


def checked(office: Office, person: Person, key: str) -> None:
    """The address and the rules of a centre were asked today, and hold. Raises NotAllowedError, NotFoundError."""
    require(person, Permission.CHANGE_ADDRESSEES)
    today = office.today()
    _change(office, person, key, "checked", lambda _session, centre: replace(centre, checked_on=today))


def close(office: Office, person: Person, key: str) -> None:
    """No one can be there any more.

    Raises NotAllowedError, NotFoundError, ConflictError while someone there gets post.
    """
    require(person, Permission.CHANGE_ADDRESSEES)
    today = office.today()

    def closed(session: Session, centre: Centre) -> Centre:
        there = sum(one.centre == key and one.suspended_because is None for one in listing.listed(session))
        if there:
            raise ConflictError(
                ngettext(
                    "Er krijgt daar nog {count} mens post. Geef eerst een ander centrum, of stop de post.",
                    "Er krijgen daar nog {count} mensen post. Geef hun eerst een ander centrum, of stop de post.",
                    there,
                )
            )
        return replace(centre, closed_on=today)

    _change(office, person, key, "closed", closed)


def reopen(office: Office, person: Person, key: str) -> None:
    """It was closed by mistake, or opened again. Raises NotAllowedError, NotFoundError."""
    require(person, Permission.CHANGE_ADDRESSEES)
    _change(office, person, key, "reopened", lambda _session, centre: replace(centre, closed_on=None))


def explanation(office: Office, person: Person, locale: str, *, large: bool = False) -> bytes:
    """The leaf that goes with a first letter, as a PDF: what is kept, why, how long, and how to stop it.

    Raises NotAllowedError, NotFoundError for a language of none of ours, TypesettingError.
    """
    require(person, Permission.PRINT_RUNS)
    if locale not in office.house.locales:
        raise NotFoundError(_("De taal is onbekend. Bekend: {known}.", known=", ".join(sorted(office.house.locales))))
    settings = office.house.locales[locale]
    job = leaf(office.house.organisation, settings, office.today(), interface(locale), large=large)
    return office.typeset([job])[0]


def _change(office: Office, person: Person, key: str, step: str, changed: Callable[[Session, Centre], Centre]) -> None:
    with deed(office, person, Permission.CHANGE_ADDRESSEES) as session:
        centre = repository.centres(session).get(key)
        if centre is None:
            raise NotFoundError(_("Het centrum ‘{centre}’ is onbekend.", centre=key))
        save_centre(session, changed(session, centre))
        record(session, Event.EDIT, person.uid, detail={"centre": key, "step": step})


def _check(phone: str, rules: Collection[str]) -> None:
    """Raises InvalidInputError."""
    if not _PHONE.fullmatch(phone.strip()):
        raise InvalidInputError(_("Een telefoonnummer heeft alleen cijfers, spaties, streepjes, haakjes en een plus."))
    if not set(rules) <= RULES.keys():
        raise InvalidInputError(_("Kies uit de lijst."))
