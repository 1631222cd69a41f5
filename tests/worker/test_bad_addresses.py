"""Addresses that came into the list in another way than through the form: each is refused here, and holds up nobody."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from uuid import UUID

from sqlalchemy.orm import Session

from database.session import Store
from devtools.fault_server import Plan, fault_server
from devtools.mailings import Readers, Someone, Through, attempts, deliveries, desk, letters, open_mailing, relay
from mailer.ledger import mailings
from mailer.ledger.states import DeliveryState
from mailer.services.sending import delivering
from tests.artefacts.test_email_message import message, values
from tests.carriers.test_smtp import impossible_addresses

BAD = impossible_addresses()
UNUSUAL = [
    "Anna.O'Brien+nieuws@buurthuis.example",
    f"{'l' * 64}@x.nl",
    f"a@{'d' * 63}.nl",
    "a@xn--exmple-cua.de",
    "a_b-c=d&e/f~@x-y.co.nl",
    "a%0ab@x.nl",  # nobody decodes it on the way
]

LETTERS = replace(letters(), thaw=lambda _frozen: message("nl"), personal=lambda _edition, _reader: values())
"""As they leave, with an address in the header."""


class Listed(Readers):
    """Good, bad and unusual addresses in turn."""

    everybody = [line for number, bad in enumerate(BAD) for line in (f"lezer{number}@lezers.example", bad)] + UNUSUAL

    def may_receive(
        self, _session: Session, uids: Collection[UUID], _audience: str, _issue: str
    ) -> dict[UUID, Someone]:
        return {uid: Someone(self.everybody[uid.int - 1]) for uid in uids}


def test_not_a_word_is_said_for_an_impossible_address_and_everybody_else_gets_the_issue(store: Store) -> None:
    people = Listed()
    mailing_id = open_mailing(store, len(people.everybody))
    with fault_server(Plan()) as (server, port):
        delivering.deliver_now(replace(desk(store, people), letters=LETTERS), Through(relay(port)), mailing_id)
    good = [one for one in people.everybody if one not in BAD]
    assert sorted(server.received) == sorted(good)
    assert server.commands["MAIL"] == server.commands["RCPT"] == server.commands["DATA"] == len(good)
    states = {people.everybody[one.reader.int - 1]: one.state for one in deliveries(store, mailing_id)}
    assert {one for one, state in states.items() if state is DeliveryState.REFUSED} == set(BAD)
    assert {states[one] for one in good} == {DeliveryState.ACCEPTED}
    kept = {(attempt.stage, attempt.code) for attempt in attempts(store) if attempt.outcome == "refuse"}
    assert kept == {("address", 553)}
    with store.reading() as session:
        account = mailings.accounting(session, mailing_id)
    assert account.balances
    assert (account.states[DeliveryState.REFUSED], account.states[DeliveryState.ACCEPTED]) == (len(BAD), len(good))
