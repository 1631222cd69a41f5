"""Who works here: add people, change their roles, deactivate them. Each change is in the audit trail.

A change names the person as its author saw them: when they look different by now, it is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace

from sqlalchemy.orm import Session

from database import audit
from mailer.organisation import House
from mailer.services.office import Office, deed, look
from staff import people, second_factor, sessions, signing_in
from staff.people import Person
from staff.permissions import Permission, may, require, require_now
from staff.roles import Role
from subscribers.address import address_from
from wording import _
from wording.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError

FIRST = "installation"
"""The actor when people are added while there is no administrator."""


@dataclass(frozen=True)
class Newcomer:
    """Someone to be added. Name and address stay out of `repr`."""

    name: str = field(repr=False)
    email: str = field(repr=False)
    roles: frozenset[Role]
    languages: tuple[str, ...] = ()
    """Those a translator works in."""


def acting(office: Office, called: str) -> Person:
    """The active person with this name or address, who gives a command. Public: it is how one says who one is."""
    with office.store.reading() as session:
        return _called(people.people(session), called)


def has_people(office: Office) -> bool:
    """Whether anyone works here, or did."""
    with office.store.reading() as session:
        return bool(people.everyone(session))


def first_administrator(office: Office) -> Person:
    """Whoever the first run made. Raises NotFoundError when there is no administrator."""
    with office.store.reading() as session:
        for one in _administrators(session):
            return one
    raise NotFoundError(_("Er is nog geen beheerder."))


def find(office: Office, person: Person, called: str) -> Person:
    """The person with this name or address, active or not. Raises NotFoundError, InvalidInputError."""
    require(person, Permission.SEE_STAFF)
    return _called(everyone(office, person), called)


def everyone(office: Office, person: Person) -> tuple[Person, ...]:
    """Everyone who works or worked here, by name."""
    with look(office, person, Permission.SEE_STAFF) as session:
        return tuple(people.everyone(session))


def add(
    office: Office,
    person: Person | None,
    newcomer: Newcomer,
    *,
    also: Callable[[Session, Person], None] = lambda _session, _added: None,
) -> Person:
    """Add a person. `person` may be None only while no one may do this: the very first one adds themselves.

    `also` is done in the same transaction, with who was added. Raises ConflictError when the address is someone's,
    InvalidInputError, NotFoundError for an unknown language.
    """
    if person is not None:
        require(person, Permission.CHANGE_STAFF)
    address, name = address_from(newcomer.email), " ".join(newcomer.name.split())
    if not all(letter.isprintable() or letter == "\u200c" for letter in name):  # ZWNJ belongs to Persian spelling
        raise InvalidInputError(_("In de naam staat een onzichtbaar teken; typ de naam opnieuw."))
    if not name:
        raise InvalidInputError(_("Een medewerker heeft een naam nodig."))
    _check(office.house, newcomer.roles, newcomer.languages)
    with office.store.transaction() as session:
        people.queue_up(session)
        actor = require_now(session, person, Permission.CHANGE_STAFF).uid if person else _first(session)
        if people.is_known(session, address.text):
            raise ConflictError(_("Met dit e-mailadres is er al een medewerker, misschien een die niet actief is."))
        added = people.add_person(session, name, address.text, newcomer.roles, newcomer.languages)
        audit.record(session, audit.Event.ROLE, actor, added.uid, detail={"before": "", "after": _codes(added)})
        also(session, added)
    return added


def change_roles(
    office: Office, person: Person, seen: Person, roles: Collection[Role], languages: Collection[str] = ()
) -> Person:
    """Give a person these roles and languages instead of those they have. What they approved stays approved.

    Raises ConflictError when they changed since they were `seen`, are the last who may change staff, or are `person`,
    who would take from themselves what only another can give back.
    """
    require(person, Permission.CHANGE_STAFF)
    _check(office.house, roles, languages)
    return _change(office, person, seen, replace(seen, roles=frozenset(roles), languages=tuple(languages)))


def deactivate(office: Office, person: Person, seen: Person) -> Person:
    """End the rights of a person at once; what they approved stays. Raises ConflictError as `change_roles` does."""
    require(person, Permission.CHANGE_STAFF)
    return _change(office, person, seen, replace(seen, active=False))


def activate(office: Office, person: Person, seen: Person) -> Person:
    """Give a person back the roles they had. Raises ConflictError as `change_roles` does."""
    require(person, Permission.CHANGE_STAFF)
    return _change(office, person, seen, replace(seen, active=True))


def _change(office: Office, person: Person, seen: Person, wanted: Person) -> Person:
    with office.store.transaction() as session:
        people.queue_up(session)  # before the look at the person: two who deactivate each other must not both stay
        require_now(session, person, Permission.CHANGE_STAFF)
        if seen not in people.everyone(session):
            raise ConflictError(_("{name} is intussen veranderd. Kijk opnieuw en beslis dan.", name=seen.name))
        if wanted == seen:
            raise ConflictError(_("Dat is al zo; er is niets veranderd."))
        people.change_person(session, wanted)
        _require_kept(_administrators(session), person, wanted)
        if not wanted.active:  # else they would be in again, in their old browsers, once they are active again
            sessions.end_all(session, wanted.uid)
            signing_in.forget_of(session, wanted.uid)
        before_and_after = {"before": _codes(seen), "after": _codes(wanted)}
        audit.record(session, audit.Event.ROLE, person.uid, wanted.uid, detail=before_and_after)
    return wanted


def _require_kept(left: Collection[Person], person: Person, wanted: Person) -> None:
    """Raises ConflictError when no one is left who may change staff, or `person` would no longer be one of them."""
    if not left:
        raise ConflictError(_("Dit is de laatste beheerder. Geef eerst iemand anders die rol."))
    if wanted.uid == person.uid and wanted.uid not in {one.uid for one in left}:
        raise ConflictError(
            _(
                "Dit ben je zelf: jezelf de rol van beheerder of al je rechten afnemen kan niet. Vraag het een andere "
                "beheerder."
            )
        )


def _first(session: Session) -> str:
    if _administrators(session):
        raise NotAllowedError(_("Er is al een beheerder; alleen een beheerder voegt medewerkers toe."))
    return FIRST


def _administrators(session: Session) -> list[Person]:
    return [one for one in people.people(session) if may(one, Permission.CHANGE_STAFF)]


def _check(house: House, roles: Collection[Role], languages: Iterable[str]) -> None:
    if not roles:
        raise InvalidInputError(_("Kies minstens één rol."))
    for code in languages:
        if code not in house.locales:
            known = ", ".join(sorted(house.locales))
            raise NotFoundError(_("De taal ‘{code}’ is onbekend. Bekend: {known}.", code=code, known=known))


def _called(among: Iterable[Person], called: str) -> Person:
    wanted = called.strip().casefold()
    found = [one for one in among if wanted in (one.name.casefold(), one.email.casefold())]
    if not found:
        raise NotFoundError(_("Er is geen medewerker ‘{called}’. Een beheerder kan iemand toevoegen.", called=called))
    if len(found) > 1:
        raise InvalidInputError(
            _("Er zijn meer medewerkers die ‘{called}’ heten; gebruik het e-mailadres.", called=called)
        )
    return found[0]


def _codes(person: Person) -> str:
    """What a person may do, for the audit trail: "active editor,translator ar"."""
    words = ["active" if person.active else "inactive", ",".join(sorted(person.roles)), ",".join(person.languages)]
    return " ".join(filter(None, words))


def take_second_step(office: Office, person: Person, subject: Person) -> None:
    """Take the second step of someone who lost their phone, and end their sessions; they set up a new one.

    Raises NotAllowedError for one's own: that is what paper codes are for.
    """
    require(person, Permission.CHANGE_STAFF)
    if subject.uid == person.uid:
        raise NotAllowedError(_("Je eigen tweede stap zet een andere beheerder terug, of gebruik een code van papier."))
    with deed(office, person, Permission.CHANGE_STAFF) as session:
        second_factor.forget_all(session, subject.uid)
        sessions.end_all(session, subject.uid)
        audit.record(session, audit.Event.ROLE, person.uid, subject.uid, detail={"second_step": False})
