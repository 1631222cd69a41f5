"""Opening a connection to a relay: banner, EHLO, TLS and password, and every way in which it fails."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from devtools.certificates import self_signed
from devtools.fault_server import FaultServer, Plan, fault_server
from devtools.mailings import relay
from devtools.tray import Tray, letters, send
from mailer.carriers.carrier import Accepted, Deferred, RelayFault
from mailer.carriers.inbox import ImapAccount, imap_inbox
from mailer.carriers.relay import Security
from tests.carriers.test_smtp import kinds
from wording.errors import CarrierError

SHORT = dict.fromkeys(relay(1).seconds, 0.3)
PASSES = ("drop", "421", "4xx", "hang", "nonsense", "endless", "long line", "many lines", "drip")

OPENING: dict[tuple[str, str], bool] = {
    **{(stage, action): False for stage in ("banner", "ehlo", "starttls", "auth") for action in PASSES},
    # A relay that wants to hear nothing now may be overloaded; no to STARTTLS or to a password stays no.
    **{(stage, "5xx"): stage in ("starttls", "auth") for stage in ("banner", "ehlo", "starttls", "auth")},
    ("starttls", "drop_after_commit"): False,
    # RFC 3207 §4 and RFC 4954 §6.
    ("starttls", "454 4.7.0 TLS not available due to temporary reason"): False,
    ("starttls", "501 5.5.4 no parameters allowed"): True,
    ("starttls", "250 2.0.0 ok"): False,
    ("auth", "454 4.7.0 temporary authentication failure"): False,
    ("auth", "432 4.7.12 a password transition is needed"): False,
    ("auth", "334 and what more"): False,
    ("auth", "250 2.0.0 ok"): False,
    ("auth", "534 5.7.9 mechanism is too weak"): True,
    ("auth", "535 5.7.8 credentials invalid"): True,
    ("auth", "538 5.7.11 encryption required"): True,
}
"""Faults that stop a relay from being opened, and whether they last."""


def secured(certificate: str, methods: str = "PLAIN", **changes: Any) -> Plan:
    return Plan(starttls=True, auth=methods, certificate=certificate, **changes)


def to_secured(port: int, certificate: str, **changes: Any) -> Any:
    known = {"security": Security.STARTTLS, "ca_file": certificate, "user": "bode", "password": "geheim"}
    return relay(port, **{**known, **changes})


@pytest.mark.promise("F11")
@pytest.mark.parametrize(
    ("stage", "action", "methods"),
    [(*fault, "PLAIN") for fault in OPENING] + [(*fault, "LOGIN") for fault in OPENING if fault[0] == "auth"],
)
def test_a_relay_that_cannot_be_opened_blames_no_letter(
    stage: str, action: str, methods: str, certificate: str
) -> None:
    """Neither mail nor password leaves in the clear; a stage that takes too long is not waited for, nor tried again."""
    tray = Tray(letters(6))
    with fault_server(secured(certificate, methods, faults={stage: {action: 1.0}})) as (server, port):
        fault = send(tray, to_secured(port, certificate, seconds=SHORT))
    assert fault is not None
    assert (fault.answer.stage, fault.lasting) == (stage, OPENING[stage, action])
    assert fault.answer.words
    assert (tray.outcomes, tray.intended, server.received) == ({}, [], [])
    assert server.commands["MAIL"] == server.in_the_clear["AUTH"] == 0
    assert server.connections == 1


@pytest.mark.parametrize("stage", ["banner", "ehlo", "starttls", "auth"])
def test_a_slow_relay_is_waited_for(stage: str, certificate: str) -> None:
    tray = Tray(letters(3))
    with fault_server(secured(certificate, faults={stage: {"slow": 1.0}}, slow=0.1)) as (server, port):
        assert send(tray, to_secured(port, certificate, connections=1)) is None
    assert kinds(tray) == {Accepted}
    assert len(set(server.received)) == len(server.received) == 3
    assert (+server.in_the_clear).keys() == {"EHLO", "STAR"}


@pytest.mark.parametrize(("stage", "last"), [("banner", "ehlo"), ("ehlo", "starttls"), ("auth", "connection")])
def test_a_relay_that_says_yes_and_hangs_up_is_a_fault_that_may_pass(stage: str, last: str, certificate: str) -> None:
    """After a password the hanging up meets letters: those wait, as they would at MAIL."""
    tray = Tray(letters(20))
    with fault_server(secured(certificate, faults={stage: {"drop_after_commit": 1.0}})) as (server, port):
        fault = send(tray, to_secured(port, certificate, seconds=SHORT))
    assert fault is not None
    assert (fault.answer.stage, fault.lasting, server.received) == (last, False, [])
    assert kinds(tray) <= {Deferred}


@pytest.mark.promise("F25")
def test_a_relay_that_is_not_there_is_a_fault_that_may_pass() -> None:
    tray = Tray(letters(3))
    fault = send(tray, relay(1))
    assert fault is not None
    assert (fault.answer.stage, fault.lasting, tray.outcomes) == ("connect", False, {})


@pytest.mark.promise("F25")
def test_a_name_that_no_server_knows_today_is_a_fault_that_may_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_asked: object, **_more: object) -> list[object]:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", away)
    tray = Tray(letters(3))
    fault = send(tray, replace(relay(25), host="mail.provider.example"))
    assert fault is not None
    assert (fault.answer.stage, fault.lasting, tray.outcomes) == ("connect", False, {})


@pytest.mark.parametrize("host", ["mail..provider.example", ".mail.example", f"{'a' * 64}.example"])
def test_what_can_be_no_name_of_a_server_is_a_fault_for_a_person_to_mend(host: str) -> None:
    tray = Tray(letters(3))
    fault = send(tray, replace(relay(25), host=host))
    assert fault is not None
    assert (fault.answer.stage, fault.lasting, tray.outcomes) == ("connect", True, {})
    account = ImapAccount(host, 993, "bode", "geheim")
    with pytest.raises(CarrierError, match="niet te openen"), imap_inbox(account):
        pass


def test_a_relay_that_takes_only_two_connections_gets_everything_over_those() -> None:
    tray = Tray(letters(50))
    with fault_server(Plan(most_open=2)) as (server, port):
        assert send(tray, relay(port, connections=4)) is None
    assert kinds(tray) == {Accepted}
    assert len(set(server.received)) == len(server.received) == 50
    assert (server.commands["EHLO"], server.connections) == (2, 3)


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
@pytest.mark.parametrize("methods", ["PLAIN LOGIN", "LOGIN"])
def test_encrypted_and_with_a_password_everything_arrives(certificate: str, security: Security, methods: str) -> None:
    plan = secured(certificate, methods, tls=security is Security.TLS)
    tray = Tray(letters(20, size=70_000))
    with fault_server(plan) as (server, port):
        assert send(tray, to_secured(port, certificate, security=security)) is None
    assert len(set(server.received)) == 20
    assert kinds(tray) == {Accepted}


def refused_for_good(plan: Plan, **changes: Any) -> tuple[RelayFault, FaultServer]:
    tray = Tray(letters(3))
    with fault_server(plan) as (server, port):
        fault = send(tray, relay(port, **{"user": "bode", "password": "geheim", **changes}))
    assert fault is not None
    assert fault.lasting
    assert (tray.outcomes, server.received) == ({}, [])
    assert server.commands["MAIL"] == 0
    return fault, server


CERTIFICATES: dict[str, tuple[dict[str, Any], str]] = {
    "expired": ({"begins": -3, "ends": -1}, "certificate has expired"),
    "of tomorrow": ({"begins": 1}, "certificate is not yet valid"),
    "of another": ({"other_host": True}, "IP address mismatch, certificate is not valid for '127.0.0.1'."),
    "with a short key": ({"weak": True}, "EE certificate key too weak"),
}


@pytest.mark.promise("F11")
@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
@pytest.mark.parametrize("bad", CERTIFICATES)
def test_a_bad_certificate_stops_before_the_password_and_says_why(bad: str, security: Security, tmp_path: Path) -> None:
    changes, why = CERTIFICATES[bad]
    path = self_signed(tmp_path / "relay.pem", **changes)
    plan = secured(path, tls=security is Security.TLS)
    fault, server = refused_for_good(plan, security=security, ca_file=path)
    assert (fault.answer.stage, fault.answer.words) == ("starttls", f"its certificate cannot be trusted: {why}")
    assert server.commands["AUTH"] == 0


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_a_certificate_that_nobody_vouches_for_stops_before_the_password(certificate: str, security: Security) -> None:
    fault, server = refused_for_good(secured(certificate, tls=security is Security.TLS), security=security)
    assert fault.answer.words == "its certificate cannot be trusted: self-signed certificate"
    assert server.commands["AUTH"] == 0


@contextmanager
def old_relay(certificate: str, security: Security) -> Iterator[tuple[int, list[bytes]]]:
    """A relay that knows no TLS after 1.1, its port and what it heard. Its own: asyncio keeps the alert to itself."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    context.load_cert_chain(certificate)
    heard: list[bytes] = []

    def serve() -> None:
        link, _address = listening.accept()
        if security is Security.STARTTLS:
            for said in (b"220 oud", b"250-oud\r\n250 STARTTLS"):
                link.sendall(said + b"\r\n")
                heard.append(link.recv(1000))
            link.sendall(b"220 go ahead\r\n")
        with link, pytest.raises(ssl.SSLError):
            context.wrap_socket(link, server_side=True)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        serving = threading.Thread(target=serve)
        serving.start()
        yield listening.getsockname()[1], heard
        serving.join(5)


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_a_tls_that_is_too_old_stops_before_the_password(certificate: str, security: Security) -> None:
    tray = Tray(letters(3))
    with old_relay(certificate, security) as (port, heard):
        fault = send(tray, to_secured(port, certificate, security=security))
    assert fault is not None
    assert (fault.lasting, fault.answer.stage, tray.outcomes) == (True, "starttls", {})
    assert fault.answer.words == "it speaks only a TLS older than 1.2, which keeps no secret any more"
    assert heard == ([b"EHLO localhost\r\n", b"STARTTLS\r\n"] if security is Security.STARTTLS else [])


