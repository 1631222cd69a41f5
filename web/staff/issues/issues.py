"""All issues in a table, and a new one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask import request
from werkzeug.wrappers import Response

from mailer.services.publishing import listing
from mailer.services.publishing.listing import Chosen, Line, Listing
from mailer.services.publishing.steps import Step
from mailer.services.writing import issues as writing
from staff.permissions import Permission, may
from web.errors import status_of
from web.staff.here import Here
from web.staff.issues import editions_said, steps
from web.staff.naming import issue_title, locale_name, publication_title
from wording import ExplainedError, Text, _, ngettext
from wording.errors import ConflictError, InvalidInputError

CHOICES: tuple[tuple[Chosen, Text], ...] = (
    (Chosen.ALL, _("Alle")),
    (Chosen.MINE, _("Wacht op mij")),
    (Chosen.OPEN, _("Nog niet verstuurd")),
    (Chosen.SENT, _("Verstuurd")),
)


def issues(here: Here) -> Response:
    """The issues, the newest first. Asked for by htmx it is the list alone."""
    found = listing.issues(
        here.office,
        here.person,
        publication=request.args.get("publication", "")[:100],
        chosen=request.args.get("stand", "")[:20],
        page=_number(request.args.get("page", "1")),
    )
    name = "issues/_issues" if request.headers.get("HX-Request") else "issues/issues"
    return here.page(
        name,
        listed=found,
        rows=[_row(here, one) for one in found.lines],
        locales=[(code, locale_name(here, code)) for code in here.office.house.locales],
        publications=[("", here.say(_("Alle")))]
        + [(key, publication_title(here, key)) for key in here.office.house.publications],
        choices=[(one.value, here.say(words)) for one, words in CHOICES],
        counted=here.say(ngettext("{count} nummer", "{count} nummers", found.count)),
        address=lambda **changed: _address(found, **changed),
    )


def new(here: Here) -> Response:
    """GET proposes the next number of a newsletter, with its day and the sections of last time. POST begins it."""
    chosen = request.values.get("publication", "")[:100] or next((one.key for one in here.office.house.running()), "")
    if request.method != "POST":
        return _new(here, chosen)
    number, day = request.form.get("number", "")[:60], request.form.get("day", "")[:20]
    field = "day"
    try:
        at = _day(day)
        field = "number"
        slug = writing.new_issue(here.office, here.person, chosen, slug=f"{chosen}-{number.strip()}", day=at)
    except (ConflictError, InvalidInputError) as error:
        return _new(here, chosen, int(status_of(error)), typed={"number": number, "day": day}, problem=(field, error))
    return here.go("issue", slug=slug)


def _new(
    here: Here,
    chosen: str,
    status: int = 200,
    *,
    typed: Mapping[str, str] | None = None,
    problem: tuple[str, ExplainedError] | None = None,
) -> Response:
    """The page of a new issue: with what was typed and the field that is wrong, or else with what is proposed."""
    proposed = writing.propose_issue(here.office, here.person, chosen)
    field, error = problem or ("", None)
    return here.page(
        "issues/new",
        status,
        publication=chosen,
        publications=[(one.key, publication_title(here, one.key)) for one in here.office.house.running()],
        series=publication_title(here, chosen),
        typed=typed or {"number": proposed.slug.removeprefix(f"{chosen}-"), "day": proposed.day.isoformat()},
        sections=proposed.sections,
        wrong=field,
        problem=error and error.text,
    )


def _row(here: Here, line: Line) -> dict[str, object]:
    one, own = line.found, line.own
    mark, tone, words = steps.SHORT[one.next]
    said = here.say(words)
    if one.next is Step.DONE:
        readers = sum(row.readers for row in one.mailings)
        said = here.say(ngettext("verstuurd aan {count} lezer", "verstuurd aan {count} lezers", readers))
    return {
        "slug": one.slug,
        "title": issue_title(here, one.slug),
        "publication": publication_title(here, one.publication),
        "day": here.day(one.day) if one.day else "",
        "languages": editions_said.by_language(here, line.editions),
        "mark": mark,
        "tone": tone,
        "said": said,
        "is_mine": own.is_mine,
        "mailing": own.mailing if may(here.person, Permission.SEE_MAILINGS) else None,
    }


def _number(typed: str) -> int:
    """A page of a list; 0, which no list has, for anything else than a number."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise InvalidInputError(_("Vul een dag in, zoals 2026-12-31.")) from None


def _address(found: Listing, **changed: str | int) -> str:
    """The address of the list with one choice changed; a choice begins at the first page."""
    wanted = {"publication": found.publication, "stand": found.chosen.value, **changed}
    query = "&".join(f"{name}={value}" for name, value in wanted.items() if value)
    return f"/staff/issues/?{query}" if query else "/staff/issues/"
