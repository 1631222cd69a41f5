"""Give the envelopes of print runs a hash under the newest key for indexes, where it is known what stands on them."""

from __future__ import annotations

from sqlalchemy.orm import Session

from database.keys import keys_of
from database.retrying import retried
from database.session import Store
from mailer.ledger import printing
from mailer.ledger.print_runs import PrintPiece
from mailer.services.post.plans import envelope_index, is_still
from subscribers.repository import may_be_posted

_BATCH = 200


def reindex_envelopes(store: Store) -> int:
    """Returns how many got a new hash. That of someone who moved, or gets no post any more, stays under its own key:
    only the old one tells that it is not theirs. May be killed and started again."""
    total, after = 0, 0
    while True:
        read, done, after = _batch(store, after)
        total += done
        if not read:
            return total


@retried
def _batch(store: Store, after: int) -> tuple[int, int, int]:
    with store.transaction() as session:
        rows = printing.indexed_before(session, keys_of(session).current("index"), after, _BATCH)
        return len(rows), _anew(session, rows), rows[-1].id if rows else after


def _anew(session: Session, rows: list[PrintPiece]) -> int:
    people, done = may_be_posted(session, [row.reader for row in rows]), 0
    for row in rows:
        addressee = people.get(row.reader)
        if addressee is not None and is_still(session, row, addressee):
            row.address_index = envelope_index(session, addressee)
            done += 1
    session.flush()
    return done
