"""Do these keys belong to this database? Asked once at the start, so that nothing is ever written under a wrong key."""

from __future__ import annotations

import hmac

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from database.base import Base
from database.declared import impersonal
from database.keys import ROOTS, KeyRing, KeysError, keys_of
from wording import _


class KeyCheck(Base):
    """A key this database was used with, as something only that key can compute."""

    __tablename__ = "key_check"
    __table_args__ = ({"info": impersonal()},)

    root: Mapped[str] = mapped_column(String(10), primary_key=True)
    kid: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value: Mapped[str] = mapped_column(String(64))


def require_known(session: Session) -> set[tuple[str, int]]:
    """Raises KeysError when a key is missing or another one; returns the root and id of each it knows."""
    keys = keys_of(session)
    known = {(row.root, row.kid): row.value for row in session.scalars(select(KeyCheck))}
    for (root, kid), value in known.items():
        if not hmac.compare_digest(value, _value(keys, root, kid)):
            raise KeysError(
                _(
                    "Sleutel {root}.{kid} is niet die van deze database. Zet de juiste terug.",
                    root=root,
                    kid=kid,
                )
            )
    return set(known)


def require_fit(session: Session) -> None:
    """As `require_known`; keys that are new to the database are written down. Wants a transaction that may write."""
    keys, known = keys_of(session), require_known(session)
    for root in ROOTS:
        for kid in keys.ids(root):
            if (root, kid) not in known:
                session.add(KeyCheck(root=root, kid=kid, value=_value(keys, root, kid)))
    session.flush()


def _value(keys: KeyRing, root: str, kid: int) -> str:
    return hmac.digest(keys.derive(root, "check", kid), b"postduif", "sha256").hex()
