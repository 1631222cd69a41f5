"""Notices: what a mail to one person says. Queued in the transaction that made it necessary."""

from __future__ import annotations

from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from sqlalchemy.orm import Session

from database.base import now
from mailer.artefacts.colours import ink_on
from mailer.artefacts.environment import environment
from mailer.ledger import notices
from mailer.ledger.notices import Notice
from mailer.organisation import House, Sender
from mailer.services.sending.links import confirm_link, manage_link, privacy_url
from staff.people import Person
from subscribers.managing import MoveNeeded
from subscribers.services import ConfirmationNeeded
from wording import Text, _
from wording.interface import direction, interface

_RLM = "\u200f"


@dataclass(frozen=True)
class Asking:
    """What a confirmation names: the newsletters in the order they were chosen, and the publication of the first, whose
    mail it is; None: that of none."""

    titles: tuple[str, ...]
    publication: str | None


NAMELESS = Asking((), None)
"""Names no newsletter: those that were asked for are there no more."""


def ask_to_confirm(session: Session, house: House, needed: ConfirmationNeeded, asking: Asking = NAMELESS) -> None:
    """Queue the mail with the button, of the newsletter that was asked for, in its look and as plain text. It holds no
    text of whoever filled in the form."""
    locale, organisation = needed.choice.locale, house.organisation
    link = confirm_link(house, locale, needed.token)
    first = asking.titles[0] if asking.titles else organisation.name
    subject = _("Bevestig uw aanmelding voor ‘{title}’", title=first)
    intro = _("U of iemand anders vulde dit e-mailadres in voor deze nieuwsbrieven van {name}:", name=organisation.name)
    ask = _("Wilt u ze ontvangen? Open dan deze link en druk op de knop:")
    end = _("De link werkt 48 uur. Wilt u niets ontvangen, dan hoeft u niets te doen.")
    kept = _("Wat wij bewaren: {url}", url=privacy_url(house, locale))
    say = interface(locale).say
    listed = "\n".join(f"– {title}" for title in asking.titles or (first,))
    text = "\n\n".join([say(intro), listed, say(ask), link, say(end), say(kept)])
    values = {
        "locale": locale,
        "direction": direction(locale),
        "subject": say(subject),
        "head": _head(house, asking, locale),
        "organisation": organisation.name,
        "intro": say(intro),
        "titles": asking.titles or (first,),
        "button": say(_("Ga naar de knop")),
        "link": link,
        "end": say(end),
        "kept": (say(_("Wat wij bewaren")), privacy_url(house, locale)),
        "look": organisation.look,
        "ink": ink_on(organisation.look.accent),
    }
    html = environment(interface(locale)).get_template("email/confirm.html.jinja").render(values)
    notice = Notice("confirm", locale, needed.address, say(subject), text, asking.publication or "", html)
    notices.write(session, notice, token=needed.token)


def _head(house: House, asking: Asking, locale: str) -> str:
    """The title of the newsletter, above its mail."""
    series = house.publications.get(asking.publication or "")
    if series is None:
        return house.organisation.name
    titles = series.title
    return titles.get(locale) or titles.get(house.source_locale) or next(iter(titles.values()), "")


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
    """The mail as it goes over the line: plain text, and HTML where it has a look; no List-* headers, CRLF, dots
    doubled."""
    sender = sender_of(notice, house)
    message = EmailMessage(policy=SMTP)
    message["From"] = _named(sender, notice.locale, house) if notice.publication else sender.address
    message["To"] = notice.to
    message["Reply-To"] = sender.reply_to
    message["Subject"] = (_RLM if direction(notice.locale) == "rtl" else "") + notice.subject
    message["Date"] = format_datetime(now())
    message["Message-ID"] = f"<{notice.uid.hex}@{sender.address.partition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(_directed(notice), cte="base64")
    if notice.html:
        message.add_alternative(notice.html, subtype="html", cte="base64")
    message["Content-Language"] = notice.locale
    return message.as_bytes().replace(b"\r\n.", b"\r\n..")


def sender_of(notice: Notice, house: House) -> Sender:
    """Whose mail it is: that of its newsletter, or of the first one."""
    return (house.publications.get(notice.publication) or next(iter(house.publications.values()))).sender


def _named(sender: Sender, locale: str, house: House) -> Address:
    """The sender with the name that the newsletter has in this language."""
    name = sender.name.get(locale) or sender.name.get(house.source_locale) or next(iter(sender.name.values()), "")
    local, _at, domain = sender.address.partition("@")
    return Address(name, local, domain)


def _notice(kind: str, locale: str, address: str, words: tuple[Text, Text]) -> Notice:
    subject, text = map(interface(locale).say, words)
    return Notice(kind, locale, address, subject, text)


def _directed(notice: Notice) -> str:
    if direction(notice.locale) != "rtl":
        return notice.text
    return "\n".join(line if not line or line.startswith("http") else _RLM + line for line in notice.text.split("\n"))
