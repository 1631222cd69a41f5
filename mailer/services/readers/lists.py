"""Readers by e-mail from a list, step by step: bring it, say what columns and values mean, look, take, read the report.

What cannot be taken is set aside and the rest goes on; `imports` is the same from a file, for the command line.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from database.audit import Event, record
from database.retrying import retried
from mailer.organisation import Channel, House
from mailer.services.notices.letters import ask_to_confirm
from mailer.services.office import Office, deed, look
from mailer.services.readers.imports import FATE_WORDS
from mailer.services.readers.joining import titles_in
from mailer.services.readers.lookup import check_audiences, check_locale
from mailer.services.readers.overview import COUNTED
from staff.people import Person
from staff.permissions import Permission, require
from subscribers.consent import AgreedWording
from subscribers.importing import bringing, drafts
from subscribers.importing.aside import our_columns, written
from subscribers.importing.bringing import Provenance, Tally
from subscribers.importing.columns import SEVERAL, guessed
from subscribers.importing.drafts import Draft, Of
from subscribers.importing.judging import Defaults, Fate
from subscribers.importing.names import WORDS
from subscribers.importing.rows import cell_of, languages_known
from subscribers.importing.source import Table
from subscribers.importing.statuses import Standing, folded_value, is_understood
from subscribers.importing.steps import (
    Columns,
    Outcome,
    Remark,
    Tone,
    Values,
    check_unchanged,
    columns_of,
    said_of,
    values_of,
)
from subscribers.importing.steps import Fate as Told
from wording import Text, _
from wording.errors import InvalidInputError

KIND = "readers"
MOST = 4 << 20
"""Octets of a list: some fifty thousand readers. A longer one is brought by command."""
_HIDDEN = frozenset({"email"})
"""What is never shown of a row."""
TAKEN = frozenset({Fate.NEW, Fate.ASKED, Fate.CHANGED, Fate.BARRED})
"""Rows that change something."""
TONES: Mapping[Fate, Tone] = {
    Fate.NEW: "ok",
    Fate.ASKED: "wait",
    Fate.CHANGED: "ok",
    Fate.UNCHANGED: "none",
    Fate.LEFT: "none",
    Fate.SUPPRESSED: "none",
    Fate.BARRED: "warn",
    Fate.REPEATED: "none",
    Fate.REFUSED: "stop",
}
MEANINGS: Mapping[str, Text] = {
    "email": _("e-mailadres"),
    "language": _("taal"),
    "audiences": _("doelgroepen"),
    "region": _("regio"),
    "role": _("rol"),
    "since": _("dag van de toestemming"),
    "status": _("stand, in woorden"),
    "reads": _("leest: ja of nee"),
    "left": _("afgemeld: ja of nee"),
    "bounced": _("kwam terug: ja of nee"),
    "complained": _("klaagde: ja of nee"),
}
"""What a column may mean (`subscribers.importing.names.WORDS`)."""
STANDINGS: Mapping[str, Text] = {
    Standing.READS.value: _("leest de nieuwsbrief"),
    Standing.LEFT.value: _("heeft zich afgemeld"),
    Standing.BOUNCED.value: _("mail kwam terug"),
    Standing.COMPLAINED.value: _("heeft geklaagd"),
}
"""What a value of a column about a reader's standing may mean."""


def begin(office: Office, person: Person, name: str, data: bytes, answers: Mapping[str, str]) -> UUID:
    """Bring a file, and say where it comes from. `answers`: source, audience, language, wording, status.

    Raises NotAllowedError, InvalidInputError, NotFoundError, ImportFileError.
    """
    require(person, Permission.IMPORT_READERS)
    if not answers.get("source", "").strip():
        raise InvalidInputError(_("Zeg waar de lijst vandaan komt, met de datum. Dat hoort bij het bewijs."))
    _defaults(office.house, answers, {})
    drafts.check(data, MOST)
    with deed(office, person, Permission.IMPORT_READERS) as session:
        return drafts.begin(session, _own(person), name, data, answers=dict(answers), at=office.clock())


