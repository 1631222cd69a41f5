"""Mail about signing in to one member of staff, in that person's language: at once, and never in a digest."""

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


def ask_to_join(session: Session, house: House, asked: Asked, *, by: Person, pages: str, words: str = "") -> None:
    """The link with which someone comes in for the first time; `words` are those of who invites."""
    subject = _("{name} nodigt je uit bij {organisation}", name=by.name, organisation=house.organisation.name)
    text = _(
        "{name} nodigt je uit om mee te werken aan de nieuwsbrieven van {organisation}.{words}\n\n"
        "Kom binnen met deze link:\n\n{link}\n\n"
        "De link werkt drie dagen en één keer. Daarna log je in met dit e-mailadres; er is geen wachtwoord. Ken je "
        "dit niet, dan hoef je niets te doen.",
        name=by.name,
        organisation=house.organisation.name,
        words=f"\n\n{words}" if words else "",
        link=f"{pages}/staff/sign-in/{asked.token}",
    )
    _queue(session, "invitation", house, asked.person, (subject, text))


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


def _queue(session: Session, kind: str, house: House, to: Person, words: tuple[Text, Text]) -> None:
    locale = to.interface or house.source_locale
    subject, text = map(interface(locale).say, words)
    notices.write(session, Notice(kind, locale, to.email, subject, text))
