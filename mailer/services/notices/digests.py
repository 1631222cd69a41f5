"""One mail to a member of staff about all that happened for them, in their language, and not in the quiet hours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from babel.dates import format_date
from sqlalchemy.orm import Session

from database.session import Store
from mailer.ledger import notices, staff_mail
from mailer.ledger.mailings import in_state
from mailer.ledger.notices import Notice
from mailer.ledger.staff_mail import News, Waiting
from mailer.ledger.states import MailingState
from mailer.organisation import House
from mailer.planning import QuietHours
from staff.mails import MAIL_WORDS, URGENT, Mail
from staff.people import Person, current
from subscribers.reading import tell_unreadable
from wording import Text, _
from wording.interface import Interface, interface

COLLECT = timedelta(minutes=15)
"""How long news that is not urgent waits for more, so that a person who is busy for an hour gets four mails at most."""
_GIVEN_UP = timedelta(days=30)
"""News that does not open is kept so long for its key to come back."""
_RULE = "\u2014" * 8
"""Between the parts of a digest."""


def write_digests(store: Store, house: House, quiet: QuietHours | None, at: datetime) -> int:
    """Queue a mail to each person for whom it is time; returns how many.

    Each is a transaction of its own, in which the news leaves its table and the mail is queued: of two workers at once
    the second finds nothing, and one that is killed has done all of it or nothing.
    """
    with store.reading() as session:
        people = staff_mail.due(session, at - COLLECT, URGENT)
    count = 0
    for uid in people:
        with store.transaction() as session:
            count += _write(session, house, quiet, uid, at)
    return count


def _write(session: Session, house: House, quiet: QuietHours | None, uid: UUID, at: datetime) -> bool:
    waiting = staff_mail.held(session, uid)
    if not _may_go(session, waiting, quiet, at):
        return False
    tell_unreadable(session, "staff_mail", sum(one.news is None for one in waiting))
    taken = [one for one in waiting if one.news is not None or one.at < at - _GIVEN_UP]
    staff_mail.done(session, taken)
    to = current(session, uid, hold=False)
    news = list(_wanted(to, taken)) if to is not None else []
    if to is None or not news:
        return False
    words = _Words(interface(to.interface or (to.languages[0] if to.languages else house.source_locale)))
    subject, text = _subject(words, news), _text(words, house, news)
    notices.write(session, Notice("staff", words.interface.locale, to.email, subject, text))
    return True


def _may_go(session: Session, waiting: Sequence[Waiting], quiet: QuietHours | None, at: datetime) -> bool:
    """Whether it is time for what waits. Alarms go at any hour; what is urgent, at night, only while a mailing goes."""
    kinds = {one.kind for one in waiting if one.news is not None}
    if Mail.ALARMS in kinds:
        return True
    urgent = bool(kinds & URGENT)
    if not urgent and not any(one.at <= at - COLLECT for one in waiting):
        return False
    return quiet is None or quiet.wait(at) == at or (urgent and bool(in_state(session, MailingState.SENDING)))


def _wanted(to: Person, taken: Sequence[Waiting]) -> Iterator[News]:
    """What is urgent first. What a person switched off since is left out; an alarm was queued for someone must know."""
    news = [one.news for one in taken if one.news is not None]
    for one in sorted(news, key=lambda each: each.kind not in URGENT):
        if one.kind is Mail.ALARMS or one.kind not in to.muted:
            yield one


@dataclass(frozen=True)
class _Words:
    """Says sentences, and days in them, in one language."""

    interface: Interface

    def say(self, said: Text | str | date) -> str:
        if isinstance(said, date):
            return format_date(said, "long", locale=self.interface.locale)
        if isinstance(said, str):
            return said
        dated = {name: self.say(one) if isinstance(one, Text | date) else one for name, one in said.values.items()}
        return self.interface.say(replace(said, values=dated))


def _subject(words: _Words, news: Sequence[News]) -> str:
    first = news[0].subject
    more = _("{subject}, en nog {count}", subject=first, count=len(news) - 1)
    return words.say(more if len(news) > 1 else first)


def _text(words: _Words, house: House, news: Sequence[News]) -> str:
    parts = [_part(words, one, titled=len(news) > 1) for one in news]
    return f"\n\n{_RULE}\n\n".join([*parts, words.say(_foot(words, house, {one.kind for one in news}))])


def _part(words: _Words, one: News, *, titled: bool) -> str:
    said = [words.say(line) for line in one.lines]
    title = [words.say(one.subject)] if titled else []
    return "\n\n".join(line for line in [*title, *said, one.link] if line)


def _foot(words: _Words, house: House, kinds: set[Mail]) -> Text:
    named = "\n".join(f"- {words.say(label)}" for kind, label in MAIL_WORDS.items() if kind in kinds)
    return _(
        "Je krijgt deze mail omdat dit aan staat bij jouw instellingen:\n\n{kinds}\n\n"
        "Wil je iets daarvan niet meer? Zet het daar uit:\n\n{link}",
        kinds=named,
        link=f"{house.base_url}/staff/me#mail",
    )
