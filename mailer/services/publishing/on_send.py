"""Of a publication that shows its issues when they are sent: pages are written with a mailing, and appear with it.

So a link in the first mail leads to a page. Before the mailing begins no one sees them, and if it never does they go.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from database.audit import record
from mailer.artefacts.archive.leaf import PublicIssue, leaf_from
from mailer.edition import Edition
from mailer.ledger import archive
from mailer.ledger.opening import newest_revision
from mailer.organisation import House
from mailer.services.publishing.archive import Pages
from mailer.services.writing.editions import Loaded, shown_as
from wording.interface import interface


def pages_from(house: House, loaded: Loaded, cuts: Iterable[Edition]) -> Pages | None:
    """What the archive will show of an issue, from the very editions that are mailed; None where it shows nothing."""
    audience = shown_as(house, loaded.issue)
    if audience is None:
        return None
    leaves: dict[str, Mapping[str, Any]] = {}
    pictures: dict[str, bytes] = {}
    for cut in cuts:
        if cut.audience == audience:
            leaf, images = leaf_from(PublicIssue(cut, loaded.pictures), house, interface(cut.locale))
            leaves[leaf.locale] = leaf.as_json()
            pictures.update(images)
    return Pages(loaded.issue.slug, audience, leaves, pictures) if leaves else None


def keep(session: Session, pages: Pages, mailing_id: int, by: UUID) -> None:
    """Let the pages of an issue appear with its mailing; at once where it is on show already, in other languages.

    An issue that was taken out of the archive stays out.
    """
    if archive.was_withdrawn(session, pages.slug):
        return
    newest = newest_revision(session, pages.slug)
    parts = pages.slug, pages.audience, pages.leaves, pages.pictures
    archive.show(session, *parts, revision=newest, opens_with=mailing_id)
    record(session, "archive_show", by, detail={"issue": pages.slug, "audience": pages.audience})
