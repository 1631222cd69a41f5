"""What came back: what it was read as and why, for whom, and what followed; and that it was read wrongly."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from flask import request
from werkzeug.wrappers import Response

from mailer.returns.reasons import PATIENT, Kind
from mailer.returns.why import RULES, WITNESSES
from mailer.services.readers import returns
from mailer.services.readers import week as service
from mailer.services.readers.week import Returned, Week
from staff.permissions import Permission, may
from web.staff.here import Here
from web.staff.naming import issue_title
from wording import Text, _
from wording.errors import InvalidInputError, NotFoundError

KINDS: Mapping[Kind, Text] = MappingProxyType(
    {
        Kind.HARD: _("Het adres bestaat niet (meer)"),
        Kind.SOFT: _("Tijdelijk: mailbox vol, of een storing"),
        Kind.POLICY: _("Om ons beleid of onze naam"),
        Kind.COMPLAINT: _("Een klacht"),
        Kind.IGNORED: _("Een automatisch antwoord, of een mens die schreef"),
    }
)
"""What a person may say that it was."""
FIGURES: tuple[tuple[Kind, Text, Text], ...] = (
    (Kind.HARD, _("Bestaat niet"), _("bij de tweede keer, een week later, staat iemand stil")),
    (Kind.SOFT, _("Tijdelijk"), _("mailbox vol, server even weg")),
    (Kind.POLICY, _("Om ons beleid"), _("nooit de schuld van de lezer")),
    (Kind.COMPLAINT, _("Klachten"), _("deze lezers krijgen niets meer")),
)
MARKS: Mapping[str, str] = MappingProxyType({"hard": "stop", "soft": "wait", "policy": "warn", "complaint": "stop"})
_WHY = re.compile(r'([a-z-]{1,30})(?: "([^"]{0,200})")?(?: ([a-z-]{1,30}))?')
"""As `mailer.returns.why.Why` writes itself down."""


def returned(here: Here) -> Response:
    """GET: the last seven days. POST: one of them was read wrongly."""
    if request.method != "POST":
        return _page(here)
    said = next((one for one in KINDS if one == request.form.get("kind")), None)
    try:
        if said is None:
            raise InvalidInputError(_("Kies uit de lijst."))
        done = returns.read_wrongly(here.office, here.person, request.form.get("report", "")[:64], said)
    except (InvalidInputError, NotFoundError) as error:
        return _page(here, 422, problem=error.text)
    text = _("Bewaard. De lezer stond daardoor stil en krijgt weer mail.") if done.goes_on else _("Bewaard.")
    return _page(here, done=here.say(text))


def _page(here: Here, status: int = 200, *, problem: Text | None = None, done: str = "") -> Response:
    everything = request.args.get("all") == "1"
    found = service.week(here.office, here.person, everything=everything)
    return here.page(
        "readers/returned",
        status,
        heading=here.say(
            _("Teruggekomen: {counted} telt, {noted} betekent niets", counted=found.counted, noted=found.noted)
        ),
        figures=[(here.say(words), found.kinds.get(kind, 0), here.say(note)) for kind, words, note in FIGURES],
        noted=found.noted,
        counted=found.counted,
        rows=[_row(here, one) for one in found.rows],
        total=found.total,
        everything=everything,
        inbox=_inbox(here, found),
        kinds=[(kind.value, here.say(words)) for kind, words in KINDS.items()],
        may_change=may(here.person, Permission.CHANGE_READERS),
        problem=problem,
        done=done,
    )


def _inbox(here: Here, found: Week) -> dict[str, str]:
    inbox = found.inbox
    if inbox.is_away and inbox.away is not None:
        text = _(
            "De mailbox voor teruggekomen mail ging niet open, om {moment}. We blijven het proberen.",
            moment=here.moment(inbox.away),
        )
        since = (
            _("De laatste keer dat hij openging: {moment}.", moment=here.moment(inbox.opened)) if inbox.opened else ""
        )
        return {"kind": "stop", "mark": "stop", "said": f"{here.say(text)} {here.say(since)}".strip()}
    if inbox.opened is not None:
        text = _("De mailbox ging om {moment} open. Twaalf keer per uur kijken we.", moment=here.moment(inbox.opened))
        return {"kind": "ok", "mark": "ok", "said": here.say(text)}
    text = _(
        "Er is geen mailbox voor teruggekomen mail ingesteld, of er draaide nog geen werker. Dan zien we alleen wat "
        "mailservers meteen weigeren."
    )
    return {"kind": "warn", "mark": "warn", "said": here.say(text)}


def _row(here: Here, one: Returned) -> dict[str, object]:
    report = one.report
    return {
        "name": report.name,
        "mark": MARKS.get(report.kind, "none"),
        "sentence": here.say(report.sentence),
        "address": one.address or here.say(_("van wie, is niet bekend")),
        "reader": one.reader if one.address else None,
        "issue": issue_title(here, one.issue) if one.issue else "",
        "at": here.moment(report.at),
        "why": why_said(here, report.why),
        "code": report.code,
        "words": report.words,
        "followed": here.say(_followed(report.kind, report.reason, report.outcome)),
        "should_be": here.say(KINDS[Kind(report.should_be)]) if report.should_be in set(KINDS) else "",
    }


def why_said(here: Here, why: str) -> str:
    """Which rule decided, and its second witness, in words; "" for what was kept before these were."""
    parts = _WHY.fullmatch(why)
    if parts is None or parts[1] not in RULES:
        return ""
    said = here.say(RULES[parts[1]])
    if parts[2]:
        said = f"{said} “{parts[2]}”"
    return f"{said}; {here.say(WITNESSES[parts[3]])}" if parts[3] in WITNESSES else said


def _followed(kind: str, reason: str, outcome: str) -> Text:
    match outcome, kind:
        case "stop", _:
            return _("Deze lezer krijgt geen mail meer, tot een nieuwe aanmelding.")
        case "count", "hard":
            return _("Telt één keer. Komt een week later weer zoiets terug, dan staat deze lezer stil.")
        case "count", "soft" if reason not in PATIENT:
            return _("Telt half. Na tien nummers achter elkaar staat deze lezer stil.")
        case "count", "policy":
            return _("Niets voor de lezer. Zeggen meer servers dit, dan gaat de verzending stil.")
        case _:
            return _("Niets.")
