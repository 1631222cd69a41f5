"""Come in and go out: the mail with link and code, the session it opens, and the second step."""

from __future__ import annotations

import hmac
from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.orm import Session

from database.audit import Event, record
from database.keys import KeyRing
from mailer.ledger import installation
from mailer.services.notices import staff_letters
from mailer.services.office import Office
from staff import attempts, second_factor, sessions, signing_in
from staff.attempts import Attempt
from staff.mails import GETS, Mail
from staff.people import Person, person_by_email, set_interface, set_muted
from staff.permissions import NEEDS_SECOND_STEP, may
from staff.second_factor import Factors
from staff.sessions import OpenSession
from staff.signing_in import Invitation
from wording import _
from wording.errors import ConflictError, InvalidInputError

WAIT = _("Er is te vaak een verkeerde code ingevuld. Wacht een paar minuten en probeer het opnieuw.")


@dataclass(frozen=True)
class Entered:
    """Someone came in: the secret for the cookie, and that by which this browser is known next time."""

    person: Person
    session: str = field(repr=False)
    device: str = field(repr=False)


@dataclass(frozen=True)
class Browser:
    """What is known of the browser that asks: its secret, what it calls itself, and its network."""

    secret: str = field(repr=False)
    name: str
    network: str = field(repr=False)
    device: str = field(repr=False, default="")
    """The mark that it kept from an earlier visit; "" when there is none."""


def ask(office: Office, email: str, browser: Browser, *, pages: str) -> None:
    """Mail a link and a code to whoever works here under this address; `pages` is where the pages are reached.

    Says nothing: the answer is the same for an address that is known, unknown, or asked for too often.
    """
    wanted = email.strip().casefold()
    with office.store.transaction() as session:
        room = [
            attempts.allowed(session, Attempt.MAIL, wanted),
            attempts.allowed(session, Attempt.NETWORK, browser.network),
        ]
        attempts.count(session, Attempt.NETWORK, browser.network)
        who = person_by_email(session, wanted)
        if who is None or not all(room):
            return
        attempts.count(session, Attempt.MAIL, wanted)
        asked = signing_in.ask(session, who, browser.secret)
        staff_letters.invite(session, office.house, asked, pages=pages)
    office.bell.ring_for_mail()


def link_for(office: Office, who: Person, *, pages: str, anew: bool = False) -> str:
    """A link that works in any browser, for someone at the machine while no relay takes mail.

    `anew` also takes the second step away: the only way back for a last administrator who lost it.
    """
    with office.store.transaction() as session:
        asked = signing_in.ask(session, who, "")
        if anew:
            second_factor.forget_all(session, who.uid)
            sessions.end_all(session, who.uid)
        record(session, Event.LOGIN, "command", who.uid, detail={"link": True, "anew": anew})
    return f"{pages}/staff/sign-in/{asked.token}"


def look(office: Office, token: str, browser: Browser) -> Invitation | None:
    """What a link stands for. Changes nothing: scanners of mail open every link."""
    with office.store.reading() as session:
        return signing_in.look(session, token, browser.secret)


def enter_by_link(office: Office, token: str, browser: Browser) -> Entered | None:
    """Open a session with a link, in the browser that asked. None when it is used, over, or of another browser."""
    with office.store.transaction() as session:
        who = signing_in.by_link(session, token, browser.secret)
        return None if who is None else _entered(session, office, who, browser)


def enter_by_code(office: Office, code: str, browser: Browser) -> Entered | None:
    """Open a session with the code from the mail. None when it is wrong. Raises ConflictError when it was too often."""
    with office.store.transaction() as session:
        if not attempts.allowed(session, Attempt.CODE, browser.network):
            raise ConflictError(WAIT)
        who = signing_in.by_code(session, code, browser.secret)
        if who is not None:
            return _entered(session, office, who, browser)
        attempts.count(session, Attempt.CODE, browser.network)
        record(session, Event.FAIL, "pages", detail={"step": "code"})
    return None


def current(office: Office, token: str) -> OpenSession | None:
    """The session of a cookie; None when the person has to come in (again). Along with it: is everything held back?"""
    at = office.clock()
    with office.store.reading() as session:
        found = sessions.open_session(session, token, at, ~installation.is_free())
    if found is None or (may_see_names(found.person) and at - found.seen_at >= sessions.IDLE_WITH_NAMES):
        return None
    if at - found.seen_at >= sessions.SEEN_EVERY:
        with office.store.transaction() as session:
            sessions.touch(session, found.uid, at)
    return found


def leave(office: Office, person: Person, session_id: UUID) -> None:
    """End one session of one's own; one that is over already is no matter."""
    with office.store.transaction() as session:
        sessions.end(session, person.uid, session_id)


def leave_everywhere(office: Office, person: Person) -> None:
    """End every session of one's own."""
    with office.store.transaction() as session:
        sessions.end_all(session, person.uid)


def mine(office: Office, person: Person) -> list[OpenSession]:
    """Everywhere this person is signed in."""
    with office.store.reading() as session:
        return sessions.sessions_of(session, person.uid, office.clock())


def needs_second_step(person: Person) -> bool:
    """True for anyone who may send, or see addressees."""
    return any(may(person, permission) for permission in NEEDS_SECOND_STEP)


def may_see_names(person: Person) -> bool:
    """True for anyone whose session ends when no one clicks for half an hour."""
    return needs_second_step(person)


