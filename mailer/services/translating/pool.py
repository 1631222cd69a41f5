"""The pool of translators: who does which language of which issue by when, and reminders."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from database.audit import Event, record
from mailer.ledger import translators
from mailer.ledger.staff_mail import News, tell
from mailer.ledger.translations import TranslationAssignment
from mailer.services.office import Office, deed, look
from mailer.services.translating.asking import tell_of_assignment
from mailer.services.translating.catalogs import check_issue
from mailer.services.translating.release import Release, check_translated, releases
from staff.mails import Mail
from staff.people import Person, people
from staff.people import person as person_with
from staff.permissions import Permission, require
from staff.roles import Role
from wording import Text, _, ngettext
from wording.errors import ContentError, InvalidInputError

REMIND_BEFORE = (7, 2, 0)
"""Days before the last day on which a translator is reminded."""


@dataclass(frozen=True)
class Assignment:
    """A language of an issue that was given to a person, until the last day."""

    slug: str
    locale: str
    person: UUID
    name: str = field(repr=False)
    """Empty when the person no longer works here."""
    due: date


def translators_of(office: Office, person: Person, locale: str) -> list[Person]:
    """The pool of one language, by name. Raises NotAllowedError."""
    with look(office, person, Permission.ASSIGN_TRANSLATORS) as session:
        return [one for one in people(session) if Role.TRANSLATOR in one.roles and locale in one.languages]


def assignments(office: Office, person: Person, slug: str) -> list[Assignment]:
    """Who does what of an issue, the earliest day first. Raises NotAllowedError, NotFoundError."""
    require(person, Permission.SEE_ISSUES)
    check_issue(office.content, slug)
    with look(office, person, Permission.SEE_ISSUES) as session:
        names = {one.uid: one.name for one in people(session)}
        return [
            Assignment(one.issue_slug, one.locale, one.person, names.get(one.person, ""), one.due)
            for one in translators.assignments(session, slug)
        ]


def assign(office: Office, person: Person, slug: str, locale: str, *, to: Person, due: date) -> None:
    """Give a language of an issue to a translator, who hears of it by mail.

    Raises NotAllowedError, NotFoundError for an issue that is not translated into it, InvalidInputError for someone
    who does not translate into it.
    """
    require(person, Permission.ASSIGN_TRANSLATORS)
    if Role.TRANSLATOR not in to.roles or locale not in to.languages:
        raise InvalidInputError(_("{name} vertaalt niet naar ‘{locale}’.", name=to.name, locale=locale))
    check_translated(office.content, slug, locale)
    with deed(office, person, Permission.ASSIGN_TRANSLATORS) as session:
        translators.assign(session, slug, locale, person=to.uid, due=due, by=person.uid)
        record(session, Event.EDIT, person.uid, to.uid, detail={"issue": slug, "locale": locale, "step": "assigned"})
        work = slug, locale
        tell_of_assignment(session, office.house, to, work, by=person, due=due, at=office.clock())


# ── reminders ─────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Task:
    """Work that waits: an issue in a locale, until a day, with so many messages to go."""

    slug: str
    locale: str
    due: date
    left: int


def remind(office: Office, person: Person) -> int:
    """Queue the reminders that are due now, as a worker does by itself; returns how many translators get one.

    Raises NotAllowedError.
    """
    require(person, Permission.ASSIGN_TRANSLATORS)
    waiting = _waiting(office)
    with deed(office, person, Permission.ASSIGN_TRANSLATORS) as session:
        tasks = _write_down(session, office, waiting)
        record(session, Event.EDIT, person.uid, detail={"step": "reminded", "translators": len(tasks)})
    return len(tasks)


def remind_due(office: Office) -> dict[UUID, list[Task]]:
    """Queue one reminder for each translator who has work due in 7, 2 or 0 days; what is ready needs none.

    The reminder is written down in the same transaction, so that running this twice, or late, reminds no one twice.
    Returns the work by person.
    """
    waiting = _waiting(office)
    with office.store.transaction() as session:
        return _write_down(session, office, waiting)


def _waiting(office: Office) -> list[tuple[TranslationAssignment, int, int]]:
    """What may be due for a reminder: the assignment, the days before its last day, and the messages to go."""
    today = office.today()
    with office.store.reading() as session:
        near = [(one, _threshold(one.due, today)) for one in translators.assignments(session)]
    left = {slug: _left(office, slug) for slug in {one.issue_slug for one, days in near if days is not None}}
    found = [(one, days, left[one.issue_slug].get(one.locale, 0)) for one, days in near if days is not None]
    return [(one, days, todo) for one, days, todo in found if todo]


def _write_down(
    session: Session, office: Office, waiting: Sequence[tuple[TranslationAssignment, int, int]]
) -> dict[UUID, list[Task]]:
    """Those that no one was reminded of yet, with news for each translator who wants it; the work by person."""
    tasks: dict[UUID, list[Task]] = defaultdict(list)
    quiet = {one.uid for one in people(session) if Mail.REMINDERS in one.muted} if waiting else set()
    for one, days, todo in waiting:
        if one.person not in quiet and translators.remind(session, one, days):
            tasks[one.person].append(Task(one.issue_slug, one.locale, one.due, todo))
    for uid, work in tasks.items():
        _queue(session, office, uid, work)
    return dict(tasks)


def _threshold(due: date, today: date) -> int | None:
    """The nearest reminder whose day has come; a day on which no one ran this is made up for. None before and after."""
    days = (due - today).days
    return min((one for one in REMIND_BEFORE if one >= days), default=None) if days >= 0 else None


def _left(office: Office, slug: str) -> dict[str, int]:
    """How many messages of each locale are not translated; an issue that cannot be read reminds no one."""
    try:
        issue, document = office.content.issue(slug)
        with office.store.reading() as session:
            found: dict[str, Release] = releases(office.content, session, issue, document)
    except ContentError:
        return {}
    return {locale: one.readiness.total - one.readiness.translated for locale, one in found.items()}


def _queue(session: Session, office: Office, uid: UUID, work: Sequence[Task]) -> None:
    person = person_with(session, uid)
    if person is None:  # left the organisation
        return
    subject = ngettext(
        "Je vertaling: {count} nummer wacht op je", "Je vertalingen: {count} nummers wachten op je", len(work)
    )
    lines = [
        *(_line(task, office.today()) for task in work),
        _("Lukt het niet? Laat het de redactie weten; dan zoeken wij samen een oplossing."),
    ]
    link = f"{office.house.base_url}/staff/"
    tell(session, person, News(Mail.REMINDERS, work[0].slug, subject, lines, link), office.clock())


def _line(task: Task, today: date) -> Text:
    days = (task.due - today).days
    when = ngettext("over {count} dag", "over {count} dagen", days) if days else _("vandaag")
    return ngettext(
        "- {slug} ({locale}): nog {count} zin, in te leveren {when} ({due}).",
        "- {slug} ({locale}): nog {count} zinnen, in te leveren {when} ({due}).",
        task.left,
        slug=task.slug,
        locale=task.locale,
        when=when,
        due=task.due,
    )
