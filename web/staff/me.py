"""One's own settings: the language of the pages, the second step, and where one is signed in."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response

from mailer.services.administration import signing_in
from staff.mails import MAIL_WORDS, Mail
from web.forms import one
from web.staff.here import LANGUAGES, Here, uuid_of


def me(here: Here) -> Response:
    """Everything that is a person's own."""
    return here.page(
        "me",
        factors=signing_in.factors(here.office, here.person),
        sessions=signing_in.mine(here.office, here.person),
        own=here.session.uid if here.session else None,
        needs_second=signing_in.needs_second_step(here.person),
        mails=[
            (one.value, here.say(MAIL_WORDS[one]), one not in here.person.muted)
            for one in signing_in.mails_for(here.person)
        ],
    )


def mails(here: Here) -> Response:
    """Choose which mails one gets."""
    signing_in.choose_mails(
        here.office, here.person, {Mail(one) for one in request.form.getlist("mail") if one in set(Mail)}
    )
    return here.go("me")


def language(here: Here) -> Response:
    """Choose the language of the pages, and of mail to oneself."""
    chosen = one(request.form, "language")
    if chosen in LANGUAGES:
        signing_in.choose_language(here.office, here.person, chosen)
    return here.go("me")


def end_session(here: Here) -> Response:
    """End one of one's own sessions, or all of them."""
    if request.form.get("all"):
        signing_in.leave_everywhere(here.office, here.person)
        return here.go(here.way_in)
    if (uid := uuid_of(request.form.get("session", ""))) is not None:
        signing_in.leave(here.office, here.person, uid)
    return here.go("me")


def remove_passkey(here: Here) -> Response:
    """Take away one of one's own passkeys."""
    if (uid := uuid_of(request.form.get("passkey", ""))) is not None:
        signing_in.remove_passkey(here.office, here.person, uid)
    return here.go("me")
