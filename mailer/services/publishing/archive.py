"""The archive on the web: what somebody put on show, in every language of the audience it was for.

An issue is private until it is put on show, and can be only after it was mailed. The pages are made from what was kept
at that moment: for the web (`page`, `shelf`, `feed`, `picture`), and as files for another server (`build`).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sqlalchemy.orm import Session

from database.session import Store
from mailer.artefacts.archive.leaf import PublicIssue, leaf_from, leaf_of
from mailer.artefacts.archive.pages import Published, archive_from, feeds
from mailer.artefacts.archive.pages import page as page_from
from mailer.artefacts.archive.pages import shelf as shelf_from
from mailer.ledger import archive
from mailer.ledger.archive import Shown
from mailer.organisation import House
from mailer.services.office import Press
from mailer.services.translating.release import releases, require_ready
from mailer.services.writing.editions import editions, load
from wording import _
from wording.errors import NotAllowedError
from wording.interface import interface


def show(press: Press, store: Store, slug: str, audience: str) -> None:
    """Put an issue on show as `audience` read it by e-mail; again, and what is there is replaced.

    Raises NotAllowedError when it was not mailed to them, ContentError that names each message that is not approved
    (any more): what was changed after the mailing waits for its approval here too.
    """
    with store.transaction() as session:
        mailed = archive.locales_mailed(session, slug, audience)
        if not mailed:
            raise NotAllowedError(
                _("{slug} is nog niet per e-mail verstuurd aan ‘{audience}’.", slug=slug, audience=audience)
            )
        leaves, pictures = {}, {}
        for issue in _public(press, session, slug, audience, mailed):
            leaf, images = leaf_from(issue, press.house, interface(issue.edition.locale))
            leaves[leaf.locale] = leaf.as_json()
            pictures.update(images)
        archive.show(session, slug, audience, leaves, pictures)


def withdraw(store: Store, slug: str) -> None:
    """Take an issue out of the archive, at once; files that were built stay until they are built again."""
    with store.transaction() as session:
        archive.withdraw(session, slug)


def page(session: Session, house: House, locale: str, slug: str) -> bytes | None:
    """The page of an issue in one language; None when it is not public."""
    found = archive.pages(session, locale=locale, slug=slug)
    if not found:
        return None
    return page_from(_published(found[0]), archive.locales(session, slug), house, interface(locale))


def shelf(session: Session, house: House, locale: str) -> bytes:
    """The list of the public issues in one language; it may be empty."""
    own = [_published(one) for one in archive.pages(session, locale=locale)]
    return shelf_from(own, locale, archive.locales(session), house, interface(locale))


def feed(session: Session, house: House, locale: str, name: str) -> bytes | None:
    """A document of the feed, such as "feed.atom" or "feed-2.atom"; None when there is none of that name."""
    own = [_published(one) for one in archive.pages(session, locale=locale)]
    return feeds(own, locale, house).get(f"{locale}/{name}")


def build(house: House, store: Store, folder: Path) -> int:
    """Write the archive into `folder`: pages, lists, feeds, pictures; returns how many files.

    Pages of issues that are no longer on show are removed.
    """
    with store.reading() as session:
        issues = [_published(one) for one in archive.pages(session)]
        files = {**archive_from(issues, house, interface), **archive.pictures(session)}
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        # a web server may be reading: the file changes at once or not at all
        beside = target.with_name(target.name + ".new")
        beside.write_bytes(content)
        beside.replace(target)
    _remove_others(house.locales, folder, set(files))
    return len(files)


def _published(shown: Shown) -> Published:
    return Published(leaf_of(shown.leaf), shown.at, shown.updated_at)


def _public(press: Press, session: Session, slug: str, audience: str, mailed: list[str]) -> list[PublicIssue]:
    """The editions of one audience, in the languages that were mailed and with what may go out of them."""
    loaded = load(press, slug)
    released = releases(press.content, session, loaded.issue, loaded.document)
    require_ready(released)
    return [
        PublicIssue(cut, loaded.images)
        for cut in editions(press, loaded, released)
        if cut.audience == audience and cut.locale in mailed
    ]


def _remove_others(locales: Iterable[str], folder: Path, files: set[str]) -> None:
    """Only what this module makes: pages, pictures and feeds of an archive that was built before."""
    patterns = [f"{locale}/{name}" for locale in locales for name in ("archief/**/index.html", "feed*.atom")]
    for pattern in (*patterns, "archief/beeld/*"):
        for path in folder.glob(pattern):
            if path.relative_to(folder).as_posix() not in files:
                path.unlink()
