"""Mail about a question: to the editors who can answer it, to who asked, and to those who translate the same sentence
into other languages. No door: `remarks` sends them.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.orm import Session

from mailer.ledger import notices
from mailer.ledger.notices import Notice
from mailer.ledger.translations import TranslationComment
from mailer.organisation import House
from mailer.services.translating.rows import KEY
from staff.people import Mail, Person, people
from staff.people import person as person_with
from staff.roles import Role
from wording import Text, _
from wording.interface import interface


def tell_editors(session: Session, house: House, row: TranslationComment, by: str) -> int:
    """Mail every editor who wants it; returns how many."""
    editors = [one for one in people(session) if Role.EDITOR in one.roles and one.uid != row.person]
    wanted = [one for one in editors if Mail.QUESTIONS not in one.muted]
    subject = _("Een vraag over {slug} ({locale})", slug=row.domain, locale=row.locale)
    text = _(
        "{name} vraagt iets over deze zin:\n\n{source}\n\nDe vraag:\n\n{words}\n\n"
        "Je antwoord gaat naar wie het vroeg en staat bij de zin in alle talen.\n{link}",
        name=by,
        source=row.source,
        words=row.words,
        link=_link(house, f"issues/{row.domain}/questions"),
    )
    for one in wanted:
        _queue(session, "question", house, one, (subject, text))
    return len(wanted)


def tell_asker(session: Session, house: House, row: TranslationComment, by: str) -> bool:
    """Mail the answer to who asked; False when they left, or do without these mails."""
    asker = person_with(session, row.person)
    if asker is None or Mail.QUESTIONS in asker.muted:
        return False
    subject = _("Antwoord op je vraag over {slug} ({locale})", slug=row.domain, locale=row.locale)
    text = _(
        "{name} beantwoordde je vraag over deze zin:\n\n{source}\n\nJe vraag:\n\n{words}\n\n"
        "Het antwoord:\n\n{answer}\n\n{link}",
        name=by,
        source=row.source,
        words=row.words,
        answer=row.answer,
        link=_link(house, f"issues/{row.domain}/translate/{row.locale}?m={row.source_hash[:KEY]}"),
    )
    _queue(session, "answer", house, asker, (subject, text))
    return True


def tell_others(session: Session, house: House, row: TranslationComment, by: Person, locales: Collection[str]) -> int:
    """Mail the answer to those who translate into these languages, each once: they work at the same sentence.

    Not to who asked or answered, nor to whom does without these mails; returns how many.
    """
    told = 0
    for one in people(session):
        own = sorted({*one.languages} & {*locales}, key=lambda locale: (locale == row.locale, locale))
        if not own or Role.TRANSLATOR not in one.roles or one.uid in (row.person, by.uid):
            continue
        if Mail.QUESTIONS not in one.muted:
            _queue(session, "answer", house, one, _answered(house, row, by.name, own[0]))
            told += 1
    return told


def _answered(house: House, row: TranslationComment, by: str, locale: str) -> tuple[Text, Text]:
    text = _(
        "Iemand die {slug} vertaalt ({asked}) vroeg iets over een zin die jij ook vertaalt:\n\n{source}\n\n"
        "De vraag:\n\n{words}\n\n{name} antwoordt:\n\n{answer}\n\n{link}",
        slug=row.domain,
        asked=row.locale,
        source=row.source,
        words=row.words,
        name=by,
        answer=row.answer,
        link=_link(house, f"issues/{row.domain}/translate/{locale}?m={row.source_hash[:KEY]}"),
    )
    return _("Antwoord op een vraag over {slug}", slug=row.domain), text


def tell_of_work(session: Session, house: House, words: tuple[Text, Text]) -> int:
    """Mail every editor that work was handed back or asks for help; returns how many."""
    editors = [one for one in people(session) if Role.EDITOR in one.roles and Mail.QUESTIONS not in one.muted]
    for one in editors:
        _queue(session, "work", house, one, words)
    return len(editors)


def _link(house: House, path: str) -> str:
    return f"{house.base_url}/staff/{path}" if house.base_url else ""


def _queue(session: Session, kind: str, house: House, to: Person, words: tuple[Text, Text]) -> None:
    locale = to.interface or house.source_locale
    subject, text = map(interface(locale).say, words)
    notices.write(session, Notice(kind, locale, to.email, subject, text))
