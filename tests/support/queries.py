"""Count what is asked of the database, on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event


@contextmanager
def queries() -> Iterator[list[str]]:
    """The SELECTs of every database of this process while the block runs."""
    asked: list[str] = []

    def see(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            asked.append(statement)

    event.listen(Engine, "before_cursor_execute", see)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", see)
