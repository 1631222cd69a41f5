"""Mail to one member of staff: queued in the transaction that made it necessary, in that person's language."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from mailer.ledger import notices
from mailer.ledger.notices import Notice
from mailer.organisation import House
from staff.people import Person
from staff.signing_in import Asked
from wording import Text, _
from wording.interface import interface


def invite(session: Session, house: House, asked: Asked, *, pages: str) -> None:
    """The link and the code to sign in with."""
    code = f"{asked.code[:4]}-{asked.code[4:]}"
    subject = _("Inloggen bij {organisation}", organisation=house.organisation.name)
    text = _(
        "Open deze link in de browser waarin je erom vroeg, en druk op de knop:\n\n{link}\n\n"
        "Lees je je mail ergens anders? Typ dan deze code op de bladzijde waar je inlogt:\n\n{code}\n\n"
        "Link en code werken 15 minuten en één keer. Vroeg je hier niet om, dan hoef je niets te doen: "
        "zonder deze mail komt niemand binnen.",
        link=f"{pages}/staff/sign-in/{asked.token}",
        code=code,
    )
    _queue(session, "sign_in", house, asked.person, (subject, text))


def tell_of_new_device(session: Session, house: House, who: Person, device: str, at: datetime) -> None:
    """Someone came in as this person with a browser that was not seen before."""
    moment = f"{at.astimezone(ZoneInfo(house.time_zone)):%Y-%m-%d %H:%M}"
    subject = _("Er is bij {organisation} ingelogd met een nieuw apparaat", organisation=house.organisation.name)
    text = _(
        "Op {moment} is er als jou ingelogd met: {device}.\n\n"
        "Was jij dat, dan hoef je niets te doen. Was jij het niet? Zeg het dan meteen tegen een beheerder, "
        "die al je sessies kan beëindigen.",
        moment=moment,
        device=device,
    )
    _queue(session, "new_device", house, who, (subject, text))


def tell_of_mailing(session: Session, house: House, to: Person, mailing: int, words: tuple[Text, Text]) -> None:
    """A mailing is done, or stands still."""
    subject, text = words
    link = f"{house.base_url}/staff/mailings/{mailing}/"
    _queue(session, "mailing", house, to, (subject, _("{text}\n\nZie {link}", text=text, link=link)))


def ask_to_change(session: Session, house: House, to: Person, slug: str, *, by: str, word: str) -> None:
    """Whoever approves asks for a change first."""
    subject = _("{by} vraagt je iets te veranderen in {slug}", by=by, slug=slug)
    text = _(
        "{by} keurt {slug} nog niet goed en schrijft:\n\n{word}\n\nZie {link}",
        by=by,
        slug=slug,
        word=word,
        link=f"{house.base_url}/staff/issues/{slug}/",
    )
    _queue(session, "send_back", house, to, (subject, text))


def ask_for_approval(session: Session, house: House, to: Person, by: Person, slug: str, *, pages: str) -> None:
    """Someone asks this person to look at an issue and approve it."""
    subject = _("Keur jij {slug} goed?", slug=slug)
    text = _(
        "{name} vraagt je om {slug} te bekijken en goed te keuren. Je ziet elke editie zoals ze vertrekt:\n\n{link}\n\n"
        "Er gaat niets weg zolang niemand het verstuurt. Klopt er iets niet? Zeg het dan tegen {name}.",
        name=by.name,
        slug=slug,
        link=f"{pages}/staff/issues/{slug}/approve",
    )
    _queue(session, "ask_approval", house, to, (subject, text))


def tell_of_typo(session: Session, house: House, to: Person, slug: str, *, by: str, reason: str, said: str) -> None:
    """What this person approved stands, although typing errors were corrected since; `said` shows which."""
    subject = _("In {slug} is een tikfout verbeterd", slug=slug)
    text = _(
        "{by} verbeterde in {slug} alleen een tikfout, en schrijft erbij: {reason}\n\n{said}\n\n"
        "Je goedkeuring blijft staan. Klopt dit niet? Zeg het dan tegen {by}, voordat het wordt verstuurd.\n\n"
        "Zie {link}",
        by=by,
        slug=slug,
        reason=reason,
        said=said,
        link=f"{house.base_url}/staff/issues/{slug}/history",
    )
    _queue(session, "typo", house, to, (subject, text))


def _queue(session: Session, kind: str, house: House, to: Person, words: tuple[Text, Text]) -> None:
    locale = to.interface or house.source_locale
    subject, text = map(interface(locale).say, words)
    notices.write(session, Notice(kind, locale, to.email, subject, text))
