"""Whether something changed at all: every row of every table, and every file of the content folder."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text

from database.base import Base
from mailer.services.office import Office

Everything = dict[str, Any]


def everything(office: Office) -> Everything:
    """What an installation holds now, to be compared with what it holds later."""
    with office.store.reading() as session:
        tables = {
            name: sorted(map(repr, session.execute(text(f'SELECT * FROM "{name}"')).all()))  # noqa: S608
            for name in Base.metadata.tables
        }
    files = {
        str(path): path.read_bytes()
        for folder in ("issues", "translations")
        for path in (office.content.folder / folder).rglob("*")
        if path.is_file()
    }
    return tables | files
