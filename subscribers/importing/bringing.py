"""Do what was judged, in one transaction: every row that can be taken, or nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from database import audit
from database.base import now
from database.session import many_pages
from subscribers import services
from subscribers.admission import Newcomer, admit
from subscribers.consent import AgreedWording, Choice, ConsentKind, Evidence, SuppressedBecause
from subscribers.evidence import write_consent
from subscribers.importing.columns import form_of
from subscribers.importing.judging import Defaults, Fate, Judged, held, index_of, judged
from subscribers.importing.source import Table
from subscribers.importing.statuses import Standing
from subscribers.importing.survey import MOST, Survey, survey
from subscribers.services import ConfirmationNeeded
from subscribers.tables import Suppression
from wording import Text, _
from wording.errors import InvalidInputError

_BECAUSE = {
    Standing.LEFT: SuppressedBecause.UNSUBSCRIBED,
    Standing.BOUNCED: SuppressedBecause.BOUNCED,
    Standing.COMPLAINED: SuppressedBecause.COMPLAINED,
}


_KEPT_OUT = frozenset({Fate.SUPPRESSED, Fate.LEFT, Fate.BARRED})


class RefusedRowsError(InvalidInputError):
    """Taking the other rows could mail somebody who left, so nothing was taken."""


@dataclass
class Tally:
    """How many rows of each fate; of the refused ones the line and the reason; and who is never to be mailed."""

    fates: Counter[Fate] = field(default_factory=Counter)
    refused: list[tuple[int, Text]] = field(default_factory=list)
    kept_out: list[tuple[int, Fate, str]] = field(default_factory=list, repr=False)
    """Line, fate and address; only for who may see readers."""
    stops: list[tuple[int, Text]] = field(default_factory=list)
    """Rows for which the whole file must wait."""
    is_guessed: bool = False
    """True: nobody said in which encoding the file is."""

    def add(self, rows: Iterable[Judged]) -> None:
        for row in rows:
            self.fates[row.fate] += 1
            if row.why is not None and len(self.refused) < MOST:
                self.refused.append((row.line, row.why))
            if row.fate in _KEPT_OUT and row.address is not None and len(self.kept_out) < MOST:
                self.kept_out.append((row.line, row.fate, row.address.text))

    @property
    def rows(self) -> int:
        return sum(self.fates.values())


@dataclass(frozen=True)
class Provenance:
    """Where the file comes from: `source` and, when it is known, the words these readers agreed to."""

    source: str
    actor: UUID | str
    wording: AgreedWording | None = None


def look(session: Session, table: Table, defaults: Defaults, done: Callable[[int], None] = lambda _n: None) -> Tally:
    """What would happen; nothing is changed. Raises ImportFileError."""
    form, found = form_of(table, defaults.columns), Survey()
    if defaults.standing is None:
        found = survey(table, form)
    tally = Tally(stops=found.stops, is_guessed=table.is_guessed)
    with many_pages(session):
        for some in judged(session, table, form, found, defaults):
            tally.add(some)
            session.expunge_all()
            done(len(some))
    return tally


def bring(
    session: Session,
    table: Table,
    defaults: Defaults,
    provenance: Provenance,
    *,
    ask: Callable[[Session, ConfirmationNeeded], None],
    aside: Callable[[int, Text, list[str]], None] = lambda _line, _why, _cells: None,
    done: Callable[[int], None] = lambda _n: None,
) -> Tally:
    """Do it, in the caller's transaction. Readers without evidence are handed to `ask`, which mails them a button;
    rows that cannot be taken to `aside`, with their line, the reason and their cells.

    Raises RefusedRowsError when taking the rest could mail somebody who left, and ImportFileError; the caller's
    transaction then fails.
    """
    form, found = form_of(table, defaults.columns), Survey()
    if defaults.standing is None:
        found = survey(table, form)
    if found.stops:
        raise RefusedRowsError(_stopped(found))
    tally = Tally(is_guessed=table.is_guessed)
    with many_pages(session):
        for judgement in judged(session, table, form, found, defaults):
            some = held(session, judgement, defaults)
            tally.add(some)
            for row in some:
                if row.why is not None:
                    aside(row.line, row.why, row.cells)
            _bring_some(session, some, defaults, provenance, ask)
            session.flush()
            session.expunge_all()
            done(len(some))
    counts = {str(fate): count for fate, count in tally.fates.items()}
    audit.record(session, audit.Event.IMPORT, provenance.actor, detail={"source": provenance.source, **counts})
    return tally


def _stopped(found: Survey) -> Text:
    lines = ", ".join(str(line) for line, _why in found.stops[:10])
    return _(
        "Er is niets veranderd: regel {lines} zegt misschien dat iemand niet meer gemaild wil worden, maar niet wie. "
        "Herstel of verwijder die eerst.",
        lines=lines if len(found.stops) <= 10 else f"{lines}, …",
    )


def _bring_some(
    session: Session,
    rows: list[Judged],
    defaults: Defaults,
    provenance: Provenance,
    ask: Callable[[Session, ConfirmationNeeded], None],
) -> None:
    evidence = Evidence(provenance.source, provenance.wording)
    admit(session, _newcomers(rows, defaults, evidence))
    _bar(session, rows, provenance.source)
    for row in rows:
        if row.fate is Fate.CHANGED and row.existing is not None:
            services.join(session, row.existing.uid, row.audiences)
            choice = Choice(row.audiences, row.existing.locale)
            write_consent(session, row.existing.uid, ConsentKind.IMPORTED, choice, evidence)
        elif row.fate is Fate.ASKED and row.address is not None:
            choice = Choice(row.audiences, _locale(row, defaults))
            ask(session, services.ask(session, row.address, choice, evidence))


def _newcomers(rows: list[Judged], defaults: Defaults, evidence: Evidence) -> Iterator[Newcomer]:
    for row in rows:
        if row.fate is Fate.NEW and row.address is not None and row.row is not None:
            choice = Choice(row.audiences, _locale(row, defaults))
            yield Newcomer(row.address, choice, evidence, row.row.since, row.row.region, row.row.role)


def _bar(session: Session, rows: list[Judged], source: str) -> None:
    fresh = []
    for row in rows:
        if row.fate is not Fate.BARRED or row.address is None or row.row is None:
            continue
        because = _BECAUSE[row.row.standing]
        if row.existing is None:
            fresh.append({"address_index": index_of(session, row.address), "reason": because, "at": now()})
        else:
            services.suppress(session, row.address.text, because, source)
    if fresh:
        session.execute(insert(Suppression), fresh)


def _locale(row: Judged, defaults: Defaults) -> str:
    return (row.row.language if row.row else "") or defaults.locale
