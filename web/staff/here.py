"""What a view gets: the office, who asks, and how to answer them in their language."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol
from urllib.parse import urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from flask import Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from mailer.doctor.rounds import Rounds
from mailer.services.administration import signing_in
from mailer.services.administration.signing_in import Browser
from mailer.services.keeping.holding import standing_still
from mailer.services.office import Office
from mailer.services.sending.witness import Witness
from staff.people import Person
from staff.permissions import Permission, may
from staff.roles import ROLE_WORDS, Role
from staff.second_factor import Site
from staff.sessions import OpenSession
from subscribers.limits import network_of
from wording import Text, _
from wording.interface import Interface, direction, interface

SESSION, BROWSER, DEVICE = "staff", "staff-browser", "staff-device"
"""Cookies: the session; the secret that binds a link to the browser that asked; the mark of a browser that is known."""
LANGUAGES: Mapping[str, str] = {"nl": "Nederlands", "en": "English", "ar": "العربية"}
"""The languages of the interface, each by its own name."""
HALF_A_YEAR = 183 * 24 * 60 * 60
TWELVE_HOURS = 12 * 60 * 60
QUARTER = 15 * 60


class Demo(Protocol):
    """Whom a visitor may be; only `postduif demo --serve` has one."""

    def everyone(self) -> list[Person]:
        """All who work in the demo."""

    def enter(self, uid: UUID, device: str) -> str | None:
        """The secret of a new session of one of them; None when there is no such person."""


@dataclass(frozen=True)
class Staff:
    """The staff pages of one installation: the office, and the address at which they are reached."""

    office: Office
    pages: str
    """Without a slash at its end: base_url, or http://localhost:PORT while that is not set."""
    rounds: Rounds
    """Looks whether everything works."""
    witness: Witness
    """What this machine knows of the database, which is lifted with a hold."""
    demo: Demo | None = None
    """None everywhere but in the demo: then there is no page to choose a person on."""

    @property
    def site(self) -> Site:
        """What a passkey is bound to."""
        return Site(urlsplit(self.pages).hostname or "localhost", self.pages, self.office.house.organisation.name)


@dataclass(frozen=True)
class Here:
    """One request of one browser."""

    staff: Staff
    session: OpenSession | None
    token: str = field(repr=False, default="")

    @classmethod
    def of(cls, staff: Staff) -> Here:
        """Who sends this request, by the cookie of the session."""
        token = cookie(SESSION)
        return cls(staff, signing_in.current(staff.office, token) if token else None, token)

    @property
    def office(self) -> Office:
        return self.staff.office

    @property
    def person(self) -> Person:
        """Who asks. A route that is not public has one."""
        if self.session is None:
            raise LookupError("a public page has no person")
        return self.session.person

    @property
    def way_in(self) -> str:
        """The page for who is not in: to sign in, or to choose a person of the demo."""
        return "sign_in" if self.staff.demo is None else "demo"

    @property
    def lang(self) -> str:
        """The language that this person chose, or the first of the browser's that the interface has."""
        chosen = self.session.person.interface if self.session else request.args.get("lang", "")
        return chosen if chosen in LANGUAGES else request.accept_languages.best_match(list(LANGUAGES), "nl") or "nl"

    @property
    def words(self) -> Interface:
        return interface(self.lang)

    def say(self, text: Text | str) -> str:
        return self.words.say(text)

    @property
    def browser(self) -> Browser:
        """What is known of the browser."""
        return Browser(cookie(BROWSER), device_name(request.headers.get("User-Agent", "")), network(), cookie(DEVICE))

    @property
    def csrf(self) -> str:
        """What each form of this session carries."""
        keys = self.office.keys
        return csrf_token(keys.derive("session", "csrf", keys.current("session")), self.token)

    def page(self, template: str, status: int = 200, /, **values: Any) -> Response:
        """A template of the staff pages. Values are written out with autoescape; none of them is ever a template."""
        say = self.say
        person = self.session.person if self.session else None
        shared = {
            "_": lambda msgid, **slots: say(Text(msgid, slots)),
            "say": say,
            "lang": self.lang,
            "dir": direction(self.lang),
            "languages": LANGUAGES,
            "organisation": self.office.house.organisation.name,
            "person": person,
            "roles": [say(ROLE_WORDS[role]) for role in Role if person and role in person.roles],
            "nav": [(path, drawing, say(words)) for path, drawing, words in ways(person)],
            "may": lambda name: person is not None and may(person, Permission[name]),
            "standing_still": self.standing_still,
            "csrf": self.csrf,
            "here": request.path,
            "problem": None,
            "at": self.office.clock(),
            "moment": self.moment,
            "day_words": lambda day: format_date(day, "EEEE d MMMM", locale=self.lang),
            "day_said": self.day,
            "leaf": self.leaf,
        }
        return make_response(render_template(f"staff/{template}.html.jinja", **{**shared, **values}), status)

    def standing_still(self) -> list[str]:
        """What to say on top of every page while everything is held back: that it is and since when, why, and what to
        do; nothing while it is not, and then nothing is asked of the database."""
        held = standing_still(self.office) if self.session and self.session.along else None
        if held is None:
            return []
        keeps = may(self.person, Permission.KEEP_BACKUPS)
        return [
            self.say(
                _("Alles staat stil sinds {moment}.", moment=self.moment(held.since))
                if held.since
                else _("Alles staat stil.")
            ),
            self.say(held.why),
            self.say(
                _("Kijk met `postduif hold show` wat er te doen is.")
                if keeps
                else _("Er gaan geen nieuwsbrieven en geen post uit tot een beheerder heeft gekeken.")
            ),
        ]

    def moment(self, at: datetime) -> str:
        """A moment by the clock of the organisation, as this person's language writes it."""
        zone = ZoneInfo(self.office.house.time_zone)
        return format_datetime(at.astimezone(zone), "d MMMM HH:mm", locale=self.lang)

    def dated(self, at: datetime) -> str:
        """As `moment`, with the year: of what may be years ago."""
        zone = ZoneInfo(self.office.house.time_zone)
        return format_datetime(at.astimezone(zone), "d MMMM y HH:mm", locale=self.lang)

    def day(self, day: date) -> str:
        """A day with its weekday: "di 1 december"."""
        return format_date(day, "EEE d MMMM", locale=self.lang)

    def leaf(self, day: date) -> tuple[str, str, str]:
        """A leaf of a calendar: weekday, day, month."""
        weekday, number, month = (format_date(day, part, locale=self.lang) for part in ("EEE", "d", "MMM"))
        return weekday, number, month

    def go(self, endpoint: str, **values: Any) -> WerkzeugResponse:
        """To another page of the staff, by GET."""
        return redirect(url_for(f"staff.{endpoint}", **values), 303)


