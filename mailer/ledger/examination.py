"""What the last look at the installation found. One row; nothing commits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, delete, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from database.base import Base, UtcDateTime
from database.declared import impersonal

_ONLY = 1


class Examination(Base):
    """The findings are sentences with what fills their slots: domains, machines and numbers of our own."""

    __tablename__ = "examination"
    __table_args__ = ({"info": impersonal()},)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSON)


def keep(session: Session, at: datetime, findings: Sequence[dict[str, Any]]) -> None:
    """Keep these instead of those of before."""
    session.execute(delete(Examination))
    session.execute(insert(Examination).values(id=_ONLY, at=at, findings=list(findings)))


def kept(session: Session) -> tuple[datetime, list[dict[str, Any]]] | None:
    """When was looked last, and what was found; None when no one has looked."""
    row = session.execute(select(Examination.at, Examination.findings)).first()
    return None if row is None else (row.at, row.findings)
