"""What asks for one person today: numbers that come, their own work, the desk, questions, and what does not work."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from mailer.ledger import translators
from mailer.ledger.print_states import WORDS
from mailer.ledger.standing import MailingRow
from mailer.ledger.states import MailingState
from mailer.organisation import Cadence, Channel, Publication
from mailer.planning import following
from mailer.services.office import Office, look
from mailer.services.publishing.blocking import Blocker, blockers
from mailer.services.publishing.own_steps import OwnStep, next_for
from mailer.services.publishing.standing import Around, Standing, everything_in, keys_now
from mailer.services.publishing.steps import AT_THE_DESK, Step
from mailer.services.publishing.trail import Matrix, matrix
from mailer.services.publishing.working import Check, checks
from mailer.translation.extract import STANDING
from staff.people import Person, everyone
from staff.permissions import Permission, may, require
from staff.roles import Role
from wording import Text

STALE = timedelta(days=30)
"""An issue that is longer past its day and was never sent asks for no one any more; it stays in the list."""
LATELY = timedelta(days=14)
"""How long a mailing, or the answer to a question, is news."""
_AT_ONCE = 2
"""Numbers of one publication that are named; the list has the others."""
_MOST_WORK = 20
"""Languages of issues that a translator is shown, the first that are due."""
_STANDS_STILL = (Step.RESUME, Step.START)
"""Readers wait for these, whatever the day."""


@dataclass(frozen=True)
class Asked:
    """The one step of this person for one issue, and by when."""

    found: Standing
    own: OwnStep
    by: date | None


@dataclass(frozen=True)
class Coming:
    """The next number of a publication: one that was begun, or the one that its rhythm asks for."""

    publication: str
    slug: str
    day: date | None
    """None where the publication has no rhythm and nothing was begun."""
    found: Standing | None
    """None: it is still to be begun."""
    own: OwnStep | None = None
    editions: Matrix | None = None
    blockers: tuple[Blocker, ...] = ()


@dataclass(frozen=True)
class Work:
    """A language of an issue that this person translates, in sentences."""

    slug: str
    locale: str
    day: date | None
    due: date | None
    ready: int
    changed: int
    failing: int
    empty: int
    unread: int
    """Translated, and to be read again by another."""
    total: int

    @property
    def left(self) -> int:
        return self.changed + self.failing + self.empty


@dataclass(frozen=True)
class DeskWork:
    """A print run that is not in the post yet, or `pieces` that no run was ordered for."""

    slug: str
    run: int | None
    words: Text | None
    """What the desk calls its state."""
    pieces: int


@dataclass(frozen=True)
class Sent:
    """A mailing that is on its way, or was lately."""

    slug: str
    row: MailingRow


@dataclass(frozen=True)
class Question:
    """What a translator asked. `is_mine`: by this person; `is_standing`: about the standing texts, else about an issue.

    `is_there`: there is an issue to go to; not for the standing texts, nor for one that was thrown away.
    """

    number: int
    domain: str
    is_standing: bool
    is_there: bool
    locale: str
    words: str
    by: str = field(repr=False)
    at: datetime
    answered: bool
    is_mine: bool


@dataclass(frozen=True)
class Today:
    """One person's day. What this person has no part in is empty."""

    day: date
    first: Asked | None
    """The most urgent of this person's steps."""
    coming: tuple[Coming, ...]
    sent: tuple[Sent, ...]
    work: tuple[Work, ...]
    desk: tuple[DeskWork, ...]
    questions: tuple[Question, ...]
    checks: tuple[Check, ...]


def today(office: Office, person: Person) -> Today:
    """What asks for this person now. Reads no issue and renders none; in as many queries whatever there is."""
    require(person, Permission.SEE_ISSUES)
    current = keys_now(office)
    with look(office, person, Permission.SEE_ISSUES) as session:
        colleagues = everyone(session)
        names = {one.uid: one.name for one in colleagues}
        found = everything_in(office, session, current, Around(names))
        questions = tuple(_questions(session, office, person, names, {one.slug for one in found}))
        working = checks(session, office, colleagues) if may(person, Permission.SEE_RECORDS) else ()
    day = office.today()
    live = [one for one in found if not _is_stale(one, day)]
    sees = may(person, Permission.SEE_MAILINGS)
    return Today(
        day=day,
        first=_first(person, live, four_eyes=office.policy.four_eyes),
        coming=tuple(_coming(office, person, found, live)) if sees else (),
        sent=tuple(_sent(found, office.clock())) if sees else (),
        work=tuple(_work(person, live)),
        desk=tuple(_desk(found)) if may(person, Permission.PRINT_RUNS) else (),
        questions=questions,
        checks=working,
    )


def _is_stale(one: Standing, day: date) -> bool:
    return not one.mailings and one.day is not None and one.day < day - STALE


