"""Once a week every administrator is told where the audit trail ends, in a mail that is no use to anyone else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from database import audit
from database.session import Store
from mailer.ledger import notices
from mailer.ledger.slots import take_slot
from mailer.services.notices import trail
from staff.people import add_person
from staff.roles import Role
from tests.support.house import house

AT = datetime(2026, 11, 26, 9, tzinfo=UTC)


def mails(store: Store) -> list[notices.Notice]:
    with store.transaction() as session:
        return [one for one in notices.due(session, datetime(2030, 1, 1, tzinfo=UTC), 99) if one.kind == "trail"]


def test_each_administrator_gets_the_end_of_the_trail_and_a_broken_one_is_told(plain_store: Store) -> None:
    with plain_store.transaction() as session:
        for name, role in (("Noor", Role.ADMIN), ("Kim", Role.ADMIN), ("Bram", Role.EDITOR)):
            add_person(session, name, f"{name}@voorbeeld.example", [role])
        for _number in range(3):
            audit.record(session, audit.Event.EDIT, "print", detail={"rows": 3})
        end = audit.end(session)
    assert trail.report(plain_store, house(), AT) == 2
    found = mails(plain_store)
    assert {one.to for one in found} == {"Noor@voorbeeld.example", "Kim@voorbeeld.example"}
    assert all(f"--seen {end.row}:{end.code}" in one.text for one in found)
    with plain_store.transaction() as session:
        session.execute(text("DROP TRIGGER audit_no_update"))
        session.execute(text("UPDATE audit SET detail = '{\"rows\": 4}' WHERE seq = 2"))
    trail.report(plain_store, house(), AT)
    assert sum("klopt op 2026-11-26 10:00 niet vanaf regel 2" in one.text for one in mails(plain_store)) == 2


def test_a_weekly_slot_is_taken_once_a_week_however_often_it_is_asked(plain_store: Store) -> None:
    week, taken = timedelta(days=7), 0
    for half_day in range(42):
        with plain_store.transaction() as session:
            taken += take_slot(session, "trail", week, AT + half_day * timedelta(hours=12))
    assert taken == 3  # in three weeks
