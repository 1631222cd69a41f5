"""An issue that says so goes into the archive by itself, once it is mailed; once, so that who takes it out is obeyed.

Whoever published it is who shows it: they must still work here and have the right. The worker looks every minute.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from uuid import UUID

from mailer.ledger.archive import ONCE
from mailer.ledger.mailed import mailed_since
from mailer.ledger.slots import last_taken, take_moment
from mailer.ledger.trail import rows_of
from mailer.services.office import Office
from mailer.services.publishing import archive
from staff.people import person as person_with
from wording.errors import ConflictError, ContentError, NotAllowedError, NotFoundError

log = logging.getLogger(__name__)
_KNOWN = timedelta(days=365)
"""How long before it was done a mailing may have been planned."""
LATELY = timedelta(days=2)
"""How long after a mailing was done an issue is shown by itself: a worker that stood still does not miss it."""


def show_chosen(office: Office) -> list[str]:
    """Put the issues on show that ask for it; returns them. No door."""
    since = office.clock() - LATELY
    with office.store.reading() as session:
        mailed = [slug for slug in mailed_since(session, since) if last_taken(session, f"archive {slug}") is None]
    return [slug for slug in mailed if _show(office, slug)]


def _show(office: Office, slug: str) -> bool:
    try:
        audience = office.content.issue(slug)[0].archive
    except (ContentError, NotFoundError):
        return False
    if not audience or (by := _publisher(office, slug)) is None:
        return False
    with office.store.transaction() as session:
        if not take_moment(session, f"archive {slug}", ONCE, office.clock()):
            return False
        person = person_with(session, by)
    try:
        if person is not None:
            archive.show(office, person, slug, audience)
    except (ConflictError, ContentError, NotAllowedError, NotFoundError) as error:
        log.info("%s is not shown in the archive by itself: %s", slug, type(error).__name__)
        return False
    return person is not None


def _publisher(office: Office, slug: str) -> UUID | None:
    with office.store.reading() as session:
        rows = rows_of(session, slug, ["publish"], office.clock() - _KNOWN, 1)
    return UUID(rows[0].actor) if rows else None
