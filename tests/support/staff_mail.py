"""The mail of staff that waits, made at once: what was told them is collected for a while before it goes."""

from __future__ import annotations

from datetime import UTC, datetime

from database.base import now
from database.session import Store
from mailer.ledger import notices
from mailer.ledger.notices import Notice
from mailer.organisation import House
from mailer.services.notices.digests import write_digests

_LATER = datetime(2100, 1, 1, tzinfo=UTC)


def mailed(store: Store, house: House) -> list[Notice]:
    """Every single mail that waits for a relay, the oldest first, after the digests of what staff are to hear of."""
    write_digests(store, house, None, _LATER)
    with store.reading() as session:
        return notices.due(session, now(), 99)
