"""The log: looked through, verified, its end to keep; and what the organisation must be able to show of it."""

from __future__ import annotations

from datetime import date, datetime, time
from urllib.parse import urlencode
from uuid import UUID

from flask import make_response, request
from werkzeug.wrappers import Response

from mailer.planning import instant
from mailer.services.administration import records, trail
from mailer.services.administration.told import Told
from mailer.services.administration.trail import Kind, Rows, Verified, Wanted
from staff.permissions import Permission, may
from subscribers.tidying import Kept
from web.forms import one
from web.staff.administration.people import deed_said
from web.staff.administration.side import side
from web.staff.here import Here, uuid_of
from wording import Text, _
from wording.errors import ConflictError, InvalidInputError, NotAllowedError

KINDS = {
    Kind.ALL: _("Alles"),
    Kind.SEEN: _("Gegevens bekeken"),
    Kind.SENT: _("Versturen"),
    Kind.RIGHTS: _("Rechten"),
}


def audit(here: Here) -> Response:
    """GET: the rows that someone looks for. POST: walk the whole log, and look for an end that was kept."""
    if request.method != "POST":
        return _page(here)
    try:
        found = trail.verify(here.office, here.person, one(request.form, "seen")[:100])
    except InvalidInputError as error:
        return _page(here, 422, problem=error.text)
    return _page(here, verified=found)


def head(here: Here) -> Response:
    """Where the log ends now, as a file to keep elsewhere."""
    end = trail.end(here.office, here.person)
    said = here.say(
        _(
            "Het logboek van {organisation} eindigde op {moment} bij:\n\n{end}\n\nBewaar dit buiten de server. Vul het "
            "later in onder Logboek: dan zie je of er regels van het einde zijn weggehaald.\n",
            organisation=here.office.house.organisation.name,
            moment=here.dated(here.office.clock()),
            end=end,
        )
    )
    answer = make_response(said)
    answer.mimetype = "text/plain"
    answer.headers["Content-Disposition"] = f'attachment; filename="logboek-{end.partition(":")[0]}.txt"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _page(here: Here, status: int = 200, *, problem: Text | None = None, verified: Verified | None = None) -> Response:
    wanted = _wanted()
    found = trail.find(here.office, here.person, wanted)
    return here.page(
        "administration/audit",
        status,
        rows=[_row(here, each) for each in found.rows],
        older=_older(wanted, found),
        kinds=[(kind.value, here.say(words), kind is wanted.kind) for kind, words in KINDS.items()],
        people=[(uid, name, uid == wanted.who) for uid, name in found.people],
        words=wanted.words,
        is_narrow=wanted != Wanted(),
        verified=verified,
        may_report=may(here.person, Permission.REPORT_BREACHES),
        side=side(here),
        problem=problem,
    )


def _wanted() -> Wanted:
    kind, before = request.args.get("kind", ""), request.args.get("before", "")
    return Wanted(
        Kind(kind) if kind in set(Kind) else Kind.ALL,
        uuid_of(request.args.get("who", "")),
        request.args.get("words", "")[:100].strip(),
        int(before) if before.isascii() and before.isdecimal() and len(before) <= 9 else 0,
    )


def _older(wanted: Wanted, found: Rows) -> str:
    """The address of the next page; "" when there is none."""
    if not found.older:
        return ""
    narrowed: dict[str, str | UUID | int | None] = {"kind": wanted.kind, "who": wanted.who, "words": wanted.words}
    return "/staff/audit?" + urlencode({**{k: v for k, v in narrowed.items() if v}, "before": found.older})


def _row(here: Here, deed: Told) -> tuple[int, str, str, str]:
    who = deed.by or ("Postduif" if deed.part else here.say(_("iemand die hier niet meer staat")))
    return deed.row, here.dated(deed.at), who, deed_said(here, deed)


