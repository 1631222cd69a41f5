"""Which issues anybody may read on the web. Private by default: an issue appears when somebody says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from database.base import Base, UtcDateTime, now
from database.declared import impersonal
from mailer.ledger.tables import EditionImage, FrozenEdition, Mailing


class ArchivedIssue(Base):
    """An issue that stands in the public archive, in every language of one audience's editions."""

    __tablename__ = "archived_issue"
    __table_args__ = ({"info": impersonal()},)

    issue_slug: Mapped[str] = mapped_column(String(100), primary_key=True)
    audience: Mapped[str] = mapped_column(String(60))
    """Only this audience's editions: a section for another one may not be for everybody."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)


@dataclass(frozen=True)
class ArchivedEdition:
    """An edition as it was mailed, with its slots still empty."""

    slug: str
    locale: str
    subject: str
    html: str
    at: datetime


def show(session: Session, slug: str, audience: str) -> None:
    """Put an issue in the archive as this audience read it."""
    session.merge(ArchivedIssue(issue_slug=slug, audience=audience, at=now()))


def withdraw(session: Session, slug: str) -> None:
    """Take an issue out of the archive."""
    row = session.get(ArchivedIssue, slug)
    if row is not None:
        session.delete(row)


def on_show(session: Session) -> list[ArchivedIssue]:
    """Every issue of the archive, the one that was put there last first."""
    return list(session.scalars(select(ArchivedIssue).order_by(ArchivedIssue.at.desc(), ArchivedIssue.issue_slug)))


def shown(session: Session, locale: str) -> list[ArchivedEdition]:
    """What stands in the archive in one language, the newest first."""
    rows = session.execute(_editions().where(FrozenEdition.locale == locale).order_by(ArchivedIssue.at.desc()))
    newest = {edition.slug: edition for edition in (_edition(frozen, archived) for frozen, archived in rows)}
    return list(newest.values())


def languages_of(session: Session, slug: str) -> list[str]:
    """The languages in which an issue stands in the archive."""
    rows = session.execute(_editions().where(ArchivedIssue.issue_slug == slug))
    return sorted({frozen.locale for frozen, _archived in rows})


def edition_shown(session: Session, slug: str, locale: str) -> ArchivedEdition | None:
    """One edition of the archive; None when it is not there, or not for everybody."""
    query = _editions().where(ArchivedIssue.issue_slug == slug, FrozenEdition.locale == locale)
    row = session.execute(query.order_by(FrozenEdition.id.desc())).first()
    return _edition(row[0], row[1]) if row else None


def picture_shown(session: Session, slug: str, locale: str, name: str) -> bytes | None:
    """An image of an edition of the archive."""
    editions = _editions().with_only_columns(FrozenEdition.id)
    mine = editions.where(ArchivedIssue.issue_slug == slug, FrozenEdition.locale == locale)
    query = select(EditionImage.data).where(EditionImage.edition_id.in_(mine), EditionImage.name == name)
    return session.scalar(query.limit(1))


def _editions() -> Select[FrozenEdition, ArchivedIssue]:
    return (
        select(FrozenEdition, ArchivedIssue)
        .join(Mailing, Mailing.id == FrozenEdition.mailing_id)
        .join(ArchivedIssue, ArchivedIssue.issue_slug == Mailing.issue_slug)
        .where(FrozenEdition.audience == ArchivedIssue.audience, FrozenEdition.html.is_not(None))
    )


def _edition(frozen: FrozenEdition, archived: ArchivedIssue) -> ArchivedEdition:
    return ArchivedEdition(archived.issue_slug, frozen.locale, frozen.subject, frozen.html or "", archived.at)
