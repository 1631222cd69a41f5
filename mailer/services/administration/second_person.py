"""Whether a second person approves what is sent. An organisation of one may do without: an administrator decides.

It stands in postduif.toml (`[approval] four_eyes`). Each process that sends reads it there again when the file changes,
so that what was decided on a page holds for the next click of everyone. Every decision is in the audit trail, and so is
each mailing that no second person approved.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import tomlkit

from database.audit import record
from mailer.files import only_one, write_whole
from mailer.ledger.trail import last_of
from mailer.services.administration.starting import FILE
from mailer.services.office import Office, deed, look
from staff.people import Person, everyone
from staff.permissions import Permission, may, require, two_pairs_of_eyes
from wording import _
from wording.errors import ConflictError, SettingsError

EVENT = "second_person"


@dataclass(frozen=True)
class SecondPerson:
    """How it is, and who decided that; `by` and `at` are empty when it was written in the settings by hand."""

    needed: bool
    is_there: bool
    """One of those who work here may approve what another sends."""
    approvers: tuple[str, ...] = field(repr=False)
    """Who works here and may approve."""
    by: str = field(default="", repr=False)
    at: datetime | None = None


def second_person(office: Office, person: Person) -> SecondPerson:
    """Whether a second person approves, who they may be, and who decided it."""
    with look(office, person, Permission.SEE_ISSUES) as session:
        known = list(everyone(session))
        row = last_of(session, EVENT)
    needed = office.policy.four_eyes
    names = {str(one.uid): one.name for one in known}
    approvers = (one.name for one in known if one.active and may(one, Permission.APPROVE_ISSUES))
    decided = row is not None and row.detail.get("needed") == needed
    return SecondPerson(
        needed,
        two_pairs_of_eyes(known),
        tuple(approvers),
        names.get(row.actor, "") if row is not None and decided else "",
        row.at if row is not None and decided else None,
    )


def decide(office: Office, person: Person, *, needed: bool) -> bool:
    """Write down whether a second person approves from now on; False when that is so already.

    Approvals that were given stay. Raises SettingsError for settings that cannot be written, and ConflictError where
    the environment decides.
    """
    require(person, Permission.CHANGE_SETTINGS)
    folder = office.content.folder
    with deed(office, person, Permission.CHANGE_SETTINGS) as session, only_one(folder):
        if office.policy.four_eyes == needed:
            return False
        record(session, EVENT, person.uid, detail={"needed": needed})
        session.flush()  # what is not in the trail is not done
        with _told(folder / FILE) as path:
            before = path.read_bytes()
            write_whole(path, _changed(before, needed=needed))
            if office.policy.four_eyes == needed:
                return True
            write_whole(path, before)
        raise ConflictError(
            _("De omgeving zegt of een tweede persoon goedkeurt (POSTDUIF_APPROVAL__FOUR_EYES). Verander het daar.")
        )


def _changed(settings: bytes, *, needed: bool) -> bytes:
    """The settings with this one changed; everything else, comments too, stays as it was."""
    document: Any = tomlkit.parse(settings.decode())
    document.setdefault("approval", tomlkit.table())["four_eyes"] = needed
    return tomlkit.dumps(document).encode()


@contextmanager
def _told(path: Path) -> Iterator[Path]:
    """Raises SettingsError for a file that cannot be read or written."""
    try:
        yield path
    except OSError as error:
        why = error.strerror or str(error)
        raise SettingsError(_("{file} kan niet gelezen of geschreven worden: {why}.", file=path, why=why)) from None
