"""Readers from a file: preview what becomes of every row, then take what can be taken; the rest is set aside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from database import audit
from database.retrying import retried
from mailer.organisation import Channel, House
from mailer.services.notices.letters import ask_to_confirm
from mailer.services.office import Office, deed, look
from mailer.services.readers.joining import titles_in
from mailer.services.readers.lookup import check_audiences, check_locale
from staff.people import Person
from staff.permissions import Permission
from subscribers.consent import AgreedWording
from subscribers.importing import bringing
from subscribers.importing.aside import set_aside
from subscribers.importing.bringing import Provenance, Tally
from subscribers.importing.judging import Defaults, Fate
from subscribers.importing.source import table_from
from subscribers.importing.statuses import Standing, standing_from
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
    Fate.REPEATED: _("stond al eerder in het bestand"),
    Fate.REFUSED: _("kan niet worden ingelezen; komt apart te staan"),
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
    """What a column ("plaats"), or a value in one ("status:inactief"), means; "" skips it."""
    status: str = ""
    """What everyone in the file is, such as "uitgeschreven"."""


@dataclass(frozen=True)
class Imported:
    """How many rows of each fate, and what is to be known of single rows, by their line."""

    fates: Mapping[Fate, int]
    refused: tuple[tuple[int, Text], ...]
    """The reason why a row cannot be taken, never the address."""
    stops: tuple[tuple[int, Text], ...] = ()
    """Rows that must be mended before any is taken: they may say that somebody left."""
    kept_out: tuple[tuple[int, Fate, str], ...] = field(default=(), repr=False)
    """Addresses that are never to be mailed."""
    is_guessed: bool = False
    """True: nobody said in which encoding the file is."""
    aside: Path | None = None
    """Where the rows are that could not be taken."""


def preview(office: Office, person: Person, file: ReaderFile, counted: Counted = lambda _rows: None) -> Imported:
    """What would become of every row; nothing is changed. Raises InvalidInputError, NotFoundError."""
    with look(office, person, Permission.IMPORT_READERS) as session:
        tally = bringing.look(session, table_from(file.path, file.encoding), _defaults(office.house, file), counted)
    if tally.kept_out:
        with deed(office, person, Permission.IMPORT_READERS) as session:
            audit.record(session, audit.Event.VIEW_LIST, person.uid, detail={"kept_out": len(tally.kept_out)})
    return _imported(tally)


@retried
def apply(
    office: Office,
    person: Person,
    file: ReaderFile,
    counted: Counted = lambda _rows: None,
    words: Callable[[Text], str] = str,
) -> Imported:
    """Import every row that can be taken; the others go into a file beside this one, with the reason in `words`.

    Raises InvalidInputError, NotFoundError, and then has changed nothing.
    """
    with deed(office, person, Permission.IMPORT_READERS) as session:
        defaults, table = _defaults(office.house, file), table_from(file.path, file.encoding)
        agreed = AgreedWording("import", file.language, file.wording) if file.wording else None
        with set_aside(table, words) as aside:
            tally = bringing.bring(
                session,
                table,
                defaults,
                Provenance(file.source, person.uid, agreed),
                ask=lambda inside, needed: ask_to_confirm(
                    inside, office.house, needed, titles_in(inside, office.house, needed.choice)
                ),
                aside=aside.put,
                done=counted,
            )
    if tally.fates[Fate.ASKED]:
        office.bell.ring_for_mail()
    return replace(_imported(tally), aside=aside.path if tally.fates[Fate.REFUSED] else None)


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
    fates = dict(sorted(tally.fates.items()))
    return Imported(fates, tuple(tally.refused), tuple(tally.stops), tuple(tally.kept_out), tally.is_guessed)
