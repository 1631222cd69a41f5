"""The archive on the web: what was put on show, in every language of the audience it was for.

An issue is private until it is put on show, and can be only after it was mailed. The pages are made from what was kept
at that moment: for the web (`page`, `shelf`, `feed`, `picture`), and as files for another server (`build`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from database.audit import record
from mailer.artefacts.archive.events import event_file
from mailer.artefacts.archive.leaf import PublicIssue, leaf_from
from mailer.artefacts.archive.pages import Asked, archive_from, feeds
from mailer.artefacts.archive.pages import earlier_page as old_page
from mailer.artefacts.archive.pages import page as page_from
from mailer.artefacts.archive.pages import shelf as shelf_from
from mailer.issue import publication_of
from mailer.ledger import archive
from mailer.ledger.opening import newest_revision
from mailer.organisation import House, Showing
from mailer.services.office import Office, deed, look
from mailer.services.publishing.shelving import MOST_ASKED, Shelves, published, search, shelved
from mailer.services.translating.release import releases, require_ready
from mailer.services.writing.editions import audience_of, editions, load
from staff.people import Person
from staff.permissions import Permission, require
from wording import _
from wording.errors import ConflictError, InvalidInputError, NotFoundError
from wording.interface import interface


@dataclass(frozen=True)
class OnShow:
    """An issue in the archive: for which audience it was made, and since when it is there."""

    issue: str
    audience: str
    at: datetime


def show(office: Office, person: Person, slug: str, audience: str) -> None:
    """Put an issue on show as `audience` read it by e-mail; again, and what is there is replaced.

    After a correction what it corrects stays readable beside it. Raises NotFoundError for an unknown issue or audience,
    ConflictError when it was not mailed to them or its publication is never shown, ContentError that names each message
    that is not approved (any more): what was changed after the mailing waits for its approval here too.
    """
    require(person, Permission.SHOW_IN_ARCHIVE)
    audience_of(office.house, audience)
    _require_shown(office.house, slug)
    pages = pages_of(office, slug, audience)
    with deed(office, person, Permission.SHOW_IN_ARCHIVE) as session:
        pages.show(session)
        record(session, "archive_show", person.uid, detail={"issue": slug, "audience": audience})


def _require_shown(house: House, slug: str) -> None:
    publication = publication_of(slug, house)
    if publication is not None and publication.on_show is Showing.NEVER:
        raise ConflictError(
            _("‘{publication}’ komt nooit in het archief; zo staat het in postduif.toml.", publication=publication.key)
        )


@dataclass(frozen=True)
class Pages:
    """What an issue would be in the archive now, as one audience read it."""

    slug: str
    audience: str
    leaves: Mapping[str, Mapping[str, Any]]
    pictures: Mapping[str, bytes]

    def show(self, session: Session) -> None:
        """Put it there, as the newest revision of the issue."""
        newest = newest_revision(session, self.slug)
        archive.show(session, self.slug, self.audience, self.leaves, self.pictures, revision=newest)


def pages_of(office: Office, slug: str, audience: str) -> Pages:
    """Raises ConflictError when the issue was not mailed to them, and ContentError. No door."""
    with office.store.reading() as session:
        mailed = archive.locales_mailed(session, slug, audience)
    if not mailed:
        raise ConflictError(
            _("{slug} is nog niet per e-mail verstuurd aan ‘{audience}’.", slug=slug, audience=audience)
        )
    leaves: dict[str, Mapping[str, Any]] = {}
    pictures: dict[str, bytes] = {}
    for issue in _public(office, slug, audience, mailed):
        leaf, images = leaf_from(issue, office.house, interface(issue.edition.locale))
        leaves[leaf.locale] = leaf.as_json()
        pictures.update(images)
    return Pages(slug, audience, leaves, pictures)


def pages_on_show(office: Office, slug: str) -> Pages | None:
    """As `pages_of`, of an issue that is in the archive; None for another. No door."""
    with office.store.reading() as session:
        audience = next((one.audience for one in archive.on_show(session) if one.issue_slug == slug), None)
    return None if audience is None else pages_of(office, slug, audience)


def withdraw(office: Office, person: Person, slug: str) -> None:
    """Take an issue out of the archive, at once; files that were built stay until they are built again.

    Raises NotFoundError when it is not there.
    """
    with deed(office, person, Permission.SHOW_IN_ARCHIVE) as session:
        if slug not in {one.issue_slug for one in archive.on_show(session)}:
            raise NotFoundError(_("{slug} staat niet in het archief.", slug=slug))
        archive.withdraw(session, slug)
        record(session, "archive_withdraw", person.uid, detail={"issue": slug})


def on_show(office: Office, person: Person) -> tuple[OnShow, ...]:
    """What is in the archive."""
    with look(office, person, Permission.SHOW_IN_ARCHIVE) as session:
        return tuple(OnShow(one.issue_slug, one.audience, one.at) for one in archive.on_show(session))


def build(office: Office, person: Person, folder: Path) -> int:
    """Write the archive into `folder`: pages, lists, feeds, pictures; returns how many files.

    Pages of issues no longer on show are removed. The audit row says that it was ordered, also when the disk refuses.
    Raises InvalidInputError for a folder that cannot be written.
    """
    with deed(office, person, Permission.SHOW_IN_ARCHIVE) as session:
        old = archive.earlier(session)
        issues = [published(one, old) for one in archive.pages(session)]
        files = {**archive_from(issues, office.house, interface), **archive.pictures(session)}
        record(session, "archive_build", person.uid, detail={"files": len(files)})
    try:
        for path, content in files.items():
            _write(folder / path, content)
        _remove_others(office.house.locales, folder, set(files))
    except OSError as error:
        raise InvalidInputError(
            _("In {folder} kan niet geschreven worden: {why}.", folder=folder, why=error.strerror or error)
        ) from error
    return len(files)


# ── for anyone ────────────────────────────────────────────────────────────────────────────────────────────────────


def page(shelves: Shelves, locale: str, slug: str) -> bytes | None:
    """The page of an issue in one language; None when it is not public."""
    held, house = shelved(shelves), shelves.house
    one = held.find(locale, slug)
    if one is None:
        return None
    return held.page(
        f"{locale}/{slug}",
        lambda: page_from(one, held.languages(slug), house, interface(locale), beside=held.issues[locale]),
    )


def earlier_page(shelves: Shelves, locale: str, slug: str, revision: int) -> bytes | None:
    """A page as it was before it was corrected; None when there is none of that revision."""
    held, house = shelved(shelves), shelves.house
    shown = held.find(locale, slug)
    one = next((one for one in shown.earlier if one.revision == revision), None) if shown else None
    if shown is None or one is None:
        return None
    make = partial(old_page, shown, one, held.languages(slug), house, interface(locale))
    return held.page(f"{locale}/{slug}/{revision}", make)


def calendar(shelves: Shelves, locale: str, slug: str, number: int) -> bytes | None:
    """An event of an issue for a calendar (RFC 5545), counted from 1; None when there is none."""
    held = shelved(shelves)
    one = held.find(locale, slug)
    if one is None or not 0 < number <= len(one.leaf.events):
        return None
    return held.page(f"{locale}/{slug}/{number}.ics", lambda: event_file(one, number, shelves.house))


def shelf(shelves: Shelves, locale: str, words: str = "", publication: str = "") -> bytes:
    """The list of the public issues in one language; it may be empty. With `words` those in which they are found."""
    held, house = shelved(shelves), shelves.house
    asked = Asked(words.strip()[:MOST_ASKED], publication if publication in house.publications else "")
    if asked.is_nothing:
        own = held.issues.get(locale, ())
        make = partial(shelf_from, own, locale, held.locales, house, interface(locale), asked=asked)
        return held.page(f"{locale}/", make)
    found = search(held, house, locale, asked.words, asked.publication)
    return shelf_from(found, locale, held.locales, house, interface(locale), asked=asked)


def feed(shelves: Shelves, locale: str, name: str) -> bytes | None:
    """A document of the feed, such as "feed.atom" or "feed-2.atom"; None when there is none of that name."""
    held = shelved(shelves)
    known = f"{locale}/{name}"
    if known not in held.made:
        for path, document in feeds(held.issues.get(locale, ()), locale, shelves.house).items():
            held.made.put(path, document)
    return held.page(known, bytes) if known in held.made else None


def picture(shelves: Shelves, path: str) -> bytes | None:
    """A picture of the archive by its path below the base URL; None when there is none."""
    with shelves.store.reading() as session:
        return archive.picture(session, path)


def _public(office: Office, slug: str, audience: str, mailed: list[str]) -> list[PublicIssue]:
    """The editions of one audience, in the languages that were mailed and with what may go out of them."""
    press = replace(office, content=office.content.reading_once())
    loaded = load(press, slug)
    with office.store.reading() as session:
        released = releases(press.content, session, loaded.issue, loaded.document)
    require_ready(released)
    return [
        PublicIssue(cut, loaded.pictures)
        for cut in editions(press, loaded, released)
        if cut.audience == audience and cut.locale in mailed
    ]


def _write(target: Path, content: bytes) -> None:
    """A web server may be reading: the file changes at once or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(target.name + ".new")
    beside.write_bytes(content)
    beside.replace(target)


def _remove_others(locales: Iterable[str], folder: Path, files: set[str]) -> None:
    """Only what this module makes: pages, pictures and feeds of an archive that was built before."""
    patterns = [f"{locale}/{name}" for locale in locales for name in ("archief/**/index.html", "feed*.atom")]
    for pattern in (*patterns, "archief/beeld/*"):
        for path in folder.glob(pattern):
            if path.relative_to(folder).as_posix() not in files:
                path.unlink()
