"""Subscribe, and press the button in the mail: the double opt-in."""

from __future__ import annotations

import time
from collections.abc import Mapping

from flask import Response, request
from werkzeug.datastructures import MultiDict

from mailer.services.readers import joining
from mailer.services.readers.joining import SignUp
from subscribers.address import AddressError, address_from
from web import forms
from web.site import Site
from wording import Text, _
from wording.errors import NotFoundError

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

    def embedded(self, lang: str) -> Response:
        """A form on another website brings an address: it is shown in our own form, where one button asks for the mail.

        Nothing is sent and nothing is kept before, however often it is posted: a site of a stranger can flood no one.
        """
        given = request.form if request.method == "POST" else request.args
        return self._form(lang, {}, given)

    def confirm(self, lang: str, token: str) -> Response:
        try:
            if request.method != "POST":
                asked = joining.asked_for(self._site.office, token)
                titles = self._site.newsletters(lang, also=asked.audiences)
                chosen = [titles[key] for key in asked.audiences if key in titles]
                reads = self._site.house.locales.get(asked.locale)
                return self._site.page(
                    "public/confirm.html.jinja",
                    lang,
                    chosen=chosen,
                    masked=asked.masked,
                    reads=(asked.locale, reads.name if reads else asked.locale),
                )
            joining.confirm(self._site.office, token)
        except NotFoundError:
            return self._site.page("public/unknown.html.jinja", lang, 404)
        return self._site.page("public/confirmed.html.jinja", lang)

    def _ask(self, lang: str) -> None:
        form = SignUp(
            email=forms.one(request.form, "email"),
            audiences=tuple(request.form.getlist("audience")),
            locale=forms.one(request.form, "locale"),
            page=lang,
            welcome=forms.one(request.form, "welcome") == "yes",
            remote=request.remote_addr or "",
        )
        joining.subscribe(self._site.office, form)

    def _mistakes(self) -> dict[str, Text]:
        found: dict[str, Text] = {}
        chosen = request.form.getlist("audience")
        try:
            address_from(forms.one(request.form, "email"))
        except AddressError as error:
            found["email"] = error.text
        if (
            not chosen
            or not set(chosen) <= set(self._site.newsletters(self._site.house.source_locale))
            or len(chosen) != len(set(chosen))
        ):
            found["audience"] = _("Kies minstens één nieuwsbrief.")
        if forms.one(request.form, "locale") not in self._site.reading_languages():
            found["locale"] = _("Kies een taal.")
        if not found and (fault := forms.fault(self._site.office.keys, request.form, self._site.office.clock())):
            found["form"] = fault
        return found

    def _form(self, lang: str, mistakes: Mapping[str, Text], given: MultiDict[str, str] | None = None) -> Response:
        typed = request.form if given is None else given
        newsletters = self._site.newsletters(lang)
        chosen = [key for key in typed.getlist("audience") if key in newsletters]
        return self._site.page(
            "public/subscribe.html.jinja",
            lang,
            422 if mistakes else 200,
            here="/aanmelden",
            mistakes=mistakes,
            newsletters=newsletters,
            reading=self._site.reading_languages(),
            typed=typed.get("email", "")[:320],
            chosen=chosen,
            locale=typed.get("locale", lang),
            welcome=typed.get("welcome") == "yes",
            brought=given is not None,
            form=forms.signed_now(self._site.office.keys, self._site.office.clock()),
            wording=joining.agreed(self._site.house, lang).text,
        )
