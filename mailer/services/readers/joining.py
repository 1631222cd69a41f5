"""Subscribe and confirm, the double opt-in: doors for the public pages, for visitors of whom nothing is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from database import onetime
from database.retrying import retried
from mailer.organisation import House
from mailer.services.notices.letters import ask_to_confirm
from mailer.services.office import Office
from mailer.services.readers.lookup import check_offered
from subscribers import services
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


@retried
def subscribe(office: Office, form: SignUp) -> None:
    """Mail a button, if this address may get one; tells nothing of who is a reader.

    Raises AddressError, and InvalidInputError for a choice that is not offered.
    """
    check_offered(office.house, form.audiences, form.locale)
    choice = Choice(form.audiences, form.locale)
    evidence = Evidence(f"form /{form.page}/aanmelden", agreed(office.house, form.page))
    with office.store.transaction() as session:
        needed = services.subscribe(session, form.email, choice, evidence, network=network_of(form.remote))
        if needed is not None:
            ask_to_confirm(session, office.house, needed)
    if needed is not None:
        office.bell.ring_for_mail()


def asked_for(office: Office, token: str) -> Sequence[str]:
    """The audiences a confirmation link is about. Raises NotFoundError when it is unknown, used or late."""
    with office.store.reading() as session:
        asked = onetime.peek(session, CONFIRM, token)
    if asked is None:
        raise link_over()
    return tuple(asked.payload["audiences"])


@retried
def confirm(office: Office, token: str) -> None:
    """The button was pressed: now this is a reader. Raises NotFoundError when the link is unknown, used or late."""
    with office.store.transaction() as session:
        reader = services.confirm(session, token)
    if reader is None:
        raise link_over()


def agreed(house: House, lang: str) -> AgreedWording:
    """The sentence under the button, as it is shown and kept."""
    return AgreedWording(VERSION, lang, interface(lang).say(agreement(house.organisation.name)))


def link_over() -> NotFoundError:
    """The link opens nothing."""
    return NotFoundError(_("Deze link werkt niet (meer)"))
