"""The deliveries of a mailing in one state: to whom (masked), every try, and the relay's words."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import request
from werkzeug.wrappers import Response

from mailer.services.sending import following, overview
from mailer.services.sending.following import PAGE, DeliveryState, Line, Try
from mailer.services.sending.words import word_for
from web.staff.here import Here
from web.staff.naming import audience_title
from web.staff.sending.mailings import way
from wording import Text, _


def deliveries(here: Here, number: int) -> Response:
    """One page of them. Raises NotFoundError."""
    found = overview.mailing(here.office, here.person, number)
    state = next((one for one in DeliveryState if one == request.args.get("state")), None)
    typed = request.args.get("after", "0")
    after = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 18 else 0
    rows = following.deliveries(here.office, here.person, number, state, after=after)
    states = [(one, count) for one, count in found.account.states.items() if count]
    return here.page(
        "sending/deliveries",
        mailing=found,
        **way(here, found.issue),
        states=[(_path(number, one), here.say(word_for(one)), count, one is state) for one, count in states],
        everyone=(_path(number, None), found.account.readers, state is None),
        heading=here.say(word_for(state)) if state else here.say(_("Alle bezorgingen")),
        rows=[_row(here, one) for one in rows],
        next_path=_path(number, state, rows[-1].delivery.id) if len(rows) == PAGE else "",
    )


def _path(number: int, state: DeliveryState | None, after: int = 0) -> str:
    asked = {"state": state.value if state else "", "after": str(after or "")}
    query = urlencode({name: one for name, one in asked.items() if one})
    return f"/staff/mailings/{number}/deliveries" + (f"?{query}" if query else "")


def _row(here: Here, line: Line) -> dict[str, object]:
    one = line.delivery
    on_paper = one.channel.value == "post"
    return {
        "address": line.address or here.say(_("lezer per post") if on_paper else _("het adres is gewist")),
        "title": audience_title(here, one.audience),
        "locale": one.locale,
        "state": here.say(word_for(one.state)),
        "next": here.say(_("volgende poging {moment}", moment=here.moment(one.next_at))) if one.next_at else "",
        "tries": [_try(here, each) for each in one.tries],
    }


_OUTCOMES = {
    "accept": _("aangenomen"),
    "defer": _("uitgesteld"),
    "refuse": _("geweigerd"),
    "lose_answer": _("geen antwoord"),
    "lease_over": _("geen antwoord"),
    "give_back": _("niet verstuurd"),
    "retry": _("iemand liet het opnieuw proberen"),
    "found_accepted": _("iemand zag dat het was aangekomen"),
    "found_lost": _("iemand liet het opnieuw versturen"),
    "suppress": _("mag niet ontvangen"),
}


def _try(here: Here, one: Try) -> dict[str, str]:
    said = _OUTCOMES.get(one.outcome, Text(one.outcome))
    return {
        "at": here.moment(one.ended_at),
        "said": here.say(said),
        "relay": one.relay or "",
        "code": " ".join(str(part) for part in (one.code, one.enhanced, one.words) if part)[:300],
    }
