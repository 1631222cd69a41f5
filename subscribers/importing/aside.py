"""Rows that cannot be taken, in a file of their own beside the file they came from: to be mended and read in again."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from subscribers.exporting import safe_cell
from subscribers.importing.source import Table
from wording import Text, _
from wording.errors import SettingsError

LINE, WHY = "regel", "waarom"
"""Columns before those of the file itself; an import skips them."""


class Aside:
    """A file that is being written, and the name it will have."""

    def __init__(self, path: Path, file: TextIO, delimiter: str, say: Callable[[Text], str]) -> None:
        self.path = path
        self.count = 0
        self._writer, self._say = csv.writer(file, delimiter=delimiter), say

    def head(self, names: Iterable[str]) -> None:
        self._writer.writerow([LINE, WHY, *names])

    def put(self, line: int, why: Text, cells: list[str]) -> None:
        self.count += 1
        self._writer.writerow([line, self._say(why), *map(safe_cell, cells)])


@contextmanager
def set_aside(table: Table, say: Callable[[Text], str]) -> Iterator[Aside]:
    """Yields what writes a row. The file is there when the block ends well and a row was written, or not at all."""
    path = _free_path(table.path)
    draft = path.with_name(f".{path.name}.tmp")
    try:
        draft.touch(0o600)
        with draft.open("w", encoding="utf-8-sig", newline="") as file:
            aside = Aside(path, file, table.delimiter, say)
            aside.head(table.header)
            yield aside
        if aside.count:
            draft.replace(path)
    except OSError as error:
        text = _(
            "{file} kan niet worden geschreven ({reason}); er is niets veranderd.", file=path, reason=error.strerror
        )
        raise SettingsError(text) from error
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def _free_path(source: Path) -> Path:
    """A name that is free, so that a file somebody is mending is never written over."""
    names = (f"{source.stem}-apart{number}.csv" for number in ("", *range(2, 1000)))
    return next(path for name in names if not (path := source.with_name(name)).exists())
