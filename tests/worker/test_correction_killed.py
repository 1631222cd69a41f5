"""A sender is killed in the middle of a correction: everyone with the mistake gets it once, and no one else does."""

from __future__ import annotations

import signal
from dataclasses import replace

import pytest
from sqlalchemy import update

from database.base import now
from database.session import Store
from devtools.fault_server import Plan, fault_server
from devtools.mailings import open_mailing, states
from devtools.worker_process import Sender, sending
from mailer.ledger import control, correcting, opening
from mailer.ledger.states import DeliveryState, MailingState
from mailer.ledger.tables import Delivery
from mailer.organisation import Channel
from mailer.services.sending import orders
from tests.support.desk_people import EDITOR
from tests.support.office import office_of

pytestmark = pytest.mark.faults

SLUG, READERS = "los-2026-24", 6


def corrected(store: Store) -> int:
    """The mailing of a correction, to whoever has or may have the first."""
    with store.transaction() as session:
        mailing = opening.open_mailing(session, slug=SLUG, publication="los", content_hash="b" * 64, is_correction=True)
        body = b"Beste lezer,\r\nHet spreekuur begint om 16:00.\r\n"
        edition = opening.EditionToFreeze("legal-aid", "nl", Channel.EMAIL, "Verbetering: Nieuws", message=body)
        frozen = opening.freeze(session, mailing, edition, "c" * 64)
        [got] = correcting.got(session, SLUG)
        readers = sorted(correcting.readers_of(session, SLUG, got.edition))
        opening.add_deliveries(session, mailing, frozen, readers)
        mailing.state, mailing.started_at = MailingState.SENDING, now()
        return mailing.id


def test_a_kill_in_the_middle_of_a_correction_doubles_and_loses_nobody(store: Store) -> None:
    first = open_mailing(store, READERS)
    fates = [DeliveryState.REFUSED, DeliveryState.UNCERTAIN, *[DeliveryState.ACCEPTED] * (READERS - 2)]
    with store.transaction() as session:
        for number, fate in enumerate(fates, start=1):
            session.execute(update(Delivery).where(Delivery.id == number).values(state=fate, is_open=False))
        session.execute(update(Delivery).values(tries=1))
    before = states(store, first)
    mailing = corrected(store)
    with fault_server(Plan(pipelining=False)) as (server, port):
        sender = Sender(store.url, port, connections=1, lease=1.0, failpoint="after_intent:SIGKILL:3")
        with sending(sender) as process:
            assert process.wait(20) == -signal.SIGKILL
        assert len(server.received) == 2
        finish(replace(sender, failpoint=""))
        found = states(store, mailing)
        assert sorted(found.values()) == ["accepted"] * (READERS - 2) + ["uncertain"]
        with store.reading() as session:
            [doubt] = control.doubts(session, mailing)
        orders.resolve(office_of(store), EDITOR, mailing, arrived=False, only=[doubt.delivery])
        finish(replace(sender, failpoint=""))
    assert set(states(store, mailing).values()) == {DeliveryState.ACCEPTED}
    had = {address for address, state in before.items() if state is not DeliveryState.REFUSED}
    assert sorted(server.received) == sorted(had), "not whom the first mailing did not reach"
    assert states(store, first) == before


def finish(sender: Sender) -> None:
    """Another worker sweeps and delivers whatever may be delivered."""
    with sending(sender) as process:
        assert process.wait(20) == 0
