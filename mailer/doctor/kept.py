"""What is kept: the keys, the database and its schema. Looked at without changing anything."""

from __future__ import annotations

import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import make_url, select, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Session

from database.audit import AuditRow, Event
from database.fit import require_fit
from database.keys import HANDED_ON, KeyRing, KeysError, key_files
from database.migrations import knows, revisions
from database.session import Store
from mailer.doctor.finding import Finding, Level
from mailer.doctor.world import World
from wording import _

AWAY = timedelta(minutes=10)
"""Between the clock of this machine and that of the database; retention stops beyond it."""
OLD_PAPER = timedelta(days=366)
"""Since a person read the keys back from paper: ink fades, and envelopes get lost."""
WASTE = 0.3
"""Share of the pages of a SQLite file that hold nothing."""


class Missing(Exception):  # noqa: N818 — no error: there is no database yet
    """No database to look at; `finding` says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__()
        self.finding = finding


@contextmanager
def opened(world: World, check: str) -> Iterator[Store]:
    """The database as it is: neither made nor migrated. Raises Missing."""
    url = make_url(world.database)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        said = _("Er is nog geen database.")
        raise Missing(Finding(check, Level.NOTE, said, _("Die komt er bij de eerste start van `postduif serve`.")))
    with closing(Store(world.database, ring(world), zone=world.zone)) as store:
        yield store


def ring(world: World) -> KeyRing | None:
    """The keys, if they are whole."""
    try:
        return KeyRing.from_folder(world.keys) if world.keys is not None else None
    except (KeysError, OSError):
        return None


def keys(world: World) -> Iterator[Finding]:
    """Complete, only for their owner, outside the content folder, of this database, and on paper."""
    folder = world.keys
    if folder is None:
        return
    try:
        KeyRing.from_folder(folder)
    except KeysError as error:
        yield Finding("keys", Level.FAIL, error.text, _("Zet de sleutels terug van papier of uit de kluis."))
        return
    except OSError as error:
        said = _("De sleutels in {folder} zijn niet te lezen: {why}.", folder=folder, why=error.strerror)
        yield Finding("keys", Level.FAIL, said, _("Geef de gebruiker van Postduif leesrecht op die map."))
        return
    # what systemd hands on is its to guard: a list of who may read it shows as rights of a group
    own = [path for path in key_files(folder) if not path.name.startswith(HANDED_ON)]
    wide = [path.name for path in own if stat.S_IMODE(path.stat().st_mode) & 0o077]
    if wide:
        said = _("Sleutels die anderen dan hun eigenaar mogen gebruiken: {names}.", names=", ".join(wide))
        yield Finding("keys", Level.WARN, said, _("Beperk dat: `chmod 0400 {folder}/*.[0-9]`", folder=folder))
    if folder.resolve().is_relative_to(world.folder.resolve()):
        said = _("De sleutels staan in de inhoudsmap, waar de redactie werkt.")
        yield Finding("keys", Level.WARN, said, _("Zet ze daarbuiten: `postduif keys move --as {name}`", name="Noor"))
    yield from _fit(world)


def _fit(world: World) -> Iterator[Finding]:
    try:
        with opened(world, "keys") as store, store.transaction() as session:
            require_fit(session)
            deeds = _deeds(session)
            session.rollback()  # a key that is new to the database is not written down by a doctor
    except KeysError as error:
        yield Finding("keys", Level.FAIL, error.text, _("Zet de sleutels terug die bij deze database horen."))
        return
    except (Missing, SQLAlchemyError):
        return  # the check of the database says what is wrong with it
    yield Finding("keys", Level.OK, _("De sleutels zijn heel, en zijn die van deze database."))
    yield from _paper(world, deeds)


def _deeds(session: Session) -> list[tuple[datetime, Mapping[str, Any]]]:
    """When what was done with the keys, the oldest first."""
    rows = session.execute(
        select(AuditRow.at, AuditRow.detail).where(AuditRow.event == Event.KEY).order_by(AuditRow.seq)
    )
    return [(at, detail or {}) for at, detail in rows]


def _paper(world: World, deeds: Sequence[tuple[datetime, Mapping[str, Any]]]) -> Iterator[Finding]:
    """Printed, after the last new key, and read back from paper in the last year."""
    printed = max((at for at, one in deeds if one.get("step") == "printed"), default=None)
    print_them = _("Print ze: `postduif keys paper --as {name}`", name="Noor")
    if printed is None:
        said = _("De sleutels zijn nog niet op papier gezet; zonder sleutels is de lijst weg.")
        yield Finding("keys", Level.WARN, said, print_them)
        return
    checked = max((at for at, one in deeds if one.get("step") == "checked" and one.get("wrong") == 0), default=printed)
    sure = max(printed, checked)
    if any(at > sure for at, one in deeds if one.get("step") == "prepared"):
        said = _("Er is een sleutel bijgekomen die nog niet op papier staat.")
        yield Finding("keys", Level.WARN, said, print_them)
    elif world.clock() - sure > OLD_PAPER:
        said = _("Het papier met de sleutels is voor het laatst nagekeken op {day}.", day=_day(world, sure))
        remedy = _("Typ het over, elk jaar: `postduif keys paper --verify --as {name}`", name="Noor")
        yield Finding("keys", Level.WARN, said, remedy)


def _day(world: World, at: datetime) -> str:
    return f"{at.astimezone(ZoneInfo(world.zone)):%Y-%m-%d}"


def database(world: World) -> Iterator[Finding]:
    """Whether it answers, can be written, has the time, and holds no waste."""
    try:
        with opened(world, "database") as store:
            yield from _answers(world, store)
    except Missing as nothing:
        yield nothing.finding
    except SQLAlchemyError as error:
        # a driver's words name hosts and users of the machine, for its administrator; no password is in them
        why = str(error.orig).strip().partition("\n")[0] if isinstance(error, DBAPIError) else type(error).__name__
        said = _("De database doet het niet: {why}", why=why)
        remedy = _("Staat zij aan, klopt storage.database, en is er ruimte op de schijf?")
        yield Finding("database", Level.FAIL, said, remedy)


def _answers(world: World, store: Store) -> Iterator[Finding]:
    with store.reading() as session:
        name = session.get_bind().dialect.name
        version = ".".join(map(str, session.get_bind().dialect.server_version_info or ()))
        there = _clock_of(session, name)
    yield Finding("database", Level.OK, _("De database antwoordt ({name} {version}).", name=name, version=version))
    off = abs(world.clock().timestamp() - there)
    if off > AWAY.total_seconds():
        said = _("De klok van de database en die van deze machine schelen {seconds} s.", seconds=int(off))
        yield Finding("database", Level.FAIL, said, _("Zet beide klokken goed; wissen staat zolang stil."))
    yield from _writable(store)
    if name == "sqlite":
        yield from _waste(store)


def _clock_of(session: Session, name: str) -> float:
    """Seconds since 1970."""
    ask = "SELECT strftime('%s', 'now')" if name == "sqlite" else "SELECT extract(epoch FROM clock_timestamp())"
    return float(session.execute(text(ask)).scalar_one())


def _writable(store: Store) -> Iterator[Finding]:
    try:
        with store.transaction() as session:
            session.execute(text("UPDATE alembic_version SET version_num = version_num"))
            session.rollback()
    except SQLAlchemyError as error:
        why = str(error.orig).strip().partition("\n")[0] if isinstance(error, DBAPIError) else type(error).__name__
        said = _("In de database kan niet geschreven worden: {why}", why=why)
        remedy = _("Is het een kopie die alleen gelezen mag worden, is de schijf vol, of is de map van een ander?")
        yield Finding("database", Level.FAIL, said, remedy)


def _waste(store: Store) -> Iterator[Finding]:
    with store.reading() as session:
        free, pages, size = (
            int(session.execute(text(f"PRAGMA {name}")).scalar_one())
            for name in ("freelist_count", "page_count", "page_size")
        )
    if free > WASTE * pages and free * size > 50_000_000:
        said = _("In het bestand van de database staat {room} MB leeg.", room=free * size // 1_000_000)
        yield Finding("database", Level.NOTE, said, _("Een back-up die teruggezet wordt, heeft dat niet meer."))


def schema(world: World) -> Iterator[Finding]:
    """Whether the tables are those of this program: no older, no newer."""
    try:
        with opened(world, "schema") as store:
            found, newest = revisions(store)
    except (Missing, SQLAlchemyError):
        return
    if found == newest:
        yield Finding("schema", Level.OK, _("De tabellen zijn die van dit programma ({version}).", version=found))
    elif found is None or knows(found):
        said = _("De tabellen zijn ouder dan dit programma.")
        yield Finding("schema", Level.FAIL, said, _("Werk bij, met een back-up vooraf: `postduif upgrade`"))
    else:
        said = _("De database is van een nieuwere versie van Postduif.")
        yield Finding("schema", Level.FAIL, said, _("Installeer die versie weer; dit programma mag er niet aan komen."))
