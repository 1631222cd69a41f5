"""Subscribe and confirm, the double opt-in: doors for the public pages, for visitors of whom nothing is known."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from database import onetime
from database.retrying import retried
from mailer.organisation import House
from mailer.services.notices.letters import Asking, ask_to_confirm
from mailer.services.office import Office
from mailer.services.readers.lookup import check_offered
from mailer.services.readers.offers import offer_title, offers_in
from mailer.services.readers.welcoming import welcome
from mailer.services.sending.delivering import dispatch
from subscribers import services
from subscribers.address import address_from
from subscribers.consent import VERSION, AgreedWording, Choice, Evidence, agreement
from subscribers.limits import network_of
from subscribers.services import CONFIRM
from wording import _
from wording.errors import NotFoundError
from wording.interface import interface


@dataclass(frozen=True)
class SignUp:
    """What stood in the form. `locale` is the language of the newsletters, `page` that of the page."""

    email: str = field(repr=False)
    audiences: tuple[str, ...]
    locale: str
    page: str
    remote: str = field(default="", repr=False)
    """The address the request came from; only a keyed hash of its network is kept."""
    welcome: bool = False
    """They also want the last issue that was sent, at once."""


@retried
def subscribe(office: Office, form: SignUp) -> None:
    """Mail a button, if this address may get one; tells nothing of who is a reader.

    Raises AddressError, and InvalidInputError for a choice that is not offered.
    """
    choice = Choice(form.audiences, form.locale, form.welcome)
    evidence = Evidence(f"form /{form.page}/aanmelden", agreed(office.house, form.page))
    with office.store.transaction() as session:
        hidden = [key for key, one in offers_in(session, office.house).items() if not one.is_public]
        check_offered(office.house, form.audiences, form.locale, hidden)
        needed = services.subscribe(session, form.email, choice, evidence, network=network_of(form.remote))
        if needed is not None:
            ask_to_confirm(session, office.house, needed, titles_in(session, office.house, needed.choice))
    if needed is not None:
        office.bell.ring_for_mail()


@dataclass(frozen=True)
class AskedFor:
    """What a confirmation link is about. `masked`: the address, as far as its owner knows it by."""

    audiences: tuple[str, ...]
    locale: str
    masked: str


def asked_for(office: Office, token: str) -> AskedFor:
    """What a confirmation link is about. Raises NotFoundError when it is unknown, used or late."""
    with office.store.reading() as session:
        asked = onetime.peek(session, CONFIRM, token)
    if asked is None:
        raise link_over()
    payload = asked.payload
    return AskedFor(tuple(payload["audiences"]), payload["locale"], address_from(payload["address"]).masked)


def titles_in(session: Session, house: House, choice: Choice) -> Asking:
    """What the mail with the button names: the newsletters in the order they were chosen, in the reader's language."""
    offered = offers_in(session, house)
    known = [offered[key] for key in choice.audiences if key in offered]
    titles = [offer_title(house, one, choice.locale) for one in known]
    return Asking(tuple(titles), known[0].publication if known else None)


@retried
def confirm(office: Office, token: str) -> None:
    """The button was pressed: now this is a reader. Raises NotFoundError when the link is unknown, used or late.

    Whoever wanted the last issue at once gets it as a delivery of its mailing, once.
    """
    with office.store.transaction() as session:
        asked = onetime.peek(session, CONFIRM, token)
        reader = services.confirm(session, token)
        welcomed: list[int] = []
        if reader is not None and asked is not None and asked.payload.get("welcome"):
            welcomed = welcome(session, office, reader, asked.payload["audiences"])
    if reader is None:
        raise link_over()
    for mailing in welcomed:
        dispatch(office.store, office.bell, mailing, office.clock())


def agreed(house: House, lang: str) -> AgreedWording:
    """The sentence under the button, as it is shown and kept."""
    return AgreedWording(VERSION, lang, interface(lang).say(agreement(house.organisation.name)))


def link_over() -> NotFoundError:
    """The link opens nothing."""
    return NotFoundError(_("Deze link werkt niet (meer)"))
