"""The desk of a translator: the list of messages, and the one at hand with everything to work from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from mailer.ledger import boxes as ledger
from mailer.ledger import translators
from mailer.ledger.translations import Deed, TranslationDraft
from mailer.services.office import Office, look
from mailer.services.translating.boxes import LATELY, Typed
from mailer.services.translating.catalogs import check_catalog, references_for, references_of, standards
from mailer.services.translating.files import memory_of
from mailer.services.translating.pace import Left, left
from mailer.services.translating.remarks import Remark, remarks_of
from mailer.services.translating.rows import TO_DO, Counted, Row, Stand, counted, key_of
from mailer.translation.approval import pair_hash, pair_of
from mailer.translation.catalog import Entry
from mailer.translation.checks.blocking import fixed_in
from mailer.translation.checks.pair import Finding, Pair
from mailer.translation.checks.words import is_name, term_use
from mailer.translation.glossary import Term
from mailer.translation.memory import Suggestion
from mailer.translation.similar import change_between
from staff.people import Person, people
from staff.permissions import Permission, require

_HITS = 3


@dataclass(frozen=True)
class Use:
    """A term of the glossary that the source has, or that the translation should not have."""

    term: Term
    in_target: bool


@dataclass(frozen=True)
class Past:
    """Something that happened to a message."""

    number: int
    deed: Deed
    text: str
    by: str = field(repr=False)
    at: datetime


@dataclass(frozen=True)
class Near:
    """A message that stands beside another."""

    source: str
    target: str


@dataclass(frozen=True)
class Sentence:
    """One message, with everything to work from."""

    row: Row
    entry: Entry
    found: tuple[Finding, ...]
    fixed: tuple[str, ...]
    """What must stand in the translation letter by letter."""
    hits: tuple[Suggestion, ...]
    offered: tuple[str, ...]
    """Translations that were offered for it and not taken, the newest first."""
    uses: tuple[Use, ...]
    remarks: tuple[Remark, ...]
    past: tuple[Past, ...]
    """The newest first."""
    typed: Typed | None
    """What this person typed and did not save."""
    others: tuple[Typed, ...]
    before: Near | None
    after: Near | None
    alike: tuple[str, ...]
    """Other messages that are a name and nothing else, where nothing stands yet."""
    approved_by: str = field(repr=False, default="")


@dataclass(frozen=True)
class Desk:
    """What a translator sees of a catalog."""

    domain: str
    locale: str
    rows: Sequence[Row]
    sentence: Sentence | None
    """The message at hand; None where there is none."""
    vanished: Typed | None
    """What this person typed for a message that the source does not have any more."""
    is_gone: bool
    """The message that was asked for is not there (any more)."""
    left: Left
    due: date | None
    is_assigned: bool
    """To this person."""

    def count(self, *stands: Stand) -> int:
        return sum(row.stand in stands for row in self.rows)


def desk(office: Office, person: Person, domain: str, locale: str, *, key: str = "") -> Desk:
    """A catalog with the message of this key, or with the first that is to do.

    Raises NotAllowedError, NotFoundError, ContentError for a broken catalog or glossary.
    """
    require(person, Permission.TRANSLATE)
    check_catalog(office.content, domain, locale)
    with look(office, person, Permission.TRANSLATE, of=locale) as session:
        whole = counted(office, session, person, domain, locale)
        given = translators.assignment(session, domain, locale)
        wanted = next((row for row in whole.rows if row.key == key), None)
        typed = [one for one in ledger.of_person(session, domain, locale, person.uid) if key_of(one.source) == key]
        vanished = typed[0] if typed and wanted is None else None
        chosen = wanted or _heir(whole, vanished) or _first(whole.rows)
        saves = ledger.saves(session, locale)
        return Desk(
            domain,
            locale,
            whole.rows,
            None if chosen is None else _sentence(office, session, person, whole, chosen),
            None if vanished is None else _typed(vanished, person, {}),
            is_gone=bool(key) and wanted is None,
            left=left((row.msgid for row in whole.rows if row.stand in TO_DO), saves),
            due=None if given is None else given.due,
            is_assigned=given is not None and given.person == person.uid,
        )


def _first(rows: Sequence[Row]) -> Row | None:
    return next((row for row in rows if row.stand in TO_DO), rows[0] if rows else None)


def _heir(whole: Counted, gone: TranslationDraft | None) -> Row | None:
    """The message that took the place of one that left the source."""
    if gone is None:
        return None
    named = {key_of(one.msgid) for one in whole.catalog.entries.values() if one.was == gone.source}
    like = (row for row in whole.rows if change_between(gone.source, row.msgid, "") is not None)
    return next((row for row in whole.rows if row.key in named), None) or next(like, None)


def _sentence(office: Office, session: Session, person: Person, whole: Counted, row: Row) -> Sentence:
    domain, locale, msgid = whole.catalog.domain, whole.catalog.locale, row.msgid
    entry = whole.catalog.entries[msgid]
    names = {one.uid: one.name for one in people(session)}
    pair = pair_of(
        entry, locale, standards(office.content), references_for(entry, references_of(office.content, domain))
    )
    drafts = ledger.of_message(session, domain, locale, msgid)
    mine = next((one for one in drafts if one.person == person.uid), None)
    now = office.clock()
    approval = whole.approvals.get(pair_hash(msgid, entry.msgstr, locale))
    before, after = _around(whole, row)
    return Sentence(
        row,
        entry,
        tuple(whole.found.get(msgid, ())),
        fixed=tuple(fixed_in(pair)),
        hits=tuple(_hits(office, session, locale, entry)),
        offered=tuple(translators.suggestions_for(session, domain, locale, msgid)),
        uses=tuple(_uses(pair)),
        remarks=remarks_of(session, domain, locale, msgid, names),
        past=tuple(_past(session, locale, msgid, names)),
        typed=None if mine is None or mine.text == entry.msgstr else _typed(mine, person, names),
        others=tuple(
            _typed(one, person, names) for one in drafts if one.person != person.uid and now - one.at < LATELY
        ),
        before=before,
        after=after,
        alike=tuple(_alike(whole, row)),
        approved_by="" if approval is None else names.get(approval.reviewer, ""),
    )


def _typed(row: TranslationDraft, person: Person, names: Mapping[UUID, str]) -> Typed:
    mine = row.person == person.uid
    return Typed(row.text, row.seen, row.source, row.at, is_mine=mine, by=names.get(row.person, ""))


def _hits(office: Office, session: Session, locale: str, entry: Entry) -> Iterator[Suggestion]:
    found = memory_of(office, session, locale).suggestions(entry.msgid, most=_HITS + 1)
    yield from [one for one in found if one.remembered.translation != entry.msgstr or entry.fuzzy][:_HITS]


def _uses(pair: Pair) -> Iterator[Use]:
    for term in pair.glossary:
        in_source, in_target = term_use(pair, term)
        if in_source:
            yield Use(term, in_target)


def _past(session: Session, locale: str, msgid: str, names: Mapping[UUID, str]) -> Iterator[Past]:
    for one in reversed(translators.history(session, msgid, locale)):
        by = names.get(one.person, "") if one.person else ""
        yield Past(one.id, Deed(one.deed), one.translation, by, one.at)


def _around(whole: Counted, row: Row) -> tuple[Near | None, Near | None]:
    """The neighbours in the same section."""
    at = next(number for number, one in enumerate(whole.rows) if one.key == row.key)
    beside = (whole.rows[number] if 0 <= number < len(whole.rows) else None for number in (at - 1, at + 1))
    before, after = (_near(whole, one) if one is not None and one.section == row.section else None for one in beside)
    return before, after


def _near(whole: Counted, row: Row) -> Near:
    entry = whole.catalog.entries[row.msgid]
    return Near(entry.msgid, "" if entry.fuzzy else entry.msgstr)


def _alike(whole: Counted, row: Row) -> Iterator[str]:
    if is_name(row.msgid):
        yield from (
            one.msgid
            for one in whole.rows
            if one.key != row.key and one.kind is row.kind and one.stand is Stand.EMPTY and is_name(one.msgid)
        )
