"""All issues in a list: chosen by newsletter and by how far they are, a page at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from mailer.ledger.states import MailingState
from mailer.services.office import Office
from mailer.services.publishing.own_steps import OwnStep, next_for
from mailer.services.publishing.standing import Standing, all_standing
from mailer.services.publishing.trail import Matrix, matrix
from staff.people import Person
from staff.permissions import Permission, require
from wording import _
from wording.errors import NotFoundError

ON_A_PAGE = 50
"""Issues; a year of four newsletters."""


class Chosen(StrEnum):
    """Which issues, by how far they are."""

    ALL = ""
    MINE = "mine"
    """Those that wait for this person."""
    OPEN = "open"
    """Not sent yet."""
    SENT = "sent"


@dataclass(frozen=True)
class Line:
    """One issue of the list."""

    found: Standing
    own: OwnStep
    editions: Matrix


@dataclass(frozen=True)
class Listing:
    """One page of the list. `count` is of all pages together."""

    lines: tuple[Line, ...]
    page: int
    pages: int
    count: int
    publication: str
    chosen: Chosen


_KEEPS: Mapping[Chosen, Callable[[Standing, OwnStep], bool]] = {
    Chosen.ALL: lambda _one, _own: True,
    Chosen.MINE: lambda _one, own: own.is_mine,
    Chosen.OPEN: lambda one, _own: not _is_sent(one),
    Chosen.SENT: lambda one, _own: _is_sent(one),
}


def issues(office: Office, person: Person, *, publication: str = "", chosen: str = "", page: int = 1) -> Listing:
    """The issues of one publication ("": of all) that are so far, the newest first.

    Raises NotFoundError for a publication, a choice or a page that there is not.
    """
    require(person, Permission.SEE_ISSUES)
    if publication and publication not in office.house.publications:
        raise NotFoundError(_("Deze nieuwsbrief is er niet (meer). Kies er een uit de lijst."))
    if chosen not in set(Chosen):
        raise NotFoundError(_("Deze keuze is er niet. Kies er een boven de lijst."))
    kept = [
        (one, own)
        for one in all_standing(office, person)
        if publication in ("", one.publication)
        if _KEEPS[Chosen(chosen)](one, own := next_for(person, one, four_eyes=office.policy.four_eyes))
    ]
    pages = max(1, -(-len(kept) // ON_A_PAGE))
    if not 1 <= page <= pages:
        raise NotFoundError(_("Deze bladzijde van de lijst is er niet. De lijst heeft er {pages}.", pages=pages))
    shown = kept[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]
    lines = tuple(Line(one, own, matrix(one, office.house)) for one, own in shown)
    return Listing(lines, page, pages, len(kept), publication, Chosen(chosen))


def _is_sent(one: Standing) -> bool:
    return any(row.state is not MailingState.CANCELLED for row in one.mailings)
