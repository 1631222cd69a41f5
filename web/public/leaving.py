"""Leave: by a mail program's own button (RFC 8058), or by ours. Opening the link changes nothing."""

from __future__ import annotations

from uuid import UUID

from flask import Response, make_response, request

from mailer.organisation import House
from subscribers import services
from subscribers.tables import Subscriber
from subscribers.tokens import Claim, Purpose, claim_from
from web.languages import best_language, known_or_source
from web.site import Site, title_in

ONE_CLICK = ("List-Unsubscribe", "One-Click")


class Leaving:
    """No cookie, no form token, no limit per network: mail providers press this for thousands of readers at once."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def leave(self, token: str) -> Response:
        claim = claim_from(self._site.parts.keys, Purpose.UNSUBSCRIBE, token)
        if claim is None:
            lang = best_language(self._site.house, request.accept_languages)
            return self._site.page("public/unknown.html.jinja", lang, 404)
        lang = language_of(self._site, claim.subject)
        publication = self._site.house.publications.get(claim.scope)
        title = publication and title_in(publication.title, lang, self._site.house.source_locale)
        if request.method != "POST":
            return self._site.page("public/leave.html.jinja", lang, title=title)
        one_click = request.form.get(ONE_CLICK[0]) == ONE_CLICK[1]
        everything = request.form.get("what") == "all" and not one_click
        with self._site.store.transaction() as session:
            source = "one-click" if one_click else "button"
            services.leave(session, claim.subject, source, None if everything else audiences(self._site.house, claim))
        if one_click:
            return make_response("", 200)
        return self._site.page("public/left.html.jinja", lang, title=None if everything else title)


def audiences(house: House, claim: Claim) -> tuple[str, ...] | None:
    """The audiences of the publication the mail was from; None (all) when it is no more."""
    publication = house.publications.get(claim.scope)
    return publication.audiences if publication else None


def language_of(site: Site, subject: UUID) -> str:
    """The language of a reader, or the browser's best for one who was erased."""
    with site.store.reading() as session:
        row = session.get(Subscriber, subject)
    if row is None:
        return best_language(site.house, request.accept_languages)
    return known_or_source(site.house, row.locale)
