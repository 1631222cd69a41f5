"""The privacy statement: what is kept, made from the register of processing, and the organisation's own words."""

from __future__ import annotations

from flask import Response

from mailer.services.readers import privacy
from web.site import Site


class Privacy:
    """The page behind "what we keep" on every page and in every mail."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def privacy(self, lang: str) -> Response:
        house = self._site.house
        found = privacy.statement(self._site.office.store, house)
        own = lang if found.words.get(lang) else house.source_locale
        organisation = house.organisation
        return self._site.page(
            "public/privacy.html.jinja",
            lang,
            here="/privacy",
            kept=found.kept,
            words=[one.split("\n") for one in found.words.get(own, "").split("\n\n") if one.strip()],
            words_lang=own,
            words_dir=house.locales[own].direction,
            postal_address=organisation.postal_address,
            website=organisation.website,
            website_said=organisation.website.removeprefix("https://").rstrip("/"),
            helpline=organisation.helpline,
            mail=next(iter(house.publications.values())).sender.reply_to,
        )
