"""Readers from a file: preview what becomes of every row, then apply all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mailer.organisation import Channel, House
from mailer.services.notices.letters import ask_to_confirm
from mailer.services.office import Office
from mailer.services.readers.lookup import check_audiences, check_locale
from staff.people import Person
from staff.permissions import Permission, require, require_now
from subscribers.consent import AgreedWording
from subscribers.importing.bringing import Provenance, Tally, bring, look
from subscribers.importing.columns import Standing, standing_from
from subscribers.importing.judging import Defaults, Fate
from subscribers.importing.source import table_from
from wording import Text, _
from wording.errors import InvalidInputError

Counted = Callable[[int], None]
"""Is told how many rows were done."""

FATE_WORDS: Mapping[Fate, Text] = {
    Fate.NEW: _("nieuw, met bewijs van toestemming"),
    Fate.ASKED: _("krijgt een mail met een knop"),
    Fate.CHANGED: _("krijgt er een nieuwsbrief bij"),
    Fate.UNCHANGED: _("onveranderd"),
    Fate.LEFT: _("afgemeld en blijft dat"),
    Fate.SUPPRESSED: _("mag niet gemaild worden; dat wisten we"),
    Fate.BARRED: _("mag volgens dit bestand niet meer gemaild worden"),
    Fate.REFUSED: _("geweigerd"),
}


@dataclass(frozen=True)
class ReaderFile:
    """A file of readers, and what the person who brings it says of the rows that do not say it themselves."""

    path: Path
    source: str
    """Where the list comes from, with the date: it is part of the evidence."""
    audiences: tuple[str, ...] = ()
    language: str = "nl"
    wording: str = ""
    """The sentence these readers agreed to; without one they first get a mail with a button."""
    encoding: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    """What a column means, by its name; "" skips it."""
    status: str = ""
    """What everyone in the file is, such as "uitgeschreven"."""


@dataclass(frozen=True)
class Imported:
    """How many rows of each fate; of the refused ones the line and the reason, never the address."""

    fates: Mapping[Fate, int]
    refused: tuple[tuple[int, Text], ...]


def preview(office: Office, person: Person, file: ReaderFile, counted: Counted = lambda _rows: None) -> Imported:
    """What would become of every row; nothing is changed. Raises InvalidInputError, NotFoundError."""
    require(person, Permission.IMPORT_READERS)
    with office.store.reading() as session:
        require_now(session, person, Permission.IMPORT_READERS)
        defaults = _defaults(office.house, file)
        return _imported(look(session, table_from(file.path, file.encoding), defaults, counted))


def apply(office: Office, person: Person, file: ReaderFile, counted: Counted = lambda _rows: None) -> Imported:
    """Import every row, or none when one is refused. Raises InvalidInputError, NotFoundError."""
    require(person, Permission.IMPORT_READERS)
    with office.store.transaction() as session:
        actor = require_now(session, person, Permission.IMPORT_READERS)
        defaults = _defaults(office.house, file)
        words = AgreedWording("import", file.language, file.wording) if file.wording else None
        tally = bring(
            session,
            table_from(file.path, file.encoding),
            defaults,
            Provenance(file.source, actor.uid, words),
            ask=lambda inside, needed: ask_to_confirm(inside, office.house, needed),
            done=counted,
        )
    if tally.fates[Fate.ASKED]:
        office.bell.ring_for_mail()
    return _imported(tally)


def _defaults(house: House, file: ReaderFile) -> Defaults:
    check_audiences(house, file.audiences, Channel.EMAIL)
    check_locale(house, file.language)
    known = frozenset(key for key, one in house.audiences.items() if one.channel is Channel.EMAIL)
    return Defaults(
        file.audiences,
        file.language,
        frozenset(house.locales),
        known,
        evidence=bool(file.wording),
        columns=file.columns,
        standing=_standing(file.status),
    )


def _standing(status: str) -> Standing | None:
    try:
        return standing_from(status) if status else None
    except ValueError:
        raise InvalidInputError(_("Die status kennen we niet; wel: uitgeschreven, opgeschoond, klacht.")) from None


def _imported(tally: Tally) -> Imported:
    return Imported(dict(sorted(tally.fates.items())), tuple(tally.refused))
