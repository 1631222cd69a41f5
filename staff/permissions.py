"""Who may do what: one map from roles to permissions, and the one question that every use case asks of it.

The table in docs/permissions.md is made from this map.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from functools import reduce

from sqlalchemy.orm import Session

from staff.people import Person, current
from staff.roles import ROLE_WORDS, Role
from wording import Text, _
from wording.errors import NotAllowedError


class Permission(StrEnum):
    """One right. Its value is `<noun>.<verb>`, which the table of routes and the tests print."""

    SEE_ISSUES = "issue.see"
    """Standing, checks and previews of every issue."""
    EDIT_ISSUES = "issue.edit"
    """Write, extract and save an issue, its pictures and standing texts."""
    DELETE_ISSUES = "issue.delete"
    """Take an issue with its translations away."""
    APPROVE_ISSUES = "issue.approve"
    """Be the second person who says that an issue may go out as it is now."""
    SEND_PROOFS = "issue.proof"
    """Mail an edition to colleagues, with [TEST] before its subject."""
    PUBLISH_ISSUES = "issue.publish"
    """Open a mailing of an approved issue, now or at a moment."""

    SEE_MAILINGS = "mailing.see"
    """How far mailings are; counts, no addresses."""
    ORDER_MAILINGS = "mailing.order"
    """Pause, resume, cancel, schedule, retry and resolve a mailing that is on its way."""
    SHOW_IN_ARCHIVE = "archive.show"
    """Put an issue on show in the public archive, and withdraw it."""

    TRANSLATE = "translation.write"
    """Save and approve messages of a language; a translator's own languages only."""
    RELEASE_LANGUAGES = "translation.release"
    """Hold a language, leave sections out of it, or let it go as it is."""
    ASSIGN_TRANSLATORS = "translation.assign"
    """Ask a translator for a language of an issue, before a day."""

    SEE_ADDRESSEES = "addressee.see"
    """The masked list of people who get post; names voluntarily shown are logged one by one."""
    CHANGE_ADDRESSEES = "addressee.change"
    """Add, correct, stop, confirm and erase people who get post, and their centres."""
    PRINT_RUNS = "print.run"
    """Quote, order, print, post and withdraw print runs, and open their files."""

    SEE_READERS = "reader.see"
    """Find a reader by address: on what ground they are mailed, what went to them and what came back."""
    CHANGE_READERS = "reader.change"
    """Bar an address, or lift a bar."""
    IMPORT_READERS = "reader.import"
    """Read readers in from a file."""
    DISCLOSE_READERS = "reader.disclose"
    """Hand a reader all that is kept of them."""
    EXPORT_READERS = "reader.export"
    """Write the list of readers to a file."""
    ERASE_READERS = "reader.erase"
    """Erase a reader, and do by hand what the worker does daily: erase what was kept too long."""
    CHANGE_AUDIENCES = "audience.change"
    """Give an audience another rule, or pick readers for one issue."""

    SEE_STAFF = "staff.see"
    """Who works here, and what they may do."""
    CHANGE_STAFF = "staff.change"
    """Add people, change their roles, deactivate them."""
    SEE_RECORDS = "record.see"
    """The audit trail, the register of processing, the retention dry run."""
    REPORT_BREACHES = "record.breach"
    """Count, after a leak, what could be read and what was."""
    CHANGE_SETTINGS = "settings.change"
    """Choose the mail server, and what else the organisation decides about its own work."""
    KEEP_KEYS = "key.keep"
    """Create, rotate and print keys."""
    KEEP_BACKUPS = "backup.keep"
    """Check a backup, and go on after one was put back."""


_EVERYONE = frozenset({Permission.SEE_ISSUES, Permission.SEE_STAFF})

PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.EDITOR: _EVERYONE
    | {
        Permission.EDIT_ISSUES,
        Permission.SEND_PROOFS,
        Permission.PUBLISH_ISSUES,
        Permission.SEE_MAILINGS,
        Permission.ORDER_MAILINGS,
        Permission.SHOW_IN_ARCHIVE,
        Permission.TRANSLATE,
        Permission.RELEASE_LANGUAGES,
        Permission.ASSIGN_TRANSLATORS,
    },
    Role.TRANSLATOR: _EVERYONE | {Permission.TRANSLATE},
    Role.APPROVER: _EVERYONE | {Permission.APPROVE_ISSUES, Permission.SEE_MAILINGS},
    Role.POSTAL: _EVERYONE
    | {
        Permission.SEE_ADDRESSEES,
        Permission.CHANGE_ADDRESSEES,
        Permission.PRINT_RUNS,
    },
    Role.ADMIN: _EVERYONE
    | {
        Permission.DELETE_ISSUES,
        Permission.SEE_MAILINGS,
        Permission.SEE_READERS,
        Permission.CHANGE_READERS,
        Permission.IMPORT_READERS,
        Permission.DISCLOSE_READERS,
        Permission.EXPORT_READERS,
        Permission.ERASE_READERS,
        Permission.CHANGE_AUDIENCES,
        Permission.CHANGE_STAFF,
        Permission.SEE_RECORDS,
        Permission.REPORT_BREACHES,
        Permission.CHANGE_SETTINGS,
        Permission.KEEP_KEYS,
        Permission.KEEP_BACKUPS,
    },
}
"""No role contains another; a person may have several."""

NEEDS_SECOND_STEP = frozenset(
    {
        Permission.PUBLISH_ISSUES,
        Permission.ORDER_MAILINGS,
        Permission.SEE_ADDRESSEES,
        Permission.PRINT_RUNS,
        Permission.DISCLOSE_READERS,
        Permission.ERASE_READERS,
        Permission.CHANGE_STAFF,
        Permission.CHANGE_SETTINGS,
        Permission.KEEP_KEYS,
        Permission.KEEP_BACKUPS,
    }
)
"""Anyone with one of these proves a second time who they are: it sends, or shows or changes people."""


def may(person: Person, permission: Permission, *, of: str | None = None) -> bool:
    """Whether a person has a permission. `of` is the locale of a translation: translators have their own only."""
    granted = {role for role in person.roles if permission in PERMISSIONS[role]}
    if permission is Permission.TRANSLATE and of is not None and of not in person.languages:
        granted.discard(Role.TRANSLATOR)
    return bool(granted)


def two_pairs_of_eyes(colleagues: Iterable[Person]) -> bool:
    """Whether one of them may approve what another may send."""
    active = [one for one in colleagues if one.active]
    approve = {one.uid for one in active if may(one, Permission.APPROVE_ISSUES)}
    send = {one.uid for one in active if may(one, Permission.PUBLISH_ISSUES)}
    return bool(approve and send and len(approve | send) > 1)


def require(person: Person, permission: Permission, *, of: str | None = None) -> None:
    """Raises NotAllowedError, which names the roles that may, unless the person has the permission."""
    if may(person, permission, of=of):
        return
    if permission is Permission.TRANSLATE and of is not None:
        raise NotAllowedError(_("Dit kan alleen een vertaler van ‘{locale}’ of een redacteur.", locale=of))
    raise NotAllowedError(_needed([ROLE_WORDS[role] for role in Role if permission in PERMISSIONS[role]]))


def _needed(roles: Sequence[Text]) -> Text:
    if len(roles) == 1:
        return _("Hiervoor is de rol ‘{role}’ nodig.", role=roles[0])
    if len(roles) == 2:
        return _("Hiervoor is de rol ‘{role}’ of ‘{other}’ nodig.", role=roles[0], other=roles[1])
    listed = reduce(lambda before, role: _("{roles}, {role}", roles=before, role=role), roles)
    return _("Hiervoor is een van deze rollen nodig: {roles}.", roles=listed)


def require_now(
    session: Session, person: Person, permission: Permission, *, of: str | None = None, hold: bool = True
) -> Person:
    """As `require`, for the person as they are in this transaction, who is returned.

    With `hold` no one can deactivate them before the transaction ends. `mailer.services.office.deed` asks this.
    """
    fresh = current(session, person.uid, hold=hold)
    if fresh is None:
        raise NotAllowedError(_("Je bent geen actieve medewerker meer. Een beheerder kan dat veranderen."))
    require(fresh, permission, of=of)
    return fresh
