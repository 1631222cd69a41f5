"""Which issues anybody may read on the web. Private by default: an issue appears when somebody says so.

What is shown is kept here, whole: a page stays as it was put on show, on every machine, whatever becomes of the files.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, LargeBinary, Select, String, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from database.base import Base, UtcDateTime, now
from database.declared import impersonal
from database.mac import MacOf
from mailer.ledger.signing import is_as_signed, signed
from mailer.ledger.slots import last_taken, take_moment
from mailer.ledger.tables import FrozenEdition, Mailing
from mailer.organisation import Channel


class ArchivedIssue(Base):
    """An issue that stands in the public archive, in every language of one audience's editions."""

    __tablename__ = "archived_issue"
    __table_args__ = ({"info": impersonal()},)

    issue_slug: Mapped[str] = mapped_column(String(100), primary_key=True)
    audience: Mapped[str] = mapped_column(String(60))
    """Only this audience's editions: a section for another one may not be for everybody."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When it was put on show first; a correction does not change it."""
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revision: Mapped[int] = mapped_column(default=0, server_default="0")
    """Of the text that is shown, as `Mailing.revision`."""
    opens_with: Mapped[int | None]
    """The mailing with whose start it appears; until then no one can see it. Empty: it is on show."""


class ArchivedPage(Base):
    """An issue in one language: what `mailer.artefacts.archive.leaf.Leaf.as_json` made."""

    __tablename__ = "archived_page"
    __table_args__ = ({"info": impersonal()},)

    issue_slug: Mapped[str] = mapped_column(String(100), primary_key=True)
    locale: Mapped[str] = mapped_column(String(20), primary_key=True)
    leaf: Mapped[dict[str, Any]] = mapped_column(JSON)
    mac: Mapped[str] = mapped_column(MacOf("issue_slug", "locale", "leaf"), default="", server_default="")