def test_a_relay_that_speaks_no_tls_where_it_should_is_told_so(certificate: str) -> None:
    fault, _server = refused_for_good(Plan(), security=Security.TLS, ca_file=certificate)
    assert fault.answer.words == "what it speaks here is not TLS"


@pytest.mark.parametrize("content", [None, "", "geen certificaat"], ids=["missing", "empty", "text"])
def test_an_authority_that_cannot_be_read_is_told_to_a_person(
    certificate: str, content: str | None, tmp_path: Path
) -> None:
    path = tmp_path / "authority.pem"
    if content is not None:
        path.write_text(content)
    fault, server = refused_for_good(secured(certificate), security=Security.STARTTLS, ca_file=str(path))
    assert str(path) in fault.answer.words
    assert server.commands["AUTH"] == 0


def test_a_relay_whose_starttls_was_taken_out_gets_nothing_in_the_clear() -> None:
    fault, server = refused_for_good(Plan(auth="PLAIN"), security=Security.STARTTLS)
    assert (fault.answer.stage, fault.answer.words) == ("starttls", "the relay offers no STARTTLS")
    assert server.commands["AUTH"] == 0


INJECTED = {
    "a whole answer with the 220": ("starttls", "220 go ahead\r\n250-fault\r\n250 AUTH PLAIN"),
    "half an answer with the 220": ("starttls", "220 go ahead\r\n25"),
    "a 220 with the answer to EHLO": ("ehlo", "250-fault\r\n250 STARTTLS\r\n220 go ahead"),
}


