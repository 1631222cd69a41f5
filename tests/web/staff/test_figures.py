"""Afterwards: figures that measure no one, beside the numbers before, as table, drawing and CSV; and the archive."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from database.base import now
from mailer.ledger.returned import COUNTED, ReturnedMessage
from mailer.ledger.states import DeliveryState
from mailer.ledger.tables import Delivery
from mailer.services.sending import figures, following
from tests.support.people import leave
from tests.web.staff.conftest import SENT, Desks, desks_in, fill


@pytest.fixture(scope="module")
def sent(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    """Two readers got it; one of them left after it, and one complained."""
    with desks_in(tmp_path_factory.mktemp("figures") / "desks", migrated_file) as desks:
        fill(desks)
        number = int(desks.made["number"])
        with desks.store.transaction() as session:
            session.execute(update(Delivery).values(state=DeliveryState.ACCEPTED, is_open=False))
            first = session.scalars(select(Delivery).order_by(Delivery.id)).first()
            assert first is not None
            complaint = {"kind": "complaint", "mailing_id": number, "delivery_id": first.id, "outcome": COUNTED}
            session.add(ReturnedMessage(hash="a" * 64, at=now(), **complaint))
        leave(desks.store, first.reader)
        yield desks


def test_they_stand_in_a_table_a_drawing_and_a_file(sent: Desks) -> None:
    client, path = sent.as_("Noor"), f"/staff/mailings/{sent.made['number']}/figures"
    shown = client.get(path, base_url=sent.base).get_data(as_text=True)
    assert "2 van 2 e-mails zijn aangenomen" in shown
    assert 'aria-label="Afgemeld: 11: 1"' in shown
    assert 'aria-label="Klachten: 11: 1"' in shown
    assert "Zet in het archief" not in shown, "an administrator puts nothing on show"
    table = client.get(f"{path}.csv", base_url=sent.base)
    assert table.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert f"{SENT},noo-national,nl,2,2,0,0,1" in table.get_data(as_text=True).splitlines()


def test_an_issue_of_which_nothing_was_sent_is_not_beside_it(sent: Desks) -> None:
    found = figures.figures(sent.staff.office, sent.people["Bram"], int(sent.made["number"]))
    assert [one.issue for one in found.issues] == [SENT]


def test_an_editor_puts_it_on_show_and_withdraws_it(sent: Desks) -> None:
    client, path = sent.as_("Bram"), f"/staff/mailings/{sent.made['number']}/figures"
    csrf = sent.csrf(client)
    assert sent.post(client, path, csrf=csrf, do="show", audience="nobody").status_code == 409
    assert sent.post(client, path, csrf=csrf, do="show", audience="noo-national").status_code == 303
    assert "Haal uit het archief" in client.get(path, base_url=sent.base).get_data(as_text=True)
    assert sent.post(client, path, csrf=csrf, do="withdraw").status_code == 303
    assert sent.post(client, path, csrf=csrf, do="withdraw").status_code == 409


def test_who_got_it_is_a_list_for_a_script_too(sent: Desks) -> None:
    rows = following.everyone(sent.staff.office, sent.people["Bram"], int(sent.made["number"]))
    plain = [following.plain(one) for one in rows]
    assert [one["state"] for one in plain] == ["accepted", "accepted"]
    assert {one["address"] for one in plain} == {"", "l…@l….example"}, "whoever left has no address any more"
