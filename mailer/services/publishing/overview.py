"""One issue at a glance: how far each edition is, what stands in the way, who does what, and what happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from mailer.counted import Count
from mailer.ledger import trail as audit_trail
from mailer.ledger.opening import decided_key
from mailer.ledger.states import MailingState
from mailer.services.office import Office, look
from mailer.services.publishing.blocking import Blocker, blockers
from mailer.services.publishing.happened import EVENTS, Deed, deeds
from mailer.services.publishing.own_steps import OwnStep, next_for
from mailer.services.publishing.standing import Around, Standing, one_in
from mailer.services.publishing.trail import Leg, Matrix, matrix, trail
from mailer.services.sending.overview import LARGE
from mailer.services.translating.catalogs import check_issue
from mailer.services.writing.looking import read_files
from staff.people import Person
from staff.permissions import Permission, require

SINCE = timedelta(days=92)
"""How far back it is told what happened; the audit trail has it for thirteen months."""
_MOST = 40


@dataclass(frozen=True)
class Overview:
    """Everything the page of one issue says, but for its checks."""

    found: Standing
    own: OwnStep
    trail: tuple[Leg, ...]
    editions: Matrix
    blockers: tuple[Blocker, ...]
    happened: tuple[Deed, ...]
    """The newest first."""


def overview(office: Office, person: Person, slug: str) -> Overview:
    """One issue; its files are read again if they changed, and nothing is rendered. Raises NotFoundError."""
    require(person, Permission.SEE_ISSUES)
    check_issue(office.content, slug)
    kept = read_files(office, slug)
    with look(office, person, Permission.SEE_ISSUES) as session:
        around = Around.of(session)
        found = one_in(office, session, (slug, kept.key), kept, around)
        rows = audit_trail.rows_of(session, slug, [str(one) for one in EVENTS], office.clock() - SINCE, _MOST)
        happened = deeds(rows, around.names, ZoneInfo(office.house.time_zone))
    return Overview(
        found,
        next_for(person, found, four_eyes=office.policy.four_eyes),
        trail(found, office.house),
        matrix(found, office.house),
        blockers(found, four_eyes=office.policy.four_eyes),
        happened,
    )


@dataclass(frozen=True)
class Glimpse:
    """What stands above a page about an issue: its day, the way it goes, and its newest mailing."""

    slug: str
    day: date | None
    trail: tuple[Leg, ...]
    mailing: int | None
    readers: int
    """Of its largest mailing."""


def glimpse(office: Office, person: Person, slug: str) -> Glimpse:
    """The stages of an issue and how far it came. While it goes to many readers, what was found a moment ago.

    Raises NotFoundError.
    """
    require(person, Permission.SEE_ISSUES)
    check_issue(office.content, slug)
    kept = read_files(office, slug)
    with look(office, person, Permission.SEE_ISSUES) as session:
        changes = decided_key(session, slug)

    def find() -> Count[Glimpse]:
        with office.store.reading() as session:
            found = one_in(office, session, (slug, kept.key), kept, Around({}))
        there = [one for one in found.mailings if one.state is not MailingState.CANCELLED]
        readers = max((one.readers for one in there), default=0)
        newest = there[-1].id if there else None
        return Count(Glimpse(slug, found.day, trail(found, office.house), newest, readers), office.clock())

    key = f"way {slug} {kept.key} {changes}"
    return office.counts.get(key, find, is_large=lambda one: one.readers > LARGE).value


def way(office: Office, person: Person, slug: str) -> tuple[Leg, ...]:
    """The stages of an issue and how far it came, above each of its pages. Raises NotFoundError."""
    require(person, Permission.SEE_ISSUES)
    check_issue(office.content, slug)
    kept = read_files(office, slug)
    with look(office, person, Permission.SEE_ISSUES) as session:
        return trail(one_in(office, session, (slug, kept.key), kept, Around({})), office.house)
