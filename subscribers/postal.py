"""Use cases of readers by post: who asked for the letters, who is no longer there.

Each works in the caller's transaction.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from database.base import new_id
from database.keys import keys_of
from database.sealed import seal
from subscribers.addressee import AskedBy, Centre, SuspendedBecause
from subscribers.locking import lock_addressees
from subscribers.repository import centres
from subscribers.tables import AddresseeRow, AddresseeState, CentreRow
from wording import Text, _
from wording.errors import InvalidInputError, NotFoundError

_MAX_KEY = 60
_MAX_NAME = 120
"""Characters that fit on the address block in the smallest type the postal service reads."""


FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""What makes a spreadsheet calculate, also in full width (OWASP, CSV injection)."""
_MONTH = "(jan|feb|mrt|maa|mar|apr|mei|may|jun|jul|aug|sep|sept|okt|oct|nov|dec)"
_CHANGED_BY_SPREADSHEET = re.compile(
    rf"\d{{1,2}}-{_MONTH}(-\d{{2,4}})?|{_MONTH}-\d{{1,4}}|\d+([.,]\d+)?E\+?\d+", re.IGNORECASE
)
"""12-3 comes back as 12-mrt, and a number of more than eleven digits as 1,23457E+11."""


LOOKS_LIKE_V_NUMBER = re.compile(r"(?<!\d)\d{3}[. -]?\d{3}[. -]?\d{4}(?!\d)")
"""Ten digits, as the IND writes them; other law forbids us to keep that number (UAVG art. 46)."""


def v_number_warning(*texts: str | None) -> Text | None:
    """What to tell the desk when one of the texts looks like a V-number."""
    if any(text and LOOKS_LIKE_V_NUMBER.search(text) for text in texts):
        return _("Hier staat wat op een V-nummer lijkt; dat bewaren wij niet.")
    return None


class AddresseeError(InvalidInputError):
    """The addressee cannot be written down; `text` says why."""


@dataclass(frozen=True)
class NewAddressee:
    """What the postal desk knows of someone who asks for the letters."""

    name: str = field(repr=False)
    centre: str
    locale: str
    registration: str | None = field(default=None, repr=False)
    large_print: bool = False
    asked_by: AskedBy = AskedBy.PHONE
    audience: str = field(kw_only=True)


def save_centre(session: Session, centre: Centre) -> None:
    """Write down a centre, new or changed. Raises AddresseeError for a key or a name of no length or too much."""
    if not 0 < len(centre.key) <= _MAX_KEY or not 0 < len(centre.name) <= _MAX_NAME:
        raise AddresseeError(
            _("Geef het centrum een kort woord (1–{key} tekens) en een naam (1–{name}).", key=_MAX_KEY, name=_MAX_NAME)
        )
    session.merge(
        CentreRow(
            key=centre.key,
            name=centre.name,
            postal_lines=list(centre.postal_lines),
            asks_registration=centre.asks_registration,
            checked_on=centre.checked_on,
            phone=centre.phone,
            rules=list(centre.rules),
            closed_on=centre.closed_on,
        )
    )
    session.flush()


def add_addressee(session: Session, new: NewAddressee, today: date, uid: UUID | None = None) -> UUID:
    """Write down someone who asked for the letters. Raises AddresseeError."""
    checked(session, new)
    uid = uid or new_id()
    session.add(AddresseeRow(**row_of(session, uid, new, today)))
    session.flush()
    return uid


def checked(session: Session, new: NewAddressee) -> Centre:
    """The centre of someone whose envelope can be written. Raises AddresseeError."""
    centre = centres(session).get(new.centre)
    if centre is None:
        raise AddresseeError(_("Het centrum ‘{centre}’ is onbekend.", centre=new.centre))
    check_open(centre)
    if centre.asks_registration and not new.registration:
        raise AddresseeError(_("{centre} bezorgt alleen post met een registratienummer.", centre=centre.name))
    check_name(new.name)
    check_registration(new.registration)
    return centre


def check_open(centre: Centre) -> None:
    """Raises AddresseeError for a centre that closed: no one can be there."""
    if centre.closed_on is not None:
        raise AddresseeError(_("{centre} is gesloten; daar kan niemand meer bij.", centre=centre.name))


