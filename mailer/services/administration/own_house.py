"""What the organisation says of itself, changed by a person: seen, weighed, written down, and taken back.

It stands in postduif.toml, and nowhere else. A change names what the person saw: what someone changed meanwhile, in
another window, a text editor or git, is not written over. The trail has each change with before and after.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from database.audit import AuditRow, record
from mailer.files import only_one, write_whole
from mailer.ledger import kept_settings
from mailer.ledger.trail import newest
from mailer.organisation import House
from mailer.services.administration.ending import require_idle
from mailer.services.administration.possible import require_possible
from mailer.services.administration.starting import FILE
from mailer.services.administration.toml_changes import Change, Value, changed, own_text, value_at, values_in
from mailer.services.office import Office, deed, look
from staff.people import Person, everyone
from staff.permissions import Permission, require
from wording import _
from wording.errors import ConflictError, NotFoundError, SettingsError

EVENT = "house"
"""In the audit trail."""
KEPT = 30
"""Changes that a page shows."""


@dataclass(frozen=True)
class AsShown:
    """The file as it is now. `wrong`: why it is not gone by."""

    tables: Mapping[str, Any] = field(repr=False)
    wrong: SettingsError | None = None

    def at(self, *key: str) -> Value:
        """The value there; None when there is none."""
        return value_at(self.tables, key)


@dataclass(frozen=True)
class Made:
    """A change that was made: its row in the trail, who did it, and what it changed. `is_so`: all of it is still so."""

    row: int
    by: str = field(repr=False)
    at: datetime
    changes: tuple[Change, ...]
    is_so: bool


def shown(office: Office, person: Person) -> AsShown:
    """What stands in the file. Of one that cannot be read, nothing does."""
    require(person, Permission.CHANGE_SETTINGS)
    with look(office, person, Permission.CHANGE_SETTINGS):
        pass
    try:
        return AsShown(values_in(_written(office)), office.policy.wrong())
    except SettingsError as error:
        return AsShown({}, office.policy.wrong() or error)


def proposed(office: Office, person: Person, changes: Sequence[Change]) -> House:
    """What the organisation would be; nothing is written.

    Raises SettledElsewhereError with what others made of the same values, UnusableError for a value that cannot be,
    SettingsError for a file that cannot be read, ConflictError where the environment decides, or where a mailing is
    under way to what would end.
    """
    require(person, Permission.CHANGE_SETTINGS)
    with look(office, person, Permission.CHANGE_SETTINGS) as session:
        _after, before, house = _weighed(office, _written(office), changes)
        require_idle(session, before, house)
    return house


def change(office: Office, person: Person, changes: Sequence[Change]) -> None:
    """Write these values down. Raises what `proposed` raises, and SettingsError for a file that cannot be written."""
    require(person, Permission.CHANGE_SETTINGS)
    folder = office.content.folder
    with deed(office, person, Permission.CHANGE_SETTINGS) as session, only_one(folder):
        written = _written(office)
        after, before, house = _weighed(office, written, changes)
        if after == written:
            return
        require_idle(session, before, house)
        record(session, EVENT, person.uid, detail={"changes": _told(whole(written, changes))})
        kept_settings.keep(session, own_text(after))
        session.flush()  # what is not in the trail is not done
        try:
            write_whole(office.content.require_inside(folder / FILE), after)
        except OSError as error:
            why = error.strerror or str(error)
            text = _("{file} kan niet gelezen of geschreven worden: {why}.", file=FILE, why=why)
            raise SettingsError(text) from error


def publish(office: Office) -> None:
    """Keep what the file says for machines that have no content folder; a file that is wrong is not kept."""
    if office.policy.wrong() is not None:
        return
    text = own_text(_written(office))
    with office.store.reading() as session:
        if kept_settings.kept(session)[1] == text:
            return
    with office.store.transaction() as session:
        kept_settings.keep(session, text)


def made(office: Office, person: Person) -> tuple[Made, ...]:
    """The last changes, the newest first."""
    require(person, Permission.CHANGE_SETTINGS)
    tables = shown(office, person).tables
    with look(office, person, Permission.CHANGE_SETTINGS) as session:
        names = {str(one.uid): one.name for one in everyone(session)}
        return tuple(_made(row, names, tables) for row in newest(session, EVENT, KEPT))


def undo(office: Office, person: Person, row: int) -> tuple[Change, ...]:
    """What takes a change back, for `proposed` and `change`; nothing is written.

    Raises NotFoundError when there is no such change.
    """
    require(person, Permission.CHANGE_SETTINGS)
    with look(office, person, Permission.CHANGE_SETTINGS) as session:
        found = next((one for one in newest(session, EVENT, KEPT) if one.seq == row), None)
    if found is None:
        raise NotFoundError(_("Deze verandering is er niet (meer)."))
    return tuple(one.back for one in _changes(found))


def _weighed(office: Office, written: bytes, changes: Sequence[Change]) -> tuple[bytes, House, House]:
    """The file with the changes, what it said before, and what it says then."""
    read = office.policy.house_in
    if read is None:
        raise SettingsError(_("De instellingen zijn niet te lezen."))
    before = read(written)
    require_possible(before, changes)
    after = changed(written, changes)
    if after != written and read(after) == before:
        text = _("De omgeving zegt iets anders dan postduif.toml (POSTDUIF_…). Verander het daar.")
        raise ConflictError(text)
    after = changed(written, whole(written, changes))
    return after, before, read(after)


def whole(written: bytes, changes: Sequence[Change]) -> tuple[Change, ...]:
    """With what follows from them: a helpline's number must stand in every translation as it is.

    The old number stays protected: issues that have it may still be sent.
    """
    found = {one.key: one.value for one in changes}
    helpline = found.get(("organisation", "helpline"))
    was = value_at(values_in(written), ("protected",))
    before = was if isinstance(was, list) else []
    if not isinstance(helpline, str) or helpline in before or ("protected",) in found:
        return tuple(changes)
    return (*changes, Change(("protected",), was, [*before, helpline]))


def _written(office: Office) -> bytes:
    found = office.content.raw(FILE)
    if found is None:
        raise SettingsError(_("De instellingen zijn niet te lezen."))
    return found


def _told(changes: Sequence[Change]) -> str:
    return json.dumps([[list(one.key), one.was, one.value] for one in changes], ensure_ascii=False)


def _changes(row: AuditRow) -> tuple[Change, ...]:
    return tuple(Change(tuple(key), was, value) for key, was, value in json.loads(str(row.detail.get("changes", "[]"))))


def _made(row: AuditRow, names: Mapping[str, str], tables: Mapping[str, Any]) -> Made:
    changes = _changes(row)
    is_so = all(value_at(tables, one.key) == one.value for one in changes)
    return Made(row.seq, names.get(row.actor, ""), row.at, changes, is_so)