WAYS: tuple[tuple[str, str, Text, Permission | None], ...] = (
    ("/staff/", "home", _("Vandaag"), None),
    ("/staff/issues", "issue", _("Nummers"), Permission.SEE_ISSUES),
    ("/staff/mailings", "mail", _("Verzendingen"), Permission.SEE_MAILINGS),
    ("/staff/post", "desk", _("Postkamer"), Permission.PRINT_RUNS),
    ("/staff/readers", "book", _("Lezers"), Permission.SEE_READERS),
    ("/staff/people", "people", _("Mensen"), Permission.CHANGE_STAFF),
    ("/staff/organisation", "admin", _("Organisatie"), Permission.CHANGE_SETTINGS),
)
"""The bar: where a page is, its drawing, its words, and what a person needs to see it."""


def ways(person: Person | None) -> list[tuple[str, str, Text]]:
    """A person's own ways, and no one else's."""
    if person is None:
        return []
    return [(path, drawing, words) for path, drawing, words, needs in WAYS if needs is None or may(person, needs)]


def cookie(name: str) -> str:
    """The value of one of our cookies; "" when the browser has none."""
    return request.cookies.get(cookie_name(name), "")[:200]


def cookie_name(name: str) -> str:
    """With the prefix that only https may set (RFC 6265bis, 4.1.3.1); on localhost without TLS another one."""
    return f"__Secure-{name}" if request.is_secure else f"{name}-localhost"


def set_cookie(response: WerkzeugResponse, name: str, value: str, seconds: int) -> None:
    """For the staff pages alone; no public page ever gets one."""
    response.set_cookie(
        cookie_name(name),
        value,
        max_age=seconds,
        path="/staff",
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
    )


def drop_cookie(response: WerkzeugResponse, name: str) -> None:
    response.delete_cookie(cookie_name(name), path="/staff", secure=request.is_secure, httponly=True, samesite="Lax")


def csrf_token(key: bytes, session: str) -> str:
    return hmac.digest(key, session.encode("utf-8", "replace"), "sha256").hex()[:40]


def network() -> str:
    """The network of the client, by which tries are counted."""

    return network_of(request.remote_addr or "")


_BROWSERS = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    *(("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad")),
    *(("Windows", "Windows"), ("Mac OS", "macOS"), ("Linux", "Linux")),
)
"""By their signs in a User-Agent, the more particular ones first."""


def device_name(agent: str) -> str:
    """Browser and system as a person calls them: "Firefox, Linux". Words of ours only, whatever the header says."""
    found = [next((name for sign, name in known if sign in agent), "") for known in (_BROWSERS, _SYSTEMS)]
    return ", ".join(filter(None, found)) or "?"


def uuid_of(text: str) -> UUID | None:
    """An id from a form; None when it is none."""
    try:
        return UUID(text)
    except ValueError:
        return None
