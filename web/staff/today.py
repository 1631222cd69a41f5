"""Today: what asks for this person now, each a link. At most one thing is said to come first."""

from __future__ import annotations

from dataclasses import dataclass

from werkzeug.wrappers import Response

from mailer.services.post import overview as desk
from mailer.services.sending import overview
from mailer.services.sending.words import word_for
from staff.permissions import Permission, may
from web.staff.here import Here
from web.staff.naming import issue_title
from wording import Text, _

_WAITS = {"paused", "scheduled", "sending"}
"""States of a mailing that someone may want to look at."""
_AT_THE_DESK = {"ordered", "prepared", "printed"}
"""States of a print run that is not in the post yet."""


@dataclass(frozen=True)
class Task:
    """One line: a mark, words, and where they lead."""

    mark: str
    words: str
    state: str
    path: str


def today(here: Here) -> Response:
    """The first page after coming in."""
    mailings, runs = _mailings(here), _runs(here)
    first = next((one for one in mailings if one.mark == "warn"), None)
    return here.page(
        "today",
        day=here.office.today(),
        first=first,
        first_said=here.say(_first(first)),
        mailings=mailings,
        runs=runs,
        issues=_issues(here),
    )


def _first(task: Task | None) -> Text:
    return _("Er is niets dat op jou wacht.") if task is None else _("Een verzending staat stil: kijk waarom.")


def _mailings(here: Here) -> list[Task]:
    """Mailings that are on their way, planned or paused, for who may see them."""
    if not may(here.person, Permission.SEE_MAILINGS):
        return []
    found = [one for one in overview.mailings_of(here.office, here.person) if one.state.value in _WAITS]
    marks = {"paused": "warn", "scheduled": "wait", "sending": "part"}
    return [
        Task(
            marks[one.state.value],
            issue_title(here, one.issue),
            here.say(word_for(one.state)),
            f"/staff/mailings/{one.id}/",
        )
        for one in found
    ]


def _runs(here: Here) -> list[Task]:
    """Print runs that are not in the post yet, for the postal desk."""
    if not may(here.person, Permission.PRINT_RUNS):
        return []
    found = [one for one in desk.runs(here.office, here.person) if one.state.value in _AT_THE_DESK]
    return [Task("wait", issue_title(here, one.issue), here.say(one.words), "") for one in found]


def _issues(here: Here) -> list[Task]:
    """The newest issues, so that one goes on where one was."""
    newest = sorted(here.office.content.slugs(), reverse=True)[:5]
    return [Task("none", issue_title(here, slug), "", f"/staff/issues/{slug}/") for slug in newest]
