"""Readers by post from a list, step by step: bring it, say what its columns mean, look, take it, read the report.

What is wrong is set aside and the rest goes on; `importing` is the same in one go, whole or not at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy.orm import Session

from database.audit import Event, record
from database.retrying import retried
from mailer.services.office import Office, deed, look
from mailer.services.post.addressees import posted_audience
from mailer.services.post.envelopes import unprintable
from staff.people import Person
from staff.permissions import Permission, require
from subscribers.importing import addressees, drafts
from subscribers.importing.addressees import AddresseeFate, AddresseeLine
from subscribers.importing.aside import our_columns, written
from subscribers.importing.drafts import Draft, Of
from subscribers.importing.source import Table
from subscribers.importing.steps import (
    Columns,
    Fate,
    Outcome,
    Remark,
    Values,
    check_unchanged,
    columns_of,
    said_of,
    values_of,
)
from subscribers.repository import centres
from wording import Text, _

KIND = "addressees"
MOST = 1 << 20
"""Octets of a list: ten thousand people are under half of it."""
_HIDDEN = frozenset({"name", "registration"})
"""What is never shown of a row."""

MEANINGS: Mapping[str, Text] = {
    "name": _("naam"),
    "centre": _("centrum"),
    "locale": _("taal"),
    "registration": _("registratienummer"),
    "large_print": _("grote letters"),
    "asked_by": _("gevraagd via"),
}
"""What a column may mean."""


def begin(office: Office, person: Person, name: str, data: bytes, audience: str | None) -> UUID:
    """Bring a file. Raises NotAllowedError, InvalidInputError, NotFoundError for an audience, ImportFileError."""
    require(person, Permission.CHANGE_ADDRESSEES)
    chosen = posted_audience(office.house, audience)
    drafts.check(data, MOST)
    with deed(office, person, Permission.CHANGE_ADDRESSEES) as session:
        return drafts.begin(session, _own(person), name, data, answers={"audience": chosen.key}, at=office.clock())


def columns(office: Office, person: Person, uid: UUID) -> Columns:
    """The columns with their first rows, and what they mean by their names or as was said.

    Raises NotAllowedError, NotFoundError, ConflictError once the list was taken.
    """
    with (
        look(office, person, Permission.CHANGE_ADDRESSEES) as session,
        drafts.table_of(session, _own(person), uid) as (draft, table),
    ):
        meanings = _meanings(table, draft)
        values = _values(session, office, draft, table, meanings)
        return columns_of(draft, table, meanings, listed=MEANINGS, values=values, hidden=_HIDDEN)


def choose(office: Office, person: Person, uid: UUID, said: Mapping[str, str]) -> None:
    """What the columns mean. Raises NotAllowedError, NotFoundError, ConflictError once the list was taken."""
    with deed(office, person, Permission.CHANGE_ADDRESSEES) as session:
        drafts.say(session, _own(person), uid, said_of(said, list(MEANINGS)))


def preview(office: Office, person: Person, uid: UUID) -> Outcome:
    """What would become of each row, also whether its envelope can be printed; nothing is written.

    Raises NotAllowedError, NotFoundError, ConflictError once the list was taken, ImportFileError.
    """
    require(person, Permission.CHANGE_ADDRESSEES)
    return _outcome(_judged(office, person, uid))


@retried
def apply(office: Office, person: Person, uid: UUID, *, seen: int, words: Callable[[Text], str] = str) -> Outcome:
    """Write down everyone who is new and can be; the others are set aside in a file, with the reason in `words`.

    `seen` is how many the preview said. Raises NotAllowedError, NotFoundError, ConflictError where that is otherwise by
    now or the list was taken, ImportFileError.
    """
    require(person, Permission.CHANGE_ADDRESSEES)
    judged = _judged(office, person, uid)
    outcome = _outcome(judged)
    check_unchanged(outcome, seen)
    with deed(office, person, Permission.CHANGE_ADDRESSEES) as session:
        report = {"rows": outcome.rows, "fates": {str(fate): count for fate, count in judged.counted.items()}}
        rows = ((one.line, one.why, judged.lines[one.line]) for one in outcome.aside)
        aside = written(judged.header, judged.delimiter, rows, words)
        drafts.finish(session, _own(person), uid, report, aside=aside, at=office.clock())
        count = addressees.take(session, judged.rows, office.today())
        record(session, Event.IMPORT, person.uid, detail={"addressees": count, "aside": len(outcome.aside)})
    return replace(outcome, is_done=True)


def report(office: Office, person: Person, uid: UUID) -> Outcome:
    """What became of the rows, for a day. Raises NotAllowedError, NotFoundError also for a list that was not taken."""
    with look(office, person, Permission.CHANGE_ADDRESSEES) as session:
        draft = drafts.taken(session, _own(person), uid)
    counted = Counter({AddresseeFate(fate): count for fate, count in draft.report["fates"].items()})
    return Outcome(draft.name, draft.report["rows"], _fates(counted), counted[AddresseeFate.NEW], is_done=True)


def aside(office: Office, person: Person, uid: UUID) -> bytes:
    """The rows that were set aside, as a CSV file with why: to be mended and brought again.

    Raises NotAllowedError, NotFoundError.
    """
    with deed(office, person, Permission.CHANGE_ADDRESSEES) as session:
        data = drafts.aside_of(session, _own(person), uid)
        record(session, Event.EXPORT, person.uid, detail={"list": "aside"})
        return data


def _own(person: Person) -> Of:
    return Of(KIND, person.uid)


@dataclass(frozen=True)
class _Judged:
    """A list of which every row was judged; `rows` holds why one is wrong, also where it cannot be printed."""

    draft: Draft
    delimiter: str
    header: tuple[str, ...]
    lines: Mapping[int, Sequence[str]]
    rows: Sequence[AddresseeLine]

    @property
    def counted(self) -> Counter[AddresseeFate]:
        return Counter(row.fate for row in self.rows)


def _judged(office: Office, person: Person, uid: UUID) -> _Judged:
    with (
        look(office, person, Permission.CHANGE_ADDRESSEES) as session,
        drafts.table_of(session, _own(person), uid) as (draft, table),
    ):
        chosen = posted_audience(office.house, draft.answers.get("audience"))
        lines = {line.number: line.row for line in table.lines()}
        rows = addressees.preview(
            session, table, audience=chosen.key, locales=frozenset(chosen.locales), said=draft.columns
        )
        places = centres(session)
    people = {row.number: row.new for row in rows if row.new and row.fate is AddresseeFate.NEW}
    odd = set(unprintable(office.typeset, places, people, office.policy.printing, office.today()))
    why = _("deze naam is niet te printen: schrijf hem anders of korter.")
    checked = [AddresseeLine(row.number, AddresseeFate.WRONG, why=why) if row.number in odd else row for row in rows]
    return _Judged(draft, table.delimiter, table.header, lines, checked)


def _outcome(judged: _Judged) -> Outcome:
    wrong = [Remark(row.number, row.why) for row in judged.rows if row.fate is AddresseeFate.WRONG and row.why]
    odd = [Remark(row.number, row.warning) for row in judged.rows if row.warning]
    counted = judged.counted
    taken = counted[AddresseeFate.NEW]
    return Outcome(judged.draft.name, len(judged.rows), _fates(counted), taken, tuple(wrong), tuple(odd))


def _fates(counted: Counter[AddresseeFate]) -> tuple[Fate, ...]:
    said = (
        Fate("ok", counted[AddresseeFate.NEW], _("komen erbij"), _("zij krijgen het volgende nummer, met uitleg")),
        Fate("none", counted[AddresseeFate.KNOWN], _("staan er al"), _("daar verandert niets aan")),
        Fate("stop", counted[AddresseeFate.WRONG], _("gaan opzij"), _("klopt iets niet; de rest gaat gewoon door")),
    )
    return tuple(fate for fate in said if fate.rows)


def _meanings(table: Table, draft: Draft) -> dict[str, str]:
    """By their names or as was said; what we added ourselves to a file of rows set aside is skipped."""
    return {**our_columns(table.header), **addressees.guessed(table.header), **draft.columns}


def _values(
    session: Session, office: Office, draft: Draft, table: Table, meanings: Mapping[str, str]
) -> Iterator[Values]:
    """What stands in a column of languages or centres and is none of ours."""
    known = posted_audience(office.house, draft.answers.get("audience")).locales
    places = centres(session).values()
    ours = {
        "locale": ({code: office.house.locales[code].name for code in known}, frozenset(known)),
        "centre": (
            {one.key: one.name for one in places},
            frozenset(word.casefold() for one in places for word in (one.key, one.name)),
        ),
    }
    for at, name in enumerate(table.header):
        if (own := meanings.get(name, "")) not in ours:
            continue
        options, understood = ours[own]
        found = Counter(" ".join(line.row[at].split()).casefold() for line in table.lines() if line.fits)
        strange = Counter({value: rows for value, rows in found.items() if value not in understood})
        yield from values_of(name, strange, options, _said(draft, name, options))


def _said(draft: Draft, column: str, options: Mapping[str, str]) -> Callable[[str], str | None]:
    return lambda value: draft.columns.get(f"{column}:{value}", _named(value, options))


def _named(value: str, options: Mapping[str, str]) -> str | None:
    """A language or a centre by its own name, whatever its case."""
    return next((code for code, name in options.items() if name.casefold() == value), None)
