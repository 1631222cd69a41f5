"""The pages for readers. GET and HEAD change nothing; no cookie, no script, no third party.

/                           to the visitor's language
/<lang>/aanmelden           subscribe
/<lang>/bevestigen/<token>  the button of the confirmation mail
/u/<token>                  leave (RFC 8058 too)
/p/<token>                  preferences
/<lang>/beheer/<token>      see, move or erase what is kept
/<lang>/verhuizen/<token>   the button that proves a new address
/<lang>/archief/            published issues, /<lang>/archief/<slug>, /<lang>/archief/<slug>/<n>.ics, /<lang>/feed.atom
/<lang>/                    to the page to subscribe
/<lang>/privacy             what is kept, why and how long
/<lang>/aanvragen           from a form on another website: one button asks for the mail
/robots.txt, /.well-known/security.txt, /icoon.svg, /apple-touch-icon.png, /huisstijl.css
"""

from __future__ import annotations

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from mailer.artefacts.archive.leaf import PICTURES
from mailer.artefacts.archive.pages import EARLIER, STYLE
from web.languages import best_language
from web.public.archive import Archive
from web.public.leaving import Leaving
from web.public.managing import Managing
from web.public.preferences import Preferences
from web.public.privacy import Privacy
from web.public.subscribing import Subscribing
from web.public.wellknown import WellKnown
from web.site import Site


def public_pages(site: Site) -> Blueprint:
    """The routes. Languages are spelled out in them, so that an unknown one is no page."""
    pages = Blueprint("public", __name__)
    lang = f"/<any({','.join(site.house.locales)}):lang>"
    subscribing, leaving, managing = Subscribing(site), Leaving(site), Managing(site)
    preferences, archive, known = Preferences(site), Archive(site), WellKnown(site)
    both = ["GET", "POST"]

    def home() -> Response:
        return redirect(f"/{best_language(site.house, request.accept_languages)}/aanmelden", 303)

    def home_in(lang: str) -> Response:
        return redirect(f"/{lang}/aanmelden", 303)

    pages.add_url_rule("/", "home", home)
    pages.add_url_rule(f"{lang}/", "home_in", home_in)
    pages.add_url_rule(f"{lang}/privacy", "privacy", Privacy(site).privacy)
    pages.add_url_rule(f"{lang}/aanvragen", "embedded", subscribing.embedded, methods=both)
    pages.add_url_rule("/robots.txt", "robots", known.robots)
    pages.add_url_rule("/.well-known/security.txt", "security", known.security)
    pages.add_url_rule("/icoon.svg", "icon", known.icon)
    pages.add_url_rule("/favicon.ico", "favicon", known.icon)
    pages.add_url_rule("/apple-touch-icon.png", "touch_icon", known.touch_icon)
    pages.add_url_rule("/huisstijl.css", "colours", known.colours)
    pages.add_url_rule(f"{lang}/aanmelden", "subscribe", subscribing.subscribe, methods=both)
    pages.add_url_rule(f"{lang}/bevestigen/<token>", "confirm", subscribing.confirm, methods=both)
    pages.add_url_rule("/u/<token>", "leave", leaving.leave, methods=both)
    pages.add_url_rule("/p/<token>", "preferences", preferences.preferences, methods=both)
    pages.add_url_rule(f"{lang}/beheer/<token>", "manage", managing.manage, methods=both)
    pages.add_url_rule(f"{lang}/verhuizen/<token>", "move", managing.move, methods=both)
    pages.add_url_rule(f"{lang}/archief/", "archive", archive.shelf)
    pages.add_url_rule(f"{lang}/archief/<slug>", "issue", archive.issue)
    pages.add_url_rule(f"{lang}/archief/<slug>/<int(min=1):number>.ics", "event", archive.event)
    pages.add_url_rule(f"{lang}/archief/<slug>/{EARLIER}/<int:revision>", "earlier", archive.earlier)
    pages.add_url_rule(f"{lang}/feed.atom", "feed", archive.feed)
    pages.add_url_rule(f"{lang}/feed-<int(min=2):number>.atom", "feed_page", archive.feed)
    pages.add_url_rule(f"/{PICTURES}/<name>", "picture", archive.picture)
    pages.add_url_rule(f"/{STYLE}", "style", archive.style)
    return pages
