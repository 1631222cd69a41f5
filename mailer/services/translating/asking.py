"""News about translating: to the editors who can answer or help, to who asked or does the work, and to those who
translate the same sentence into other languages. No door.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy.orm import Session

from mailer.ledger.staff_mail import News, tell, waits
from mailer.ledger.translations import TranslationComment
from mailer.ledger.translators import assignment
from mailer.organisation import House
from mailer.services.translating.rows import KEY
from staff.mails import Mail
from staff.people import Person, people
from staff.people import person as person_with
from staff.roles import Role
from wording import Text, _


def tell_editors(session: Session, house: House, row: TranslationComment, by: str) -> int:
    """Let every editor who wants it know of a question; returns how many."""
    subject = _("Een vraag over {slug} ({locale})", slug=row.domain, locale=row.locale)
    lines = (
        _("{name} vraagt iets over deze zin:", name=by),
        row.source or "",
        _("De vraag:"),
        row.words,
        _("Je antwoord gaat naar wie het vroeg en staat bij de zin in alle talen."),
    )
    link = f"{house.base_url}/staff/issues/{row.domain}/questions"
    news = News(Mail.QUESTIONS, f"{row.domain} {row.locale}", subject, lines, link)
    editors = [one for one in people(session) if Role.EDITOR in one.roles and one.uid != row.person]
    return sum(tell(session, one, news, row.at) for one in editors)


def tell_asker(session: Session, house: House, row: TranslationComment, by: str, at: datetime) -> bool:
    """Bring the answer to who asked; False when they left, or do without these mails."""
    asker = person_with(session, row.person)
    if asker is None:
        return False
    subject = _("Antwoord op je vraag over {slug} ({locale})", slug=row.domain, locale=row.locale)
    lines = (
        _("{name} beantwoordde je vraag over deze zin:", name=by),
        row.source or "",
        _("Je vraag:"),
        row.words,
        _("Het antwoord:"),
        row.answer or "",
    )
    news = News(Mail.ANSWERS, f"{row.domain} {row.locale}", subject, lines, _sentence(house, row, row.locale))
    return tell(session, asker, news, at)


def tell_others(
    session: Session, house: House, row: TranslationComment, by: Person, *, locales: Collection[str], at: datetime
) -> int:
    """Bring the answer to those who translate into these languages: they work at the same sentence.

    Not to who asked or answered; returns how many.
    """
    told = 0
    for one in people(session):
        own = sorted({*one.languages} & {*locales}, key=lambda locale: (locale == row.locale, locale))
        if own and Role.TRANSLATOR in one.roles and one.uid not in (row.person, by.uid):
            told += tell(session, one, _answered(house, row, by.name, own[0]), at)
    return told


def _answered(house: House, row: TranslationComment, by: str, locale: str) -> News:
    asked = _(
        "Iemand die {slug} vertaalt ({asked}) vroeg iets over een zin die jij ook vertaalt:",
        slug=row.domain,
        asked=row.locale,
    )
    lines = asked, row.source or "", _("De vraag:"), row.words, _("{name} antwoordt:", name=by), row.answer or ""
    subject = _("Antwoord op een vraag over {slug}", slug=row.domain)
    return News(Mail.ANSWERS, f"{row.domain} {row.locale}", subject, lines, _sentence(house, row, locale))


def tell_of_work(session: Session, house: House, slug: str, words: tuple[Text, Text], at: datetime) -> int:
    """Let every editor know that work was handed back or asks for help; returns how many."""
    subject, text = words
    news = News(Mail.WORK, slug, subject, [text], f"{house.base_url}/staff/issues/{slug}/")
    return sum(tell(session, one, news, at) for one in people(session) if Role.EDITOR in one.roles)


def tell_of_assignment(
    session: Session, house: House, to: Person, work: tuple[str, str], *, by: Person, due: date, at: datetime
) -> bool:
    """Let a translator know of work that was given to them; `work` is an issue and a locale."""
    slug, locale = work
    if to.uid == by.uid:
        return False
    subject = _("{slug} ({locale}): vertaal jij dit?", slug=slug, locale=locale)
    lines = (
        _("{name} geeft je de vertaling van {slug} naar ‘{locale}’.", name=by.name, slug=slug, locale=locale),
        _("In te leveren op {day}. Lukt dat niet? Geef het werk dan terug op de bladzijde.", day=due),
    )
    return tell(session, to, News(Mail.ASSIGNED, f"{slug} {locale}", subject, lines, _desk(house, slug, locale)), at)


def tell_of_changes(session: Session, house: House, work: tuple[str, str], *, by: Person, at: datetime) -> bool:
    """Let the translator of a language know that sentences changed under them; once as long as they were not mailed."""
    slug, locale = work
    given = assignment(session, slug, locale)
    to = person_with(session, given.person) if given is not None else None
    about = f"{slug} {locale}"
    if to is None or to.uid == by.uid or waits(session, to, Mail.CHANGED, about):
        return False
    subject = _("{slug} ({locale}) is veranderd terwijl jij vertaalt", slug=slug, locale=locale)
    lines = (
        _("De redactie veranderde zinnen van {slug}. Wat je al vertaalde, is bewaard.", slug=slug),
        _("Kijk welke zinnen veranderd of nieuw zijn, en vertaal die opnieuw."),
    )
    return tell(session, to, News(Mail.CHANGED, about, subject, lines, _desk(house, slug, locale)), at)


def _desk(house: House, slug: str, locale: str) -> str:
    return f"{house.base_url}/staff/issues/{slug}/translate/{locale}"


def _sentence(house: House, row: TranslationComment, locale: str) -> str:
    return f"{_desk(house, row.domain, locale)}?m={row.source_hash[:KEY]}"
