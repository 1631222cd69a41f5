"""The postal desk as someone comes in: what waits, which runs there are, who must be asked, and the centres."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from mailer.ledger import printing
from mailer.services.office import Office, look
from mailer.services.post.overview import ListedRun, listed_run
from staff.people import Person
from staff.permissions import Permission, require
from subscribers import listing, repository
from subscribers.addressee import Centre
from subscribers.listing import Listed
from subscribers.retention import POST_SUSPENDED

SOON = timedelta(days=5)
"""Before the post of someone who was not heard from stops by itself."""


@dataclass(frozen=True)
class Place:
    """A centre, and how many people there get post, by language."""

    centre: Centre
    people: int
    locales: Mapping[str, int]
    is_old: bool
    """Its address was not asked for half a year."""


@dataclass(frozen=True)
class Desk:
    """What asks for the postal desk. `waits` is how many pieces no run was ordered for, by issue."""

    waits: Mapping[str, int]
    runs: tuple[ListedRun, ...]
    """The newest first."""
    unheard: int
    soon: int
    """Of those: whose post stops within five days."""
    places: tuple[Place, ...]


def desk(office: Office, person: Person) -> Desk:
    """What waits and what is under way, in numbers. Raises NotAllowedError."""
    require(person, Permission.PRINT_RUNS)
    today = office.today()
    with look(office, person, Permission.PRINT_RUNS) as session:
        people = [one for one in listing.listed(session) if one.suspended_because is None]
        counts, slugs = printing.piece_counts(session), printing.slugs(session)
        runs = [listed_run(run, slugs[run.id], counts.get(run.id, 0)) for run in reversed(printing.runs(session))]
        return Desk(
            printing.waiting_by_issue(session),
            tuple(runs),
            sum(one.unheard(today) for one in people),
            sum(one.confirmed_on <= today - (POST_SUSPENDED - SOON) for one in people),
            _places(session, office, people),
        )


def places(office: Office, person: Person) -> tuple[Place, ...]:
    """Every centre with how many people there get post. Raises NotAllowedError."""
    with look(office, person, Permission.SEE_ADDRESSEES) as session:
        people = [one for one in listing.listed(session) if one.suspended_because is None]
        return _places(session, office, people)


def _places(session: Session, office: Office, people: list[Listed]) -> tuple[Place, ...]:
    there: dict[str, Counter[str]] = {}
    for one in people:
        there.setdefault(one.centre, Counter())[one.locale] += 1
    found = repository.centres(session).values()
    return tuple(
        Place(
            centre,
            there.get(centre.key, Counter()).total(),
            dict(sorted(there.get(centre.key, Counter()).items())),
            centre.is_old(office.today()),
        )
        for centre in sorted(found, key=lambda one: (one.name.casefold(), one.key))
    )
