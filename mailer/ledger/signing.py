"""Give a row its keyed MAC (`database.mac`), and ask whether it still holds. Never commits."""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy.orm import Session

from database.base import Base
from database.keys import KeyRing, keys_of
from database.mac import is_genuine, mac_column, mac_of

Row = TypeVar("Row", bound=Base)


def signed(session: Session, row: Row) -> Row:
    """The same row with its MAC; without one where the store was opened without keys, and then it is never genuine."""
    keys = session.info.get("keys")
    if isinstance(keys, KeyRing):
        name, values = _covered(row)
        setattr(row, name, mac_of(keys, row.__tablename__, values))
    return row


def is_as_signed(session: Session, row: Base) -> bool:
    """Whether a row is as it was when it was signed."""
    name, values = _covered(row)
    return is_genuine(keys_of(session), row.__tablename__, values, getattr(row, name))


def _covered(row: Base) -> tuple[str, dict[str, Any]]:
    found = mac_column(row.__table__)  # type: ignore[arg-type]
    assert found is not None, row.__tablename__  # noqa: S101  a table without a MAC is never asked
    name, covers = found
    return name, {one: getattr(row, one) for one in covers}