class ArchivedEarlier(Base):
    """A page as it was before it was corrected: it stays readable, and says so."""

    __tablename__ = "archived_earlier"
    __table_args__ = ({"info": impersonal()},)

    issue_slug: Mapped[str] = mapped_column(String(100), primary_key=True)
    locale: Mapped[str] = mapped_column(String(20), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    leaf: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When the corrected page took its place."""
    mac: Mapped[str] = mapped_column(MacOf("issue_slug", "locale", "revision", "leaf"), default="", server_default="")


class ArchivedPicture(Base):
    """A picture of an archived issue, by its path below the base URL."""

    __tablename__ = "archived_picture"
    __table_args__ = ({"info": impersonal()},)

    issue_slug: Mapped[str] = mapped_column(String(100), primary_key=True)
    path: Mapped[str] = mapped_column(String(100), primary_key=True, index=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)
    mac: Mapped[str] = mapped_column(MacOf("issue_slug", "path", "data"), default="", server_default="")


_ON_SHOW = ArchivedIssue.opens_with.is_(None)
_Archived = ArchivedIssue | ArchivedPage | ArchivedEarlier | ArchivedPicture


@dataclass(frozen=True)
class Shown:
    """A page of the archive."""

    leaf: Mapping[str, Any]
    at: datetime
    updated_at: datetime


def show(
    session: Session,
    slug: str,
    audience: str,
    leaves: Mapping[str, Mapping[str, Any]],
    pictures: Mapping[str, bytes],
    *,
    revision: int = 0,
    opens_with: int | None = None,
) -> None:
    """Put an issue in the archive as this audience read it: a leaf per locale. What stood there of it is replaced.

    Of a later `revision`, what it corrects is kept beside it. With `opens_with` it waits for the start of that mailing,
    unless it is on show already.
    """
    before = session.get(ArchivedIssue, slug)
    at = before.at if before else now()
    waits_for = opens_with if before is None or before.opens_with is not None else None
    if before and before.audience == audience:
        if before.revision < revision:
            _keep_earlier(session, before, leaves)
        _forget(session, slug, ArchivedIssue, ArchivedPage)
    else:
        withdraw(session, slug)
    if not earlier(session, slug):
        _forget(session, slug, ArchivedPicture)
    there = set(session.scalars(select(ArchivedPicture.path).where(ArchivedPicture.issue_slug == slug)))
    made = {"audience": audience, "at": at, "updated_at": now(), "revision": revision, "opens_with": waits_for}
    session.add(ArchivedIssue(issue_slug=slug, **made))
    session.add_all(
        signed(session, ArchivedPage(issue_slug=slug, locale=locale, leaf=dict(leaf)))
        for locale, leaf in leaves.items()
    )
    session.add_all(
        signed(session, ArchivedPicture(issue_slug=slug, path=path, data=data))
        for path, data in pictures.items()
        if path not in there
    )
    session.flush()


def _keep_earlier(session: Session, before: ArchivedIssue, leaves: Mapping[str, Mapping[str, Any]]) -> None:
    """The pages whose text is another now; one that was altered behind our back is not kept."""
    for page in session.scalars(select(ArchivedPage).where(ArchivedPage.issue_slug == before.issue_slug)):
        new = leaves.get(page.locale)
        if new is not None and _text(page.leaf) != _text(new) and is_as_signed(session, page):
            own = {"issue_slug": page.issue_slug, "locale": page.locale, "revision": before.revision}
            session.add(signed(session, ArchivedEarlier(**own, leaf=page.leaf, at=now())))
    session.flush()


def _text(leaf: Mapping[str, Any]) -> str:
    """All that a reader sees of a leaf, without what is said of a mistake in the one before."""
    return json.dumps({name: one for name, one in leaf.items() if name != "correction"}, sort_keys=True)


def appear(session: Session, mailing_id: int) -> None:
    """A mailing begins: what waits for it is on show from now on."""
    for one in session.scalars(select(ArchivedIssue).where(ArchivedIssue.opens_with == mailing_id)).all():
        one.opens_with, one.at, one.updated_at = None, now(), now()
        take_moment(session, _job(one.issue_slug), ONCE, now())
    session.flush()


def drop_waiting(session: Session, mailing_id: int) -> None:
    """A mailing will never begin: what waits for it goes."""
    for slug in session.scalars(select(ArchivedIssue.issue_slug).where(ArchivedIssue.opens_with == mailing_id)).all():
        withdraw(session, slug)


def was_withdrawn(session: Session, slug: str) -> bool:
    """Whether it was put on show by itself once, and is there no more."""
    return last_taken(session, _job(slug)) is not None and session.get(ArchivedIssue, slug) is None


ONCE = datetime(2000, 1, 1, tzinfo=UTC)
"""The one moment of each issue at which it is shown by itself."""


def _job(slug: str) -> str:
    return f"archive {slug}"


def withdraw(session: Session, slug: str) -> None:
    """Take an issue out of the archive: nothing of it stays readable."""
    _forget(session, slug, ArchivedIssue, ArchivedPage, ArchivedEarlier, ArchivedPicture)


def _forget(session: Session, slug: str, *tables: type[_Archived]) -> None:
    for table in tables:
        session.execute(delete(table).where(table.issue_slug == slug))
    session.expire_all()


def earlier(session: Session, slug: str | None = None) -> list[ArchivedEarlier]:
    """The pages of an issue, or of all, that were corrected, the oldest first."""
    query = select(ArchivedEarlier).order_by(ArchivedEarlier.issue_slug, ArchivedEarlier.revision)
    found = session.scalars(query if slug is None else query.where(ArchivedEarlier.issue_slug == slug))
    return [one for one in found if is_as_signed(session, one)]


def on_show(session: Session) -> list[ArchivedIssue]:
    """Every issue of the archive, the one that was put there last first."""
    shown = select(ArchivedIssue).where(_ON_SHOW)
    return list(session.scalars(shown.order_by(ArchivedIssue.at.desc(), ArchivedIssue.issue_slug)))


def pages(
    session: Session,
    *,
    locale: str | None = None,
    slug: str | None = None,
    altered: Callable[[str], object] = lambda _slug: None,
) -> list[Shown]:
    """The pages of the archive, of one language or one issue where that is said; the newest issue first.

    One that is not as it was put on show goes to `altered`, and is not shown.
    """
    query = select(ArchivedPage, ArchivedIssue.at, ArchivedIssue.updated_at).join(
        ArchivedIssue, (ArchivedIssue.issue_slug == ArchivedPage.issue_slug) & _ON_SHOW
    )
    if locale is not None:
        query = query.where(ArchivedPage.locale == locale)
    if slug is not None:
        query = query.where(ArchivedPage.issue_slug == slug)
    order = ArchivedIssue.at.desc(), ArchivedIssue.issue_slug.desc(), ArchivedPage.locale
    found = []
    for page, at, updated in session.execute(query.order_by(*order)):
        if is_as_signed(session, page):
            found.append(Shown(page.leaf, at, updated))
        else:
            altered(page.issue_slug)
    return found


def version(session: Session) -> tuple[int, datetime | None, int]:
    """Changes whenever an issue is put on show, shown anew, corrected or withdrawn."""
    count, last = session.execute(select(func.count(), func.max(ArchivedIssue.updated_at)).where(_ON_SHOW)).one()
    corrected = session.scalar(select(func.count()).select_from(ArchivedEarlier)) or 0
    return count, last, corrected


def locales(session: Session, slug: str | None = None) -> list[str]:
    """The languages in which anything, or one issue, stands in the archive."""
    shown = (ArchivedIssue.issue_slug == ArchivedPage.issue_slug) & _ON_SHOW
    query = select(ArchivedPage.locale).join(ArchivedIssue, shown).distinct().order_by(ArchivedPage.locale)
    return list(session.scalars(query if slug is None else query.where(ArchivedPage.issue_slug == slug)))


def picture(session: Session, path: str) -> bytes | None:
    """A picture of the archive by its path below the base URL; None too when it is not as it was put on show."""
    row = session.scalar(_shown_pictures().where(ArchivedPicture.path == path).limit(1))
    return row.data if row is not None and is_as_signed(session, row) else None


def pictures(session: Session) -> dict[str, bytes]:
    """Every picture of the archive by its path."""
    rows = session.scalars(_shown_pictures())
    return {row.path: row.data for row in rows if is_as_signed(session, row)}


def _shown_pictures() -> Select[ArchivedPicture]:
    return select(ArchivedPicture).join(
        ArchivedIssue, (ArchivedIssue.issue_slug == ArchivedPicture.issue_slug) & _ON_SHOW
    )


def locales_mailed(session: Session, slug: str, audience: str) -> list[str]:
    """The languages in which an audience was mailed an issue."""
    mine = Mailing.issue_slug == slug, FrozenEdition.audience == audience, FrozenEdition.channel == Channel.EMAIL
    query = select(FrozenEdition.locale).join(Mailing, Mailing.id == FrozenEdition.mailing_id).where(*mine)
    return sorted(set(session.scalars(query)))