def row_of(session: Session, uid: UUID, new: NewAddressee, today: date) -> dict[str, object]:
    """The columns of a new row, sealed."""
    keys = keys_of(session)
    number = new.registration
    return {
        "uid": uid,
        "name": seal(keys, AddresseeRow.name, uid, new.name),
        "registration": seal(keys, AddresseeRow.registration, uid, number) if number else None,
        "centre": seal(keys, AddresseeRow.centre, uid, new.centre),
        "locale": seal(keys, AddresseeRow.locale, uid, new.locale),
        "large_print": seal(keys, AddresseeRow.large_print, uid, "yes" if new.large_print else "no"),
        "source": seal(keys, AddresseeRow.source, uid, new.asked_by),
        "audience": new.audience,
        "state": AddresseeState.ACTIVE,
        "confirmed_on": today,
    }


def confirm_addressee(session: Session, uid: UUID, today: date) -> None:
    """The person was heard from: still there, still wants the letters. Raises NotFoundError."""
    row = addressee_row(session, uid)
    row.state, row.confirmed_on, row.suspended_on, row.suspended_because = AddresseeState.ACTIVE, today, None, None


def suspend_addressee(session: Session, uid: UUID, because: SuspendedBecause, today: date) -> None:
    """Print nothing more for this person: the post came back, or no one confirmed in time. Raises NotFoundError."""
    row = addressee_row(session, uid)
    row.state, row.suspended_on, row.suspended_because = AddresseeState.SUSPENDED, today, because


def resume_addressee(session: Session, uid: UUID) -> None:
    """The post had stopped by mistake. When the person was last heard from stays. Raises NotFoundError."""
    row = addressee_row(session, uid)
    row.state, row.suspended_on, row.suspended_because = AddresseeState.ACTIVE, None, None


def addressee_row(session: Session, uid: UUID) -> AddresseeRow:
    """What is kept of a reader by post, for us alone. Raises NotFoundError once everything was erased."""
    row = lock_addressees(session, [uid]).get(uid)
    if row is None:
        raise NotFoundError(_("Van deze lezer wordt niets meer bewaard."))
    return row


def check_name(name: str) -> None:
    """Raises AddresseeError for a name that cannot stand on an envelope."""
    if not any(_is_seen(letter) for letter in name):
        raise AddresseeError(_("De naam is leeg; zonder naam komt post niet aan."))
    if len(name) > _MAX_NAME:
        raise AddresseeError(_("De naam is te lang voor een envelop."))
    if any(not (c.isprintable() or c == "\u200c") for c in name):  # ZWNJ belongs to Persian spelling
        raise AddresseeError(_("In de naam staat een onzichtbaar teken; typ de naam opnieuw."))
    if _HEAPED.search(unicodedata.normalize("NFD", name)):
        raise AddresseeError(_("In de naam staan te veel tekens op één letter; typ de naam opnieuw."))
    if name.lstrip().startswith(FORMULA):
        raise AddresseeError(_("De naam begint als een formule; typ de naam opnieuw."))


_LOOKS_EMPTY = frozenset("\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters and signs that show nothing: fillers of Hangul, vowels of Khmer, the empty cell of Braille."""
_HEAPED = re.compile(r"[\u0300-\u036f\u0483-\u0489\u064b-\u065f\u0e31\u0e34-\u0e3a\u20d0-\u20f0]{5}")
"""More marks on a letter than any language writes: they would run off the label."""


def _is_seen(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "LN" and letter not in _LOOKS_EMPTY


def check_registration(number: str | None) -> None:
    """Raises AddresseeError for what a spreadsheet made of a number: post with a wrong one is not delivered."""
    if number and number.startswith(FORMULA):
        raise AddresseeError(_("Het registratienummer begint als een formule; typ het opnieuw."))
    if number and _CHANGED_BY_SPREADSHEET.fullmatch(number):
        text = _(
            "Een spreadsheet maakte een datum of een rond getal van het registratienummer; typ het opnieuw als tekst."
        )
        raise AddresseeError(text)
