"""Two versions of the same sections: both shown with their difference, and one, or both, kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from flask import request
from werkzeug.wrappers import Response

from mailer.services.writing import merging
from mailer.services.writing.merging import Compared, Side, plain_text, put_together
from mailer.services.writing.saving import SavedMeanwhileError, TypedElsewhereError, mark_of
from web.staff.here import Here
from web.staff.naming import issue_title
from web.staff.writing.form import Typed
from wording import Text, _

CHOICES = ("theirs", "mine", "both")


def choose(here: Here, slug: str, typed: Typed, error: SavedMeanwhileError | TypedElsewhereError) -> Response:
    """The page to choose on; nothing of either version is written over."""
    elsewhere = isinstance(error, TypedElsewhereError)
    compared = merging.compare(here.office, here.person, slug, typed.text, typed.base)
    if elsewhere:
        compared = replace(
            compared, sides=merging.sides(compared.theirs, error.theirs, typed.text), theirs=error.theirs
        )
    return here.page("writing/choose", 409, **_values(here, slug, typed, compared, elsewhere=elsewhere))


def chosen(here: Here, slug: str, typed: Typed, save: Callable[[Here, str, Typed], Response]) -> Response:
    """What was chosen, saved over exactly what was shown; if that is another by now, it is shown again."""
    theirs, seen = plain_text(request.form.get("theirs", "")), request.form.get("seen", "")[:64]
    picks = {n: pick for n in range(1000) if (pick := request.form.get(f"keep-{n}")) in CHOICES}
    compared = merging.compare(here.office, here.person, slug, typed.text, typed.base)
    sides = merging.sides(compared.theirs, theirs, typed.text) if request.form.get("elsewhere") else compared.sides
    text = put_together(sides, {n: pick for n, pick in picks.items() if pick is not None})
    if request.form.get("elsewhere"):
        return save(here, slug, replace(typed, text=text, mark=mark_of(theirs)))
    if compared.theirs_hash != seen:
        error = SavedMeanwhileError(slug, compared.theirs, compared.theirs_hash)
        return choose(here, slug, typed, error)
    return save(here, slug, replace(typed, text=text, base=seen))


def _values(here: Here, slug: str, typed: Typed, compared: Compared, *, elsewhere: bool) -> dict[str, object]:
    who = compared.by
    heading: Text
    theirs: Text | str
    if elsewhere or who == here.person.name:
        heading, theirs = _("Je schreef hier ook in een ander venster"), _("Het andere venster")
    elif who:
        heading, theirs = _("{name} schreef hier ook", name=who), who
    else:
        heading, theirs = _("Dit nummer is buiten deze pagina’s veranderd"), _("Zoals het bestand nu is")
    return {
        "slug": slug,
        "title": issue_title(here, slug),
        "typed": typed,
        "heading": here.say(heading),
        "their_name": here.say(theirs),
        "their_moment": here.moment(compared.at) if compared.at and not elsewhere else "",
        "compared": compared,
        "elsewhere": elsewhere,
        "rows": [_row(here, n, compared.sides[n]) for n in compared.open],
    }


def _row(here: Here, number: int, side: Side) -> dict[str, object]:
    title = side.title or here.say(_("Inleiding"))
    if side.title == merging.FRONT[0]:
        title = here.say(_("Titel, onderwerp en datum"))
    return {"number": number, "title": title, "side": side, "is_front": side.title == merging.FRONT[0]}
