"""The SMTP client against relays that say what no relay should."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from devtools.fault_server import Plan, fault_server
from devtools.mailings import relay
from devtools.tray import Tray, letters, send
from mailer.carriers.carrier import Accepted, Deferred, Outcome, Refused, Uncertain
from mailer.carriers.replies import NonsenseError, Replies
from tests.carriers.test_smtp import kinds

SAID: dict[tuple[str, str], type[Outcome]] = {
    ("rcpt", "252 2.0.0 cannot tell"): Accepted,
    ("mail", "299 2.0.0 good"): Accepted,
    # RFC 5321 §4.5.3.1.10: "too many recipients" has been called 552; it passes. Another reason does not.
    ("rcpt", "552 too many recipients"): Deferred,
    ("rcpt", "552 5.5.3 too many recipients"): Deferred,
    ("rcpt", "552 5.2.2 mailbox full"): Refused,
    ("rcpt", "552 5.3.4 too large"): Refused,
    ("mail", "552 5.3.4 too large"): Refused,
    ("data", "552 5.3.4 too large"): Refused,
    ("dot", "552 5.3.4 too large"): Refused,
    ("dot", "552 5.2.3 too large"): Refused,
}
"""What is promised for one letter of three whose relay says this at a stage."""


@pytest.mark.parametrize("pipelining", [True, False], ids=["pipelined", "lockstep"])
@pytest.mark.parametrize(("stage", "words"), SAID)
def test_what_the_relay_says_at_a_stage_decides_and_is_kept(stage: str, words: str, pipelining: bool) -> None:
    plan = Plan({stage: {words: 1.0}}, only_first=True, pipelining=pipelining)
    tray, expected = Tray(letters(3)), SAID[stage, words]
    with fault_server(plan) as (server, port):
        assert send(tray, relay(port, connections=1)) is None
    assert [type(tray.outcomes[n]) for n in range(3)] == [expected, Accepted, Accepted]
    assert len(server.received) == len(set(server.received)) == (3 if expected is Accepted else 2)
    if expected is not Accepted:
        code, _, rest = words.partition(" ")
        answer = tray.outcomes[0].answer
        assert (answer.stage, answer.code) == (stage, int(code))
        assert f"{answer.enhanced} {answer.words}".strip() == rest


OUT_OF_PLACE: dict[tuple[str, str], type[Outcome]] = {
    ("mail", "354 2.0.0 go on"): Deferred,
    ("rcpt", "354 2.0.0 go on"): Deferred,
    ("data", "250 2.0.0 ok"): Deferred,
    # Only the relay knows what became of the message.
    ("dot", "354 2.0.0 go on"): Uncertain,
}


@pytest.mark.parametrize("pipelining", [True, False], ids=["pipelined", "lockstep"])
@pytest.mark.parametrize(("stage", "words"), OUT_OF_PLACE)
def test_a_yes_in_the_wrong_place_is_none(stage: str, words: str, pipelining: bool) -> None:
    """Nothing was sent at DATA, so a 250 there makes nobody accepted; and nobody gets a message with nothing in it."""
    plan = Plan({stage: {words: 1.0}}, only_first=True, pipelining=pipelining)
    tray = Tray(letters(3))
    with fault_server(plan) as (server, port):
        assert send(tray, relay(port, connections=1)) is None
    assert [type(tray.outcomes[n]) for n in range(3)] == [OUT_OF_PLACE[stage, words], Accepted, Accepted]
    answer = tray.outcomes[0].answer
    assert (answer.stage, answer.code, answer.words) == (stage, None, f"{words[:4]}{words[10:]}")
    assert [len(message) for message in server.messages] == [len(letters(1)[0].pieces[0])] * len(server.messages)
    assert len(server.received) == len(set(server.received))


def test_a_relay_that_takes_data_for_nobody_gets_an_empty_message_and_the_next_letter() -> None:
    """RFC 2920 §3.1: pipelined, DATA is out already when RCPT is refused."""
    tray = Tray(letters(3))
    with fault_server(Plan({"rcpt": {"5xx": 1.0}}, only_first=True, lenient=True)) as (server, port):
        assert send(tray, relay(port, connections=1)) is None
    assert [type(tray.outcomes[n]) for n in range(3)] == [Refused, Accepted, Accepted]
    assert server.received == ["lezer1@lezers.example", "lezer2@lezers.example"]


@pytest.mark.parametrize("size", ["²", "9" * 5000, "-1", "1e3", "٣"])
def test_a_size_that_is_no_number_is_no_limit(size: str) -> None:
    tray = Tray(letters(2))
    with fault_server(Plan(size=size)) as (_server, port):
        assert send(tray, relay(port)) is None
    assert kinds(tray) == {Accepted}


@pytest.mark.promise("F11")
@pytest.mark.parametrize("much", [b"250 " + b"x" * 1_000_000, b"250-regel\r\n" * 100_000], ids=["one line", "many"])
def test_a_reply_without_an_end_is_given_up_before_it_fills_memory(much: bytes) -> None:
    replies, fed = Replies(), iter(range(0, len(much), 1000))
    with pytest.raises(NonsenseError, match="a reply of more than 65536 bytes"):
        _feed(replies, much, fed)
    assert next(fed) < 70_000


def _feed(replies: Replies, much: bytes, starts: Iterator[int]) -> None:
    for start in starts:
        replies.feed(much[start : start + 1000])
        assert replies.take() is None


ODD = "\x00\x07\x1b[31m\x7f\u202e\u2066\u200b\udcff\udcc3\r"
"""NUL, bell, colour, DEL, right-to-left override, isolate, zero width, half UTF-8 and a bare carriage return."""


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data", "dot"])
def test_odd_signs_in_an_answer_are_made_harmless(stage: str) -> None:
    tray = Tray(letters(1))
    with fault_server(Plan({stage: {f"450-4.2.1 een {ODD}\r\n450 4.2.1 {ODD}twee": 1.0}})) as (_server, port):
        assert send(tray, relay(port)) is None
    answer = tray.outcomes[0].answer
    assert (answer.stage, answer.code, answer.enhanced) == (stage, 450, "4.2.1")
    assert answer.words.isprintable()
    assert answer.words.split()[0] == "een"
    assert answer.words.split()[-1].endswith("twee")


@pytest.mark.parametrize("nonsense", [f"999 {ODD}", f"250-a\r\n{ODD}", f"250-a\r\n550 {ODD}"])
def test_odd_signs_in_nonsense_are_made_harmless_too(nonsense: str) -> None:
    tray = Tray(letters(1))
    with fault_server(Plan({"mail": {nonsense: 1.0}})) as (_server, port):
        send(tray, relay(port))
    answer = tray.outcomes[0].answer
    assert (kinds(tray), answer.stage, answer.code) == ({Deferred}, "mail", None)
    assert answer.words
    assert answer.words.isprintable()
