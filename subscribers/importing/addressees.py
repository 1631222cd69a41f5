"""Addressees from a CSV file: preview first, then all or nothing. Rows are known by their line, never by a name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.orm import Session

from database.keys import keys_of
from database.sealed import open_sealed
from subscribers.addressee import ASKED, AskedBy, Centre
from subscribers.importing.aside import LINE, WHY
from subscribers.importing.source import ImportFileError, Line, Table, check_header, check_meanings
from subscribers.postal import (
    AddresseeError,
    NewAddressee,
    add_addressee,
    check_name,
    check_open,
    check_registration,
    v_number_warning,
)
from subscribers.repository import centres
from subscribers.tables import AddresseeRow
from wording import Text, _, ngettext
from wording.interface import everywhere

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "name": ("naam", "name", "الاسم"),
    "centre": ("centrum", "centre", "المركز"),
    "locale": ("taal", "language", "اللغة"),
    "registration": ("registratienummer", "registration", "رقم التسجيل"),
    "large_print": ("grote letters", "large print", "حروف كبيرة"),
    "asked_by": ("gevraagd via", "asked by", "طلب عبر"),
}
"""What a column may be called; the first three must be there."""
NEEDED = ("name", "centre", "locale")
YES = frozenset({"ja", "yes", "j", "y", "1", "x", "true", "نعم"})


class AddresseeFate(StrEnum):
    NEW = "new"
    KNOWN = "known"
    """The same name and number in the same centre stand there already; nothing changes."""
    WRONG = "wrong"


@dataclass(frozen=True)
class AddresseeLine:
    """What would become of one row. `why` is for a wrong one, `warning` for one to look at."""

    number: int
    fate: AddresseeFate
    new: NewAddressee | None = field(default=None, repr=False)
    why: Text | None = None
    warning: Text | None = None


def preview(
    session: Session,
    table: Table,
    *,
    audience: str,
    locales: frozenset[str],
    said: Mapping[str, str] = MappingProxyType({}),
) -> list[AddresseeLine]:
    """What would become of each row; nothing is written. `said` is what a column or "column:value" means.

    Raises ImportFileError for a file without the columns.
    """
    columns = _columns(table, said)
    places, known = centres(session), _known(session)
    found = []
    for line in table.lines():
        judged = _judged(_told(line, columns, said), columns, places, audience, locales)
        key = _key(judged.new)
        if key in known:
            judged = AddresseeLine(line.number, AddresseeFate.KNOWN, judged.new)
        known |= {key} if key else set()
        found.append(judged)
    return found


def apply(session: Session, table: Table, today: date, *, audience: str, locales: frozenset[str]) -> int:
    """Write down everyone who is new; returns how many. Raises ImportFileError when a single row is wrong."""
    rows = preview(session, table, audience=audience, locales=locales)
    if wrong := sum(row.fate is AddresseeFate.WRONG for row in rows):
        raise ImportFileError(
            ngettext(
                "{count} regel klopt niet; er is niets gewijzigd.",
                "{count} regels kloppen niet; er is niets gewijzigd.",
                wrong,
            )
        )
    return take(session, rows, today)


def take(session: Session, rows: Sequence[AddresseeLine], today: date) -> int:
    """Write down those of these rows who are new; returns how many."""
    new = [row.new for row in rows if row.fate is AddresseeFate.NEW and row.new]
    for addressee in new:
        add_addressee(session, addressee, today)
    return len(new)


def guessed(header: Sequence[str]) -> dict[str, str]:
    """What the columns of a file mean by their names."""
    return {name: own for own, names in COLUMNS.items() for name in names if name in header}


def _told(line: Line, columns: Mapping[str, str], said: Mapping[str, str]) -> Line:
    """The row with what its values mean in their place."""
    if not said or not line.fits:
        return line
    wanted = set(columns.values())
    row = [
        said.get(f"{name}:{' '.join(cell.split()).casefold()}", cell) if name in wanted else cell
        for name, cell in zip(line.header, line.row, strict=True)
    ]
    return replace(line, row=row)


def _columns(table: Table, said: Mapping[str, str]) -> dict[str, str]:
    """Our name for a column and the file's."""
    check_header(table.header)
    aside = {name: "" for name in (LINE, WHY) if name in table.header}
    meanings = {**aside, **guessed(table.header), **{name: said[name] for name in table.header if name in said}}
    skipped = {name for name, own in meanings.items() if not own}
    meanings = {name: own for name, own in meanings.items() if own}
    check_meanings(meanings)
    if unknown := sorted(set(table.header) - set(meanings) - skipped):
        known = ", ".join(names[0] for names in COLUMNS.values())
        raise ImportFileError(
            _("Onbekende kolommen: {unknown}. Bekend zijn: {known}.", unknown=", ".join(unknown), known=known)
        )
    found = {own: name for name, own in meanings.items()}
    if missing := [COLUMNS[own][0] for own in NEEDED if own not in found]:
        raise ImportFileError(_("Deze kolom ontbreekt: {columns}.", columns=", ".join(missing)))
    return found


