"""The versions of an issue: who saved them when, which words differ, and putting one back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from enum import StrEnum

from mailer.ledger import writing as ledger
from mailer.ledger.writing import unpacked
from mailer.services.office import Office, look
from mailer.services.writing.saving import Saved, save
from staff.people import Person, everyone
from staff.permissions import Permission, require
from wording import _
from wording.errors import NotFoundError

_WORD = re.compile(r"\n+|[^\S\n]+|[^\W_]+|.", re.DOTALL)
"""A word, white space, or one other character: a comma that was added is not a word that changed."""


class Change(StrEnum):
    """What became of some words."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True)
class Part:
    """Words that belong together, as they stand in the text."""

    change: Change
    words: str


@dataclass(frozen=True)
class Revision:
    """One version of an issue."""

    number: int
    at: datetime
    by: str
    """"" for a version that came from outside, with git or a text editor."""
    hash: str
    restores: int | None
    """The number of the version that was put back."""
    typo: str = ""
    """Why it was saved as nothing but typing errors."""


def history(office: Office, person: Person, slug: str) -> tuple[Revision, ...]:
    """Every version of an issue, the newest first; also of one that was deleted."""
    require(person, Permission.SEE_ISSUES)
    with look(office, person, Permission.SEE_ISSUES) as session:
        names = {one.uid: one.name for one in everyone(session)}
        rows = ledger.revisions(session, slug)
    made = [
        Revision(row.id, row.at, names.get(row.person, "") if row.person else "", row.hash, row.restores, row.typo)
        for row in rows
    ]
    return tuple(reversed(made))


def revision_text(office: Office, person: Person, slug: str, number: int) -> str:
    """The text of one version. Raises NotFoundError."""
    require(person, Permission.SEE_ISSUES)
    with look(office, person, Permission.SEE_ISSUES) as session:
        for row in ledger.revisions(session, slug):
            if row.id == number:
                return unpacked(row.text)
    raise NotFoundError(_("{slug} heeft geen versie {number}.", slug=slug, number=number))


def difference(office: Office, person: Person, slug: str, old: int, new: int) -> tuple[Part, ...]:
    """The words of both versions, in the order of the text. Raises NotFoundError."""
    require(person, Permission.SEE_ISSUES)
    return words_between(revision_text(office, person, slug, old), revision_text(office, person, slug, new))


def restore(office: Office, person: Person, slug: str, number: int, base: str) -> Saved:
    """Put a version back as a new save, over the text with the hash `base`; a second time changes nothing.

    Raises what `save_issue` raises.
    """
    require(person, Permission.EDIT_ISSUES)
    text = revision_text(office, person, slug, number)
    return save(office, person, slug, text, base, restores=number)


def words_between(old: str, new: str) -> tuple[Part, ...]:
    """How one text became the other, word by word."""
    before, after = _WORD.findall(old), _WORD.findall(new)
    parts: list[Part] = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            parts.append(Part(Change.SAME, "".join(before[a:b])))
            continue
        parts += [Part(Change.REMOVED, "".join(before[a:b]))] if b > a else []
        parts += [Part(Change.ADDED, "".join(after[c:d]))] if d > c else []
    return tuple(parts)
