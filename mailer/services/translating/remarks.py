"""Remarks of translators about a message, and their questions, which wait until an editor has answered them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from database.audit import Event, record
from mailer.ledger import translators
from mailer.ledger.translations import TranslationComment
from mailer.services.office import Office, deed, look
from mailer.services.translating.catalogs import check_catalog, entry_of
from mailer.translation.approval import source_hash
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

    @property
    def waits(self) -> bool:
        return self.is_question and self.answered_at is None


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
        words=words.strip()[:LONGEST],
        is_question=question,
        person=person.uid,
        at=office.clock(),
    )
    with deed(office, person, Permission.TRANSLATE, of=locale) as session:
        session.add(row)
        session.flush()
        return _remark(row, msgid, person.name)


def comments(office: Office, person: Person, domain: str, locale: str) -> list[Remark]:
    """Every remark about a domain in a locale, the oldest first. Raises NotAllowedError, NotFoundError."""
    require(person, Permission.TRANSLATE, of=locale)
    check_catalog(office.content, domain, locale)
    msgids = {source_hash(msgid): msgid for msgid in office.content.catalog(domain, locale)[0].entries}
    with look(office, person, Permission.TRANSLATE, of=locale) as session:
        names = _names(session)
        return [
            _remark(row, msgids.get(row.source_hash, ""), names.get(row.person, ""))
            for row in translators.comments(session, domain, locale)
        ]


def answered(office: Office, person: Person, number: int) -> None:
    """Mark a question as answered.

    Raises NotAllowedError, NotFoundError for an unknown question, ConflictError for one that was answered before.
    """
    with deed(office, person, Permission.ASSIGN_TRANSLATORS) as session:
        row = translators.comment(session, number)
        if row is None or not row.is_question:
            raise NotFoundError(_("Er is geen vraag {number}.", number=number))
        if row.answered_at is not None:
            raise ConflictError(_("Vraag {number} is al beantwoord.", number=number))
        row.answered_at = office.clock()
        record(session, Event.EDIT, person.uid, detail={"question": number, "step": "answered"})


def _names(session: Session) -> dict[UUID, str]:
    return {one.uid: one.name for one in people(session)}


def _remark(row: TranslationComment, msgid: str, name: str) -> Remark:
    return Remark(row.id, msgid, row.words, row.is_question, row.person, name, row.at, row.answered_at)
