"""One reader: why they get what they get, what they agreed to, what went to them; and what staff do when asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from uuid import UUID

from flask import make_response, request
from werkzeug.wrappers import Response

from mailer.services.readers import audiences, barring, card, rights
from mailer.services.readers.card import Card, InAudience
from mailer.services.readers.people import Consent, Found
from mailer.services.sending.words import word_for
from staff.permissions import Permission, may
from web.staff.here import Here, uuid_of
from web.staff.naming import audience_title, issue_title, language_said, locale_name
from web.staff.readers.words import BARRED, DID, STATES, WHERE
from wording import Text, _
from wording.errors import ConflictError, InvalidInputError, NotFoundError

HIDDEN_AFTER = 600
"""Seconds that a whole address stays on the screen."""


def reader(here: Here, reader: str) -> Response:
    """GET: what is known of them. POST: bar, lift, pause, unsubscribe, or let them get or miss one issue."""
    uid = uuid_of(reader)
    if request.method != "POST":
        return _page(here, card.card(here.office, here.person, uid))
    do = DEEDS.get(request.form.get("do", ""))
    if do is None or uid is None:
        raise NotFoundError(_("Die knop is er niet (meer). Laad de bladzijde opnieuw."))
    try:
        do(here, uid)
    except (ConflictError, InvalidInputError) as error:
        return _page(here, card.card(here.office, here.person, uid), 422, problem=error.text)
    return here.go("reader", reader=uid)


def reveal(here: Here, reader: str) -> Response:
    """The whole address, for ten minutes; in the audit trail."""
    uid = uuid_of(reader)
    whole = card.address(here.office, here.person, uid)
    return _page(here, card.card(here.office, here.person, uid), whole=whole)


def disclose(here: Here, reader: str) -> Response:
    """All that is kept of them, as a file to hand over (GDPR art. 15 and 20)."""
    data = rights.disclose_reader(here.office, here.person, uuid_of(reader) or UUID(int=0))
    response = make_response(json.dumps(data, ensure_ascii=False, indent=2))
    response.mimetype = "application/json"
    response.headers["Content-Disposition"] = 'attachment; filename="reader.json"'
    response.headers["Cache-Control"] = "no-store"
    return response


def erase(here: Here, reader: str) -> Response:
    """Ask once more: what is erased is so for good."""
    uid = uuid_of(reader) or UUID(int=0)
    if request.method == "POST":
        rights.erase_reader(here.office, here.person, uid)
        return here.page("readers/erased")
    found = card.card(here.office, here.person, uid)
    going = [issue_title(here, one.issue_slug) for one in found.deliveries if one.state in {"pending", "deferred"}]
    return here.page("readers/erase", uid=uid, masked=found.masked, going=list(dict.fromkeys(going)))


def _pause(here: Here, uid: UUID) -> None:
    typed = request.form.get("until", "").strip()
    try:
        until = date.fromisoformat(typed) if typed else None
    except ValueError:
        text = _("Schrijf de datum als jaar-maand-dag, bijvoorbeeld 2027-01-15.")
        raise InvalidInputError(text) from None
    barring.pause(here.office, here.person, uid, until)


def _pick(here: Here, uid: UUID) -> None:
    choice = {"in": True, "out": False, "": None}.get(request.form.get("included", ""))
    issue, audience = request.form.get("issue", "")[:100], request.form.get("audience", "")[:60]
    audiences.pick(here.office, here.person, audience, uid, issue, included=choice)


DEEDS: Mapping[str, Callable[[Here, UUID], object]] = {
    "bar": lambda here, uid: barring.bar(here.office, here.person, uid, _why()),
    "lift": lambda here, uid: barring.lift(here.office, here.person, uid, _why()),
    "pause": _pause,
    "leave": lambda here, uid: barring.unsubscribe(here.office, here.person, uid),
    "pick": _pick,
}


def _why() -> str:
    return request.form.get("why", "")[:400]


def _page(here: Here, found: Card, status: int = 200, *, whole: str = "", problem: Text | None = None) -> Response:
    mark, said = STATES[found.state]
    if found.state == "active" and not any(one.receives for one in found.audiences):
        mark, said = "none", _("krijgt nu niets")
    barred = found.barred
    response = here.page(
        "readers/reader",
        status,
        uid=found.uid,
        masked=found.masked or here.say(_("het adres is gewist")),
        whole=whole,
        hidden_after=HIDDEN_AFTER,
        mark_name=mark,
        state=here.say(said),
        state_code=found.state,
        reads=(found.locale, locale_name(here, found.locale)),
        traits=[one for one in (found.region, found.role) if one],
        since=here.dated(found.since),
        paused=here.day(found.paused_until) if found.paused_until else "",
        barred=here.say(BARRED.get(barred.reason, Text(barred.reason))) if barred else "",
        barred_at=here.dated(barred.at) if barred else "",
        may_lift=barred is not None and barred.reason in {"bounced", "complained"},
        audiences=[_audience(here, one) for one in found.audiences],
        may_pick=may(here.person, Permission.CHANGE_AUDIENCES) and found.state == "active",
        consent=[_consent(here, one) for one in found.consent],
        deliveries=[_delivery(here, one) for one in found.deliveries],
        problem=problem,
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _audience(here: Here, one: InAudience) -> dict[str, object]:
    said = [here.say(reason) for reason in one.reasons]
    if one.receives and one.since:
        said = [here.say(_("lid sinds {moment}", moment=here.dated(one.since)))]
    elif one.state is None:
        said = [here.say(_("koos deze nieuwsbrief niet"))]
    elif one.state == "left" and one.since:
        said = [here.say(_("meldde zich hier af op {moment}", moment=here.dated(one.since)))]
    return {
        "key": one.audience,
        "title": audience_title(here, one.audience),
        "receives": one.receives,
        "said": "; ".join(said),
    }


def _consent(here: Here, one: Consent) -> dict[str, object]:
    titles = [audience_title(here, key) for key in one.audiences]
    words = one.wording
    return {
        "did": here.say(DID.get(one.event, Text(one.event))),
        "is_yes": one.event in {"confirmed", "imported"},
        "at": here.dated(datetime.fromisoformat(one.at)),
        "source": _where(here, one.source),
        "language": language_said(here, one.language),
        "titles": titles,
        "words": words.text if words else "",
        "words_lang": words.language if words else "",
        "version": words.version if words else "",
    }


def _where(here: Here, source: str) -> str:
    known = WHERE.get(source) or WHERE.get(source.split(" ", 1)[0].rstrip(","))
    return here.say(known) if known else source


def _delivery(here: Here, one: Found) -> dict[str, object]:
    marks = {"accepted": "ok", "refused": "stop", "uncertain": "warn", "suppressed": "none", "cancelled": "none"}
    last = one.tries[-1] if one.tries else None
    return {
        "title": issue_title(here, one.issue_slug),
        "path": f"/staff/mailings/{one.mailing_id}/",
        "audience": audience_title(here, one.audience),
        "locale": one.locale,
        "mark": marks.get(one.state.value, "wait"),
        "said": here.say(word_for(one.state)),
        "at": here.dated(last.ended_at) if last else "",
        "words": " ".join(str(part) for part in (last.code, last.enhanced, last.words) if part)[:200]
        if last and one.state.value != "accepted"
        else "",
    }
