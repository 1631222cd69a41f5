"""The postal desk as someone comes in: what waits, the runs, what came back, whom to ask, the centres."""

from __future__ import annotations

from werkzeug.wrappers import Response

from mailer.artefacts.paper.pieces import LETTERS, PrintFile
from mailer.services.post import desk as door
from mailer.services.post.desk import Desk, Place
from mailer.services.post.overview import ListedRun
from mailer.services.post.runs import proof_sheet as made_sheet
from mailer.services.post.words import ON_AN_ENVELOPE
from web.staff.here import Here
from web.staff.naming import issue_title
from web.staff.post import said
from wording import Text, _, ngettext

_SHOWN = 20
"""Runs on the page, the newest first."""
_MARKS = {"posted": ("sent", "ok"), "void": ("stop", "stop"), "printed": ("part", "quiet")}


def desk(here: Here) -> Response:
    """What asks for the desk now."""
    found = door.desk(here.office, here.person)
    return here.page(
        "post/desk",
        heading=here.say(_heading(found)),
        first=_first(here, found),
        waits=[
            {
                "title": issue_title(here, slug),
                "said": here.say(ngettext("{count} stuk wacht", "{count} stuks wachten", count)),
                "path": f"/staff/post/print/{slug}",
            }
            for slug, count in found.waits.items()
        ],
        runs=[_run(here, one) for one in found.runs[:_SHOWN]],
        posted=[one.run for one in found.runs if one.state == "posted"][:_SHOWN],
        reasons=said.say_all(here, ON_AN_ENVELOPE),
        unheard=found.unheard,
        soon=found.soon,
        places=place_rows(here, found.places),
    )


def place_rows(here: Here, places: tuple[Place, ...]) -> list[dict[str, object]]:
    """Centres as a table shows them."""
    names = said.told_apart([one.centre for one in places])
    return [
        {
            "key": one.centre.key,
            "name": names[one.centre.key],
            "people": one.people,
            "languages": said.languages_counted(here, one.locales),
            "is_old": one.is_old,
            "checked": here.day(one.centre.checked_on) + f" {one.centre.checked_on:%Y}",
        }
        for one in places
    ]


def proof_sheet(here: Here) -> Response:
    """A sheet to hold against the light with a sheet of labels behind it; it names no one."""
    options = here.office.policy.printing
    if options.addressing == LETTERS:
        options = type(options)(offset=options.offset)
    data = made_sheet(here.office, here.person, options)
    return said.pdf(PrintFile(f"proefblad-{options.addressing}.pdf", data, 1, personal=False))


def _heading(found: Desk) -> Text:
    open_runs = sum(one.state in ("ordered", "prepared", "printed") for one in found.runs)
    if open_runs or found.waits:
        count = open_runs + len(found.waits)
        return ngettext("Er ligt {count} stapel klaar", "Er liggen {count} stapels klaar", count)
    return _("Er ligt niets te printen")


def _first(here: Here, found: Desk) -> dict[str, str] | None:
    """What is begun goes before what waits."""
    for one in reversed(found.runs):
        if one.state in ("ordered", "prepared", "printed"):
            todo: dict[str, Text] = {
                "ordered": _("De bestanden worden gemaakt"),
                "prepared": ngettext("Print {count} boekje", "Print {count} boekjes", one.pieces),
                "printed": ngettext("Vul en post {count} envelop", "Vul en post {count} enveloppen", one.pieces),
            }
            over = _("Printopdracht {run} · {title}", run=one.run, title=issue_title(here, one.issue))
            return {
                "over": here.say(over),
                "heading": here.say(todo[one.state]),
                "text": here.say(_("Begonnen op {moment}.", moment=here.moment(one.ordered_at))),
                "button": here.say(_("Ga verder")),
                "path": f"/staff/post/runs/{one.run}",
            }
    for slug, count in found.waits.items():
        return {
            "over": issue_title(here, slug),
            "heading": here.say(ngettext("Print {count} boekje", "Print {count} boekjes", count)),
            "text": here.say(_("Je ziet eerst wie het krijgt, hoe zwaar het is en wat het kost.")),
            "button": here.say(_("Begin met printen")),
            "path": f"/staff/post/print/{slug}",
        }
    return None


def _run(here: Here, one: ListedRun) -> dict[str, object]:
    mark, tone = _MARKS.get(one.state.value, ("wait", "quiet"))
    return {
        "path": f"/staff/post/runs/{one.run}",
        "run": one.run,
        "title": issue_title(here, one.issue),
        "said": here.say(ngettext("{count} stuk", "{count} stuks", one.pieces)),
        "at": here.moment(one.ordered_at),
        "state": here.say(one.words),
        "mark": mark,
        "tone": tone,
    }
