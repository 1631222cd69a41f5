"""What the organisation says of itself, kept for machines that have no content folder. Never commits."""

from __future__ import annotations

from hashlib import sha256

from sqlalchemy import String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from database.base import Base
from database.declared import impersonal

_ONLY = 1


class KeptSettings(Base):
    """One row: the organisation's own part of postduif.toml, and its SHA-256 in hexadecimal."""

    __tablename__ = "kept_settings"
    __table_args__ = ({"info": impersonal()},)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[str] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(Text)


def known(session: Session) -> str:
    """The hash of what is kept; "" when nothing is."""
    return session.scalar(select(KeptSettings.hash).where(KeptSettings.id == _ONLY)) or ""


def kept(session: Session) -> tuple[str, str]:
    """The hash, and the text; "" for both when nothing is kept."""
    row = session.execute(select(KeptSettings.hash, KeptSettings.text).where(KeptSettings.id == _ONLY)).first()
    return ("", "") if row is None else (row[0], row[1])


def keep(session: Session, text: str) -> None:
    """Keep this text instead of what was."""
    own = sha256(text.encode()).hexdigest()
    if known(session) != own:
        session.merge(KeptSettings(id=_ONLY, hash=own, text=text))
        session.flush()
