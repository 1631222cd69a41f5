"""A CSV file in, its header and its rows out, one at a time. What is not certain is refused, never guessed."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from wording import _
from wording.errors import InvalidInputError

_CHUNK = 1 << 16
_BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_OLD = "cp1252"
"""What an Excel of Western Europe writes as "CSV"; tried when the file is not UTF-8."""
_LETTERS_OF_OLD = re.compile(r"[\x00-\x7f\xa0-\xff€‚„…‘’“”–—Œœ]*")
"""What of cp1252 people write. A sign outside it says that the file is in another encoding still."""
_MAX_CELL = 10_000
"""Characters; an unclosed quote swallows the rest of a file into one cell."""
_SEPARATOR = re.compile(r'"?sep=(?P<sign>[,;\t|])"?[\r\n]*', re.IGNORECASE)
"""The line with which Excel is told the delimiter; it stands before the header."""
_QUOTED = re.compile(r'"[^"]*"')
_WORKBOOK = b"PK\x03\x04"


class ImportFileError(InvalidInputError):
    """The file as a whole cannot be read; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row: the line of the file where it begins, and its cells in the order of the header."""

    number: int
    row: list[str]
    fits: bool
    """False: it has more or fewer cells than the header, or a cell that is too long."""
    header: tuple[str, ...]
    is_cut: bool = False
    """True: the last row of the file, without a line end, and with nothing in its last cell."""

    @property
    def cells(self) -> dict[str, str]:
        """The cells by the name of their column."""
        return dict(zip(self.header, self.row, strict=False))

    def spills(self, columns: Iterable[int]) -> bool:
        """One of these cells goes on over a line end: an open quote swallowed the rows after it."""
        return any("\n" in (cell := self.row[n]) or "\r" in cell for n in columns)


@dataclass(frozen=True)
class Table:
    """A file that was found readable."""

    path: Path
    encoding: str
    delimiter: str
    header: tuple[str, ...]
    """Names of columns in small letters; the last may be empty."""
    skip: int = 0
    """Lines before the header."""
    is_guessed: bool = False
    """True: the encoding was not said by anyone."""
    ends: bool = True
    """False: the last line of the file has no line end; it may have been cut off."""

    def lines(self) -> Iterator[Line]:
        """Every row but the header and empty ones. Raises ImportFileError with the line where reading went wrong."""
        wide, last = len(self.header), None
        with self.path.open(encoding=self.encoding, newline="") as file:
            for _skipped in range(self.skip):
                file.readline()
            reader = csv.reader(file, delimiter=self.delimiter, strict=True)
            begins = 1
            try:
                next(reader)
                begins = reader.line_num + 1
                for row in reader:
                    if not "".join(row).isspace() and any(row):
                        if last is not None:
                            yield last
                        fits = len(row) == wide and max(map(len, row)) <= _MAX_CELL
                        last = Line(begins + self.skip, row, fits, self.header)
                    begins = reader.line_num + 1
            except csv.Error:
                raise _broken(begins + self.skip) from None
        if last is not None:
            yield last if self.ends else Line(last.number, last.row, last.fits, self.header, not last.row[-1].strip())


def table_from(path: Path, encoding: str | None = None) -> Table:
    """Find out how the file is written. `encoding` is used as given. Raises ImportFileError."""
    try:
        used = encoding or _encoding(path)
        _check_text(path, used)
    except OSError as error:
        raise ImportFileError(_("Dit bestand is niet te lezen: {why}.", why=error.strerror or error)) from error
    with path.open(encoding=used, newline="") as file:
        said = _SEPARATOR.fullmatch(file.readline(_CHUNK))
        if said is None:
            file.seek(0)
        begins = file.tell()
        first = _QUOTED.sub("", file.readline(_CHUNK))
        delimiter = said["sign"] if said else max(",;\t", key=first.count)
        file.seek(begins)
        try:
            header = next(csv.reader(file, delimiter=delimiter, strict=True), [])
        except csv.Error:
            raise _broken(1 + bool(said)) from None
    names = tuple(" ".join(name.split()).casefold() for name in header)
    if not any(names):
        raise ImportFileError(_("Het bestand is leeg; de eerste regel moet de namen van de kolommen bevatten."))
    return Table(path, used, delimiter, names, int(said is not None), encoding is None and used == _OLD, _ends(path))


def check_header(names: Iterable[str]) -> None:
    """Raises ImportFileError for a column without a name, and for two with the same: the last would win in silence."""
    there = list(names)
    if "" in there:
        raise ImportFileError(_("Kolom {number} heeft geen naam.", number=there.index("") + 1))
    if doubled := sorted({name for name in there if there.count(name) > 1}):
        raise ImportFileError(_("Deze kolom staat er twee keer: {columns}.", columns=", ".join(doubled)))


def check_meanings(meanings: Mapping[str, str]) -> None:
    """Raises ImportFileError when two columns of a file mean the same: the last would win in silence."""
    for meaning in meanings.values():
        same = sorted(name for name, other in meanings.items() if other == meaning)
        if len(same) > 1:
            raise ImportFileError(_("Deze kolommen betekenen hetzelfde: {columns}.", columns=", ".join(same)))


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(4)
    if start == _WORKBOOK:
        raise ImportFileError(_("Dit is een werkmap van Excel; bewaar het blad als ‘CSV UTF-8’."))
    said = next((name for bom, name in _BOMS.items() if start.startswith(bom)), None)
    if said is not None:
        return said
    return _OLD if not _is_text(path, "utf-8") and _is_text(path, _OLD, _LETTERS_OF_OLD) else "utf-8"


def _is_text(path: Path, encoding: str, signs: re.Pattern[str] | None = None) -> bool:
    try:
        return all(signs is None or signs.fullmatch(part) for part in _decoded(path, encoding))
    except (UnicodeDecodeError, LookupError):
        return False


def _decoded(path: Path, encoding: str) -> Iterator[str]:
    """The whole file, strictly: a wrong letter in an address is another address."""
    decode = codecs.getincrementaldecoder(encoding)("strict").decode
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield decode(chunk)
        yield decode(b"", final=True)


def _check_text(path: Path, encoding: str) -> None:
    try:
        if any("\0" in part for part in _decoded(path, encoding)):
            raise ImportFileError(_("In het bestand staat een nulteken; dit is geen CSV."))
    except (UnicodeDecodeError, LookupError):
        raise ImportFileError(
            _(
                "Het bestand is niet in {encoding}. Bewaar het als ‘CSV UTF-8’, of geef --encoding cp1252 "
                "als het uit een oude Excel komt.",
                encoding=encoding,
            )
        ) from None


def _ends(path: Path) -> bool:
    """Whether the file ends with a line end; in UTF-16 it may be followed by a zero."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 2))
        return file.read(2).rstrip(b"\0").endswith((b"\n", b"\r"))


def _broken(line: int) -> ImportFileError:
    return ImportFileError(
        _("Vanaf regel {line} is het geen CSV meer; vaak ontbreekt er een aanhalingsteken.", line=line)
    )