def factors(office: Office, person: Person) -> Factors:
    """What this person can prove themselves with."""
    with office.store.reading() as session:
        return second_factor.factors(session, person.uid)


def propose_app(office: Office, person: Person) -> second_factor.NewApp:
    """A secret for an app; it counts from its first right code."""
    with office.store.transaction() as session:
        return second_factor.propose_app(session, person, office.house.organisation.name)


def new_paper(office: Office, person: Person) -> tuple[str, ...]:
    """Eight codes for paper, shown once."""
    with office.store.transaction() as session:
        record(session, Event.ROLE, person.uid, person.uid, detail={"paper": True})
        return tuple(second_factor.new_paper(session, person.uid))


def second_step(office: Office, here: OpenSession, code: str, *, new: bool = False) -> None:
    """Prove oneself with a code of the app or from paper; with `new` also of the app that is being set up.

    Raises InvalidInputError for a wrong one, ConflictError after too many of them.
    """
    who = here.person.uid
    with office.store.transaction() as session:
        _require_room(session, who)
        typed = code.strip()
        right = second_factor.check_app(session, who, typed, office.clock(), new=new) if typed else False
        if right or second_factor.check_paper(session, who, typed):
            _second_step_made(session, office, here)
            return
        attempts.count(session, Attempt.SECOND, who.hex)
        record(session, Event.FAIL, who, detail={"step": "second"})
    raise InvalidInputError(_("Die code klopt niet, of is al gebruikt. Typ de code die er nu staat."))


def ask_for_passkey(office: Office, here: OpenSession, site: second_factor.Site, *, new: bool) -> str:
    """What the browser is to sign, or to make a new passkey from, as JSON."""
    with office.store.transaction() as session:
        if new:
            options, challenge = second_factor.ask_for_new_passkey(session, here.person, site)
        else:
            options, challenge = second_factor.ask_for_passkey(session, here.person.uid, site)
        sessions.ask(session, here.uid, challenge)
    return options


def passkey(office: Office, here: OpenSession, site: second_factor.Site, answer: str) -> None:
    """Prove oneself with a passkey. Raises InvalidInputError, and ConflictError after too many tries."""
    who = here.person.uid
    with office.store.transaction() as session:
        _require_room(session, who)
        if second_factor.check_passkey(session, who, answer, here.challenge, site):
            _second_step_made(session, office, here)
            return
        attempts.count(session, Attempt.SECOND, who.hex)
        record(session, Event.FAIL, who, detail={"step": "passkey"})
    raise InvalidInputError(_("Die toegangssleutel past niet. Probeer het nog een keer, of gebruik een code."))


def add_passkey(office: Office, here: OpenSession, site: second_factor.Site, answer: str) -> None:
    """Keep a passkey that the browser made; it counts as a second step. Raises InvalidInputError."""
    who = here.person.uid
    with office.store.transaction() as session:
        if here.challenge and second_factor.add_passkey(session, who, answer, here.challenge, site, name=here.device):
            record(session, Event.ROLE, who, who, detail={"passkey": True})
            _second_step_made(session, office, here)
            return
    raise InvalidInputError(_("De toegangssleutel is niet bewaard. Probeer het nog een keer."))


def remove_passkey(office: Office, person: Person, uid: UUID) -> None:
    """Take one of one's own passkeys away."""
    with office.store.transaction() as session:
        if second_factor.remove_passkey(session, person.uid, uid):
            record(session, Event.ROLE, person.uid, person.uid, detail={"passkey": False})


def choose_language(office: Office, person: Person, locale: str) -> None:
    """The language of one's own pages, and of mail to oneself."""
    with office.store.transaction() as session:
        set_interface(session, person.uid, locale)


def choose_mails(office: Office, person: Person, wanted: Collection[Mail]) -> None:
    """The mails that one wants, of those one's roles get; the rest of them stops."""
    with office.store.transaction() as session:
        set_muted(session, person.uid, set(mails_for(person)) - set(wanted))


def mails_for(person: Person) -> tuple[Mail, ...]:
    """The mails that this person's roles get and that they may do without."""
    return tuple(mail for mail, roles in GETS.items() if roles & person.roles)


def _require_room(session: Session, who: UUID) -> None:
    if not attempts.allowed(session, Attempt.SECOND, who.hex):
        raise ConflictError(WAIT)


def _second_step_made(session: Session, office: Office, here: OpenSession) -> None:
    attempts.clear(session, Attempt.SECOND, here.person.uid.hex)
    sessions.second_step_made(session, here.uid, office.clock())
    record(session, Event.LOGIN, here.person.uid, detail={"step": 2})


def _entered(session: Session, office: Office, who: Person, browser: Browser) -> Entered:
    token = sessions.begin(session, who, browser.name, office.clock())
    record(session, Event.LOGIN, who.uid, detail={"step": 1})
    if not _is_known(office.keys, who, browser.device):
        staff_letters.tell_of_new_device(session, office.house, who, browser.name, office.clock())
    return Entered(who, token, _mark(office.keys, who, office.keys.current("session")))


def _is_known(keys: KeyRing, who: Person, device: str) -> bool:
    given = device.encode("utf-8", "replace")
    return any(hmac.compare_digest(_mark(keys, who, kid).encode(), given) for kid in keys.ids("session"))


def _mark(keys: KeyRing, who: Person, kid: int) -> str:
    """By which a browser shows that this person came in with it before; it opens nothing."""
    return hmac.digest(keys.derive("session", "device", kid), who.uid.bytes, "sha256").hex()[:40]
