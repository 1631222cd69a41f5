"""Preferences: which newsletters, in which language, from when; and a link to what is kept. Shows no whole address.

The link in a newsletter gets forwarded with it, so this page can do nothing that harms its owner for good.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from flask import Response, request
from sqlalchemy.orm import Session

from mailer.services.notices.letters import send_manage_link
from subscribers import managing, services
from subscribers.address import address_from
from subscribers.consent import VERSION, AgreedWording, Choice, Evidence, agreement
from subscribers.repository import address_of, memberships
from subscribers.tables import MembershipState, Subscriber, SubscriberState
from subscribers.tokens import Purpose, claim_from
from web import forms
from web.languages import best_language, known_or_source
from web.site import Site
from wording import Text, _
from wording.interface import interface

LONGEST_PAUSE = timedelta(days=366)


class Preferences:
    """The page behind "preferences" under every newsletter."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def preferences(self, token: str) -> Response:
        claim = claim_from(self._site.parts.keys, Purpose.PREFERENCES, token)
        if claim is None:
            lang = best_language(self._site.house, request.accept_languages)
            return self._site.page("public/unknown.html.jinja", lang, 404)
        if request.method != "POST":
            with self._site.store.reading() as session:
                return self._show(session, claim.subject)
        with self._site.store.transaction() as session:
            return self._act(session, claim.subject)

    def _act(self, session: Session, uid: UUID) -> Response:
        row = session.get(Subscriber, uid)
        if row is None or row.state != SubscriberState.ACTIVE:
            return self._show(session, uid)
        if request.form.get("do") == "manage":
            return self._mail_link(session, row)
        mistake, until = pause_from(forms.one(request.form, "pause"), datetime.now(UTC).date())
        chosen = request.form.getlist("audience")
        locale = forms.one(request.form, "locale")
        if (
            mistake
            or not set(chosen) <= set(self._site.newsletters(""))
            or locale not in self._site.reading_languages()
        ):
            return self._show(session, uid, mistake or _("Kies uit de lijst."), status=422)
        lang = known_or_source(self._site.house, row.locale)
        text = interface(lang).say(agreement(self._site.house.organisation.name))
        evidence = Evidence("preferences", AgreedWording(VERSION, lang, text))
        services.change(session, uid, Choice(tuple(chosen), locale), evidence)
        if chosen and until != row.paused_until:
            services.pause(session, uid, until, "preferences")
        return self._show(session, uid, _("Uw voorkeuren zijn bewaard."))

    def _mail_link(self, session: Session, row: Subscriber) -> Response:
        address = address_of(session, row) or ""
        lang = known_or_source(self._site.house, row.locale)
        token = managing.link_for(session, row.uid)
        if token is not None:
            send_manage_link(session, self._site.house, lang, address, token)
            self._site.posted()
        return self._show(session, row.uid, _("We hebben u een link gemaild. Die werkt 15 minuten."))

    def _show(self, session: Session, uid: UUID, said: Text | None = None, *, status: int = 200) -> Response:
        row = session.get(Subscriber, uid)
        if row is None or row.state != SubscriberState.ACTIVE:
            lang = best_language(self._site.house, request.accept_languages)
            return self._site.page("public/left.html.jinja", lang, title=None)
        lang = known_or_source(self._site.house, row.locale)
        states = memberships(session, uid)
        return self._site.page(
            "public/preferences.html.jinja",
            lang,
            status,
            said=said,
            masked=address_from(address_of(session, row) or "").masked,
            newsletters=self._site.newsletters(lang),
            reading=self._site.reading_languages(),
            chosen=[name for name, state in states.items() if state == MembershipState.ACTIVE],
            locale=row.locale,
            pause=row.paused_until.isoformat() if row.paused_until else "",
            wording=interface(lang).say(agreement(self._site.house.organisation.name)),
        )


def pause_from(typed: str, today: date) -> tuple[Text | None, date | None]:
    """What stands in the date field: a mistake, or a day (None: no pause)."""
    if not typed.strip():
        return None, None
    try:
        until = date.fromisoformat(typed.strip())
    except ValueError:
        return _("Schrijf de datum als jaar-maand-dag, bijvoorbeeld 2027-01-15."), None
    if not today < until <= today + LONGEST_PAUSE:
        return _("Kies een dag in het komende jaar."), None
    return None, until
