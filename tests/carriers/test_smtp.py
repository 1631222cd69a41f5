"""The SMTP client against servers that behave, and against a server that does not."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from devtools.fault_server import FaultServer, Plan, fault_server
from devtools.mailings import relay
from devtools.servers import free_port
from devtools.tray import Tray, letters, send
from devtools.waiting import PATIENCE
from mailer.carriers.carrier import Accepted, Deferred, Letter, Outcome, Refused, Uncertain, nothing
from mailer.carriers.relay import Security
from mailer.carriers.smtp import SmtpCarrier


def kinds(tray: Tray) -> set[type[Outcome]]:
    return {type(outcome) for outcome in tray.outcomes.values()}


def impossible_addresses() -> list[str]:
    """Those of the list, and those too long to stand in it."""
    lines = (Path(__file__).parent / "addresses.txt").read_text(encoding="utf-8").splitlines()
    listed = [line.encode().decode("unicode_escape").encode("latin-1").decode("utf-8") for line in lines]
    return [
        *listed,
        f"a@{'x.' * 10_000}nl",
        f"a@{'d' * 62}.{'dddddddd.' * 32}nl",
        f"{'a' * 10_000}@x.nl",
        "a@x.nl\ud83d",
    ]


def test_every_letter_arrives_once_and_is_accepted() -> None:
    tray = Tray(letters(100))
    with fault_server(Plan()) as (server, port):
        assert send(tray, relay(port)) is None
    assert sorted(server.received) == sorted(f"lezer{n}@lezers.example" for n in range(100))
    assert kinds(tray) == {Accepted}
    assert tray.outcomes[0].answer.words == "Ok: queued as A1B2"
    assert tray.outcomes[0].answer.enhanced == "2.0.0"


def test_a_server_without_pipelining_gets_one_command_at_a_time() -> None:
    received: list[tuple[str, bytes]] = []

    class Handler:
        async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
            received.append((envelope.rcpt_tos[0], envelope.content))
            return "250 2.0.0 dank u"

    controller = Controller(Handler(), hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        tray = Tray(letters(20))
        assert send(tray, relay(controller.port)) is None
    finally:
        controller.stop()
    assert kinds(tray) == {Accepted}
    assert len({recipient for recipient, _message in received}) == 20
    assert message_from_bytes(received[0][1])["Subject"] == "Nieuws"


def test_a_message_of_many_megabytes_passes_through_a_slow_reader() -> None:
    tray = Tray(letters(3, size=3_000_000))
    with fault_server(Plan()) as (server, port):
        assert send(tray, relay(port)) is None
    assert [len(message) for message in server.messages] == [len(letters(1, size=3_000_000)[0].pieces[0])] * 3


def test_pipelining_saves_three_of_four_waits() -> None:
    """In lockstep it speaks and waits four times per message, with pipelining once."""
    turns = {}
    for pipelining in (True, False):
        with fault_server(Plan(latency=0.02)) as (server, port):
            send(Tray(letters(20)), relay(port, pipelining=pipelining, connections=1))
        turns[pipelining] = server.turns
    assert turns[True] < 0.4 * turns[False]


def test_connections_stay_open_from_one_batch_to_the_next() -> None:
    with fault_server(Plan()) as (server, port):
        carrier = SmtpCarrier(relay(port, connections=2))
        for _batch in range(3):
            assert carrier.hand_over(Tray(letters(10))) is None
        carrier.close()
    assert server.commands["EHLO"] == 2
    assert len(server.received) == 30


def test_a_connection_that_the_relay_closed_meanwhile_costs_no_letter() -> None:
    with fault_server(Plan()) as (first, port):
        carrier = SmtpCarrier(relay(port))
        carrier.hand_over(Tray(letters(4)))
    with fault_server(Plan(port=port)) as (second, _port):
        tray = Tray(letters(8))
        assert carrier.hand_over(tray) is None
        carrier.close()
    assert (len(first.received), len(second.received)) == (4, 8)
    assert kinds(tray) == {Accepted}


def test_a_letter_that_the_desk_holds_back_never_gets_its_dot() -> None:
    tray = Tray(letters(12), held_back={3, 4})
    with fault_server(Plan()) as (server, port):
        send(tray, relay(port))
    assert set(range(12)) - set(tray.outcomes) == {3, 4}
    assert len(server.received) == 10


def test_an_impossible_address_is_refused_without_a_word_and_the_rest_goes_on() -> None:
    bad = impossible_addresses()
    good = letters(2)
    tray = Tray([good[0], *(Letter(10 + n, "a@post.example", to, [b"x\r\n"]) for n, to in enumerate(bad)), good[1]])
    with fault_server(Plan()) as (server, port):
        assert send(tray, relay(port)) is None
    assert sorted(server.received) == ["lezer0@lezers.example", "lezer1@lezers.example"]
    assert server.commands["RCPT"] == 2
    assert {type(tray.outcomes[10 + n]) for n in range(len(bad))} == {Refused}


def test_a_message_larger_than_the_relay_takes_is_refused_before_it_is_sent() -> None:
    with fault_server(Plan(size=1000)) as (server, port):
        tray = Tray([letters(1)[0], *letters(3, size=5000)[1:]])
        send(tray, relay(port, connections=1))
    assert [type(tray.outcomes[n]) for n in range(3)] == [Accepted, Refused, Refused]
    assert tray.outcomes[1].answer.enhanced == "5.3.4"
    assert server.commands["MAIL"] == 1


EXPECTED: dict[tuple[str, str], type[Outcome]] = {
    **{(stage, "drop"): Deferred for stage in ("mail", "rcpt", "data")},
    **{(stage, "421"): Deferred for stage in ("mail", "rcpt", "data", "dot")},
    **{(stage, "4xx"): Deferred for stage in ("mail", "rcpt", "data", "dot")},
    **{(stage, "5xx"): Refused for stage in ("mail", "rcpt", "data", "dot")},
    **{(stage, "slow"): Accepted for stage in ("mail", "rcpt", "data", "dot")},
    **{(stage, "hang"): Deferred for stage in ("mail", "rcpt", "data")},
    **{(stage, "nonsense"): Deferred for stage in ("mail", "rcpt", "data")},
    **{(stage, "endless"): Deferred for stage in ("mail", "rcpt", "data")},
    **{(stage, "long line"): Deferred for stage in ("mail", "rcpt", "data")},
    **{(stage, "many lines"): Deferred for stage in ("mail", "rcpt", "data")},
    # The time of a stage is for the whole answer, however many letters of it come.
    **{(stage, "drip"): Deferred for stage in ("mail", "rcpt", "data")},
    **{(stage, "drop_after_commit"): Deferred for stage in ("mail", "rcpt")},
    # A short message and its dot leave in one write: that the relay read only half of it, it alone knows.
    ("body", "drop"): Uncertain,
    ("dot", "drop"): Uncertain,
    ("dot", "drop_after_commit"): Uncertain,
    ("dot", "hang"): Uncertain,
    ("dot", "nonsense"): Uncertain,
    ("dot", "endless"): Uncertain,
    ("dot", "long line"): Uncertain,
    ("dot", "many lines"): Uncertain,
    ("dot", "drip"): Uncertain,
}
"""What is promised for a letter whose conversation goes wrong at a stage."""


@pytest.mark.promise("F11")
@pytest.mark.parametrize("way", ["pipelined", "lockstep", "encrypted"])
@pytest.mark.parametrize(("stage", "action"), EXPECTED)
def test_each_fault_at_each_stage_has_its_outcome(stage: str, action: str, way: str, certificate: str) -> None:
    """One letter of six meets the fault; the others arrive, each once."""
    plan = Plan({stage: {action: 1.0}}, only_first=True, slow=0.05, certificate=certificate)
    plan.pipelining, plan.tls = way != "lockstep", way == "encrypted"
    security = Security.TLS if plan.tls else Security.NONE
    seconds = {**relay(1).seconds, **dict.fromkeys(("mail", "rcpt", "data"), 0.3), "body": 0.2, "dot": 0.2}
    tray = Tray(letters(6))
    with fault_server(plan) as (server, port):
        to = relay(port, connections=2, seconds=seconds, security=security, ca_file=certificate)
        fault = send(tray, to)
    assert fault is None
    expected = EXPECTED[stage, action]
    assert [type(o) for o in tray.outcomes.values()].count(expected) == (6 if expected is Accepted else 1)
    assert kinds(tray) <= {expected, Accepted}
    accepted = [f"lezer{key}@lezers.example" for key, o in tray.outcomes.items() if isinstance(o, Accepted)]
    assert set(accepted) <= set(server.received)
    assert len(server.received) == len(set(server.received))
    assert len(tray.outcomes) == 6


def test_a_connection_lost_before_the_dot_was_written_leaves_no_doubt() -> None:
    tray = Tray(letters(1, size=20_000_000))
    with fault_server(Plan({"body": {"drop": 1.0}})) as (server, port):
        send(tray, relay(port))
    assert (kinds(tray), server.received) == ({Deferred}, [])
    assert tray.outcomes[0].answer.stage == "body"


def test_a_relay_that_drops_every_connection_is_given_up_after_a_few() -> None:
    with fault_server(Plan({"mail": {"drop": 1.0}})) as (server, port):
        tray = Tray(letters(200))
        fault = send(tray, relay(port))
    assert fault is not None
    assert len(tray.outcomes) < 12
    assert server.commands["EHLO"] < 12


LOST = 6
"""The letter whose connection is lost."""


class LostMeanwhile(Tray):
    """A ledger that has just written the intent of a letter when the connection of it is lost."""

    server: FaultServer | None = None

    def turn(
        self, outcomes: Sequence[tuple[int, Outcome]], ready: Sequence[int], meanwhile: Callable[[], object] = nothing
    ) -> Collection[int]:
        allowed = super().turn(outcomes, ready, meanwhile)
        if self.server is not None and LOST in allowed:
            self.server.told.set()
            assert self.server.hung_up.wait(PATIENCE)
        return allowed


def test_a_connection_lost_between_the_intent_and_the_body_defers_its_letter() -> None:
    """Nothing of it left; and what the ledger calls handed over is not handed over again without an outcome."""
    tray = LostMeanwhile(letters(12))
    plan = Plan(faults={"data": {"drop_when_told": 1.0}}, only_first=True, only_for=f"lezer{LOST}@", each=0.01)
    with fault_server(plan) as (server, port):
        tray.server = server
        assert send(tray, relay(port)) is None
    assert LOST in tray.intended
    assert sorted(server.received) == sorted(f"lezer{n}@lezers.example" for n in range(12) if n != LOST)
    assert isinstance(tray.outcomes[LOST], Deferred)
    assert len(tray.outcomes) == 12
