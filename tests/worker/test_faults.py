"""Every fault of a relay, through the ledger, on both databases; and faults of the broker that a bell must survive."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

from database.session import Store
from devtools.certificates import self_signed
from devtools.fault_server import Plan, fault_server
from devtools.mailings import Readers, Through, attempts, desk, open_mailing, reader, relay, states
from devtools.servers import valkey_server
from mailer.carriers.carrier import Accepted, Deferred, Refused, Uncertain
from mailer.ledger import mailings
from mailer.ledger.states import DeliveryState, MailingState
from mailer.ledger.tables import Mailing
from mailer.services.sending import delivering
from mailer.services.sending.doorbell import CeleryDoorbell
from tests.carriers.test_smtp import EXPECTED
from tests.carriers.test_smtp_opening import OPENING, secured, to_secured
from worker.app import make_app

STATE = {
    Accepted: DeliveryState.ACCEPTED,
    Deferred: DeliveryState.DEFERRED,
    Refused: DeliveryState.REFUSED,
    Uncertain: DeliveryState.UNCERTAIN,
}


@pytest.mark.promise("F11")
def test_each_stage_and_action_ends_in_the_promised_state_and_the_others_arrive(store: Store) -> None:
    """One reader of three meets the fault. Nobody gets two, and the account balances after each."""
    short = dict.fromkeys(relay(1).seconds, 0.25)
    for number, ((stage, action), outcome) in enumerate(EXPECTED.items()):
        plan = Plan({stage: {action: 1.0}}, only_first=True, slow=0.05)
        mailing_id = open_mailing(store, 3, slug=f"los-{number}")
        with fault_server(plan) as (server, port):
            delivering.deliver_now(desk(store), Through(relay(port, connections=1, seconds=short)), mailing_id)
        found = Counter(states(store, mailing_id).values())
        case = f"{stage} {action}: {found}"
        assert found[STATE[outcome]] == (3 if outcome is Accepted else 1), case
        assert found[DeliveryState.ACCEPTED] == (3 if outcome is Accepted else 2), case
        assert len(server.received) == len(set(server.received)), case
    assert {attempt.outcome for attempt in attempts(store)} == {"accept", "defer", "refuse", "lose_answer"}


@pytest.mark.promise("F11")
def test_a_relay_that_cannot_be_opened_marks_no_reader_and_pauses_only_for_what_lasts(
    store: Store, tmp_path: Path
) -> None:
    """What may pass is tried again by itself; what lasts waits for a person, with the reason."""
    certificate = self_signed(tmp_path / "relay.pem")
    short = dict.fromkeys(relay(1).seconds, 0.25)
    for number, ((stage, action), lasting) in enumerate(OPENING.items()):
        mailing_id = open_mailing(store, 2, slug=f"los-{number}")
        chosen, case = desk(store), f"{stage} {action}"
        with fault_server(secured(certificate, faults={stage: {action: 1.0}})) as (_server, port):
            delivering.deliver_now(chosen, Through(to_secured(port, certificate, seconds=short)), mailing_id)
        assert set(states(store, mailing_id).values()) == {DeliveryState.PENDING}, case
        with store.reading() as session:
            mailing = mailings.mailing_of(session, mailing_id)
        assert mailing.state is (MailingState.PAUSED if lasting else MailingState.SENDING), case
        assert mailing.reason.startswith(f"proef: {stage}: 5") if lasting else mailing.reason == "", case
    assert attempts(store) == []
    later = desk(store, clock=lambda: chosen.clock() + chosen.rules.rest)
    with fault_server(secured(certificate)) as (server, port):
        for mailing_id in range(1, len(OPENING) + 1):
            delivering.deliver_now(later, Through(to_secured(port, certificate)), mailing_id)
    assert len(server.received) == 2 * [*OPENING.values()].count(False)


ADDRESS_IN = {
    "capitals": "550 5.1.1 <{TO}>: no such user",
    "bare, on two lines": "550-5.1.1 {to}\r\n550 5.1.1 no such user ({to})",
    "a link": "550 5.1.1 see https://relay.example/why?to={%to}",
    "the end of many words": f"550 5.1.1 {'x ' * 240}user {{to}} unknown",
    "odd signs": "550 5.1.1 \x00\u202e{to}\udcff\x1b[2J",
    "nonsense": "999 {to}\x00\u202e",
}


@pytest.mark.parametrize("stage", ["rcpt", "dot"])
def test_neither_the_address_nor_odd_signs_come_into_the_ledger_with_the_words(store: Store, stage: str) -> None:
    for number, words in enumerate(ADDRESS_IN.values()):
        mailing_id = open_mailing(store, 1, slug=f"los-{number}")
        with fault_server(Plan({stage: {words: 1.0}})) as (_server, port):
            delivering.deliver_now(desk(store), Through(relay(port)), mailing_id)
    kept = [attempt.words for attempt in attempts(store)]
    assert len(kept) == len(ADDRESS_IN)
    assert all(words and words.isprintable() for words in kept)
    assert [words for words in kept if "lezer" in words.lower()] == []


def test_a_refusal_for_policy_pauses_without_the_address_of_a_reader(store: Store) -> None:
    mailing_id = open_mailing(store, 12)
    with fault_server(Plan({"rcpt": {"554 5.7.1 <{to}> you are blocked": 1.0}})) as (_server, port):
        delivering.deliver_now(desk(store), Through(relay(port)), mailing_id)
    with store.reading() as session:
        assert mailings.mailing_of(session, mailing_id).reason == "proef: rcpt: 554 5.7.1 <…> you are blocked"


@pytest.mark.promise("F18")
def test_whoever_leaves_while_the_issue_is_sent_gets_nothing_from_the_next_claim_on(store: Store) -> None:
    """The gap is one claim: at most what leaves in about four tenths of a second, and never more than 500.

    The first two claims are of 64 and 256 at most, so the last of 500 is in neither.
    """
    mailing_id = open_mailing(store, 500)
    readers, claims = Readers(), [0]

    def reached(failpoint: str) -> None:
        claims[0] += failpoint == "after_claim"
        if claims[0] == 2:
            readers.gone.add(reader(499))

    with fault_server(Plan(delay=0.005)) as (server, port):
        delivering.deliver_now(desk(store, readers, reached=reached), Through(relay(port)), mailing_id)
    assert "lezer499@lezers.example" not in server.received
    assert states(store, mailing_id)["lezer499@lezers.example"] is DeliveryState.SUPPRESSED
    assert len(server.received) == 499


@pytest.mark.parametrize(
    "fault",
    [
        ["--requirepass", "geheim"],
        ["--maxmemory", "1", "--maxmemory-policy", "noeviction"],
        ["--replicaof", "::1", "1"],
    ],
    ids=["wrong password", "out of memory", "read-only"],
)
def test_a_broker_that_takes_nothing_is_a_bell_that_does_not_ring(fault: list[str]) -> None:
    with valkey_server() as server:
        server.stop()
        server.start(*fault)
        assert not CeleryDoorbell(make_app(server.url)).ring(1, 1)


PERSONAL = {
    "a name in capitals": "550 5.1.1 Fatima Jansen is unknown here",
    "a name in small letters": "550 5.1.1 forwarded to piet, mailbox unavailable",
    "a local part alone": "550 5.1.1 user lezer1 unknown",
    "another address": "550 5.1.1 j.pietersen@elders.example does not exist",
    "an address as a link writes it": "550 5.1.1 see https://x.example/?a=piet%40x.example",
    "a full name in Arabic": "550 5.1.1 المستخدم فاطمة غير معروف",
    "a postal address": "550 5.1.1 Dorpsstraat 12, 9999 ZZ Voorbeeldstad",
    "escape signs": "550 5.1.1 \x1b[31mpiet\x1b[0m \x9b2J user unknown",
    "ten megabytes": "550 5.1.1 " + "piet unknown " * 800_000,
    "nonsense with a name": "999 Fatima piet",
}
NAMED = ("fatima", "jansen", "piet", "lezer", "elders", "dorps", "voorbeeldstad", "9999", "فاطمة", "\x1b", "\x9b")


@pytest.mark.parametrize("stage", ["rcpt", "dot"])
def test_no_name_or_address_of_the_relays_words_comes_into_the_database(plain_store: Store, stage: str) -> None:
    """Kept are the code, its class, and the words that servers use for themselves."""
    for number, words in enumerate(PERSONAL.values()):
        mailing_id = open_mailing(plain_store, 1, slug=f"los-{number}")
        with fault_server(Plan({stage: {words: 1.0}})) as (_server, port):
            delivering.deliver_now(desk(plain_store), Through(relay(port)), mailing_id)
    kept = [attempt.words for attempt in attempts(plain_store)]
    with plain_store.reading() as session:
        kept += [row.reason for row in session.scalars(select(Mailing))]
    assert any(kept)
    assert [words for words in kept if any(name in words.lower() for name in NAMED)] == []
    assert all(words.isprintable() and len(words) <= 400 for words in kept)
    if stage == "rcpt":
        assert {"user … unknown", "… is unknown here"} <= set(kept)
        assert {(attempt.code, attempt.enhanced) for attempt in attempts(plain_store)} >= {(550, "5.1.1")}
