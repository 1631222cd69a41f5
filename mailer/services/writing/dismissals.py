"""Warnings that may stay: with a reason, until the text at that place is another or someone brings them back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from database.audit import record
from mailer.content import Content
from mailer.document.sections import front_of
from mailer.ledger import writing as ledger
from mailer.services.office import Office, deed, look
from mailer.services.translating.catalogs import check_issue
from mailer.services.writing.checks import check
from mailer.services.writing.merging import plain_text
from mailer.translation.catalog import digest
from staff.people import Person, everyone
from staff.permissions import Permission, require
from wording import _
from wording.errors import ContentError, InvalidInputError, NotFoundError, Problem, Severity

MOST_REASON = 500
"""Characters."""


@dataclass(frozen=True)
class Dismissed:
    """Why a warning may stay, who says so, and since when."""

    reason: str
    by: str
    """"" when they work here no more."""
    at: datetime


def dismissed(office: Office, person: Person, slug: str) -> Mapping[str, Dismissed]:
    """What may stay of an issue, by the mark of the warning."""
    with look(office, person, Permission.SEE_ISSUES) as session:
        rows = ledger.dismissals(session, slug)
        names = {one.uid: one.name for one in everyone(session)} if rows else {}
        return {mark: Dismissed(row.reason, names.get(row.person, ""), row.at) for mark, row in rows.items()}


def with_reasons(
    office: Office, person: Person, slug: str, problems: Sequence[Problem]
) -> list[tuple[Problem, Dismissed | None]]:
    """What is said of the text that is saved, each with why it may stay; None for what has to be looked at."""
    require(person, Permission.SEE_ISSUES)
    if not (stay := dismissed(office, person, slug)):
        return [(one, None) for one in problems]
    text = plain_text(office.content.text(slug) or "")
    return [
        (one, stay.get(mark_of(office.content, slug, one, text)) if one.severity is Severity.WARNING else None)
        for one in problems
    ]


def dismiss(office: Office, person: Person, slug: str, mark: str, *, reason: str, text: str) -> None:
    """Let a warning about this text, which may not be saved, stay. A second time changes nothing.

    Raises InvalidInputError without a reason, NotFoundError for a warning that this text does not give.
    """
    with look(office, person, Permission.EDIT_ISSUES):
        check_issue(office.content, slug)
    if not (why := " ".join(reason.split())[:MOST_REASON]):
        raise InvalidInputError(_("Schrijf erbij waarom dit mag blijven."))
    if mark not in marks(office.content, slug, _warnings_in(office, slug, text), text):
        raise NotFoundError(_("Deze waarschuwing is er niet (meer)."))
    with deed(office, person, Permission.EDIT_ISSUES) as session:
        if ledger.dismiss(session, slug, mark, reason=why, person=person.uid, at=office.clock()):
            record(session, "dismiss_warning", person.uid, detail={"issue": slug, "mark": mark[:16]})


def bring_back(office: Office, person: Person, slug: str, mark: str) -> None:
    """Let a warning be one again. A second time changes nothing. Raises NotFoundError without such an issue."""
    with deed(office, person, Permission.EDIT_ISSUES) as session:
        check_issue(office.content, slug)
        if ledger.bring_back(session, slug, mark):
            record(session, "bring_back_warning", person.uid, detail={"issue": slug, "mark": mark[:16]})


def _warnings_in(office: Office, slug: str, text: str) -> list[Problem]:
    """What asks for a look in a text that may not be saved; nothing where it cannot be read."""
    try:
        found = check(office, slug, text=text, translated=False)
    except ContentError:
        return []
    return [one for one in found if one.severity is Severity.WARNING]


def marks(content: Content, slug: str, problems: Sequence[Problem], text: str) -> dict[str, Problem]:
    """Problems by what they are known by: what is said, and the text it is said of."""
    return {mark_of(content, slug, one, text): one for one in problems}


def mark_of(content: Content, slug: str, problem: Problem, text: str) -> str:
    """SHA-256 over a sentence and the paragraph, table or line of the front matter that it is about."""
    said = problem.text
    values = sorted((name, str(value)) for name, value in said.values.items())
    there = _there(content, slug, problem, text)
    return sha256(
        repr((said.msgid, said.count, values, problem.place.file, there)).encode("utf-8", "replace")
    ).hexdigest()


def _there(content: Content, slug: str, problem: Problem, text: str) -> str:
    file, line = problem.place.file, problem.place.line
    if file != f"issues/{slug}/issue.md":
        return _of_file(content, file)
    lines = text.split("\n")
    if not 0 < line <= len(lines):
        return text
    if line <= front_of(text).count("\n"):
        return lines[line - 1]
    first = last = line - 1
    while first > 0 and lines[first - 1].strip():
        first -= 1
    while last + 1 < len(lines) and lines[last + 1].strip():
        last += 1
    return "\n".join(lines[first : last + 1])


def _of_file(content: Content, file: str) -> str:
    try:
        return digest(content.raw(file) or b"")
    except ContentError:
        return ""
