"""The organisation's words and standing texts: what is agreed, how often it is used, and what a change touches."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from database.audit import Event, record
from mailer.services.office import Office, deed, look
from mailer.services.translating.catalogs import check_catalog
from mailer.services.translating.rows import STANDING
from mailer.translation.approval import Standards, pair_of
from mailer.translation.catalog import Entry
from mailer.translation.checks.words import term_use
from mailer.translation.glossary import Rule, Term
from staff.people import Person
from staff.permissions import Permission, require
from wording import _
from wording.errors import InvalidInputError

LONGEST = 200
"""Characters of a term, and of its translation."""


@dataclass(frozen=True)
class Touched:
    """A message that has a term and says it otherwise."""

    domain: str
    msgid: str
    target: str


@dataclass(frozen=True)
class Word:
    """A term with how many messages of this language have it."""

    term: Term
    used: int


@dataclass(frozen=True)
class Words:
    """The glossary in one language, and the standing texts by name."""

    words: Sequence[Word]
    standing: Sequence[str]


def words(office: Office, person: Person, locale: str) -> Words:
    """What is agreed. Raises NotAllowedError, NotFoundError, ContentError for a broken glossary or catalog."""
    require(person, Permission.TRANSLATE)
    check_catalog(office.content, STANDING, locale)
    with look(office, person, Permission.TRANSLATE, of=locale):
        entries = [entry for _domain, entry in _everything(office, locale)]
        terms = office.content.glossary()
        sources = " \n ".join(entry.msgid for entry in entries).lower()
        counted = [Word(term, sources.count(term.source.lower())) for term in terms]
        return Words(counted, sorted(office.content.standing()))


def touched(office: Office, person: Person, locale: str, term: Term) -> list[Touched]:
    """The messages that have a term and a translation without what the glossary would say of it.

    Raises NotAllowedError, NotFoundError, InvalidInputError for a term that says nothing, ContentError.
    """
    require(person, Permission.TRANSLATE)
    check_catalog(office.content, STANDING, locale)
    _require_said(term, office.house.source_locale)
    with look(office, person, Permission.TRANSLATE, of=locale):
        return [*_without(office, locale, term)]


def _without(office: Office, locale: str, term: Term) -> Iterator[Touched]:
    begin = term.source.lower()
    for domain, entry in _everything(office, locale):
        if begin in entry.msgid.lower() and entry.msgstr:
            in_source, in_target = term_use(pair_of(entry, locale, Standards(), {}), term)
            if in_source and in_target is (term.rule is Rule.FORBID):
                yield Touched(domain, entry.msgid, entry.msgstr)


def add(office: Office, person: Person, locale: str, term: Term) -> list[Touched]:
    """Write a term into the glossary, in place of the one that is there; returns what it touches.

    Nothing that is translated changes: the checks ask for a look. Raises NotAllowedError, NotFoundError,
    InvalidInputError for a term that says nothing, ContentError for a broken glossary.
    """
    require(person, Permission.TRANSLATE)
    check_catalog(office.content, STANDING, locale)
    _require_said(term, office.house.source_locale)
    with deed(office, person, Permission.TRANSLATE, of=locale) as session:
        office.content.change_glossary(lambda data: _with(data, term, office.house.source_locale))
        record(session, Event.EDIT, person.uid, detail={"term": term.source, "locale": locale})
    return [*_without(office, locale, term)]


def _everything(office: Office, locale: str) -> Iterator[tuple[str, Entry]]:
    content = office.content
    for domain in (*content.slugs(), STANDING):
        for entry in content.catalog(domain, locale)[0].entries.values():
            yield domain, entry


def _require_said(term: Term, source_locale: str) -> None:
    texts = [term.source, term.note, *term.words.values()]
    if not term.source.strip() or (term.rule is not Rule.KEEP and not any(map(str.strip, term.words.values()))):
        raise InvalidInputError(_("Vul het woord in, en hoe het in deze taal heet."))
    if any(len(one) > LONGEST or "\n" in one or "\r" in one or "\0" in one for one in texts):
        raise InvalidInputError(_("Een vast woord is één regel, van hooguit {most} tekens.", most=LONGEST))
    if source_locale in term.words:
        raise InvalidInputError(_("Vul het woord in, en hoe het in deze taal heet."))


def _with(data: bytes, term: Term, source_locale: str) -> bytes:
    """The file with the term, in its row or in a new one; what else stands there stays as it is written."""
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig")))) or [[source_locale, *term.words, "rule", "note"]]
    head = rows[0]
    for locale in term.words:
        if locale not in head:
            head.insert(len(head) - 2, locale)
            rows[1:] = [[*row[: len(head) - 3], "", *row[len(head) - 3 :]] for row in rows[1:]]
    at = head.index(source_locale)
    mine = next((row for row in rows[1:] if len(row) == len(head) and row[at].strip() == term.source), None)
    if mine is None:
        mine = [""] * len(head)
        rows.append(mine)
    written: Mapping[str, str] = {source_locale: term.source, **term.words, "rule": term.rule.value, "note": term.note}
    for name, value in written.items():
        if name in head and (value or name == "rule"):
            mine[head.index(name)] = value.strip()
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()
