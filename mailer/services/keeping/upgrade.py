"""Bring the database up to date: after a backup, one at a time, in one transaction that a kill takes back."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from database import audit
from database.base import now
from database.migrations import Schema, newer, schema_of
from database.migrations import upgrade as migrate
from mailer.files import only_one
from mailer.ledger import mailings
from mailer.ledger.states import MailingState
from mailer.services.keeping.backup import LOCAL_KEPT, Made, Places, forget_old, make, name_at
from mailer.services.office import Office

UPGRADED = "upgraded"
"""In the audit trail."""


@dataclass(frozen=True)
class Upgraded:
    """`backup`: the copy of before, None when there was nothing to do. `sending`: mailings that were on their way."""

    backup: Made | None
    is_sealed: bool
    sending: tuple[int, ...]


def upgrade(office: Office, places: Places, folder: Path) -> Upgraded:
    """Back up into `folder`, and then change the schema; a copy that is not sealed goes after seven days.

    Old processes may run meanwhile: what a migration takes away, no program of the version before asks for. Raises
    SchemaError for a database of a newer program, and what a backup raises; then nothing has changed.
    """
    places.data.mkdir(parents=True, exist_ok=True)
    is_sealed = bool(places.recipients)
    with only_one(places.data / "upgrade"):  # of two at once the second finds nothing to do
        forget_old(folder, now() - LOCAL_KEPT, sealed=False)
        found = schema_of(office.store)
        if found is Schema.NEWER:
            raise newer()
        if found is Schema.CURRENT:
            return Upgraded(None, is_sealed, ())
        if found is Schema.EMPTY:
            migrate(office.store)
            return Upgraded(None, is_sealed, ())
        made = make(office, places, folder / name_at(now(), sealed=is_sealed))
        migrate(office.store)
        with office.store.transaction() as session:
            audit.record(session, UPGRADED, "installation", detail={"sealed": is_sealed})
            sending = tuple(one.id for one in mailings.in_state(session, MailingState.SENDING))
    return Upgraded(made, is_sealed, sending)
