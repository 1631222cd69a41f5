"""The mail server of an organisation: tried with a letter to whoever chooses it, and kept when it takes that."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from database.audit import record
from mailer.carriers.carrier import Accepted, Answer, Letter
from mailer.carriers.in_clear import is_here
from mailer.carriers.relay import STAGES, Relay, Security, can_be_host
from mailer.carriers.smtp import SmtpCarrier
from mailer.ledger.notices import Notice
from mailer.organisation import House
from mailer.services.administration.starting import save_mail
from mailer.services.held import require_free
from mailer.services.notices.letters import message_of
from mailer.services.office import Office, deed, look
from mailer.services.sending.tray import Tray, in_short
from staff.people import Person
from staff.permissions import Permission, require
from subscribers.address import address_from
from wording import Text, _
from wording.errors import CarrierError, ConflictError, InvalidInputError
from wording.interface import interface

PATIENCE = 15.0
"""Seconds to wait for each answer while a person looks at the page."""


@dataclass(frozen=True)
class MailServer:
    """What a person was told by whoever gives them mail. `sender` is the address that newsletters come from."""

    host: str
    port: int
    security: str
    user: str = field(repr=False)
    password: str = field(repr=False)
    sender: str = field(repr=False)


class ServerError(InvalidInputError):
    """What cannot be a server; `part` is the part of MailServer that is wrong."""

    def __init__(self, part: str, text: Text) -> None:
        super().__init__(text)
        self.part = part


def choose(office: Office, person: Person, server: MailServer, *, keys: Path) -> None:
    """Mail `person` a test through this server, and keep it in postduif.toml when it was taken.

    `keys` is the folder where the password is kept. Raises ServerError for what cannot be a server,
    AddressError for its sender, and CarrierError, with what the server said, when it does not take the test; then
    nothing is kept.
    """
    require(person, Permission.CHANGE_SETTINGS)
    with look(office, person, Permission.CHANGE_SETTINGS):  # before a server is spoken to; none is in a transaction
        pass
    relay, sender = _relay(server), address_from(server.sender).text
    _hand_over(office, person, relay, sender)
    table = {"host": relay.host, "port": relay.port, "security": relay.security.value, "user": relay.user}
    with deed(office, person, Permission.CHANGE_SETTINGS) as session:
        record(session, "settings", person.uid, detail={"smtp": relay.host, "port": relay.port})
        save_mail(office.content.folder, keys, table, server.password, sender)


def prove(office: Office, person: Person) -> str:
    """Mail `person` a test through the mail server that is set, and wait for its answer; returns its host.

    Raises ConflictError while everything is held back or no server is set, CarrierError with what the server said when
    it does not take the test.
    """
    with look(office, person, Permission.CHANGE_SETTINGS) as session:
        require_free(session)
    relay = next(iter(office.relays), None)
    if relay is None:
        raise ConflictError(_("Er is nog geen mailserver ingesteld."))
    sender = next(iter(office.house.publications.values())).sender.address
    seconds = {stage: min(allowed, PATIENCE) for stage, allowed in STAGES.items()}
    _hand_over(office, person, replace(relay, connections=1, seconds=seconds), sender)
    with deed(office, person, Permission.CHANGE_SETTINGS) as session:
        record(session, "mail_test", person.uid, detail={"relay": relay.name})
    return relay.host


def _hand_over(office: Office, person: Person, relay: Relay, sender: str) -> None:
    letter = _test(office, person, sender)
    tray = Tray([letter])
    with closing(SmtpCarrier(relay)) as carrier:
        fault = carrier.hand_over(tray)
    outcome = tray.outcomes.get(letter.key)
    if not isinstance(outcome, Accepted):
        answer = fault.answer if fault else outcome.answer if outcome else Answer("")
        raise CarrierError(_("De mailserver nam de proef niet aan: {answer}", answer=in_short(answer, person.email)))


def _relay(server: MailServer) -> Relay:
    host = server.host.strip()
    if not can_be_host(host) or not all(one.isalnum() or one in "-.:" for one in host):
        text = _("‘{host}’ is geen naam van een mailserver, zoals mail.provider.example.", host=host)
        raise ServerError("host", text)
    if not 0 < server.port < 65_536:
        raise ServerError("port", _("Een poort is een getal van 1 tot en met 65535; meestal 587 of 465."))
    if server.security not in set(Security):
        raise ServerError("security", _("Kies hoe de verbinding beveiligd is."))
    if server.security == Security.NONE and not is_here(host):
        text = _("{host} is een andere computer: kies STARTTLS of TLS, anders is je wachtwoord te lezen.", host=host)
        raise ServerError("security", text)
    seconds = {stage: min(allowed, PATIENCE) for stage, allowed in STAGES.items()}
    security = Security(server.security)
    return Relay(host, server.port, security, server.user.strip(), server.password, connections=1, seconds=seconds)


def _test(office: Office, person: Person, sender: str) -> Letter:
    locale = person.interface or office.house.source_locale
    say = interface(locale).say
    subject = _("Proefmail van {organisation}", organisation=office.house.organisation.name)
    text = _("Deze mail bewijst dat Postduif via jullie mailserver kan versturen. Je hoeft niets te doen.")
    notice = Notice("test", locale, person.email, say(subject), say(text))
    return Letter(1, sender, person.email, [message_of(notice, _from(office.house, sender))])


def _from(house: House, sender: str) -> House:
    changed = {
        key: replace(one, sender=replace(one.sender, address=sender, reply_to=sender))
        for key, one in house.publications.items()
    }
    return replace(house, publications=changed)
