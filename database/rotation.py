"""Replace keys: re-seal everything under the newest data key, and say which keys are still needed.

Every value says which key sealed it, and both keys stay in the ring meanwhile, so a rotation may be killed at any point
and simply be started again: each batch is a transaction of its own, and what is done already is passed over.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Row, Table, and_, func, select, update
from sqlalchemy.orm import Session

from database.audit import AuditRow
from database.base import Base
from database.fit import KeyCheck
from database.keys import ROOTS, KeyRing, KeysError, keys_of
from database.mac import is_genuine, mac_column, mac_of
from database.sealed import BlindIndex, Sealed, SealedText, open_sealed, seal
from database.session import Store
from wording import _

_BATCH = 200
"""Rows in one transaction: short enough that nobody waits, and little to do again after a kill."""


@dataclass(frozen=True)
class KeyUse:
    """How many values need a key. `old` is true when a newer key of its root is in use."""

    root: str
    kid: int
    values: int
    old: bool

    @property
    def retirable(self) -> bool:
        """Old, and nothing needs it. Links in sent mail need their key for ever: nobody counts those."""
        return self.old and self.values == 0 and self.root != "links"


def sealed_columns() -> dict[Table, list[Column[Any]]]:
    """Every table with sealed columns, of all rooms that are imported."""
    found = {
        table: [column for column in table.columns if isinstance(column.type, SealedText)]
        for table in Base.metadata.sorted_tables
    }
    return {table: columns for table, columns in found.items() if columns}


def reseal(store: Store, done: Callable[[int], None] = lambda _rows: None) -> int:
    """Seal every value anew that an older data key sealed, and sign every row under the newest audit key.

    `done` hears of each batch. Returns how many values. Raises KeysError when a value does not open;
    what was sealed before it stays.
    """
    total = _resign(store, done)
    for table, columns in sealed_columns().items():
        after: UUID | None = None
        while True:
            with store.transaction() as session:
                rows = _page(session, table, after)
                total += sum(_reseal_row(session, table, columns, row) for row in rows)
            if not rows:
                break
            after = rows[-1].uid
            done(len(rows))
    return total


def uses(session: Session) -> list[KeyUse]:
    """Every key of the ring with the number of values that need it. Opens each sealed value, so a lost key shows here.

    Raises KeysError.
    """
    keys = keys_of(session)
    counted = {"data": _sealed_by(session), "index": _indexed_by(session), "audit": _chained_by(session)}
    return [
        KeyUse(root, kid, counted.get(root, Counter())[kid], kid < keys.current(root))
        for root in ROOTS
        for kid in keys.ids(root)
    ]


def retire(session: Session, root: str, kid: int) -> None:
    """Forget that the database ever needed this key; the caller deletes the file. Raises KeysError while it does."""
    found = [use for use in uses(session) if (use.root, use.kid) == (root, kid)]
    if not found or not found[0].retirable:
        raise KeysError(
            _("Sleutel {root}.{kid} is nog nodig, of is er niet. Kijk met: postduif keys check", root=root, kid=kid)
        )
    row = session.get(KeyCheck, (root, kid))
    if row is not None:
        session.delete(row)
    session.flush()


def _resign(store: Store, done: Callable[[int], None]) -> int:
    """Rows that carry a MAC (`database.mac`); one that is not genuine stays as it is, and is found where it is used."""
    total = 0
    for table in Base.metadata.sorted_tables:
        if (signed := mac_column(table)) is None:
            continue
        name, covers = signed
        with store.reading() as session:
            current = f"{keys_of(session).current('audit')}.%"
            ids = session.execute(select(*table.primary_key).where(table.c[name].not_like(current))).all()
        for key in ids:
            mine = and_(*(column == value for column, value in zip(table.primary_key, key, strict=True)))
            with store.transaction() as session:
                keys = keys_of(session)
                row = session.execute(select(table.c[name], *(table.c[one] for one in covers)).where(mine)).first()
                values = {one: row._mapping[table.c[one]] for one in covers} if row is not None else {}
                if row is None or not is_genuine(keys, table.name, values, row._mapping[table.c[name]]):
                    continue
                session.execute(update(table).where(mine).values({name: mac_of(keys, table.name, values)}))
            total += 1
            done(1)
    return total


def _page(session: Session, table: Table, after: UUID | None) -> list[Row[Any]]:
    query = select(table).order_by(table.c.uid).limit(_BATCH)
    return list(session.execute(query if after is None else query.where(table.c.uid > after)))


def _reseal_row(session: Session, table: Table, columns: list[Column[Any]], row: Row[Any]) -> int:
    keys = keys_of(session)
    changed = {
        column: seal(keys, column, row.uid, open_sealed(keys, column, row.uid, value))
        for column in columns
        if (value := row._mapping[column]) is not None and value.kid != keys.current("data")
    }
    if changed:
        # compare and set: a value that somebody changed meanwhile is sealed under the new key already, or next time
        unchanged = and_(table.c.uid == row.uid, *(column == row._mapping[column] for column in changed))
        session.execute(update(table).where(unchanged).values({column.name: new for column, new in changed.items()}))
    return len(changed)


def _sealed_by(session: Session) -> Counter[int]:
    keys = keys_of(session)
    found: Counter[int] = Counter()
    for table, columns in sealed_columns().items():
        for row in _all(session, table):
            found.update(_kid(keys, column, row) for column in columns if row._mapping[column] is not None)
    return found


def _kid(keys: KeyRing, column: Column[Any], row: Row[Any]) -> int:
    value: Sealed = row._mapping[column]
    open_sealed(keys, column, row.uid, value)
    return value.kid


def _all(session: Session, table: Table) -> Iterator[Row[Any]]:
    after: UUID | None = None
    while rows := _page(session, table, after):
        yield from rows
        after = rows[-1].uid


def _indexed_by(session: Session) -> Counter[int]:
    found: Counter[int] = Counter()
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, BlindIndex):
                for (value,) in session.execute(select(column).where(column.is_not(None))):
                    found[int(value.partition(".")[0])] += 1
    return found


def _chained_by(session: Session) -> Counter[int]:
    rows = session.execute(select(AuditRow.kid, func.count().label("times")).group_by(AuditRow.kid))
    found = Counter({row.kid: row.times for row in rows})
    for table in Base.metadata.sorted_tables:
        if (signed := mac_column(table)) is not None:
            macs = session.scalars(select(table.c[signed[0]]).where(table.c[signed[0]] != ""))
            found.update(int(mac.partition(".")[0]) for mac in macs)
    return found
