"""Asking to come in: a link and a code go to the mailbox, and either lets the browser in that asked.

Opening the link changes nothing (scanners of mail open every link). Only the browser that asked gets the button;
another one is shown the code to type where the request began.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ForeignKey, String, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from database.base import Base, UtcDateTime, new_id, now
from database.declared import WORK, personal
from database.keys import keys_of
from database.onetime import bare
from database.sealed import Sealed, SealedText, blind_index, blind_indexes, open_sealed, seal
from staff.people import Person, person
from wording import _

LASTS = timedelta(minutes=15)
INVITED = timedelta(days=3)
"""How long the link of an invitation works."""
CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""32 signs without I, O, 0 and 1, which are read for each other."""
CODE_LENGTH = 8
MOST_TRIES = 5
"""Wrong codes for one request; then it is over, and a new link is asked for."""
_TOKEN_BYTES = 32


class SignInRequest(Base):
    """A link and a code that were mailed and not used yet."""

    __tablename__ = "sign_in_request"
    __table_args__ = (
        {
            "info": personal(
                _("medewerkers laten inloggen"), WORK, _("15 minuten na het verzoek; na een uitnodiging drie dagen")
            )
        },
    )

    uid: Mapped[UUID] = mapped_column(primary_key=True)
    person: Mapped[UUID] = mapped_column(ForeignKey("person.uid"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    code_index: Mapped[str] = mapped_column(String(80))
    """Keyed: forty bits could be guessed from a plain hash."""
    code: Mapped[Sealed] = mapped_column(SealedText)
    """For the page that shows it to a browser that did not ask."""
    browser_hash: Mapped[str] = mapped_column(String(64), index=True)
    """"" for a link that was made at the machine: any browser may use it."""
    tries: Mapped[int] = mapped_column(default=0)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


@dataclass(frozen=True)
class Asked:
    """What goes into the mail."""

    person: Person
    token: str = field(repr=False)
    code: str = field(repr=False)


@dataclass(frozen=True)
class Invitation:
    """What the page behind a link may show."""

    is_here: bool
    """True in the browser that asked: it gets the button."""
    code: str = field(repr=False)


def ask(session: Session, who: Person, browser: str, at: datetime | None = None, *, lasts: timedelta = LASTS) -> Asked:
    """A new request for this person, from the browser with this secret ("" for none). Earlier ones stay good."""
    keys, uid = keys_of(session), new_id()
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    code = "".join(secrets.choice(CODE_LETTERS) for _each in range(CODE_LENGTH))
    session.add(
        SignInRequest(
            uid=uid,
            person=who.uid,
            token_hash=_hash(token),
            code_index=blind_index(keys, "sign-in", code),
            code=seal(keys, SignInRequest.code, uid, code),
            browser_hash=_hash(browser) if browser else "",
            expires_at=(at or now()) + lasts,
        )
    )
    session.flush()
    return Asked(who, token, code)


def look(session: Session, token: str, browser: str, at: datetime | None = None) -> Invitation | None:
    """What a link stands for, without using it. None when it is unknown, used or over."""
    row = _by_token(session, token, at or now())
    if row is None:
        return None
    return Invitation(_is_of(row, browser), open_sealed(keys_of(session), SignInRequest.code, row.uid, row.code))


def by_link(session: Session, token: str, browser: str, at: datetime | None = None) -> Person | None:
    """Use a link up, in the browser that asked. None when it is no (longer a) link of this browser."""
    row = _by_token(session, token, at or now())
    return _used(session, row) if row is not None and _is_of(row, browser) else None


def by_code(session: Session, code: str, browser: str, at: datetime | None = None) -> Person | None:
    """Use a code up, in the browser that asked. A wrong one counts for each request of this browser."""
    mine = SignInRequest.browser_hash == _hash(browser), SignInRequest.expires_at > (at or now())
    in_time = *mine, SignInRequest.tries < MOST_TRIES
    typed = blind_indexes(keys_of(session), "sign-in", tidy(code))
    row = session.scalar(select(SignInRequest).where(*in_time, SignInRequest.code_index.in_(typed)))
    if row is not None:
        return _used(session, row)
    session.execute(update(SignInRequest).where(*mine).values(tries=SignInRequest.tries + 1))
    return None


def forget_of(session: Session, who: UUID) -> None:
    """Delete the requests of one person: no link or code lets them in any more."""
    session.execute(delete(SignInRequest).where(SignInRequest.person == who))


def invited(session: Session, at: datetime | None = None) -> dict[UUID, datetime]:
    """Until when the link of an invitation works, of everyone who has one."""
    open_ones = SignInRequest.browser_hash == "", SignInRequest.expires_at > (at or now()) + LASTS
    rows = session.execute(
        select(SignInRequest.person, func.max(SignInRequest.expires_at))
        .where(*open_ones)
        .group_by(SignInRequest.person)
    )
    return dict(rows.all())


def forget(session: Session, at: datetime | None = None) -> None:
    """Delete the requests that are over."""
    session.execute(delete(SignInRequest).where(SignInRequest.expires_at <= (at or now())))


def tidy(code: str) -> str:
    """A code as it was typed: small letters, spaces and dashes make no difference."""
    return "".join(sign for sign in code.upper() if sign in CODE_LETTERS)[: CODE_LENGTH + 1]


def _used(session: Session, row: SignInRequest) -> Person | None:
    """Whose request it is; two requests at the same moment cannot both get it."""
    mine = delete(SignInRequest).where(SignInRequest.uid == row.uid).returning(SignInRequest.uid)
    return person(session, row.person) if session.execute(mine).first() is not None else None


def _by_token(session: Session, token: str, at: datetime) -> SignInRequest | None:
    open_now = SignInRequest.expires_at > at, SignInRequest.tries < MOST_TRIES
    return session.scalar(select(SignInRequest).where(SignInRequest.token_hash == _hash(bare(token)), *open_now))


def _is_of(row: SignInRequest, browser: str) -> bool:
    return not row.browser_hash or (bool(browser) and secrets.compare_digest(row.browser_hash, _hash(browser)))


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
