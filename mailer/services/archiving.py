"""The archive on the web as static files: what somebody put on show, in every language of the audience it was for.

An issue is private until it is put on show, and can be only after it was mailed.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.orm import Session

from database.session import Store
from mailer.artefacts.archive import PublicIssue, archive_from
from mailer.errors import NotAllowedError
from mailer.ledger import archive
from mailer.ledger.archive import ArchivedIssue
from mailer.services.publishing import Press, editions, load
from mailer.services.releasing import releases, require_ready
from wording import _
from wording.interface import interface


def show(press: Press, store: Store, slug: str, audience: str) -> None:
    """Put an issue on show as `audience` read it by e-mail. Raises NotAllowedError when it was not mailed to them."""
    with store.transaction() as session:
        archive.show(session, slug, audience)
        session.flush()
        if not archive.languages_of(session, slug):
            raise NotAllowedError(
                _("{slug} is nog niet per e-mail verstuurd aan ‘{audience}’.", slug=slug, audience=audience)
            )


def withdraw(store: Store, slug: str) -> None:
    """Take an issue out of the archive; files that were built before stay until they are built again."""
    with store.transaction() as session:
        archive.withdraw(session, slug)


def build(press: Press, store: Store, folder: Path) -> int:
    """Write the archive into `folder`: pages, lists, feeds, pictures; returns how many files.

    Pages of issues that are no longer on show are removed. Raises ContentError that names each message that is
    not approved (any more): what was changed after the mailing waits for its approval here too.
    """
    with store.reading() as session:
        issues = [issue for row in archive.on_show(session) for issue in _public(press, session, row)]
    files = archive_from(issues, press.house, interface)
    for path, content in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        # a web server may be reading: the file changes at once or not at all
        beside = target.with_name(target.name + ".new")
        beside.write_bytes(content)
        beside.replace(target)
    _remove_others(press, folder, set(files))
    return len(files)


def _public(press: Press, session: Session, row: ArchivedIssue) -> list[PublicIssue]:
    """The editions of one audience, in the languages that were mailed and with what may go out of them."""
    loaded = load(press, row.issue_slug)
    released = releases(press.content, session, loaded.issue, loaded.document)
    require_ready(released)
    mailed = archive.languages_of(session, row.issue_slug)
    return [
        PublicIssue(cut, loaded.images, row.at, row.at)
        for cut in editions(press, loaded, released)
        if cut.audience == row.audience and cut.locale in mailed
    ]


def _remove_others(press: Press, folder: Path, files: set[str]) -> None:
    """Only what this module makes: pages, pictures and feeds of an archive that was built before."""
    patterns = [
        f"{locale}/{name}" for locale in press.house.locales for name in ("archief/**/index.html", "feed*.atom")
    ]
    for pattern in (*patterns, "archief/beeld/*"):
        for path in folder.glob(pattern):
            if path.relative_to(folder).as_posix() not in files:
                path.unlink()
