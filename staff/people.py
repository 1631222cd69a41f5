"""Staff: who edits, translates, approves, prints and sends. Readers are elsewhere (subscribers).

Everything works in the caller's transaction. Who may change whom is asked in `mailer.services.administration`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import JSON, ColumnElement, String, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from database.base import Base, new_id
from database.declared import WORK, personal
from database.keys import KeyRing, keys_of
from database.sealed import BlindIndex, Sealed, SealedText, blind_index, blind_indexes, open_sealed, seal
from staff.mails import Mail
from staff.roles import Role
from wording import _

_LOCK = 0x7374616666
"""PostgreSQL's advisory lock that makes changes of staff queue up, as SQLite does by itself; "staff" in ASCII."""
_KEPT = personal(_("medewerkers laten inloggen en zien wie wat deed"), WORK, _("tot iemand vertrekt"))


class PersonRow(Base):
    """A member of staff or a volunteer."""

    __tablename__ = "person"
    __table_args__ = ({"info": _KEPT},)

    uid: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[Sealed] = mapped_column(SealedText)
    email: Mapped[Sealed] = mapped_column(SealedText)
    email_index: Mapped[str] = mapped_column(BlindIndex, unique=True)
    roles: Mapped[list[str]] = mapped_column(JSON)
    languages: Mapped[list[str]] = mapped_column(JSON)
    """Languages a translator works in; empty for other roles."""
    active: Mapped[bool] = mapped_column(default=True)
    epoch: Mapped[int] = mapped_column(default=0)
    """Sessions that began under a lower one are over."""
    interface: Mapped[str] = mapped_column(String(10), default="")
    """The language of their pages and of mail to them; "" until they chose one."""
    muted: Mapped[list[str]] = mapped_column(JSON, default=list)
    """The mails they do without."""


@dataclass(frozen=True)
class Person:
    """A member of staff, opened. Name and address stay out of `repr`."""

    uid: UUID
    name: str = field(repr=False)
    email: str = field(repr=False)
    roles: frozenset[Role]
    languages: tuple[str, ...] = ()
    active: bool = True
    """False: may do nothing any more; what they approved stays."""
    interface: str = ""
    """The language of their pages and of mail to them; "" until they chose one."""
    muted: frozenset[Mail] = frozenset()
    """The mails they do without."""


def add_person(
    session: Session,
    name: str,
    email: str,
    roles: Iterable[Role],
    languages: Iterable[str] = (),
    *,
    uid: UUID | None = None,
) -> Person:
    """Write down a new person. A second one with the same address is refused by the database (IntegrityError)."""
    keys, uid = keys_of(session), uid or new_id()
    person = Person(uid, name, email, frozenset(roles), tuple(languages))
    session.add(
        PersonRow(
            uid=uid,
            name=seal(keys, PersonRow.name, uid, name),
            email=seal(keys, PersonRow.email, uid, email),
            email_index=email_index(keys, email),
            roles=sorted(person.roles),
            languages=list(person.languages),
        )
    )
    session.flush()
    return person


def change_person(session: Session, changed: Person) -> None:
    """Write down the roles and languages of a person, and whether they are active. The caller holds `queue_up`."""
    row = session.get_one(PersonRow, changed.uid)
    row.roles, row.languages, row.active = sorted(changed.roles), list(changed.languages), changed.active
    session.flush()


def queue_up(session: Session) -> None:
    """Wait until no other transaction changes staff; the rows read after it are the newest."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})


def set_interface(session: Session, uid: UUID, locale: str) -> None:
    """The language of a person's own pages."""
    session.execute(update(PersonRow).where(PersonRow.uid == uid).values(interface=locale))


def set_muted(session: Session, uid: UUID, muted: Iterable[Mail]) -> None:
    """The mails that a person does without."""
    session.execute(update(PersonRow).where(PersonRow.uid == uid).values(muted=sorted(muted)))


def email_index(keys: KeyRing, email: str) -> str:
    """What a person is found by who signs in."""
    return blind_index(keys, "person", email.casefold())


def current(session: Session, uid: UUID, *, hold: bool = True) -> Person | None:
    """The active person with this id as they are now; with `hold` until the transaction ends (FOR SHARE)."""
    query = select(PersonRow).where(PersonRow.uid == uid, PersonRow.active)
    if hold:
        query = query.with_for_update(read=True)
    row = session.scalar(query.execution_options(populate_existing=True))
    return None if row is None else opened(session, row)


def person(session: Session, uid: UUID) -> Person | None:
    """The person with this id; None when unknown or no longer active."""
    return _one(session, PersonRow.uid == uid, PersonRow.active)


def person_by_email(session: Session, email: str) -> Person | None:
    """The person who signs in with this address; None when unknown or no longer active."""
    return _one(session, _has_address(session, email), PersonRow.active)


def is_known(session: Session, email: str) -> bool:
    """Whether anyone has this address, active or not."""
    return _one(session, _has_address(session, email)) is not None


def people(session: Session) -> list[Person]:
    """Everyone who is active, by name."""
    return [one for one in everyone(session) if one.active]


def everyone(session: Session) -> list[Person]:
    """Everyone who works or worked here, by name."""
    found = (opened(session, row) for row in session.scalars(select(PersonRow)))
    return sorted(found, key=lambda one: (one.name.casefold(), one.uid))


def _has_address(session: Session, email: str) -> ColumnElement[bool]:
    return PersonRow.email_index.in_(blind_indexes(keys_of(session), "person", email.strip().casefold()))


def _one(session: Session, *conditions: ColumnElement[bool] | Mapped[bool]) -> Person | None:
    row = session.scalar(select(PersonRow).where(*conditions))
    return None if row is None else opened(session, row)


def opened(session: Session, row: PersonRow) -> Person:
    """The person of a row, with the name and address unsealed."""
    keys = keys_of(session)
    return Person(
        row.uid,
        open_sealed(keys, PersonRow.name, row.uid, row.name),
        open_sealed(keys, PersonRow.email, row.uid, row.email),
        frozenset(map(Role, row.roles)),
        tuple(row.languages),
        row.active,
        row.interface,
        frozenset(Mail(one) for one in row.muted if one in set(Mail)),
    )