def _first(person: Person, live: Sequence[Standing], *, four_eyes: bool) -> Asked | None:
    found = []
    for one in live:
        own = next_for(person, one, four_eyes=four_eyes)
        dues = [each.due for each in one.locales if each.locale in own.locales and each.due]
        if own.is_mine:
            found.append(Asked(one, own, min(dues, default=one.day)))
    return min(
        found,
        key=lambda each: (each.own.step not in _STANDS_STILL, each.by or date.max, each.found.slug),
        default=None,
    )


def _coming(office: Office, person: Person, found: Sequence[Standing], live: Sequence[Standing]) -> Iterator[Coming]:
    """By day; a publication without a rhythm of which nothing was begun comes last."""
    all_of, unsent = _by_publication(found), _by_publication([one for one in live if not _there(one)])
    coming: list[Coming] = []
    for key, series in office.house.publications.items():
        if series.ended and not unsent[key]:
            continue
        begun = sorted(unsent[key], key=lambda one: (one.day or date.max, one.slug))[:_AT_ONCE]
        coming += [_begun(office, person, one) for one in begun] or [_to_begin(office, series, all_of[key])]
    yield from sorted(coming, key=lambda one: (one.day or date.max, one.slug))


def _begun(office: Office, person: Person, one: Standing) -> Coming:
    own = next_for(person, one, four_eyes=office.policy.four_eyes)
    left = blockers(one, four_eyes=office.policy.four_eyes)
    return Coming(one.publication, one.slug, one.day, one, own, matrix(one, office.house), left)


def _to_begin(office: Office, series: Publication, own: Sequence[Standing]) -> Coming:
    dated = [(one.day, one.slug) for one in own if one.day is not None]
    slug, day = following(series, dated, [one.slug for one in own], office.today())
    return Coming(series.key, slug, None if series.cadence is Cadence.IRREGULAR else day, None)


def _by_publication(found: Sequence[Standing]) -> Mapping[str, list[Standing]]:
    kept: dict[str, list[Standing]] = defaultdict(list)
    for one in found:
        kept[one.publication].append(one)
    return kept


def _there(one: Standing) -> list[MailingRow]:
    return [row for row in one.mailings if row.state is not MailingState.CANCELLED]


def _sent(found: Sequence[Standing], at: datetime) -> list[Sent]:
    """What is on its way, then what was finished lately, the newest first."""
    rows = [Sent(one.slug, row) for one in found for row in _there(one)]
    fresh = [one for one in rows if one.row.finished_at is None or at - one.row.finished_at < LATELY]
    return sorted(fresh, key=lambda one: (one.row.finished_at is not None, -one.row.id))[:10]


def _work(person: Person, live: Sequence[Standing]) -> list[Work]:
    """The languages that this translator was asked for, or that no one was asked for."""
    if Role.TRANSLATOR not in person.roles:
        return []
    work = [
        Work(
            one.slug,
            each.locale,
            one.day,
            each.due,
            ready=each.total - each.untranslated - each.needs_work - each.failing,
            changed=each.needs_work,
            failing=each.failing,
            empty=each.untranslated,
            unread=each.translated,
            total=each.total,
        )
        for one in live
        for each in one.locales
        if not _there(one) or each.follows
        if each.locale in person.languages and (not each.translators or person.uid in each.translators)
        if each.exists and (each.follows or not each.held) and not each.broken
    ]
    by_day = sorted(work, key=lambda one: (not one.left, one.due or one.day or date.max, one.slug, one.locale))
    return by_day[:_MOST_WORK]


def _desk(found: Sequence[Standing]) -> Iterator[DeskWork]:
    for one in found:
        runs = [run for run in one.runs if run.state in AT_THE_DESK]
        waiting = sum(row.waiting.get(Channel.POST, 0) for row in _there(one))
        yield from (DeskWork(one.slug, run.id, WORDS[run.state], waiting) for run in runs)
        if waiting and not runs:
            yield DeskWork(one.slug, None, None, waiting)


def _questions(
    session: Session, office: Office, person: Person, names: Mapping[UUID, str], slugs: Collection[str]
) -> Iterator[Question]:
    """For an editor what waits for an answer; for a translator their own, answered lately or not."""
    answers = may(person, Permission.ASSIGN_TRANSLATORS)
    if not answers and Role.TRANSLATOR not in person.roles:
        return
    rows = translators.questions(session, asked_by=None if answers else person.uid, since=office.clock() - LATELY)
    for row in rows:
        yield Question(
            row.id,
            row.domain,
            is_standing=row.domain == STANDING,
            is_there=row.domain in slugs,
            locale=row.locale,
            words=row.words,
            by=names.get(row.person, ""),
            at=row.at,
            answered=row.answered_at is not None,
            is_mine=row.person == person.uid,
        )
