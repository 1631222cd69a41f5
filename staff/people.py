"""Staff: who edits, translates, approves, prints and sends. Readers are elsewhere (subscribers)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import JSON, ColumnElement, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from database.base import Base, new_id
from database.declared import WORK, personal
from database.keys import KeyRing, keys_of
from database.sealed import BlindIndex, Sealed, SealedText, blind_index, blind_indexes, open_sealed, seal
from staff.roles import Role
from wording import _

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


@dataclass(frozen=True)
class Person:
    """A member of staff, opened. Name and address stay out of `repr`."""

    uid: UUID
    name: str = field(repr=False)
    email: str = field(repr=False)
    roles: frozenset[Role]
    languages: tuple[str, ...] = ()


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


def email_index(keys: KeyRing, email: str) -> str:
    """What a person is found by who signs in."""
    return blind_index(keys, "person", email.casefold())


def person(session: Session, uid: UUID) -> Person | None:
    """The person with this id; None when unknown or no longer active."""
    return _one(session, PersonRow.uid == uid)


def person_by_email(session: Session, email: str) -> Person | None:
    """The person who signs in with this address; None when unknown or no longer active."""
    return _one(session, PersonRow.email_index.in_(blind_indexes(keys_of(session), "person", email.strip().casefold())))


def people(session: Session) -> list[Person]:
    """Everyone who is active, by name."""
    rows = session.scalars(select(PersonRow).where(PersonRow.active))
    return sorted((_opened(session, row) for row in rows), key=lambda one: one.name.casefold())


def _one(session: Session, condition: ColumnElement[bool]) -> Person | None:
    row = session.scalar(select(PersonRow).where(condition, PersonRow.active))
    return None if row is None else _opened(session, row)


def _opened(session: Session, row: PersonRow) -> Person:
    keys = keys_of(session)
    return Person(
        row.uid,
        open_sealed(keys, PersonRow.name, row.uid, row.name),
        open_sealed(keys, PersonRow.email, row.uid, row.email),
        frozenset(map(Role, row.roles)),
        tuple(row.languages),
    )
