"""A list that is being read in, between its steps: the file, sealed, what its columns mean, and what was answered.

Shared by every import: of readers by e-mail and of readers by post. Each draft is of one person, for a day. Works in
the caller's transaction.
"""

from __future__ import annotations

import base64
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from database.base import new_id
from database.keys import keys_of
from database.sealed import open_sealed, seal
from subscribers.importing.source import Table, check_header, table_from
from subscribers.tables import ImportDraft
from wording import _
from wording.errors import ConflictError, InvalidInputError, NotFoundError

_LONGEST_NAME = 120
"""Characters of the name of a file that are kept."""


@dataclass(frozen=True)
class Of:
    """Which import a list is for, and who brought it: no one else sees it."""

    kind: str
    person: UUID


@dataclass(frozen=True)
class Draft:
    """A list between two steps. `report` is what became of it: None before it was taken."""

    uid: UUID
    name: str
    """Of the file."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """What a column ("plaats"), or a value in one ("taal:nederlands"), means, as a person said; "" skips it."""
    answers: Mapping[str, str] = field(default_factory=dict)
    """What was asked of the list as a whole, such as for which audience it is."""
    report: Any = None


def begin(session: Session, of: Of, name: str, data: bytes, *, answers: Mapping[str, str], at: datetime) -> UUID:
    """Keep a file that someone brought. The caller has looked whether it can be read."""
    uid, keys = new_id(), keys_of(session)
    draft = Draft(uid, Path(name).name[:_LONGEST_NAME], answers=answers)
    box = seal(keys, ImportDraft.data, uid, base64.b64encode(data).decode())
    session.add(ImportDraft(uid=uid, kind=of.kind, person=of.person, data=box, said=_said(session, draft), at=at))
    session.flush()
    return uid


def check(data: bytes, most: int) -> None:
    """Whether a file of at most `most` octets can be read to its end. Raises InvalidInputError, ImportFileError."""
    if len(data) > most:
        raise InvalidInputError(_("De lijst is te groot: hoogstens {most} kB.", most=most >> 10))
    with as_table(data) as table:
        check_header(table.header)
        for _line in table.lines():
            pass


def draft_of(session: Session, of: Of, uid: UUID) -> Draft:
    """What was said of a list. Raises NotFoundError for one that is not there (any more), or is someone else's."""
    return _draft(session, _row(session, of, uid))


def taken(session: Session, of: Of, uid: UUID) -> Draft:
    """A list with its report. Raises NotFoundError also for a list that was not taken."""
    draft = draft_of(session, of, uid)
    if draft.report is None:
        raise NotFoundError(_("Deze lijst is nog niet ingelezen."))
    return draft


def say(session: Session, of: Of, uid: UUID, columns: Mapping[str, str]) -> None:
    """What the columns and their values mean. Raises NotFoundError, ConflictError once the list was taken."""
    row = _row(session, of, uid)
    if row.done_at is not None:
        raise _was_taken()
    was = _draft(session, row)
    row.said = _said(session, Draft(uid, was.name, columns, was.answers))
    session.flush()


@contextmanager
def table_of(session: Session, of: Of, uid: UUID) -> Iterator[tuple[Draft, Table]]:
    """The list as a table, from a file that only this process may read and that is gone afterwards.

    Raises NotFoundError, ConflictError once the list was taken, ImportFileError.
    """
    row = _row(session, of, uid)
    if row.done_at is not None:
        raise _was_taken()
    with as_table(_data(session, row)) as table:
        yield _draft(session, row), table


@contextmanager
def as_table(data: bytes) -> Iterator[Table]:
    """Bytes of a CSV file as a table. Raises ImportFileError."""
    with tempfile.TemporaryDirectory(prefix="postduif-") as folder:
        path = Path(folder) / "list.csv"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
        yield table_from(path)


def finish(session: Session, of: Of, uid: UUID, report: Any, *, aside: bytes, at: datetime) -> None:
    """The list was taken: its file goes, the report and the rows that were set aside stay for a day.

    Of two who take it at once, one does. Raises NotFoundError, ConflictError.
    """
    row = _row(session, of, uid)
    same = update(ImportDraft).where(ImportDraft.uid == uid, ImportDraft.done_at.is_(None))
    if not session.execute(same.values(done_at=at).returning(ImportDraft.uid)).all():
        raise _was_taken()
    session.refresh(row)
    was = _draft(session, row)
    row.data = seal(keys_of(session), ImportDraft.data, uid, base64.b64encode(aside).decode())
    row.said = _said(session, Draft(uid, was.name, was.columns, was.answers, report))
    session.flush()


def aside_of(session: Session, of: Of, uid: UUID) -> bytes:
    """The rows that were set aside, as CSV. Raises NotFoundError before the list was taken."""
    row = _row(session, of, uid)
    if row.done_at is None:
        raise _not_there()
    return _data(session, row)


def _row(session: Session, of: Of, uid: UUID) -> ImportDraft:
    row = session.get(ImportDraft, uid)
    if row is None or Of(row.kind, row.person) != of:
        raise _not_there()
    return row


def _draft(session: Session, row: ImportDraft) -> Draft:
    said = json.loads(open_sealed(keys_of(session), ImportDraft.said, row.uid, row.said))
    return Draft(row.uid, said["name"], said["columns"], said["answers"], said["report"])


def _said(session: Session, draft: Draft) -> Any:
    said = {"name": draft.name, "columns": dict(draft.columns), "answers": dict(draft.answers), "report": draft.report}
    return seal(keys_of(session), ImportDraft.said, draft.uid, json.dumps(said))


def _data(session: Session, row: ImportDraft) -> bytes:
    return base64.b64decode(open_sealed(keys_of(session), ImportDraft.data, row.uid, row.data))


def _not_there() -> NotFoundError:
    return NotFoundError(_("Deze lijst is er niet (meer). Kies het bestand opnieuw."))


def _was_taken() -> ConflictError:
    return ConflictError(_("Deze lijst is al ingelezen."))
