"""What runs: the broker, the workers, retention, backups, and whether everything is held back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from kombu import Connection
from sqlalchemy import inspect, select, text
from sqlalchemy.orm import Session

from mailer.broker import QUEUES, transport
from mailer.doctor.finding import Finding, Level
from mailer.doctor.kept import Missing, opened
from mailer.doctor.world import World
from mailer.ledger.health import BACKED_UP, BACKUP_CHECKED, last_detail, last_event
from mailer.ledger.slots import last_taken
from mailer.ledger.tables import Slot
from mailer.services.sending.delivering import ALIVE, SWEEP
from subscribers.tidying import RetentionState, last_run
from wording import Text, _

OLD_BACKUP = timedelta(hours=36)
OLD_CHECK = timedelta(days=45)
"""A person opens one every month."""
SILENT = timedelta(minutes=2)
"""Since a process last counted on; it does so every few seconds."""
LATE_RETENTION = timedelta(hours=48)


def broker(world: World) -> Iterator[Finding]:
    """Whether the queue of bells answers, and never throws a bell away to make room."""
    if world.broker.startswith("memory"):
        said = _("Er is geen broker: versturen doet één proces zelf.")
        yield Finding("broker", Level.OK, said)
        return
    options = transport(world.broker, world.broker_master)
    try:
        with closing(Connection(world.broker, transport_options=options)) as connection:
            connection.ensure_connection(max_retries=1, interval_start=0, timeout=5)
            client = getattr(connection.default_channel, "client", None)
            policy = client.config_get("maxmemory-policy").get("maxmemory-policy", "") if client is not None else ""
    except Exception as error:  # of each kind of broker its own
        said = _("De broker antwoordt niet ({kind}).", kind=type(error).__name__)
        remedy = _("Start Valkey of Redis, en kijk naar storage.broker. Zonder broker gaat de post met vertraging.")
        yield Finding("broker", Level.FAIL, said, remedy)
        return
    if policy not in ("", "noeviction"):
        said = _("De broker gooit weg als zijn geheugen vol is ({policy}).", policy=policy)
        yield Finding("broker", Level.WARN, said, _("Zet daar: maxmemory-policy noeviction"))
    yield Finding("broker", Level.OK, _("De broker antwoordt."))


def workers(world: World) -> Iterator[Finding]:
    """Whether anyone sends."""
    with _reading(world) as session:
        if session is None:
            return
        last = last_taken(session, SWEEP)
    remedy = _("Start er een: `postduif worker`, of `systemctl start postduif-worker@send`")
    if last is None:
        yield Finding("workers", Level.WARN, _("Er heeft nog nooit een werker gedraaid."), remedy)
    elif world.clock() - last > ALIVE:
        said = _("Er draait geen werker; de laatste keek op {moment}.", moment=_moment(world, last))
        yield Finding("workers", Level.FAIL, said, remedy)
    else:
        yield Finding("workers", Level.OK, _("Een werker keek minder dan anderhalve minuut geleden wat er wacht."))
        yield from _unserved(world, remedy)


def _unserved(world: World, remedy: Text) -> Iterator[Finding]:
    """Queues that no process with a heartbeat listens to, where processes have one (the table `heartbeat`)."""
    rows = _rows(world, "heartbeat", "SELECT queues, at FROM heartbeat WHERE kind = 'worker'")
    alive = [row[0] for row in rows if (at := _instant(row[1])) is not None and world.clock() - at < SILENT]
    served = {name.strip() for queues in alive for name in str(queues).split(",")} - {""}
    if served and (missing := [name for name in QUEUES if name not in served]):
        said = _("Naar deze wachtrijen luistert niemand: {names}.", names=", ".join(missing))
        yield Finding("workers", Level.FAIL, said, remedy)


def retention(world: World) -> Iterator[Finding]:
    """Whether what is kept too long went, lately."""
    with _reading(world) as session:
        if session is None:
            return
        last = last_run(session)
        stopped = list(session.scalars(select(RetentionState.rule).where(RetentionState.stopped_at.is_not(None))))
    look = _("Kijk met `postduif retention run --dry-run --as {name}`", name="Noor")
    if stopped:
        said = _("Wissen wat te lang bewaard is, staat stil ({rules}).", rules=", ".join(sorted(stopped)))
        yield Finding("retention", Level.FAIL, said, look)
    elif last is None:
        yield Finding("retention", Level.NOTE, _("Er is nog nooit gewist wat te lang bewaard is."))
    elif world.clock() - last > LATE_RETENTION:
        said = _("Wissen wat te lang bewaard is, gebeurde voor het laatst op {moment}.", moment=_moment(world, last))
        yield Finding("retention", Level.FAIL, said, look)
    else:
        yield Finding("retention", Level.OK, _("Er is gewist op {moment}.", moment=_moment(world, last)))


def backup(world: World) -> Iterator[Finding]:
    """When the last backup was made, and when a person last opened one."""
    with _reading(world) as session:
        if session is None:
            return
        made, checked = (last_event(session, event) for event in (BACKED_UP, BACKUP_CHECKED))
        tried = last_detail(session, BACKED_UP).get("tried")
    remedy = _("Maak er een, en kijk waarom de nachtelijke niet liep: `systemctl status postduif-backup`")
    if made is None:
        yield Finding("backup", Level.WARN, _("Er is nog nooit een back-up gemaakt."), remedy)
        return
    if world.clock() - made > OLD_BACKUP:
        said = _("De laatste back-up is van {moment}.", moment=_moment(world, made))
        yield Finding("backup", Level.FAIL, said, remedy)
    else:
        yield Finding("backup", Level.OK, _("De laatste back-up is van {moment}.", moment=_moment(world, made)))
    if tried is False:
        said = _("De laatste back-up is niet op proef teruggezet, want Postduif mag in PostgreSQL geen database maken.")
        yield Finding("backup", Level.WARN, said, _("Geef dat recht, als postgres: `ALTER ROLE postduif CREATEDB`"))
    try_one = _("Laat een van de twee mensen er een openen: `postduif backup check`")
    if checked is None:
        yield Finding("backup", Level.WARN, _("Niemand heeft ooit een back-up geopend om te kijken."), try_one)
    elif world.clock() - checked > OLD_CHECK:
        said = _("Een back-up is voor het laatst geopend op {moment}.", moment=_moment(world, checked))
        yield Finding("backup", Level.WARN, said, try_one)


def hold(world: World) -> Iterator[Finding]:
    """Whether everything is held back because a copy of the database was put back."""
    rows = _rows(world, "installation", "SELECT held_at, hold FROM installation", column="hold")
    if not rows:
        return
    [found] = rows
    if found[1] is None:
        yield Finding("hold", Level.OK, _("Er wordt niets tegengehouden."))
        return
    since = _instant(found[0])
    said = _("Alles wordt tegengehouden sinds {moment}: er is een back-up teruggezet.",
             moment=_moment(world, since) if since else "?")  # fmt: skip
    yield Finding("hold", Level.FAIL, said, _("Kijk met `postduif hold show --as {name}`", name="Noor"))


@contextmanager
def _reading(world: World) -> Iterator[Session | None]:
    """A look at the database; None where there is none or it has no such tables: other checks say why."""
    try:
        with opened(world, "") as store, store.reading() as session:
            yield session if inspect(session.connection()).has_table(Slot.__tablename__) else None
    except Missing:
        yield None


def _rows(world: World, table: str, query: str, column: str = "") -> Sequence[Sequence[Any]]:
    """The rows of a query; none where the database has no such table or column."""
    with _reading(world) as session:
        if session is None:
            return []
        there = inspect(session.connection())
        if not there.has_table(table) or (column and column not in {one["name"] for one in there.get_columns(table)}):
            return []
        return session.execute(text(query)).all()


def _instant(value: object) -> datetime | None:
    """A moment of a query in words, which SQLite gives as text."""
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    if not isinstance(found, datetime):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _moment(world: World, at: datetime) -> str:
    return f"{at.astimezone(ZoneInfo(world.zone)):%Y-%m-%d %H:%M}"
