"""A CSV file in, its header and its rows out, one at a time. What is not certain is refused, never guessed."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from wording import _
from wording.errors import InvalidInputError

_CHUNK = 1 << 16
_BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_MAX_CELL = 10_000
"""Characters; an unclosed quote swallows the rest of a file into one cell."""


class ImportFileError(InvalidInputError):
    """The file as a whole cannot be read; nothing was changed."""


@dataclass(frozen=True)
class Line:
    """One row: the line of the file where it begins, and its cells by column."""

    number: int
    cells: dict[str, str]
    fits: bool
    """False: it has more or fewer cells than the header."""

    def spills(self, *names: str) -> bool:
        """One of these cells goes on over a line end: an open quote swallowed the rows after it."""
        return any("\n" in self.cells[name] or "\r" in self.cells[name] for name in names if name in self.cells)


@dataclass(frozen=True)
class Table:
    """A file that was found readable."""

    path: Path
    encoding: str
    delimiter: str
    header: tuple[str, ...]

    def lines(self) -> Iterator[Line]:
        """Every row but the header. Raises ImportFileError with the line where reading went wrong."""
        with self.path.open(encoding=self.encoding, newline="") as file:
            reader = csv.reader(file, delimiter=self.delimiter, strict=True)
            begins = 1
            try:
                next(reader)
                begins = reader.line_num + 1
                for cells in reader:
                    if cells:
                        fits = len(cells) == len(self.header) and max(map(len, cells)) <= _MAX_CELL
                        yield Line(begins, dict(zip(self.header, cells, strict=False)), fits)
                    begins = reader.line_num + 1
            except csv.Error:
                raise _broken(begins) from None


def table_from(path: Path, encoding: str | None = None) -> Table:
    """Find out how the file is written. `encoding` is used as given. Raises ImportFileError."""
    encoding = encoding or _encoding(path)
    _check_text(path, encoding)
    with path.open(encoding=encoding, newline="") as file:
        first = file.readline(_CHUNK)
        delimiter = max(",;\t", key=first.count)
        file.seek(0)
        try:
            header = next(csv.reader(file, delimiter=delimiter, strict=True), [])
        except csv.Error:
            raise _broken(1) from None
    names = tuple(" ".join(name.split()).casefold() for name in header)
    if not any(names):
        raise ImportFileError(_("Het bestand is leeg; de eerste regel moet de namen van de kolommen bevatten."))
    if "" in names:
        raise ImportFileError(_("Kolom {number} heeft geen naam.", number=names.index("") + 1))
    if doubled := sorted({name for name in names if names.count(name) > 1}):
        raise ImportFileError(_("Deze kolom staat er twee keer: {columns}.", columns=", ".join(doubled)))
    return Table(path, encoding, delimiter, names)


def check_meanings(meanings: Mapping[str, str]) -> None:
    """Raises ImportFileError when two columns of a file mean the same: the last would win in silence."""
    for meaning in meanings.values():
        same = sorted(name for name, other in meanings.items() if other == meaning)
        if len(same) > 1:
            raise ImportFileError(_("Deze kolommen betekenen hetzelfde: {columns}.", columns=", ".join(same)))


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(4)
    return next((name for bom, name in _BOMS.items() if start.startswith(bom)), "utf-8")


def _check_text(path: Path, encoding: str) -> None:
    """Decode the whole file once, strictly: a wrong letter in an address is another address."""
    try:
        decode = codecs.getincrementaldecoder(encoding)("strict").decode
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                if "\0" in decode(chunk):
                    raise ImportFileError(_("In het bestand staat een nulteken; dit is geen CSV."))
            decode(b"", final=True)
    except (UnicodeDecodeError, LookupError):
        raise ImportFileError(
            _(
                "Het bestand is niet in {encoding}. Bewaar het als ‘CSV UTF-8’, of geef --encoding cp1252 "
                "als het uit een oude Excel komt.",
                encoding=encoding,
            )
        ) from None


def _broken(line: int) -> ImportFileError:
    return ImportFileError(
        _("Vanaf regel {line} is het geen CSV meer; vaak ontbreekt er een aanhalingsteken.", line=line)
    )
