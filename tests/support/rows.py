"""Count the rows of a table."""

from __future__ import annotations

from sqlalchemy import func, select

from database.base import Base
from database.session import Store


def count(store: Store, table: type[Base]) -> int:
    with store.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0
