"""The look of the organisation: colour and logo, seen on mail, archive, public page and paper before they are kept."""

from __future__ import annotations

import hashlib

from flask import make_response, request
from werkzeug.wrappers import Response

from mailer.artefacts.colours import DARK_GROUNDS, GROUNDS, contrast, is_colour, readable
from mailer.organisation import Look
from mailer.services.administration import own_house
from mailer.services.administration.toml_changes import Change
from mailer.services.publishing import tried_look
from web.public.subscribing import Subscribing
from web.public.wellknown import WellKnown
from web.site import Site
from web.staff.administration.fields import every_label
from web.staff.administration.saving import refused, settle
from web.staff.administration.side import side
from web.staff.here import Here
from web.staff.issues.editions import FRAME
from wording import Text, _
from wording.errors import ConflictError, InvalidInputError, NotFoundError, ServiceError, SettingsError

AT = ("organisation", "look")
OWN_FRAME = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; font-src 'self'; img-src 'self' data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'"
)
"""Of a page of ours with our fonts, which a frame without an origin may not load. No script runs, no form is sent."""


def looks(here: Here) -> Response:
    """GET: how it is. POST: show how it would be, and then keep it."""
    now = here.office.house.organisation.look
    if request.method != "POST":
        return _page(here, now)
    wanted = now
    try:
        wanted = _wanted(here, now)
        tried = tried_look.with_look(here.office, here.person, wanted)
        if request.form.get("do") != "save" or request.form.get("seen") != _digest(wanted):
            return _page(here, wanted, said=tried.said, is_tried=True)
        parts = (("accent", "accent_dark", "logo"), _values(now), _values(wanted))
        changes = [Change((*AT, part), was, value) for part, was, value in zip(*parts, strict=True) if was != value]
        return settle(here, _as_written(here, changes), every_label(here), "looks")
    except (ConflictError, InvalidInputError, NotFoundError, ServiceError, SettingsError) as error:
        status, text = refused(error)
        return _page(here, wanted, status=status, problem=text)


def frame(here: Here, what: str) -> Response:
    """One thing as it would look: "mail", "archive", "public" or "paper"."""
    wanted = Look(*(request.args.get(part, "")[:200] for part in ("accent", "accent_dark")))
    wanted = Look(wanted.accent, wanted.accent_dark, request.args.get("logo", "")[:200] or None)
    match what:
        case "mail":
            return _framed(tried_look.mail(here.office, here.person, wanted))
        case "archive":
            return _framed(tried_look.shelf(here.office, here.person, wanted))
        case "public":
            return _framed(_public(here, wanted), own=True)
        case "paper":
            response = make_response(tried_look.paper(here.office, here.person, wanted))
            response.mimetype = "application/pdf"
            return response
        case _:
            raise NotFoundError(_("Deze pagina is er niet."))


def _public(here: Here, wanted: Look) -> bytes:
    """The page to subscribe, with its colours inside it."""
    site = Site(tried_look.with_look(here.office, here.person, wanted).office)
    page: bytes = Subscribing(site).subscribe(here.office.house.source_locale).get_data()
    colours: bytes = WellKnown(site).colours().get_data()
    return page.replace(b"</head>", b"<style>" + colours + b"</style></head>", 1)


def _framed(page: bytes, *, own: bool = False) -> Response:
    """`own`: with our own style sheets and fonts."""
    response = make_response(page.replace(b"<head>", b'<head><base target="_blank">', 1))
    response.headers["Content-Security-Policy"] = OWN_FRAME if own else FRAME
    return response


def _wanted(here: Here, now: Look) -> Look:
    """What the form asks for; a picture in it is kept first. Raises InvalidInputError."""
    file = request.files.get("picture")
    logo = request.form.get("logo", "")[:200] or None
    if file is not None and file.filename:
        logo = tried_look.keep_picture(here.office, here.person, file.read())
    elif request.form.get("without") == "yes":
        logo = None
    if logo not in {None, now.logo} and not str(logo).startswith(f"{tried_look.FOLDER}/logo-"):
        raise InvalidInputError(_("Kies uit de lijst."))
    accent, dark = (request.form.get(part, "").strip()[:20] for part in ("accent", "accent_dark"))
    return Look(accent, dark, logo)


def _values(one: Look) -> tuple[str | None, ...]:
    return one.accent, one.accent_dark, one.logo


def _as_written(here: Here, changes: list[Change]) -> list[Change]:
    """A colour that the file does not name, because it is ours, was not there."""
    written = own_house.shown(here.office, here.person)
    return [
        Change(one.key, None, one.value) if written.at(*one.key) is None and one.was in _values(Look()) else one
        for one in changes
    ]


def _digest(one: Look) -> str:
    return hashlib.sha256(repr(one).encode()).hexdigest()[:16]


def _page(
    here: Here,
    wanted: Look,
    *,
    said: tuple[Text, ...] = (),
    is_tried: bool = False,
    status: int = 200,
    problem: Text | None = None,
) -> Response:
    grounds = {"accent": (wanted.accent, GROUNDS), "accent_dark": (wanted.accent_dark, DARK_GROUNDS)}
    shown = {name: readable(colour, own) for name, (colour, own) in grounds.items() if is_colour(colour)}
    ratios = {name: f"{contrast(colour, grounds[name][1][0]):.1f}".replace(".", ",") for name, colour in shown.items()}
    return here.page(
        "administration/looks",
        status,
        side=side(here),
        wanted=wanted,
        shown=shown,
        ratios=ratios,
        said=said,
        seen=_digest(wanted) if is_tried else "",
        is_tried=is_tried,
        problem=problem,
    )
