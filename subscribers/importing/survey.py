"""A first look through a whole file, before any row is judged: who in it left, and of whom that cannot be told.

A row may only be taken when no other row of the file could say that the same reader left. Only hashes of those who
left, or may have, are remembered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from itertools import islice

from subscribers.address import AddressError, address_from
from subscribers.importing.columns import Form
from subscribers.importing.moments import day_first_in
from subscribers.importing.rows import cell_of, check, standing_of
from subscribers.importing.source import Line, Table
from subscribers.importing.statuses import RowError, Standing, worst
from wording import Text, _

_LOOKS_LIKE_ADDRESS = re.compile(r"[^\s;,<>()\"'|@]{1,64}@[^\s;,<>()\"'|@]{1,255}")
_ENOUGH = 50
"""Dates to look at before it is known that a file writes none with slashes."""
MOST = 200
"""Rows that are named; a file with more of them is the wrong file."""


@dataclass
class Survey:
    """What the file as a whole says."""

    left: dict[bytes, Standing] = field(default_factory=dict)
    """Hash of an address to the worst that any row says of it, for those who do not read."""
    doubtful: set[bytes] = field(default_factory=set)
    """Of whom some row may say that they left, but it cannot be understood."""
    stops: list[tuple[int, Text]] = field(default_factory=list)
    """Rows that say, or may say, that somebody left, without telling who: taking the rest could mail that reader."""
    day_first: bool | None = None


def mark_of(canonical: str) -> bytes:
    """Eight bytes that stand for an address."""
    return blake2b(canonical.encode(), digest_size=8).digest()


def survey(table: Table, form: Form) -> Survey:
    """Look through the file. Raises ImportFileError where it cannot be read."""
    found = Survey()
    since = next((place for place, word in form.columns if word == "since"), None)
    email = next(place for place, word in form.columns if word == "email")
    if since is not None and any("/" in text for text in islice(_cells(table, since), _ENOUGH)):
        found.day_first = day_first_in(_cells(table, since))
    if form.says_who_left:
        for line in table.lines():
            _note(found, line, form, email)
    return found


def _cells(table: Table, place: int) -> Iterator[str]:
    return (text for line in table.lines() if line.fits and (text := cell_of(line.row[place])))


def _note(found: Survey, line: Line, form: Form, email: int) -> None:
    try:
        check(line, form)
        standing = standing_of(line, form)
        if standing is Standing.READS:
            return
        mark = mark_of(address_from(cell_of(line.row[email])).canonical)
    except (RowError, AddressError):
        _doubt(found, line)
    else:
        found.left[mark] = worst((standing, found.left.get(mark, Standing.READS)))


def _doubt(found: Survey, line: Line) -> None:
    """Nobody whom this row may be about is taken; when it may be about anybody, nobody is."""
    marks = set(_addresses_in(line))
    found.doubtful |= marks
    if not marks and len(found.stops) < MOST:
        text = _("zegt misschien dat iemand niet meer gemaild wil worden, maar niet wie; herstel deze regel eerst")
        found.stops.append((line.number, text))


def _addresses_in(line: Line) -> Iterator[bytes]:
    """Everyone whom a row that cannot be understood may be about."""
    for text in _LOOKS_LIKE_ADDRESS.findall(" ".join(line.row)):
        try:
            yield mark_of(address_from(text.strip(".")).canonical)
        except AddressError:
            continue
