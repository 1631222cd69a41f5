"""Save the text and the pictures of an issue, so that no one's work is written over and every version is kept."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from uuid import UUID

from sqlalchemy.orm import Session

from database.audit import Event, record
from mailer.artefacts.email.images import NO_IMAGE, TOO_LARGE, ImageUnusableError
from mailer.content import ChangedMeanwhileError
from mailer.darkroom.darkroom import develop_one
from mailer.document.images import ImageState
from mailer.issue import MAX_BYTES
from mailer.ledger import writing as ledger
from mailer.ledger.writing import IssueRevision, packed
from mailer.services.office import Office, deed, look
from mailer.services.translating.catalogs import check_issue
from mailer.services.writing import folders
from mailer.services.writing.looking import look_again
from mailer.translation.catalog import digest
from staff.people import Person
from staff.permissions import Permission, require
from wording import _
from wording.errors import ConflictError, InvalidInputError, NotFoundError, ServiceError

PRINT_WIDTH = 2400
"""Pixels of a picture at most: 300 to the inch over the width of A4."""


class SavedMeanwhileError(ChangedMeanwhileError):
    """Someone else saved first. `theirs` is the text that is there now, `theirs_hash` the base to save mine with."""

    def __init__(self, slug: str, theirs: str, theirs_hash: str) -> None:
        super().__init__(_("Iemand anders heeft {slug} intussen bewaard; er is niets overschreven.", slug=slug))
        self.theirs, self.theirs_hash = theirs, theirs_hash


class TypedElsewhereError(ConflictError):
    """The same person typed in another window. `theirs` is what stands there, `mark` what it is known by."""

    def __init__(self, slug: str, theirs: str) -> None:
        super().__init__(_("Je schrijft {slug} ook in een ander venster; er is niets overschreven.", slug=slug))
        self.theirs, self.mark = theirs, mark_of(theirs)


@dataclass(frozen=True)
class Opened:
    """An issue as it is saved now; `hash` is the base for the next save."""

    slug: str
    text: str
    hash: str


@dataclass(frozen=True)
class Saved:
    """What saving did. `revision` is None when the text was that already."""

    hash: str
    revision: int | None
    at: datetime


def open_issue(office: Office, person: Person, slug: str) -> Opened:
    """The text of an issue, to be edited. Raises NotFoundError, ContentError when it is not UTF-8."""
    with look(office, person, Permission.EDIT_ISSUES):
        return now_saved(office, slug)


def save_issue(office: Office, person: Person, slug: str, text: str, base: str, *, over: str | None = None) -> Saved:
    """Save a text that was written from the one with the hash `base`. It may have mistakes: `check` tells them.

    What the person typed before is thrown away, and a version that came from outside is kept first. `over` is the mark
    of the draft that the window knows, "" for none. Raises SavedMeanwhileError with what is there now,
    TypedElsewhereError for a draft of another window, NotFoundError, InvalidInputError for what no file may hold.
    """
    require(person, Permission.EDIT_ISSUES)
    return save(office, person, slug, text, base, over=over)


def save(
    office: Office,
    person: Person,
    slug: str,
    text: str,
    base: str,
    *,
    restores: int | None = None,
    typo: str = "",
    over: str | None = None,
) -> Saved:
    """What `save_issue` does, and which version is put back with it; `typo` says why typing errors were corrected."""
    with deed(office, person, Permission.EDIT_ISSUES) as session:
        actor, at = person.uid, office.clock()
        require_savable(text)
        require_seen(session, slug, person, text, over)
        before = now_saved(office, slug, gone_is_empty=bool(base))
        if before.hash != base:
            raise SavedMeanwhileError(slug, before.text, before.hash)
        keep_outside(session, before, at)
        try:
            saved = office.content.save_text(slug, text, base)
        except ChangedMeanwhileError as error:
            theirs = now_saved(office, slug, gone_is_empty=True)
            raise SavedMeanwhileError(slug, theirs.text, theirs.hash) from error
        except OSError as error:
            raise ServiceError(_("Er is niets bewaard: {why}.", why=error.strerror or error)) from error
        revision = None
        if saved != base:
            revision = keep_revision(session, now_saved(office, slug), actor, at, restores=restores, typo=typo)
            told = {"issue": slug, "hash": saved, **({"typo": base} if typo else {})}
            record(session, Event.EDIT, actor, detail=told)
        ledger.drop_draft(session, slug, actor)
    look_again(office, slug)
    return Saved(saved, revision, at)


def save_picture(office: Office, person: Person, slug: str, name: str, data: bytes) -> str:
    """Put a picture beside an issue, decoded and encoded anew; returns the name it has there.

    A file that is there is never replaced. Raises ImageUnusableError, NotFoundError.
    """
    with look(office, person, Permission.EDIT_ISSUES):
        check_issue(office.content, slug)
    developed = develop_one(data, PRINT_WIDTH)
    if (picture := developed.picture) is None:
        raise ImageUnusableError(TOO_LARGE if developed.fact.state is ImageState.TOO_LARGE else NO_IMAGE)
    suffix = "jpg" if picture.subtype == "jpeg" else picture.subtype
    stem = re.sub(r"[^a-z0-9]+", "-", PurePosixPath(name.replace("\\", "/")).stem.lower()).strip("-")[:60] or "foto"
    with deed(office, person, Permission.EDIT_ISSUES) as session:
        actor = person.uid
        check_issue(office.content, slug)
        try:
            found = folders.add_picture(office.content, slug, stem, suffix, picture.data)
        except OSError as error:
            raise ServiceError(_("Er is niets bewaard: {why}.", why=error.strerror or error)) from error
        record(session, Event.EDIT, actor, detail={"issue": slug, "picture": found})
    return found


def now_saved(office: Office, slug: str, *, gone_is_empty: bool = False) -> Opened:
    """The text that is on the disk. Raises NotFoundError, unless one that is gone is to be empty."""
    once = office.content.reading_once()
    text = once.text(slug)
    if text is None and not gone_is_empty:
        raise NotFoundError(_("Er is geen nummer ‘{slug}’.", slug=slug))
    return Opened(slug, text or "", once.issue_hash(slug))


def require_savable(text: str) -> None:
    """Raises InvalidInputError for a text that no issue may hold."""
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        raise InvalidInputError(_("Hier staat een teken dat in geen tekst hoort; haal het weg.")) from error
    if "\0" in text:
        raise InvalidInputError(_("Hier staat een teken dat in geen tekst hoort; haal het weg."))
    if size > MAX_BYTES:
        raise InvalidInputError(
            _("Deze tekst is groter dan {most} kB; maak er twee nummers van.", most=MAX_BYTES // 1000)
        )


def require_seen(session: Session, slug: str, person: Person, text: str, over: str | None) -> None:
    """Raises TypedElsewhereError for a draft that the window with the mark `over` never showed; None does not look."""
    row = None if over is None else ledger.draft(session, slug, person.uid)
    if row is not None and (theirs := ledger.unpacked(row.text)) != text and mark_of(theirs) != over:
        raise TypedElsewhereError(slug, theirs)


def mark_of(text: str) -> str:
    """What a draft is known by."""
    return digest(text.encode())


def keep_outside(session: Session, before: Opened, at: datetime) -> None:
    """Keep the version that is on the disk, if it was not saved here: no version is ever lost by a save."""
    last = ledger.last_revision(session, before.slug)
    if before.hash and (last is None or last.hash != before.hash):
        keep_revision(session, before, None, at)


def keep_revision(
    session: Session, saved: Opened, by: UUID | None, at: datetime, *, restores: int | None = None, typo: str = ""
) -> int:
    """Write down a version; returns its number."""
    row = IssueRevision(issue_slug=saved.slug, hash=saved.hash, text=packed(saved.text), person=by, at=at)
    row.restores, row.typo = restores, typo
    session.add(row)
    session.flush()
    return row.id