def _judged(
    line: Line, columns: Mapping[str, str], places: Mapping[str, Centre], audience: str, locales: frozenset[str]
) -> AddresseeLine:
    cells = {own: " ".join(line.cells.get(name, "").split()) for own, name in columns.items()}
    try:
        new = _addressee(line, cells, places, audience, locales)
    except AddresseeError as error:
        return AddresseeLine(line.number, AddresseeFate.WRONG, why=error.text)
    return AddresseeLine(line.number, AddresseeFate.NEW, new, warning=v_number_warning(*cells.values()))


def _addressee(
    line: Line, cells: Mapping[str, str], places: Mapping[str, Centre], audience: str, locales: frozenset[str]
) -> NewAddressee:
    """Raises AddresseeError."""
    if not line.fits:
        raise AddresseeError(_("De regel heeft niet zoveel cellen als er kolommen zijn."))
    if line.spills(range(len(line.row))):
        raise AddresseeError(_("Een cel heeft meer regels; misschien ontbreekt er een aanhalingsteken."))
    check_name(cells["name"])
    centre = _centre(cells["centre"], places)
    check_open(centre)
    if cells["locale"] not in locales:
        raise AddresseeError(_("De taal is onbekend. Bekend: {known}.", known=", ".join(sorted(locales))))
    registration = cells.get("registration") or None
    check_registration(registration)
    if centre.asks_registration and registration is None:
        raise AddresseeError(_("{centre} bezorgt alleen post met een registratienummer.", centre=centre.name))
    return NewAddressee(
        cells["name"],
        centre.key,
        cells["locale"],
        registration if centre.asks_registration else None,
        cells.get("large_print", "").casefold() in YES,
        _asked_by(cells.get("asked_by", "")),
        audience=audience,
    )


def _centre(called: str, places: Mapping[str, Centre]) -> Centre:
    for centre in places.values():
        if called.casefold() in (centre.key.casefold(), centre.name.casefold()):
            return centre
    raise AddresseeError(_("Het centrum is onbekend. Bekend: {known}.", known=", ".join(sorted(places))))


def _asked_by(said: str) -> AskedBy:
    """By its code or by its word in whatever language: a file is made by a colleague who may speak another."""
    if not said:
        return AskedBy.PHONE
    for code, word in ASKED.items():
        if said.casefold() in {code, *everywhere(word)}:
            return AskedBy(code)
    raise AddresseeError(_("‘gevraagd via’ is een van: {phone}, {letter}, {visit}, {lawyer}.", **ASKED))


def _known(session: Session) -> set[tuple[str, str, str] | None]:
    """Names and centres that stand there; a few hundred, so they are opened and compared."""
    return set(_opened(session))


def _opened(session: Session) -> Iterator[tuple[str, str, str]]:
    keys = keys_of(session)
    for row in session.scalars(select(AddresseeRow)):
        name = open_sealed(keys, AddresseeRow.name, row.uid, row.name)
        number = open_sealed(keys, AddresseeRow.registration, row.uid, row.registration) if row.registration else ""
        yield name.casefold(), open_sealed(keys, AddresseeRow.centre, row.uid, row.centre), number


def _key(new: NewAddressee | None) -> tuple[str, str, str] | None:
    """Two people in one centre may have one name; their numbers differ, where the centre has numbers."""
    return (new.name.casefold(), new.centre, new.registration or "") if new else None
