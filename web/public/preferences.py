"""Preferences: which newsletters, in which language, from when; and a link to what is kept. Shows no whole address.

The link in a newsletter gets forwarded with it, so this page can do nothing that harms its owner for good.
"""

from __future__ import annotations

from datetime import date

from flask import Response, request

from mailer.services.readers import choices
from mailer.services.readers.choices import Chosen
from mailer.services.readers.joining import agreed
from web import forms
from web.languages import best_language, known_or_source
from web.site import Site
from wording import Text, _
from wording.errors import InvalidInputError, NotFoundError


class Preferences:
    """The page behind "preferences" under every newsletter."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def preferences(self, token: str) -> Response:
        try:
            if request.method != "POST":
                return self._show(choices.preferences(self._site.office, token))
            return self._act(token)
        except NotFoundError:
            lang = best_language(self._site.house, request.accept_languages)
            return self._site.page("public/unknown.html.jinja", lang, 404)

    def _act(self, token: str) -> Response:
        office = self._site.office
        if request.form.get("do") == "manage":
            said = _("We hebben u een link gemaild. Die werkt 15 minuten.")
            return self._show(choices.mail_link(office, token), said)
        if request.form.get("do") == "leave":
            return self._leave(token)
        try:
            until = day_in(forms.one(request.form, "pause"))
            audiences, seconds = (tuple(request.form.getlist(name)) for name in ("audience", "second"))
            chosen = Chosen(audiences, forms.one(request.form, "locale"), until, seconds)
            kept = choices.choose(office, token, chosen)
        except InvalidInputError as error:
            return self._show(choices.preferences(office, token), error.text, status=422)
        return self._show(kept, _("Uw voorkeuren zijn bewaard."))

    def _leave(self, token: str) -> Response:
        """One button for all of them."""
        found = choices.preferences(self._site.office, token)
        if found is None:
            return self._show(None)
        choices.choose(self._site.office, token, Chosen((), found.locale))
        lang = known_or_source(self._site.house, found.locale)
        return self._site.page("public/left.html.jinja", lang, title=None)

    def _show(self, found: choices.Preferences | None, said: Text | None = None, *, status: int = 200) -> Response:
        if found is None:
            lang = best_language(self._site.house, request.accept_languages)
            return self._site.page("public/left.html.jinja", lang, title=None)
        lang = known_or_source(self._site.house, found.locale)
        return self._site.page(
            "public/preferences.html.jinja",
            lang,
            status,
            said=said,
            masked=found.masked,
            newsletters=self._site.newsletters(lang, also=found.audiences),
            seconds=found.every_second,
            reading=self._site.reading_languages(),
            chosen=list(found.audiences),
            locale=found.locale,
            pause=found.paused_until.isoformat() if found.paused_until else "",
            wording=agreed(self._site.house, lang).text,
        )


def day_in(typed: str) -> date | None:
    """The day in the date field; None when it is empty. Raises InvalidInputError."""
    if not typed.strip():
        return None
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        text = _("Schrijf de datum als jaar-maand-dag, bijvoorbeeld 2027-01-15.")
        raise InvalidInputError(text) from None
