"""Readers by post, as the postal desk works with them: find, add, confirm, stop, change. Names only to those who ask.

Every look is written down, and every change with the person it is about.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from database.audit import Event, record
from database.retrying import retried
from mailer.ledger import printing
from mailer.organisation import Audience, Channel, House
from mailer.services.office import Office, deed, look
from staff.people import Person
from staff.permissions import Permission, require
from subscribers import listing, postal
from subscribers.addressee import AskedBy, SuspendedBecause
from subscribers.locking import lock_addressees
from subscribers.postal import NewAddressee, v_number_warning
from subscribers.reading import tell_unreadable
from subscribers.repository import centres
from wording import Text, _
from wording.errors import ConflictError, InvalidInputError, NotFoundError


@dataclass(frozen=True)
class Listed:
    """A reader by post on the list; `name` is masked unless names were asked for."""

    code: str
    name: str = field(repr=False)
    centre: str
    locale: str
    large_print: bool
    confirmed_on: date
    suspended_because: str | None
    """None: gets post."""
    unheard: bool
    """Not heard from for 30 days: in a month the post stops."""


@dataclass(frozen=True)
class NewReader:
    """What the desk was told of someone who asks for the letters."""

    name: str = field(repr=False)
    centre: str
    locale: str
    asked_by: AskedBy
    audience: str | None = None
    """None: the only audience by post."""
    registration: str | None = field(default=None, repr=False)
    large_print: bool = False


@dataclass(frozen=True)
class Correction:
    """What is to be put right about someone; None leaves it as it is."""

    name: str | None = field(default=None, repr=False)
    centre: str | None = None
    locale: str | None = None
    registration: str | None = field(default=None, repr=False)
    large_print: bool | None = None


@dataclass(frozen=True)
class Kept:
    """Someone who was written down or corrected: the code on the list, and what the desk should look at."""

    code: str
    warning: Text | None


def everyone(office: Office, person: Person, *, names: bool = False, unheard: bool = False) -> tuple[Listed, ...]:
    """Everyone who is kept, or only those not heard from, by centre, language and name. Raises NotAllowedError."""
    require(person, Permission.SEE_ADDRESSEES)
    today = office.today()
    with deed(office, person, Permission.SEE_ADDRESSEES) as session:
        aside: list[object] = []
        found = [one for one in listing.listed(session, aside=aside.append) if not unheard or one.unheard(today)]
        tell_unreadable(session, "addressee", len(aside))
        record(session, Event.VIEW_LIST, person.uid, detail={"addressees": len(found), "names": names})
    return tuple(_shown(one, today, names=names) for one in found)


@dataclass(frozen=True)
class Detail:
    """One reader by post. `name` and `registration` are "" unless they were asked for."""

    listed: Listed
    audience: str
    asks_registration: bool
    name: str = field(default="", repr=False)
    registration: str = field(default="", repr=False)


def one(office: Office, person: Person, code: str) -> Detail:
    """Someone on the list, masked. Raises NotAllowedError, NotFoundError."""
    with look(office, person, Permission.SEE_ADDRESSEES) as session:
        return _detail(session, office, listing.addressee_called(session, code))


def reveal(office: Office, person: Person, code: str) -> Detail:
    """Someone with their name and number; that is written down. Raises NotAllowedError, NotFoundError."""
    with deed(office, person, Permission.SEE_ADDRESSEES) as session:
        uid = listing.addressee_called(session, code)
        kept = listing.as_kept(session, uid)
        record(session, Event.VIEW_ONE, person.uid, uid)
        found = _detail(session, office, uid)
    return replace(found, name=kept.name, registration=kept.registration or "")


def _detail(session: Session, office: Office, uid: UUID) -> Detail:
    found = listing.listed_of(session, [uid]).get(uid)
    if found is None:
        raise NotFoundError(_("Wat van deze lezer bewaard wordt, gaat nu niet open."))
    centre = centres(session).get(found.centre)
    shown = _shown(found, office.today(), names=False)
    return Detail(shown, found.audience, centre is not None and centre.asks_registration)


def search(office: Office, person: Person, words: str) -> tuple[Listed, ...]:
    """Those whose name has all of `words` in it, with their names. Raises NotAllowedError."""
    with deed(office, person, Permission.SEE_ADDRESSEES) as session:
        found = listing.found_by(listing.listed(session), words)
        record(session, Event.SEARCH, person.uid, detail={"addressees": len(found)})
    return tuple(_shown(one, office.today(), names=True) for one in found)


class SameNameError(ConflictError):
    """Someone of this name is in this centre already: a person says whether it is someone else."""


@retried
def add(office: Office, person: Person, new: NewReader, *, twice: bool = True) -> Kept:
    """Write down someone who asked for the letters.

    Without `twice` someone of a name that is in that centre already is asked about first. Raises SameNameError,
    NotAllowedError, InvalidInputError when an audience is to be chosen, NotFoundError for an unknown audience,
    language or centre, AddresseeError.
    """
    require(person, Permission.CHANGE_ADDRESSEES)
    audience = posted_audience(office.house, new.audience)
    _check_locale(new.locale, audience.locales)
    kept = NewAddressee(
        new.name, new.centre, new.locale, new.registration, new.large_print, new.asked_by, audience=audience.key
    )
    with deed(office, person, Permission.CHANGE_ADDRESSEES) as session:
        _check_centre(session, new.centre)
        if not twice:
            _check_name(session, new)
        uid = postal.add_addressee(session, kept, office.today())
        record(session, Event.EDIT, person.uid, uid, detail={"step": "added"})
    return Kept(listing.code_of(uid), v_number_warning(new.name, new.registration))


@retried
def confirm(office: Office, person: Person, codes: Collection[str]) -> None:
    """These people were heard from today: all of them or, when one code is wrong, none.

    Raises NotAllowedError, NotFoundError.
    """
    require(person, Permission.CHANGE_ADDRESSEES)
    today = office.today()

    def confirmed(session: Session, uid: UUID) -> None:
        printing.stopped_otherwise(session, uid)
        postal.confirm_addressee(session, uid, today)

    _each(office, person, codes, "confirmed", confirmed)


@retried
def stop(office: Office, person: Person, codes: Collection[str], because: SuspendedBecause) -> None:
    """Print nothing more for these people: all of them or, when one code is wrong, none.

    Raises NotAllowedError, NotFoundError.
    """
    require(person, Permission.CHANGE_ADDRESSEES)
    today = office.today()

    def stopped(session: Session, uid: UUID) -> None:
        printing.stopped_otherwise(session, uid)
        postal.suspend_addressee(session, uid, because, today)

    _each(office, person, codes, "stopped", stopped)


@retried
def correct(office: Office, person: Person, code: str, correction: Correction) -> Kept:
    """Put right what is kept of someone. A registration number never moves along to another centre.

    Raises NotAllowedError, NotFoundError for an unknown code, language or centre, AddresseeError.
    """
    with deed(office, person, Permission.CHANGE_ADDRESSEES) as session:
        uid = listing.addressee_called(session, code)
        kept = listing.as_kept(session, uid)
        if correction.locale is not None:
            _check_locale(correction.locale, posted_audience(office.house, kept.audience).locales)
        if correction.centre is not None:
            _check_centre(session, correction.centre)
        changed = _corrected(kept, correction)
        listing.change_addressee(session, uid, changed)
        record(session, Event.EDIT, person.uid, uid, detail={"step": "changed"})
    return Kept(listing.code_of(uid), v_number_warning(correction.name, correction.registration))


def posted_audience(house: House, key: str | None) -> Audience:
    """The audience by post of this key; for None the only one there is.

    Raises NotFoundError, and InvalidInputError for None when there are several; both name those there are.
    """
    known = {one.key: one for one in house.audiences.values() if one.channel is Channel.POST}
    if not known:
        raise NotFoundError(_('Er is nog geen doelgroep per post: zet er in postduif.toml een met `channel = "post"`.'))
    if key is None:
        if len(known) > 1:
            raise InvalidInputError(
                _("Er zijn meer doelgroepen per post. Geef --audience mee: {known}.", known=", ".join(sorted(known)))
            )
        [key] = known
    if key not in known:
        raise NotFoundError(
            _("Er is geen doelgroep ‘{key}’ per post. Bekend: {known}.", key=key, known=", ".join(sorted(known)))
        )
    return known[key]


def _check_name(session: Session, new: NewReader) -> None:
    name = " ".join(new.name.split()).casefold()
    for other in listing.listed(session):
        if other.centre == new.centre and other.name.casefold() == name:
            text = _(
                "In dit centrum staat al iemand met deze naam, code {code}. Is dit iemand anders?", code=other.code
            )
            raise SameNameError(text)


def _check_locale(code: str, known: Sequence[str]) -> None:
    """Raises NotFoundError for a language that is not one of these."""
    if code not in known:
        raise NotFoundError(_("De taal is onbekend. Bekend: {known}.", known=", ".join(sorted(known))))


def _check_centre(session: Session, key: str) -> None:
    if key not in centres(session):
        raise NotFoundError(_("Het centrum ‘{centre}’ is onbekend.", centre=key))


def _corrected(kept: NewAddressee, correction: Correction) -> NewAddressee:
    moves = correction.centre is not None and correction.centre != kept.centre
    return replace(
        kept,
        name=kept.name if correction.name is None else correction.name,
        centre=kept.centre if correction.centre is None else correction.centre,
        locale=kept.locale if correction.locale is None else correction.locale,
        large_print=kept.large_print if correction.large_print is None else correction.large_print,
        registration=correction.registration or (None if moves else kept.registration),
    )


def _each(
    office: Office, person: Person, codes: Collection[str], step: str, act: Callable[[Session, UUID], None]
) -> None:
    with deed(office, person, Permission.CHANGE_ADDRESSEES) as session:
        uids = [listing.addressee_called(session, code) for code in codes]
        lock_addressees(session, uids)
        for uid in uids:
            act(session, uid)
            record(session, Event.EDIT, person.uid, uid, detail={"step": step})


def _shown(one: listing.Listed, today: date, *, names: bool) -> Listed:
    return Listed(
        one.code,
        one.name if names else one.masked,
        one.centre,
        one.locale,
        one.large_print,
        one.confirmed_on,
        one.suspended_because,
        one.unheard(today),
    )
