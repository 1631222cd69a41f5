"""A proof reaches the named colleagues over real SMTP, says that it is one, and leaves the ledger as it was."""

from __future__ import annotations

import mailbox
import re
from pathlib import Path
from uuid import uuid4

import pytest

from commands.local_mail import maildir_server
from database.base import now
from devtools.email_tools import ROOT, house
from devtools.servers import free_port
from mailer.carriers.carrier import Accepted
from mailer.carriers.relay import Relay
from mailer.carriers.smtp import SmtpCarrier
from mailer.content import Content
from mailer.services.office import Press
from mailer.services.writing.proofs import send_proof
from staff.people import Person, Role
from tests.artefacts.test_email_message import body, decoded
from wording.errors import CarrierError

AMINA = Person(uuid4(), "Amina", "amina@voorbeeld.example", frozenset({Role.EDITOR}))
BAS = Person(uuid4(), "Bas", "bas@voorbeeld.example", frozenset({Role.TRANSLATOR}))
EDITION = {"slug": "meldpunt-2026-3", "audience": "detention-friends", "locale": "en"}


def press() -> Press:
    return Press(house(), Content(ROOT, house()), lambda _jobs: [])


def test_a_proof_arrives_with_its_mark_at_the_named_colleagues_only(tmp_path: Path) -> None:
    with maildir_server(tmp_path / "Maildir") as port:
        carrier = SmtpCarrier(Relay("127.0.0.1", port))
        try:
            outcomes = send_proof(press(), carrier, [AMINA, BAS], **EDITION, clock=now)
        finally:
            carrier.close()
    assert [type(outcome) for outcome in outcomes] == [Accepted, Accepted]
    messages = {str(one["Delivered-To"]): one for one in mailbox.Maildir(tmp_path / "Maildir", create=False)}
    assert set(messages) == {AMINA.email, BAS.email}
    for address, message in messages.items():
        assert message["To"] == address
        assert decoded(message["Subject"]).startswith("[TEST] ")
        assert not re.search(r"/[up]/\w", body(message, "text/plain"))
    assert "Amina" in body(messages[AMINA.email], "text/plain")
    assert len({message["Message-ID"] for message in messages.values()}) == 2


def test_a_relay_that_is_not_there_is_told_as_an_error() -> None:
    carrier = SmtpCarrier(Relay("127.0.0.1", free_port()))
    try:
        with pytest.raises(CarrierError):
            send_proof(press(), carrier, [AMINA], **EDITION, clock=now)
    finally:
        carrier.close()
