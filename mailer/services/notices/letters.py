"""Notices: what a mail to one person says. Queued in the transaction that made it necessary."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from sqlalchemy.orm import Session

from database.base import now
from mailer.ledger import notices
from mailer.ledger.notices import Notice
from mailer.organisation import House
from mailer.services.sending.links import confirm_link, manage_link
from staff.people import Person
from subscribers.managing import MoveNeeded
from subscribers.services import ConfirmationNeeded
from wording import Text, _
from wording.interface import direction, interface

_RLM = "\u200f"


def ask_to_confirm(session: Session, house: House, needed: ConfirmationNeeded) -> None:
    """Queue the mail with the button. It holds no text of whoever filled in the form."""
    link = confirm_link(house, needed.choice.locale, needed.token)
    subject = _("Bevestig uw aanmelding bij {organisation}", organisation=house.organisation.name)
    text = _(
        "U of iemand anders vulde dit e-mailadres in voor de nieuwsbrieven van {organisation}.\n\n"
        "Wilt u ze ontvangen? Open dan deze link en druk op de knop:\n\n{link}\n\n"
        "De link werkt 48 uur. Wilt u niets ontvangen, dan hoeft u niets te doen.",
        organisation=house.organisation.name,
        link=link,
    )
    notice = _notice("confirm", needed.choice.locale, needed.address, (subject, text))
    notices.write(session, notice, token=needed.token)


def send_manage_link(session: Session, house: House, locale: str, address: str, token: str) -> None:
    """Queue the link with which a reader can see, move or erase what is kept."""
    subject = _("Uw gegevens bij {organisation}", organisation=house.organisation.name)
    text = _(
        "Met deze link ziet u wat {organisation} van u bewaart. U kunt het ook laten wissen:\n\n{link}\n\n"
        "De link werkt 15 minuten en één keer. Vroeg u hier niet om, dan hoeft u niets te doen.",
        organisation=house.organisation.name,
        link=manage_link(house, locale, token),
    )
    notices.write(session, _notice("manage", locale, address, (subject, text)), token=token)


def ask_to_move(session: Session, house: House, locale: str, needed: MoveNeeded) -> None:
    """Queue the mail with the button that proves a new address."""
    subject = _("Bevestig uw nieuwe e-mailadres bij {organisation}", organisation=house.organisation.name)
    text = _(
        "Iemand wil de nieuwsbrieven van {organisation} voortaan op dit e-mailadres ontvangen.\n\n"
        "Was u dat? Open dan deze link en druk op de knop:\n\n{link}\n\n"
        "De link werkt 48 uur. Was u het niet, dan hoeft u niets te doen.",
        organisation=house.organisation.name,
        link=f"{house.base_url}/{locale}/verhuizen/{needed.token}",
    )
    notices.write(session, _notice("move", locale, needed.address, (subject, text)), token=needed.token)


def write_to_administrators(session: Session, house: House, admin: Person, text: Text) -> None:
    """Queue the weekly mail about the audit trail; it holds a count and a code, and nobody."""
    subject = _("Het logboek van {organisation}: bewaar deze mail", organisation=house.organisation.name)
    notices.write(session, _notice("trail", admin.interface or house.source_locale, admin.email, (subject, text)))


def message_of(notice: Notice, house: House) -> bytes:
    """The mail as it goes over the line: plain text, no List-* headers, CRLF, dots doubled."""
    sender = next(iter(house.publications.values())).sender
    message = EmailMessage(policy=SMTP)
    message["From"] = sender.address
    message["To"] = notice.to
    message["Reply-To"] = sender.reply_to
    message["Subject"] = (_RLM if direction(notice.locale) == "rtl" else "") + notice.subject
    message["Date"] = format_datetime(now())
    message["Message-ID"] = f"<{notice.uid.hex}@{sender.address.partition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(_directed(notice), cte="base64")
    message["Content-Language"] = notice.locale
    return message.as_bytes().replace(b"\r\n.", b"\r\n..")


def _notice(kind: str, locale: str, address: str, words: tuple[Text, Text]) -> Notice:
    subject, text = map(interface(locale).say, words)
    return Notice(kind, locale, address, subject, text)


def _directed(notice: Notice) -> str:
    if direction(notice.locale) != "rtl":
        return notice.text
    return "\n".join(line if not line or line.startswith("http") else _RLM + line for line in notice.text.split("\n"))
