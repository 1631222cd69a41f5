"""The list of who got a mailing is read along a key: each page once, and the last costs what the first does."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event, update
from sqlalchemy.orm import Session

from database.session import Store
from devtools.mailings import open_mailing
from mailer.ledger import following
from mailer.ledger.following import PAGE, deliveries_in
from mailer.ledger.mailings import mailing_of
from mailer.ledger.states import DeliveryState
from mailer.ledger.tables import Delivery


def pages(session: Session, mailing: int, state: DeliveryState | None) -> list[list[int]]:
    found: list[list[int]] = []
    after = 0
    while page := deliveries_in(session, mailing_of(session, mailing), state, after=after):
        found.append([one.id for one in page])
        after = found[-1][-1]
    return found


def test_every_delivery_of_a_mailing_stands_on_one_page(plain_store: Store) -> None:
    open_mailing(plain_store, 30, slug="los-2026-23")
    mailing = open_mailing(plain_store, 2 * PAGE + 20)
    with plain_store.transaction() as session:
        every_third = Delivery.id % 3 == 0, Delivery.mailing_id == mailing
        refused = {"state": DeliveryState.REFUSED, "is_open": False}
        session.execute(update(Delivery).where(*every_third).values(refused))
    with plain_store.reading() as session:
        found = pages(session, mailing, None)
        assert [len(page) for page in found] == [PAGE, PAGE, 20]
        assert sorted({one for page in found for one in page}) == [one for page in found for one in page]
        assert sum(map(len, pages(session, mailing, DeliveryState.REFUSED))) == (2 * PAGE + 20) // 3


def test_a_page_is_found_by_its_key_whichever_it_is(plain_store: Store) -> None:
    """Two statements a page, and no sorting: at a million readers counting by position read all that came before."""
    mailing = open_mailing(plain_store, 3)
    asked: list[tuple[str, Any]] = []
    with plain_store.reading() as session:
        row = mailing_of(session, mailing)

        @event.listens_for(session.get_bind(), "before_cursor_execute")
        def keep(_connection: object, _cursor: object, sql: str, values: Any, *_more: object) -> None:
            asked.append((sql, values))

        following.deliveries_in(session, row, None, after=1)
        assert len(asked) == 2
        sql, values = asked[0]
        steps = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)
        plan = " ".join(str(step[3]) for step in steps)
    assert "ix_delivery_mailing (mailing_id=? AND id>?)" in plan
    assert "TEMP B-TREE" not in plan
