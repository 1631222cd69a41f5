"""What the steps of an import show, whichever list it is: meaning per column, what would become of the rows, report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from subscribers.importing.drafts import Draft
from subscribers.importing.source import Table
from wording import Text, _
from wording.errors import ConflictError

Tone = Literal["ok", "wait", "none", "warn", "stop"]
"""A mark: takes part, waits for someone, stays as it was, look at it, set aside."""

SAMPLES = 3
"""Rows that are shown of a column."""
_VALUES = 40
"""Values of a column that are asked about; a column with more is another column."""


@dataclass(frozen=True)
class Column:
    """A column of the file. `meaning` is one of `Columns.meanings`, "" for one that is skipped, None: to be chosen."""

    name: str
    samples: tuple[str, ...] = field(repr=False)
    """Of the first rows; none where they name people."""
    meaning: str | None


@dataclass(frozen=True)
class Value:
    """A value of a column that means nothing to us by itself; `meaning` as of a column."""

    value: str
    rows: int
    meaning: str | None


@dataclass(frozen=True)
class Values:
    """The values of one column that must be told what they mean; `meanings` by code, with "" to skip nothing."""

    column: str
    values: tuple[Value, ...]
    meanings: Mapping[str, str]


@dataclass(frozen=True)
class Columns:
    """The second step. `rows` is how many the file has."""

    file: str
    rows: int
    encoding: str
    columns: tuple[Column, ...]
    meanings: Mapping[str, Text]
    values: tuple[Values, ...] = ()

    @property
    def to_choose(self) -> int:
        """Columns and values of which nobody said what they mean."""
        each = [value.meaning for one in self.values for value in one.values]
        return sum(meaning is None for meaning in [*(one.meaning for one in self.columns), *each])


@dataclass(frozen=True)
class Fate:
    """How many rows something becomes of."""

    tone: Tone
    rows: int
    words: Text
    note: Text | None = None


@dataclass(frozen=True)
class Remark:
    """A row that is set aside, or to be looked at; by its line, and never with a name."""

    line: int
    why: Text


@dataclass(frozen=True)
class Outcome:
    """The third step, and the report: what would become, or became, of the rows."""

    file: str
    rows: int
    fates: tuple[Fate, ...]
    taken: int
    """Rows that take part."""
    aside: tuple[Remark, ...] = ()
    remarks: tuple[Remark, ...] = ()
    is_done: bool = False


def columns_of(
    draft: Draft,
    table: Table,
    meanings: Mapping[str, str | None],
    *,
    listed: Mapping[str, Text],
    values: Iterable[Values],
    hidden: frozenset[str],
) -> Columns:
    """What the second step shows. No cell of a column with a meaning that is `hidden`, or with none, is in it."""
    rows = [line for line in table.lines() if line.fits]
    shown: list[Column] = []
    for at, name in enumerate(table.header):
        meaning = meanings.get(name)
        samples = () if not meaning or meaning in hidden else tuple(line.row[at] for line in rows[:SAMPLES])
        shown.append(Column(name, samples, meaning))
    return Columns(draft.name, len(rows), table.encoding, tuple(shown), listed, tuple(values))


def values_of(
    column: str,
    found: Counter[str],
    options: Mapping[str, str],
    said: Callable[[str], str | None],
) -> Iterator[Values]:
    """Values of a column that say nothing to us, with how many rows have each and what was `said` of them."""
    asked = sorted((value, rows) for value, rows in found.items() if value)[:_VALUES]
    if asked:
        yield Values(column, tuple(Value(value, rows, said(value)) for value, rows in asked), options)


def check_unchanged(outcome: Outcome, seen: int) -> None:
    """Whether what would be taken is what somebody saw. Raises ConflictError."""
    if outcome.taken != seen:
        raise ConflictError(
            _("Er is intussen iets veranderd. Kijk opnieuw wat er zou gebeuren; er is niets gewijzigd.")
        )


def said_of(columns: Mapping[str, str], known: Sequence[str]) -> dict[str, str]:
    """What a person said, without what is no meaning of ours."""
    allowed = {*known, ""}
    return {name: meaning for name, meaning in columns.items() if ":" in name or meaning in allowed}