def columns(office: Office, person: Person, uid: UUID) -> Columns:
    """The columns with what they mean by their names or as was said, and the values that mean nothing by themselves.

    No cell of a column with addresses, or of one that nobody knows, is shown. Raises NotAllowedError, NotFoundError,
    ConflictError once the list was taken.
    """
    with (
        look(office, person, Permission.IMPORT_READERS) as session,
        drafts.table_of(session, _own(person), uid) as (draft, table),
    ):
        meanings = _meanings(table, draft)
        values = _values(office.house, draft, table, meanings)
        listed = {word: MEANINGS[word] for word in WORDS}
        return columns_of(draft, table, meanings, listed=listed, values=values, hidden=_HIDDEN)


def choose(office: Office, person: Person, uid: UUID, said: Mapping[str, str]) -> None:
    """What columns and values mean. Raises NotAllowedError, NotFoundError, ConflictError once the list was taken."""
    with deed(office, person, Permission.IMPORT_READERS) as session:
        drafts.say(session, _own(person), uid, said_of(said, list(MEANINGS)))


def preview(office: Office, person: Person, uid: UUID) -> Outcome:
    """What would become of every row; nothing is written but that someone looked.

    Raises NotAllowedError, NotFoundError, ConflictError once the list was taken, ImportFileError.
    """
    require(person, Permission.IMPORT_READERS)
    return _judged(office, person, uid)


@retried
def apply(office: Office, person: Person, uid: UUID, *, seen: int, words: Callable[[Text], str] = str) -> Outcome:
    """Take every row that can be taken; the others go into a file, with the reason in `words`.

    `seen` is how many the preview said. Raises NotAllowedError, NotFoundError, ConflictError where that is otherwise by
    now or the list was taken, InvalidInputError while a row may say that someone left without saying who.
    """
    require(person, Permission.IMPORT_READERS)
    check_unchanged(_judged(office, person, uid), seen)
    aside: list[tuple[int, Text, Sequence[str]]] = []
    with deed(office, person, Permission.IMPORT_READERS) as session:
        with drafts.table_of(session, _own(person), uid) as (draft, table):
            defaults = _defaults(office.house, draft.answers, _said(table, draft))
            tally = bringing.bring(
                session,
                table,
                defaults,
                _provenance(draft, person),
                ask=lambda inside, needed: ask_to_confirm(
                    inside, office.house, needed, titles_in(inside, office.house, needed.choice)
                ),
                aside=lambda line, why, cells: aside.append((line, why, cells)),
            )
            made = written(table.header, table.delimiter, aside, words)
        outcome = _outcome(draft, tally)
        report = {"rows": outcome.rows, "fates": {str(fate): count for fate, count in tally.fates.items()}}
        drafts.finish(session, _own(person), uid, report, aside=made, at=office.clock())
    office.counts.drop(COUNTED)
    if tally.fates[Fate.ASKED]:
        office.bell.ring_for_mail()
    return replace(outcome, is_done=True)


def report(office: Office, person: Person, uid: UUID) -> Outcome:
    """What became of the rows, for a day. Raises NotAllowedError, NotFoundError also for a list that was not taken."""
    with look(office, person, Permission.IMPORT_READERS) as session:
        draft = drafts.taken(session, _own(person), uid)
    counted = Counter({Fate(fate): count for fate, count in draft.report["fates"].items()})
    return Outcome(draft.name, draft.report["rows"], _told(counted), _taken(counted), is_done=True)


def aside(office: Office, person: Person, uid: UUID) -> bytes:
    """The rows that were set aside, as a CSV file with why: to be mended and brought again.

    Raises NotAllowedError, NotFoundError.
    """
    with deed(office, person, Permission.IMPORT_READERS) as session:
        data = drafts.aside_of(session, _own(person), uid)
        record(session, Event.EXPORT, person.uid, detail={"list": "aside"})
        return data


def _own(person: Person) -> Of:
    return Of(KIND, person.uid)


def _judged(office: Office, person: Person, uid: UUID) -> Outcome:
    with (
        look(office, person, Permission.IMPORT_READERS) as session,
        drafts.table_of(session, _own(person), uid) as (draft, table),
    ):
        tally = bringing.look(session, table, _defaults(office.house, draft.answers, _said(table, draft)))
    return _outcome(draft, tally)


