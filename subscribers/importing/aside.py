"""Rows that cannot be taken, in a file of their own beside the file they came from: to be mended and read in again."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from subscribers.exporting import safe_cell
from subscribers.importing.source import Table
from wording import Text, _
from wording.errors import SettingsError

if TYPE_CHECKING:
    from _csv import Writer

LINE, WHY = "regel", "waarom"
"""Columns before those of the file itself; an import skips them."""


def our_columns(header: Sequence[str]) -> dict[str, str]:
    """The columns that we put before those of a file ourselves; they mean nothing: ""."""
    return dict.fromkeys((name for name in (LINE, WHY) if name in header), "")


def written(
    header: Sequence[str],
    delimiter: str,
    rows: Iterable[tuple[int, Text, Sequence[str]]],
    say: Callable[[Text], str],
) -> bytes:
    """Rows with their line and why, as a CSV file in UTF-8 with a mark in front; nothing where there are none."""
    made = io.StringIO()
    writer = csv.writer(made, delimiter=delimiter)
    lines = [[line, say(why), *map(safe_cell, cells)] for line, why, cells in rows]
    writer.writerows([[LINE, WHY, *map(safe_cell, header)], *lines] if lines else [])
    return made.getvalue().encode("utf-8-sig") if lines else b""


class Aside:
    """A file that is begun at the first row; `path` is the name it will have."""

    def __init__(self, table: Table, say: Callable[[Text], str]) -> None:
        self.path = _free_path(table.path)
        self.draft = self.path.with_name(f".{self.path.name}.tmp")
        self._table, self._say = table, say
        self._file: TextIO | None = None

    def put(self, line: int, why: Text, cells: list[str]) -> None:
        """Raises SettingsError when there is no room for the file."""
        with _explained(self.path):
            if self._file is None:
                self.draft.touch(0o600)
                self._file = self.draft.open("w", encoding="utf-8-sig", newline="")
                self._row(self._file).writerow([LINE, WHY, *map(safe_cell, self._table.header)])
            self._row(self._file).writerow([line, self._say(why), *map(safe_cell, cells)])

    def keep(self) -> None:
        """Give the file its name, if there is one. Raises SettingsError."""
        if self._file is not None:
            with _explained(self.path):
                self._file.close()
                self.draft.replace(self.path)

    def drop(self) -> None:
        """Leave nothing behind of a file that was not kept."""
        if self._file is not None:
            with suppress(OSError):
                self._file.close()
            self.draft.unlink(missing_ok=True)

    def _row(self, file: TextIO) -> Writer:
        return csv.writer(file, delimiter=self._table.delimiter)


@contextmanager
def set_aside(table: Table, say: Callable[[Text], str]) -> Iterator[Aside]:
    """Yields what writes a row. The file is there when the block ends well and a row was written, or not at all."""
    aside = Aside(table, say)
    try:
        yield aside
        aside.keep()
    finally:
        aside.drop()


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        text = _("{file} kan niet worden geschreven ({reason}); er is niets veranderd.", file=path, reason=reason)
        raise SettingsError(text) from error


def _free_path(source: Path) -> Path:
    """A name that is free, so that a file somebody is mending is never written over."""
    names = (f"{source.stem}-apart{number}.csv" for number in ("", *range(2, 1000)))
    return next(path for name in names if not (path := source.with_name(name)).exists())
