"""Remarks of translators about a message, and their questions, which wait until an editor has answered them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from database.audit import Event, record
from mailer.ledger import translators
from mailer.ledger.translations import TranslationComment
from mailer.services.office import Office, deed, look
from mailer.services.translating import asking
from mailer.services.translating.catalogs import check_catalog, check_issue, entry_of, locales_of
from mailer.translation.approval import source_hash
from mailer.translation.extract import STANDING
from staff.people import Person, people
from staff.permissions import Permission, require
from wording import _
from wording.errors import ConflictError, InvalidInputError, NotFoundError

LONGEST = 4_000
"""Characters of a remark; what is longer is cut off."""


@dataclass(frozen=True)
class Remark:
    """What someone wrote about a message. `msgid` is empty once the source no longer has that message."""

    number: int
    msgid: str
    words: str
    is_question: bool
    person: UUID
    name: str = field(repr=False)
    """Empty when the person no longer works here."""
    at: datetime
    answered_at: datetime | None
    locale: str = ""
    answer: str = ""
    """"" for a question that was answered in other ways than here."""
    answered_by: str = field(repr=False, default="")
    closed_at: datetime | None = None
    source: str = ""
    """The message as it was when the question was asked."""

    @property
    def waits(self) -> bool:
        return self.is_question and self.answered_at is None and self.closed_at is None


def comment(
    office: Office, person: Person, domain: str, locale: str, *, msgid: str, words: str, question: bool = False
) -> Remark:
    """Write a remark about a message, or a question that waits for the editor.

    The remark itself keeps who wrote it and when, so the audit trail has no second row of it.

    Raises NotAllowedError, NotFoundError, InvalidInputError for an empty remark, ConflictError for a message that is
    no longer there.
    """
    require(person, Permission.TRANSLATE, of=locale)
    check_catalog(office.content, domain, locale)
    entry_of(office.content.catalog(domain, locale)[0], msgid)
    if not words.strip():
        raise InvalidInputError(_("Schrijf een opmerking of een vraag."))
    row = TranslationComment(
        domain=domain,
        locale=locale,
        source_hash=source_hash(msgid),
        source=msgid,
        words=words.strip()[:LONGEST],
        is_question=question,
        person=person.uid,
        at=office.clock(),
    )
    with deed(office, person, Permission.TRANSLATE, of=locale) as session:
        session.add(row)
        session.flush()
        if question:
            asking.tell_editors(session, office.house, row, person.name)
        return _remark(row, {row.source_hash: msgid}, {person.uid: person.name})


def comments(office: Office, person: Person, domain: str, locale: str) -> list[Remark]:
    """Every remark about a domain in a locale, the oldest first. Raises NotAllowedError, NotFoundError."""
    require(person, Permission.TRANSLATE, of=locale)
    check_catalog(office.content, domain, locale)
    msgids = {source_hash(msgid): msgid for msgid in office.content.catalog(domain, locale)[0].entries}
    with look(office, person, Permission.TRANSLATE, of=locale) as session:
        names = _names(session)
        return [_remark(row, msgids, names) for row in translators.comments(session, domain, locale)]


def remarks_of(session: Session, domain: str, locale: str, msgid: str, names: Mapping[UUID, str]) -> tuple[Remark, ...]:
    """What was written about one message in a locale, and the answers that other languages got to it; oldest first."""
    rows = translators.about(session, domain, msgid)
    msgids = {source_hash(msgid): msgid}
    shown = [row for row in rows if row.locale == locale or (row.is_question and row.answered_at is not None)]
    return tuple(_remark(row, msgids, names) for row in shown)


def questions(office: Office, person: Person, domain: str) -> list[Remark]:
    """Every question about an issue, in whatever language, the oldest first. Raises NotAllowedError, NotFoundError."""
    require(person, Permission.TRANSLATE)
    if domain != STANDING:
        check_issue(office.content, domain)
    with look(office, person, Permission.TRANSLATE) as session:
        rows, names = translators.questions_of(session, domain), _names(session)
    msgids = {
        source_hash(msgid): msgid
        for locale in {row.locale for row in rows} & set(office.house.locales)
        for msgid in office.content.catalog(domain, locale)[0].entries
    }
    return [_remark(row, msgids, names) for row in rows]


def answer(office: Office, person: Person, number: int, *, words: str) -> None:
    """Answer a question; it stands beside the message in every language, and goes by mail to who asked and to everyone
    who translates the issue.

    Raises NotAllowedError, NotFoundError for an unknown question, InvalidInputError for an empty answer, ConflictError
    for a question that was answered before or is closed.
    """
    require(person, Permission.ASSIGN_TRANSLATORS)
    if not words.strip():
        raise InvalidInputError(_("Schrijf een antwoord."))
    with deed(office, person, Permission.ASSIGN_TRANSLATORS) as session:
        row = _open_question(session, number)
        row.answered_at, row.answered_by, row.answer = office.clock(), person.uid, words.strip()[:LONGEST]
        record(session, Event.EDIT, person.uid, detail={"question": number, "step": "answered"})
        at, locales = office.clock(), _locales(office, row.domain)
        asking.tell_asker(session, office.house, row, person.name, at)
        asking.tell_others(session, office.house, row, person, locales=locales, at=at)


def _locales(office: Office, domain: str) -> list[str]:
    """The languages into which a domain is translated; all, while its text cannot be read."""
    issue = None if domain == STANDING else office.content.read(domain).issue
    return locales_of(office.house, issue.audiences if issue is not None else [*office.house.audiences])


def answered(office: Office, person: Person, number: int) -> None:
    """Mark a question as answered, in words that were said elsewhere. Raises as `answer`."""
    with deed(office, person, Permission.ASSIGN_TRANSLATORS) as session:
        row = _open_question(session, number)
        row.answered_at, row.answered_by = office.clock(), person.uid
        record(session, Event.EDIT, person.uid, detail={"question": number, "step": "answered"})


def close(office: Office, person: Person, number: int) -> None:
    """Close a question, answered or not: nothing is asked or answered in it any more.

    Raises NotAllowedError, NotFoundError for an unknown question, ConflictError for one that is closed.
    """
    with deed(office, person, Permission.ASSIGN_TRANSLATORS) as session:
        row = _question(session, number)
        if row.closed_at is not None:
            raise ConflictError(_("Vraag {number} is al gesloten.", number=number))
        row.closed_at = office.clock()
        record(session, Event.EDIT, person.uid, detail={"question": number, "step": "closed"})


def _open_question(session: Session, number: int) -> TranslationComment:
    row = _question(session, number)
    if row.closed_at is not None:
        raise ConflictError(_("Vraag {number} is gesloten. Stel haar opnieuw als ze nog speelt.", number=number))
    if row.answered_at is not None:
        raise ConflictError(_("Vraag {number} is al beantwoord.", number=number))
    return row


def _question(session: Session, number: int) -> TranslationComment:
    row = translators.comment(session, number)
    if row is None or not row.is_question:
        raise NotFoundError(_("Er is geen vraag {number}.", number=number))
    return row


def _names(session: Session) -> dict[UUID, str]:
    return {one.uid: one.name for one in people(session)}


def _remark(row: TranslationComment, msgids: Mapping[str, str], names: Mapping[UUID, str]) -> Remark:
    return Remark(
        row.id,
        msgids.get(row.source_hash, ""),
        row.words,
        row.is_question,
        row.person,
        names.get(row.person, ""),
        row.at,
        row.answered_at,
        locale=row.locale,
        answer=row.answer or "",
        answered_by=names.get(row.answered_by, "") if row.answered_by else "",
        closed_at=row.closed_at,
        source=row.source or "",
    )