@pytest.mark.parametrize("case", INJECTED)
def test_what_was_said_before_the_handshake_never_counts_after_it(case: str, certificate: str) -> None:
    """CVE-2011-0411: who sits between us and the relay adds answers in the clear."""
    stage, words = INJECTED[case]
    plan = secured(certificate, faults={stage: {words: 1.0}})
    fault, server = refused_for_good(plan, security=Security.STARTTLS, ca_file=certificate)
    assert fault.answer.stage == "starttls"
    assert server.commands["AUTH"] == 0


def test_a_wrong_password_is_a_fault_of_the_relay_that_lasts() -> None:
    fault, _server = refused_for_good(Plan(auth="PLAIN"), password="fout")
    assert (fault.answer.stage, fault.answer.code, fault.answer.enhanced) == ("auth", 535, "5.7.8")


def test_a_relay_that_takes_no_password_as_we_say_it_is_told_so() -> None:
    fault, _server = refused_for_good(Plan(auth="CRAM-MD5 \x00\u202eGSSAPI"))
    assert fault.answer.stage == "auth"
    assert fault.answer.words == "the relay offers neither PLAIN nor LOGIN: CRAM-MD5   GSSAPI"


def test_a_password_never_goes_out_in_the_clear_to_another_machine() -> None:
    fault, server = refused_for_good(Plan(auth="PLAIN"), host="127.1")
    assert (fault.answer.stage, fault.answer.words) == ("auth", "a password never goes out in the clear")
    assert server.commands["AUTH"] == 0


def test_a_password_is_not_shown_when_a_relay_is_printed() -> None:
    assert "geheim" not in repr(relay(25, user="bode", password="geheim"))
