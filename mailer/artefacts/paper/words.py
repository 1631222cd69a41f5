"""The words around an edition on paper, in its language: masthead, foot, helpline, colophon."""

from __future__ import annotations

import re
from typing import Any

from mailer.artefacts import formats
from mailer.artefacts.letterhead import headline, page_url
from mailer.artefacts.paper.breaking import IN_HEADING, broken, has_long_word
from mailer.artefacts.paper.qr import qr_code
from mailer.artefacts.paper.unbroken import runs, unbroken
from mailer.document.nodes import Plain
from mailer.document.walking import mapped
from mailer.edition import Edition
from mailer.organisation import House, Organisation
from wording import _
from wording.interface import Interface

BOOKLET_PAGES = 4
"""An A4 sheet, printed on both sides and folded, is four A5 pages."""


def furniture(edition: Edition, house: House, interface: Interface, *, large: bool, qr: bool) -> dict[str, Any]:
    """All that the editor did not write. Raises KeyError for a publication that the house does not have."""
    publication = house.publications[edition.publication]
    organisation = house.organisation
    title = publication.title.get(edition.locale) or publication.title[house.source_locale]
    rtl = edition.direction == "rtl"
    words = {
        "publication": title,
        "title": headline(edition, title),
        "number": interface.say(_("Nummer {number}", number=formats.number_words(edition.number, edition.day))),
        "day": formats.day_words(edition.day, edition.formats),
        "helpline_label": interface.say(_("Vragen of hulp nodig? Bel gratis:")),
        "contents": interface.say(_("In dit nummer")),
        "notes": interface.say(_("Ruimte voor aantekeningen")),
        "stop": interface.say(_("Wilt u deze brief niet meer krijgen? Bel of schrijf ons.")),
    }
    return {
        **{name: broken(runs(text, rtl=rtl), IN_HEADING) for name, text in words.items()},
        "divided": has_long_word(headline(edition, title)),
        "hyphenate": publication.hyphenation and not rtl,
        "numbering": "a" if _has_own_numbers(edition) else "1",
        "colophon": [runs(line, rtl=rtl) for line in colophon(organisation)],
        "document_title": f"{title} – {edition.title}",
        "author": organisation.name,
        "format": "large" if large else "a5",
        "lang": edition.locale.partition("_")[0],
        "dir": edition.direction,
        "language": house.locales[edition.locale].name,
        "helpline": unbroken(organisation.helpline) if organisation.helpline else None,
        "page": interface.say(_("pagina {page} van {pages}")),
        "multiple": 1 if large else BOOKLET_PAGES,
        "web": _web_edition(edition, house, interface) if qr else None,
    }


def _has_own_numbers(edition: Edition) -> bool:
    """Whether the author wrote ¹ for a note (not m² or 10³): then the numbers of ours are letters."""
    found: list[str] = []

    def see(node: object) -> None:
        if isinstance(node, Plain):
            found.append(node.value)

    mapped((edition.lead, edition.sections), see)
    return any(re.search("(?<![0-9mM])[¹²³⁴⁵⁶⁷⁸⁹]", text) for text in found)


def _web_edition(edition: Edition, house: House, interface: Interface) -> dict[str, Any]:
    """Where the same issue stands on the web, to read, to copy and to scan."""
    address = page_url(house, edition.locale, edition.slug)
    modules, black = qr_code(address)
    return {
        "label": runs(interface.say(_("Dit nummer op internet:")), rtl=edition.direction == "rtl"),
        "address": address,
        "alt": interface.say(_("QR-code met het adres {address}", address=address)),
        "modules": modules,
        "black": black,
    }


def colophon(organisation: Organisation) -> list[str]:
    """Who writes, and where to answer; the name once, also where the postal address starts with it."""
    lines = [line for line in organisation.postal_address if line != organisation.name]
    return [organisation.name, *(re.sub(" {2,}", " ", line) for line in lines), organisation.website]
