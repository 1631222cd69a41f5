"""What readers see of the newsletters they may choose: title, description, rhythm; changed by administrators."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from sqlalchemy.orm import Session

from database import audit
from database.retrying import retried
from database.session import Store
from mailer.organisation import Cadence, Channel, House
from mailer.services.office import Office, deed
from mailer.services.readers.card import mailed
from mailer.services.readers.lookup import check_audiences
from mailer.services.readers.overview import publication_of_audience
from staff.people import Person
from staff.permissions import Permission, require
from subscribers.offers import Offered, keep_offer, offers_of
from wording import Text, _
from wording.errors import ConflictError, InvalidInputError
from wording.interface import interface

MOST_TITLE, MOST_DESCRIPTION, MOST_RHYTHM = 80, 240, 80
"""Characters: a line, two sentences, a line."""
CADENCES: Mapping[Cadence, Text] = MappingProxyType(
    {
        Cadence.WEEKLY: _("elke week"),
        Cadence.TWO_WEEKLY: _("om de week"),
        Cadence.MONTHLY: _("elke maand"),
        Cadence.IRREGULAR: _("een paar keer per jaar"),
    }
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""What is no letter and may turn the text around it."""


@dataclass(frozen=True)
class Offer:
    """An audience as readers see it. `texts` are plain text, whatever is typed in them."""

    audience: str
    publication: str | None
    locales: tuple[str, ...]
    """The languages in which it appears."""
    texts: Offered
    two_weekly: bool
    """True: a reader may choose every second issue."""

    @property
    def is_public(self) -> bool:
        return self.texts.is_public


def offers(store: Store, house: House) -> dict[str, Offer]:
    """Every newsletter by e-mail, in the order of the settings, also those that are not public. For anyone."""
    with store.reading() as session:
        return offers_in(session, house)


def offers_in(session: Session, house: House) -> dict[str, Offer]:
    """As `offers`, in a transaction."""
    changed = offers_of(session, mailed(house))
    return {key: _offer(house, key, changed.get(key)) for key in mailed(house)}


def offer_in(session: Session, house: House, audience: str) -> Offer:
    """One of them."""
    return _offer(house, audience, offers_of(session, [audience]).get(audience))


@retried
def change_offer(office: Office, person: Person, audience: str, offered: Offered) -> None:
    """Let readers see this of an audience; `offered.version` is the one that was seen.

    Raises NotFoundError, InvalidInputError for a text that is too long or has no letters in it but signs that steer,
    ConflictError when another changed it meanwhile.
    """
    require(person, Permission.CHANGE_AUDIENCES)
    check_audiences(office.house, [audience], Channel.EMAIL)
    kept = Offered(
        offered.is_public,
        _checked(office.house, offered.titles, MOST_TITLE),
        _checked(office.house, offered.descriptions, MOST_DESCRIPTION),
        _checked(office.house, offered.rhythms, MOST_RHYTHM),
    )
    if not kept.titles.get(office.house.source_locale):
        raise InvalidInputError(_("Geef een titel. Lezers kiezen daarop."))
    with deed(office, person, Permission.CHANGE_AUDIENCES) as session:
        if not keep_offer(session, audience, kept, offered.version):
            raise ConflictError(_("Iemand anders veranderde dit net. Kijk hoe het nu is, en doe het dan opnieuw."))
        detail: dict[str, str | int | bool] = {"audience": audience, "offer": True, "public": kept.is_public}
        audit.record(session, audit.Event.CONFIG, person.uid, detail=detail)


def offer_title(house: House, offer: Offer, locale: str) -> str:
    """Its title in a language, in the source language where there is none, or in any; the key when there is none."""
    titles = offer.texts.titles
    return titles.get(locale) or titles.get(house.source_locale) or next(iter(titles.values()), offer.audience)


def rhythm_in(house: House, offer: Offer, locale: str) -> str:
    """How often it appears, in words of a language."""
    own = offer.texts.rhythms
    if own.get(locale):
        return own[locale]
    series = house.publications.get(offer.publication or "")
    return interface(locale).say(CADENCES[series.cadence]) if series else ""


def _offer(house: House, audience: str, changed: Offered | None) -> Offer:
    key = publication_of_audience(house, audience)
    own = house.audiences[audience]
    texts = changed or Offered(True, own.title, {}, {})
    if own.ended or (key is not None and house.publications[key].ended):
        texts = replace(texts, is_public=False)
    fortnightly = key is not None and house.publications[key].cadence is Cadence.TWO_WEEKLY
    return Offer(audience, key, own.locales, texts, fortnightly)


def _checked(house: House, texts: Mapping[str, str], most: int) -> dict[str, str]:
    found = {}
    for locale, typed in texts.items():
        text = " ".join(_CONTROL.sub(" ", typed).split())
        if len(text) > most:
            raise InvalidInputError(_("Dit is te lang: hooguit {most} tekens.", most=most))
        if text and locale in house.locales:
            found[locale] = text
    return found
