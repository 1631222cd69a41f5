"""What the steps of an import show, whichever list it is: meaning per column, what would become of the rows, report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from wording import Text

Tone = Literal["ok", "wait", "none", "warn", "stop"]
"""A mark: takes part, waits for someone, stays as it was, look at it, set aside."""

SAMPLES = 3
"""Rows that are shown of a column."""


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


def said_of(columns: Mapping[str, str], known: Sequence[str]) -> dict[str, str]:
    """What a person said, without what is no meaning of ours."""
    allowed = {*known, ""}
    return {name: meaning for name, meaning in columns.items() if ":" in name or meaning in allowed}