def _outcome(draft: Draft, tally: Tally) -> Outcome:
    """While a row may say that someone left without saying who, none is taken."""
    stops = tuple(Remark(line, why) for line, why in tally.stops)
    refused = tuple(Remark(line, why) for line, why in tally.refused)
    odd: tuple[Remark, ...] = ()
    if tally.is_guessed:
        odd = (Remark(1, _("de tekenset is niet zeker; zie je rare letters, bewaar het bestand dan als ‘CSV UTF-8’")),)
    taken = 0 if stops else _taken(tally.fates)
    return Outcome(draft.name, tally.rows, _told(tally.fates), taken, (*stops, *refused), odd)


def _taken(fates: Counter[Fate]) -> int:
    return sum(fates[one] for one in TAKEN)


def _told(fates: Counter[Fate]) -> tuple[Told, ...]:
    return tuple(Told(TONES[fate], fates[fate], FATE_WORDS[fate]) for fate in FATE_WORDS if fates[fate])


def _defaults(house: House, answers: Mapping[str, str], said: Mapping[str, str]) -> Defaults:
    audience, language = answers.get("audience", ""), answers.get("language", "") or house.source_locale
    audiences = (audience,) if audience else ()
    check_audiences(house, audiences, Channel.EMAIL)
    check_locale(house, language)
    status = answers.get("status", "")
    if status and status not in STANDINGS:
        raise InvalidInputError(_("Kies uit de lijst."))
    known = frozenset(key for key, one in house.audiences.items() if one.channel is Channel.EMAIL)
    return Defaults(
        audiences,
        language,
        frozenset(house.locales),
        known,
        evidence=bool(answers.get("wording")),
        columns=said,
        standing=Standing(status) if status else None,
    )


def _provenance(draft: Draft, person: Person) -> Provenance:
    answers = draft.answers
    words = answers.get("wording", "")
    agreed = AgreedWording("import", answers.get("language", ""), words) if words else None
    return Provenance(answers["source"], person.uid, agreed)


def _said(table: Table, draft: Draft) -> dict[str, str]:
    """What was said, as `form_of` takes it: a value whose rows are set aside is left unsaid, so that they are."""
    meanings = _meanings(table, draft)
    found: dict[str, str] = {}
    for key, word in draft.columns.items():
        column, colon, _value = key.rpartition(":")
        if key in table.header or (colon and word and meanings.get(column) in {*SEVERAL, "language"}):
            found[key] = word
    return found


def _meanings(table: Table, draft: Draft) -> dict[str, str | None]:
    """By their names or as was said; what we added ourselves to a file of rows set aside is skipped."""
    said = {name: word for name, word in draft.columns.items() if name in table.header}
    return {**guessed(table.header), **our_columns(table.header), **said}


def _values(house: House, draft: Draft, table: Table, meanings: Mapping[str, str | None]) -> Iterator[Values]:
    """What stands in a column about languages or a reader's standing, and says nothing to us."""
    tongues = languages_known(frozenset(house.locales))
    for at, name in enumerate(table.header):
        word = meanings.get(name)
        if word is None or word not in {*SEVERAL, "language"}:
            continue
        found = Counter(folded_value(cell_of(line.row[at])) for line in table.lines() if line.fits)
        strange = Counter({value: rows for value, rows in found.items() if not _known(word, value, tongues)})
        options = _languages(house) if word == "language" else {code: code for code in STANDINGS}
        yield from values_of(name, strange, options, _said_of_value(draft, name))


def _said_of_value(draft: Draft, column: str) -> Callable[[str], str | None]:
    return lambda value: draft.columns.get(f"{column}:{value}")


def _languages(house: House) -> dict[str, str]:
    return {code: one.name for code, one in house.locales.items()}


def _known(word: str, value: str, tongues: frozenset[str]) -> bool:
    if word == "language":
        folded = value.replace("-", "_")
        return folded in tongues or folded.partition("_")[0] in tongues
    return is_understood(word, value)
