"""Readers by post from a list (CSV): preview it, then apply it whole or not at all. Rows are known by their line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from database.audit import Event, record
from database.retrying import retried
from mailer.services.office import Office, deed, look
from mailer.services.post.addressees import posted_audience
from mailer.services.post.envelopes import unprintable
from staff.people import Person
from staff.permissions import Permission, require
from subscribers.importing import addressees
from subscribers.importing.addressees import AddresseeFate, AddresseeLine
from subscribers.importing.source import ImportFileError, Table
from subscribers.repository import centres
from wording import Text, _


@dataclass(frozen=True)
class Remark:
    """What the desk should know of one line of the list: why it is wrong, or what to look at."""

    line: int
    text: Text


@dataclass(frozen=True)
class Preview:
    """What would become of a list."""

    unprintable: tuple[Remark, ...]
    remarks: tuple[Remark, ...]
    new: int
    known: int
    wrong: int


def preview(office: Office, person: Person, table: Table, audience: str | None) -> Preview:
    """Judge every line, also whether its envelope can be printed; nothing is written.

    `audience` None is the only one by post. Raises NotAllowedError, InvalidInputError when there are several,
    NotFoundError for an unknown audience, ImportFileError.
    """
    require(person, Permission.CHANGE_ADDRESSEES)
    chosen = posted_audience(office.house, audience)
    key, locales = chosen.key, frozenset(chosen.locales)
    with look(office, person, Permission.CHANGE_ADDRESSEES) as session:
        rows = addressees.preview(session, table, audience=key, locales=locales)
        places = centres(session)
    people = {row.number: row.new for row in rows if row.new}
    numbers = unprintable(office.typeset, places, people, office.policy.printing, office.today())
    return _judged(rows, numbers)


@retried
def apply(office: Office, person: Person, table: Table, audience: str | None) -> int:
    """Write down everyone on the list who is new; returns how many.

    `audience` None is the only one by post. Raises NotAllowedError, InvalidInputError when there are several,
    NotFoundError for an unknown audience, ImportFileError when a single line is wrong or its
    envelope cannot be printed.
    """
    require(person, Permission.CHANGE_ADDRESSEES)
    chosen = posted_audience(office.house, audience)
    key, locales = chosen.key, frozenset(chosen.locales)
    if found := preview(office, person, table, audience).unprintable:
        lines = ", ".join(str(one.line) for one in found)
        raise ImportFileError(
            _("Er is niets gewijzigd: de naam op regel {lines} is niet te printen. Schrijf hem anders.", lines=lines)
        )
    with deed(office, person, Permission.CHANGE_ADDRESSEES) as session:
        count = addressees.apply(session, table, office.today(), audience=key, locales=locales)
        record(session, Event.IMPORT, person.uid, detail={"addressees": count})
    return count


def _judged(rows: Sequence[AddresseeLine], numbers: Sequence[int]) -> Preview:
    text = _("deze naam is niet te printen: schrijf hem anders of korter.")
    counted = Counter(row.fate for row in rows)
    said = [(row.number, row.why or row.warning) for row in rows]
    return Preview(
        tuple(Remark(number, text) for number in numbers),
        tuple(Remark(number, what) for number, what in said if what is not None),
        counted[AddresseeFate.NEW],
        counted[AddresseeFate.KNOWN],
        counted[AddresseeFate.WRONG],
    )
