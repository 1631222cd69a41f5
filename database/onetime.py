"""Single-use secrets that travel by mail: confirm a subscription, sign in, change an address.

The token is random and only its hash is stored, so a stolen database confirms nothing. What it stands for is sealed.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import CursorResult, String, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from database.base import Base, UtcDateTime, new_id, now
from database.declared import CONSENT, personal
from database.keys import keys_of
from database.sealed import Sealed, SealedText, open_sealed, seal
from wording import _

_TOKEN_BYTES = 32
_APPENDED = "=.>,;:!?)]}\"'’”» \t\r\n\u00a0"


class OneTime(Base):
    """A secret somebody was mailed and has not used yet, or used."""

    __tablename__ = "one_time"
    __table_args__ = (
        {"info": personal(_("een verzoek laten bevestigen door wie de mail krijgt"), CONSENT, _("72 uur"))},
    )

    uid: Mapped[UUID] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[str] = mapped_column(String(30))
    subject: Mapped[UUID] = mapped_column(index=True)
    payload: Mapped[Sealed] = mapped_column(SealedText)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


@dataclass(frozen=True)
class Redeemed:
    """What a token stands for."""

    subject: UUID
    payload: Mapping[str, Any] = field(repr=False)


def issue(session: Session, purpose: str, subject: UUID, lasts: timedelta, payload: Mapping[str, Any]) -> str:
    """A new token of 256 random bits, for a link; `payload` is JSON that comes back when it is redeemed."""
    uid, token = new_id(), secrets.token_urlsafe(_TOKEN_BYTES)
    session.add(
        OneTime(
            uid=uid,
            token_hash=_hash(token),
            purpose=purpose,
            subject=subject,
            payload=seal(keys_of(session), OneTime.payload, uid, json.dumps(dict(payload))),
            expires_at=now() + lasts,
        )
    )
    session.flush()
    return token


def open_requests(session: Session, purpose: str, subjects: Collection[UUID]) -> Iterator[Redeemed]:
    """What these subjects were mailed and have not used yet."""
    query = select(OneTime).where(
        OneTime.subject.in_(subjects),
        OneTime.purpose == purpose,
        OneTime.used_at.is_(None),
        OneTime.expires_at > now(),
    )
    for row in session.scalars(query):
        yield _redeemed(session, row)


def peek(session: Session, purpose: str, token: str) -> Redeemed | None:
    """What the token stands for, without using it: for the page with the button. None when unknown, used or expired."""
    row = session.scalar(
        select(OneTime).where(
            OneTime.token_hash == _hash(token),
            OneTime.purpose == purpose,
            OneTime.used_at.is_(None),
            OneTime.expires_at > now(),
        )
    )
    return None if row is None else _redeemed(session, row)


def _redeemed(session: Session, row: OneTime) -> Redeemed:
    return Redeemed(row.subject, json.loads(open_sealed(keys_of(session), OneTime.payload, row.uid, row.payload)))


def redeem(session: Session, purpose: str, token: str) -> Redeemed | None:
    """Use the token up. Two requests at the same moment cannot both get it."""
    found = peek(session, purpose, token)
    if found is None:
        return None
    mine = update(OneTime).where(OneTime.token_hash == _hash(token), OneTime.used_at.is_(None)).values(used_at=now())
    result = session.execute(mine)
    return found if isinstance(result, CursorResult) and result.rowcount == 1 else None


def is_open(session: Session, purpose: str, subject: UUID) -> bool:
    """True while somebody holds a token for this that still works."""
    open_now = OneTime.used_at.is_(None), OneTime.expires_at > now()
    query = select(OneTime.uid).where(OneTime.purpose == purpose, OneTime.subject == subject, *open_now)
    return session.scalar(query.limit(1)) is not None


def issued(session: Session, purpose: str, subject: UUID, since: datetime) -> int:
    """How many tokens for this still worked at `since` or later, used or not."""
    mine = OneTime.purpose == purpose, OneTime.subject == subject, OneTime.expires_at > since
    return session.scalar(select(func.count()).select_from(OneTime).where(*mine)) or 0


def end(session: Session, subject: UUID) -> int:
    """Let what was issued for this subject open nothing any more, and the mails that would bring it go (they refer to
    it in the database). Returns how many."""
    result = session.execute(delete(OneTime).where(OneTime.subject == subject, OneTime.used_at.is_(None)))
    return result.rowcount if isinstance(result, CursorResult) else 0


def uid_of(session: Session, token: str) -> UUID | None:
    """The id of a token's row, for what belongs to it; None when there is none (any more)."""
    return session.scalar(select(OneTime.uid).where(OneTime.token_hash == _hash(token)))


def forget(session: Session, before: datetime) -> int:
    """Delete what expired before this moment. Returns how many."""
    result = session.execute(delete(OneTime).where(OneTime.expires_at < before))
    return result.rowcount if isinstance(result, CursorResult) else 0


def bare(token: str) -> str:
    """A token without what mail programs put after the link it stands in; none of those signs is ever part of one."""
    return token.strip().rstrip(_APPENDED)


def _hash(token: str) -> str:
    return hashlib.sha256(bare(token).encode()).hexdigest()