def register(here: Here) -> Response:
    """The register of processing (GDPR art. 30), made from the tables themselves."""
    rows = [
        (
            each.table,
            ", ".join(each.columns),
            *(here.say(text) for text in (each.purpose, each.ground, each.retention, each.protection)),
        )
        for each in records.processing(here.office, here.person)
    ]
    return here.page("administration/register", rows=rows, side=side(here))


def breach(here: Here) -> Response:
    """GET: from when to when. POST: what could be read then, and what was."""
    typed = {name: one(request.form, name)[:30] for name in ("start", "end")}
    if request.method != "POST":
        return _breach(here, typed)
    try:
        start, end = _moment(here, typed["start"]), _moment(here, typed["end"], ends=True)
        found = records.report_breach(here.office, here.person, start, end)
    except InvalidInputError as error:
        return _breach(here, typed, 422, problem=error.text)
    return _breach(
        here,
        typed,
        found={
            "within": (here.dated(start), here.dated(end), f"{start:%F %H:%M}", f"{end:%F %H:%M}"),
            "readable": [(here.say(records.READABLE_WORDS[name]), count) for name, count in found.readable.items()],
            "seen": [(here.say(records.LOOKED_WORDS[name]), count) for name, count in found.seen.items()],
            "actors": len(found.actors),
            "subjects": found.subjects,
            "rows": found.rows_exported,
            "fits": found.chain_fits,
        },
    )


def _breach(
    here: Here,
    typed: dict[str, str],
    status: int = 200,
    *,
    found: dict[str, object] | None = None,
    problem: Text | None = None,
) -> Response:
    zone = here.office.house.time_zone
    return here.page(
        "administration/breach", status, typed=typed, found=found, zone=zone, side=side(here), problem=problem
    )


def _moment(here: Here, typed: str, *, ends: bool = False) -> datetime:
    """UTC, of what a field for a day and a time sends, by the clock on the wall. Raises InvalidInputError."""
    try:
        if "T" not in typed:
            day = date.fromisoformat(typed)
            wall = datetime.combine(day, time.max if ends else time.min)
        else:
            wall = datetime.fromisoformat(typed)
        if wall.tzinfo is not None or not 2000 <= wall.year <= 2200:
            raise ValueError
        return instant(wall, here.office.house.time_zone)
    except (ValueError, OverflowError):
        raise InvalidInputError(_("Vul een dag en een tijd in.")) from None


def retention(here: Here) -> Response:
    """GET: what this is. POST: count what is kept too long, do away with it now, or let what stands still go on."""
    if request.method != "POST":
        return _retention(here)
    try:
        match one(request.form, "do"):
            case "count":
                return _retention(here, counted=_counted(here, records.overdue(here.office, here.person)))
            case "run":
                done = _counted(here, records.tidy(here.office, here.person))
                return _retention(here, counted=done, is_done=True)
            case "go-on":
                reasons = records.go_on(here.office, here.person)
                return _retention(here, went_on=[here.say(each) for each in reasons])
            case _:
                raise InvalidInputError(_("Kies uit de lijst."))
    except (ConflictError, InvalidInputError, NotAllowedError) as error:
        return _retention(here, 409, problem=error.text)


def _counted(here: Here, found: tuple[Kept, ...]) -> list[tuple[int, str, str]]:
    failed = here.say(_("Dit mislukte en wordt later opnieuw geprobeerd; kijk in het log."))
    return [
        (each.count, here.say(each.what), here.say(each.stopped) if each.stopped else failed if each.failed else "")
        for each in found
    ]


def _retention(
    here: Here,
    status: int = 200,
    *,
    counted: list[tuple[int, str, str]] | None = None,
    is_done: bool = False,
    went_on: list[str] | None = None,
    problem: Text | None = None,
) -> Response:
    return here.page(
        "administration/retention",
        status,
        counted=counted,
        is_done=is_done,
        went_on=went_on or [],
        stands=any(why for _count, _what, why in counted or []),
        side=side(here),
        problem=problem,
    )
