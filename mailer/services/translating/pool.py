"""The pool of translators: who does which language of which issue by when, reminders, and questions to the editor."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from database.base import now
from database.session import Store
from mailer.content import Content
from mailer.ledger import notices, translators
from mailer.ledger.notices import Notice
from mailer.ledger.translations import TranslationAssignment, TranslationComment
from mailer.services.translating.messages import GONE, locales_of, require_translator
from mailer.services.translating.release import Release, status
from mailer.translation.approval import source_hash
from staff.people import Person, people
from staff.people import person as person_with
from staff.roles import Role
from wording import Text, _, ngettext
from wording.errors import ContentError, NotAllowedError
from wording.interface import interface

REMIND_BEFORE = (7, 2, 0)
"""Days before the last day on which a translator is reminded."""


def translators_of(store: Store, locale: str) -> list[Person]:
    """The pool of one language, by name."""
    with store.reading() as session:
        return [one for one in people(session) if Role.TRANSLATOR in one.roles and locale in one.languages]


def assign(content: Content, store: Store, slug: str, locale: str, *, person: Person, due: date, by: Person) -> None:
    """Give a language of an issue to a translator.

    Raises NotAllowedError when `by` is no editor, the person does not translate into it, or the issue does not need it.
    """
    if Role.EDITOR not in by.roles:
        raise NotAllowedError(_("Dit kan alleen een redacteur beslissen."))
    if Role.TRANSLATOR not in person.roles or locale not in person.languages:
        raise NotAllowedError(_("{name} vertaalt niet naar ‘{locale}’.", name=person.name, locale=locale))
    if locale not in locales_of(content.house, content.issue(slug)[0].audiences):
        raise NotAllowedError(_("{slug} wordt niet in ‘{locale}’ vertaald.", slug=slug, locale=locale))
    with store.transaction() as session:
        translators.assign(session, slug, locale, person=person.uid, due=due, by=by.uid)


# ── reminders ─────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Task:
    """Work that waits: an issue in a locale, until a day, with so many messages to go."""

    slug: str
    locale: str
    due: date
    left: int


def remind(content: Content, store: Store, today: date) -> dict[UUID, list[Task]]:
    """Queue one mail to each translator who has work due in 7, 2 or 0 days; what is ready needs no reminder.

    The reminder is written down in the same transaction, so that running this twice, or late, reminds nobody twice.
    Returns the work by person. `today` is a day in the organisation's time zone.
    """
    tasks: dict[UUID, list[Task]] = defaultdict(list)
    with store.reading() as session:
        waiting = [one for one in translators.assignments(session) if _threshold(one.due, today) is not None]
    left = {one.issue_slug: _left(content, store, one.issue_slug) for one in waiting}
    with store.transaction() as session:
        for one in waiting:
            todo = left[one.issue_slug].get(one.locale, 0)
            days = _threshold(one.due, today)
            if todo and days is not None and translators.remind(session, one, days):
                tasks[one.person].append(Task(one.issue_slug, one.locale, one.due, todo))
        for uid, work in tasks.items():
            _queue(session, content, uid, work, today)
    return dict(tasks)


def _threshold(due: date, today: date) -> int | None:
    """The nearest reminder whose day has come; a day on which nobody ran this is made up for. None before and after."""
    days = (due - today).days
    return min((one for one in REMIND_BEFORE if one >= days), default=None) if days >= 0 else None


def _left(content: Content, store: Store, slug: str) -> dict[str, int]:
    """How many messages of each locale are not translated; an issue that cannot be read reminds nobody."""
    try:
        found: dict[str, Release] = status(content, store, slug)
    except ContentError:
        return {}
    return {locale: one.readiness.total - one.readiness.translated for locale, one in found.items()}


def _queue(session: Session, content: Content, uid: UUID, work: Sequence[Task], today: date) -> None:
    person = person_with(session, uid)
    if person is None:  # left the organisation
        return
    words = interface(person.languages[0] if person.languages else content.house.source_locale)
    subject = ngettext(
        "Je vertaling: {count} nummer wacht op je", "Je vertalingen: {count} nummers wachten op je", len(work)
    )
    lines: list[Text | str] = [
        _("Hallo {name},", name=person.name),
        "",
        *(_line(task, today) for task in work),
        "",
        _("Lukt het niet? Laat het de redactie weten; dan zoeken wij samen een oplossing."),
        content.house.base_url,
    ]
    text = "\n".join(words.say(line) for line in lines)
    notices.write(session, Notice("remind", words.locale, person.email, words.say(subject), text))


def _line(task: Task, today: date) -> Text:
    days = (task.due - today).days
    when = ngettext("over {count} dag", "over {count} dagen", days) if days else _("vandaag")
    return ngettext(
        "- {slug} ({locale}): nog {count} zin, klaar {when} ({due}).",
        "- {slug} ({locale}): nog {count} zinnen, klaar {when} ({due}).",
        task.left,
        slug=task.slug,
        locale=task.locale,
        when=when,
        due=task.due.isoformat(),
    )


def assignments(store: Store, slug: str) -> list[TranslationAssignment]:
    """Who does what of an issue."""
    with store.reading() as session:
        return translators.assignments(session, slug)


# ── comments and questions ────────────────────────────────────────────────────────────────────────────────────────


def comment(
    content: Content,
    store: Store,
    domain: str,
    locale: str,
    *,
    msgid: str,
    words: str,
    person: Person,
    question: bool = False,
) -> TranslationComment:
    """Write a remark about a message, or a question that waits for the editor.

    Raises NotAllowedError for a message that is not there, an empty remark, or somebody of another language.
    """
    require_translator(person, locale)
    if msgid not in content.catalog(domain, locale)[0].entries:
        raise NotAllowedError(GONE)
    if not words.strip():
        raise NotAllowedError(_("Schrijf een opmerking of een vraag."))
    row = TranslationComment(
        domain=domain,
        locale=locale,
        source_hash=source_hash(msgid),
        words=words.strip()[:4_000],
        is_question=question,
        person=person.uid,
        at=now(),
    )
    with store.transaction() as session:
        session.add(row)
    return row


def answered(store: Store, comment_id: int, person: Person) -> bool:
    """Mark a question as answered; False when there is none that waits."""
    if Role.EDITOR not in person.roles:
        raise NotAllowedError(_("Dit kan alleen een redacteur beslissen."))
    with store.transaction() as session:
        row = session.get(TranslationComment, comment_id)
        if row is None or not row.is_question or row.answered_at is not None:
            return False
        row.answered_at = now()
    return True
