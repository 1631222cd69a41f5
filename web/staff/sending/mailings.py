"""Mailings: all of them, one while it is on its way, and what a person orders."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import request
from werkzeug.wrappers import Response

from mailer.services.sending import following, orders, overview
from mailer.services.sending.overview import MailingOverview
from mailer.services.sending.words import terms, word_for
from staff.permissions import Permission, may
from web.staff.here import Here
from web.staff.issues.issue import bar_of
from web.staff.naming import audience_title, issue_title, locale_name
from web.staff.sending import following_said
from web.staff.sending.review_said import going_words
from wording import Text, _, ngettext
from wording.errors import NotFoundError

_MOST_REASON = 300


def mailings(here: Here) -> Response:
    """Every mailing, the newest first."""
    found = overview.mailings_of(here.office, here.person)
    rows = [
        {
            "id": one.id,
            "title": issue_title(here, one.issue),
            "state": one.state.value,
            "said": here.say(word_for(one.state)),
            "settled": one.settled,
            "readers": one.readers,
            "percent": one.settled * 100 // one.readers if one.readers else 100,
            "at": here.moment(one.scheduled_at) if one.scheduled_at else "",
        }
        for one in found
    ]
    return here.page("sending/mailings", rows=rows)


def mailing(here: Here, number: int) -> Response:
    """One mailing. Asked for by htmx it is the part that changes alone."""
    found = overview.mailing(here.office, here.person, number, wait=False)
    if request.headers.get("HX-Request"):
        return here.page("sending/_mailing", **_values(here, found))
    return here.page("sending/mailing", **{**_values(here, found), **way(here, found.issue)})


def order(here: Here, number: int) -> Response:
    """What a button of the page orders. Raises ConflictError where the mailing is no longer in a state for it."""
    do = ORDERS.get(request.form.get("do", ""))
    if do is None:
        raise NotFoundError(_("Die knop is er niet (meer). Laad de bladzijde opnieuw."))
    do(here, number)
    return here.go("mailing", number=number)


def cancel(here: Here, number: int) -> Response:
    """Ask once more: what is cancelled is so for good."""
    found = overview.mailing(here.office, here.person, number, wait=False)
    if request.method != "POST":
        return here.page("sending/cancel", **_values(here, found))
    orders.cancel(here.office, here.person, number, request.form.get("reason", "")[:_MOST_REASON])
    return here.go("mailing", number=number)


def _pause(here: Here, number: int) -> None:
    orders.pause(here.office, here.person, number, request.form.get("reason", "")[:_MOST_REASON])


def _resolve(here: Here, number: int, *, arrived: bool) -> None:
    typed = request.form.get("delivery", "")
    only = [int(typed)] if typed.isascii() and typed.isdigit() and len(typed) < 19 else []
    orders.resolve(here.office, here.person, number, arrived=arrived, only=only)


ORDERS: Mapping[str, Callable[[Here, int], object]] = {
    "start": lambda here, number: orders.start(here.office, here.person, number),
    "pause": _pause,
    "resume": lambda here, number: orders.resume(here.office, here.person, number),
    "relay": lambda here, number: orders.use_relay(
        here.office, here.person, number, request.form.get("relay", "")[:60]
    ),
    "take_back": lambda here, number: orders.take_back(here.office, here.person, number),
    "retry": lambda here, number: orders.retry(here.office, here.person, number),
    "arrived": lambda here, number: _resolve(here, number, arrived=True),
    "lost": lambda here, number: _resolve(here, number, arrived=False),
}


def way(here: Here, slug: str) -> dict[str, object]:
    """The way of the issue above the page, while its files are there."""
    try:
        return bar_of(here, slug)
    except NotFoundError:
        return {"slug": slug, "title": issue_title(here, slug)}


def _values(here: Here, found: MailingOverview) -> dict[str, object]:
    account, states = found.account, found.account.states
    accepted = sum(states[one] for one in states if one.value == "accepted")
    uncertain = any(count for one, count in states.items() if one.value == "uncertain")
    doubts = _doubts(here, found.id) if uncertain else []
    trouble = [(count, word) for count, word in terms(account) if count and word.msgid in _TROUBLE]
    return {
        "mailing": found,
        "state": found.state.value,
        "heading": here.say(_heading(found, accepted)),
        "going": "" if found.going is None else here.say(going_words(found.going)),
        "title": issue_title(here, found.issue),
        "slug": found.issue,
        "accepted": accepted,
        "percent": accepted * 100 // account.readers if account.readers else 0,
        "waiting": account.waiting,
        "done_at": _clock(here, found.done_at),
        "per_minute": round(found.per_second * 60) if found.per_second else 0,
        "trouble": sum(count for count, _word in trouble),
        "trouble_words": [f"{count} {here.say(word)}" for count, word in trouble],
        "equation": f"{account.readers} = " + " + ".join(f"{n} {here.say(word)}" for n, word in terms(account)),
        "balances": account.balances,
        "why": here.say(found.why) if found.why else "",
        "scheduled": here.moment(found.scheduled_at) if found.scheduled_at else "",
        "editions": _editions(here, found),
        "doubts": doubts,
        "may_order": may(here.person, Permission.ORDER_MAILINGS),
        "waiting_said": ""
        if found.going
        else here.say(
            ngettext("{count} lezer krijgt niets meer.", "{count} lezers krijgen niets meer.", account.waiting)
        ),
        "may_take_back": found.may_take_back,
        "halt": following_said.halt(here, found),
        "phases": following_said.phases(here, found),
        "said_by_relays": following_said.said(here, found),
        "links": _links(here, found),
        "relays": [one.name for one in here.office.relays] if len(here.office.relays) > 1 else [],
        "relay": found.relay,
        "moves": found.state.value in {"sending", "scheduled"} or found.going is not None,
    }


def _links(here: Here, found: MailingOverview) -> list[tuple[int, str, str]]:
    """The terms of the equation, each with its list."""
    by_word = {here.say(word_for(state)): state.value for state in found.account.states}
    shown = [(count, here.say(word)) for count, word in terms(found.account)]
    return [(count, said, f"/staff/mailings/{found.id}/deliveries?state={by_word[said]}") for count, said in shown]


def _doubts(here: Here, number: int) -> list[dict[str, object]]:
    """What is uncertain: to whom (masked), of which edition, when, and its mark in the log of the relay."""
    marks = {one.delivery: one for one in overview.doubts(here.office, here.person, number)}
    lines = following.deliveries(here.office, here.person, number, following.DeliveryState.UNCERTAIN)
    return [
        {
            "delivery": one.delivery.id,
            "address": one.address,
            "title": audience_title(here, one.delivery.audience),
            "locale": one.delivery.locale,
            "handed_at": marks[one.delivery.id].handed_at,
            "relay": marks[one.delivery.id].relay,
            "message_id": marks[one.delivery.id].message_id,
        }
        for one in lines
        if one.delivery.id in marks
    ]


_TROUBLE = {"uitgesteld", "geweigerd", "onzeker"}
"""The words of states that someone should look at."""


def _heading(found: MailingOverview, accepted: int) -> Text:
    readers = found.account.readers
    if found.going is not None:
        return ngettext(
            "Aan {count} lezer; hoe ver, wordt geteld", "Aan {count} lezers; hoe ver, wordt geteld", readers
        )
    match found.state.value:
        case "sending":
            return _("Onderweg: {accepted} van {readers} mensen", accepted=accepted, readers=readers)
        case "done":
            return _("{accepted} van de {readers} zijn aangenomen", accepted=accepted, readers=readers)
        case "paused":
            return _("Stilgezet: {accepted} van {readers} mensen hebben het", accepted=accepted, readers=readers)
        case "cancelled":
            return _("Afgebroken: {accepted} van {readers} mensen hebben het", accepted=accepted, readers=readers)
        case _:
            return ngettext("Staat klaar voor {count} lezer", "Staat klaar voor {count} lezers", readers)


def _editions(here: Here, found: MailingOverview) -> list[dict[str, object]]:
    return [
        {
            "title": audience_title(here, one.audience),
            "locale": one.locale,
            "language": locale_name(here, one.locale),
            "readers": one.readers,
            "accepted": _count(one.states, "accepted"),
            "bars": _bars(one.states, one.readers),
            "rest": ", ".join(
                f"{count} {here.say(word_for(state))}"
                for state, count in sorted(one.states.items())
                if count and state.value != "accepted"
            ),
            "on_paper": one.channel.value == "post",
        }
        for one in found.editions
    ]


def _bars(states: Mapping[Any, int], readers: int) -> list[tuple[str, str, str]]:
    """Class, start and width (in per cent) of each part of an edition's bar."""
    parts = (
        ("a", _count(states, "accepted")),
        ("b", _count(states, "deferred")),
        ("c", _count(states, "refused") + _count(states, "uncertain")),
    )
    drawn, at = [], 0.0
    for name, count in parts:
        width = count * 100 / readers if readers else 0.0
        if width:
            drawn.append((name, f"{at:.2f}%", f"{width:.2f}%"))
        at += width
    return drawn


def _count(states: Mapping[Any, int], state: str) -> int:
    return sum(count for one, count in states.items() if str(one) == state)


def _clock(here: Here, at: datetime | None) -> str:
    return f"{at.astimezone(ZoneInfo(here.office.house.time_zone)):%H:%M}" if at else ""
