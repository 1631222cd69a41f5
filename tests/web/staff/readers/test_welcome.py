"""Who asks for it on the form gets the last issue that was sent: a delivery of its mailing, once."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from mailer.ledger.states import DeliveryState, MailingState
from mailer.ledger.tables import Delivery, Mailing
from mailer.services.readers.welcoming import welcome
from tests.support.people import BAS
from tests.web.conftest import HOST, Pages, link_in
from tests.web.staff.conftest import SENT, Desks, fill

BASE = f"https://{HOST}"


def welcomed(desks: Desks) -> list[Delivery]:
    with desks.store.reading() as session:
        return list(session.scalars(select(Delivery).order_by(Delivery.id)))


def ask_welcome(desks: Desks, email: str, audience: str = "noo-national") -> None:
    """Someone fills in the form with the tick, and presses the button in the mail."""
    keys, client = desks.staff.office.keys, desks.client()
    made = Pages(desks.staff.office.house, desks.store, keys, desks.app)
    data = made.form(email=email, audience=[audience], welcome="yes")
    assert client.post("/nl/aanmelden", data=data, base_url=BASE).status_code == 200
    link = link_in([one for one in desks.mails() if one.to == email][-1])
    assert client.post(link, base_url=BASE).status_code == 200


@pytest.mark.parametrize("state", [MailingState.DONE, MailingState.SENDING, MailingState.PAUSED])
def test_who_asks_for_it_gets_the_last_issue_as_a_delivery_and_never_twice(desks: Desks, state: MailingState) -> None:
    fill(desks)
    with desks.store.transaction() as session:
        done = {"state": DeliveryState.ACCEPTED, "is_open": False}
        session.execute(update(Delivery).values(done))
        session.execute(update(Mailing).values(state=state))
    ask_welcome(desks, BAS)
    fresh = [one for one in welcomed(desks) if one.state is DeliveryState.PENDING]
    if state is MailingState.PAUSED:
        assert fresh == [], "a person stopped it"
        return
    [one] = fresh
    with desks.store.reading() as session:
        mailing = session.get_one(Mailing, one.mailing_id)
        assert (mailing.issue_slug, mailing.readers, mailing.state) == (SENT, 3, MailingState.SENDING)
        edition = session.execute(select(Delivery.edition_id).where(Delivery.mailing_id == mailing.id).distinct()).all()
        assert len(edition) == 1, "the edition that was approved and mailed to the others"
    with desks.store.transaction() as session:
        assert welcome(session, desks.staff.office, one.reader, ["noo-national", "noo-national"]) == []
    assert len(welcomed(desks)) == 3, "never twice"


def test_without_a_mailing_there_is_nothing_to_welcome_with(desks: Desks) -> None:
    ask_welcome(desks, BAS)
    assert welcomed(desks) == []
