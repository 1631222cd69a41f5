"""Subscribe, and press the button in the mail: the double opt-in."""

from __future__ import annotations

import time
from collections.abc import Mapping

from flask import Response, request

from database import onetime
from database.base import now
from mailer.services.notices.letters import ask_to_confirm
from subscribers.address import AddressError, address_from
from subscribers.consent import VERSION, AgreedWording, Choice, Evidence, agreement
from subscribers.limits import network_of
from subscribers.services import CONFIRM, confirm, subscribe
from web import forms
from web.site import Site
from wording import Text, _
from wording.interface import interface

ANSWER_SECONDS = 0.12
"""Every answer to the form takes at least this long: looking up an address must not show in the time."""


class Subscribing:
    """The form and the button."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def subscribe(self, lang: str) -> Response:
        if request.method != "POST":
            return self._form(lang, {})
        started = time.monotonic()
        mistakes = {} if forms.trapped(request.form) else self._mistakes()
        if mistakes:
            return self._form(lang, mistakes)
        if not forms.trapped(request.form):
            self._ask(lang)
        time.sleep(max(0.0, ANSWER_SECONDS - (time.monotonic() - started)))
        return self._site.page("public/asked.html.jinja", lang)

    def confirm(self, lang: str, token: str) -> Response:
        if request.method != "POST":
            with self._site.store.reading() as session:
                asked = onetime.peek(session, CONFIRM, token)
            if asked is None:
                return self._too_late(lang)
            titles = self._site.newsletters(lang)
            chosen = [titles[key] for key in asked.payload["audiences"] if key in titles]
            return self._site.page("public/confirm.html.jinja", lang, chosen=chosen)
        with self._site.store.transaction() as session:
            reader = confirm(session, token)
        return self._too_late(lang) if reader is None else self._site.page("public/confirmed.html.jinja", lang)

    def _ask(self, lang: str) -> None:
        choice = Choice(tuple(request.form.getlist("audience")), forms.one(request.form, "locale"))
        evidence = Evidence(f"form /{lang}/aanmelden", self.wording(lang))
        network = network_of(request.remote_addr or "")
        with self._site.store.transaction() as session:
            needed = subscribe(session, forms.one(request.form, "email"), choice, evidence, network=network)
            if needed is not None:
                ask_to_confirm(session, self._site.house, needed)
        if needed is not None:
            self._site.posted()

    def _mistakes(self) -> dict[str, Text]:
        found: dict[str, Text] = {}
        chosen = request.form.getlist("audience")
        try:
            address_from(forms.one(request.form, "email"))
        except AddressError as error:
            found["email"] = error.text
        if not chosen or not set(chosen) <= set(self._site.newsletters("")) or len(chosen) != len(set(chosen)):
            found["audience"] = _("Kies minstens één nieuwsbrief.")
        if forms.one(request.form, "locale") not in self._site.reading_languages():
            found["locale"] = _("Kies een taal.")
        if not found and (fault := forms.fault(self._site.parts.keys, request.form, now())):
            found["form"] = fault
        return found

    def _form(self, lang: str, mistakes: Mapping[str, Text]) -> Response:
        return self._site.page(
            "public/subscribe.html.jinja",
            lang,
            422 if mistakes else 200,
            here="/aanmelden",
            mistakes=mistakes,
            newsletters=self._site.newsletters(lang),
            reading=self._site.reading_languages(),
            typed=request.form.get("email", "")[:320],
            chosen=request.form.getlist("audience"),
            locale=request.form.get("locale", lang),
            form=forms.signed_now(self._site.parts.keys, now()),
            wording=self.wording(lang).text,
        )

    def wording(self, lang: str) -> AgreedWording:
        """The sentence under the button, as it is shown and stored."""
        text = interface(lang).say(agreement(self._site.house.organisation.name))
        return AgreedWording(VERSION, lang, text)

    def _too_late(self, lang: str) -> Response:
        return self._site.page("public/unknown.html.jinja", lang, 404)
