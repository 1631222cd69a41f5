"""A proof reaches the named colleagues over real SMTP, says that it is one, and leaves the ledger as it was."""

from __future__ import annotations

import mailbox
import re
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select

from commands.local_mail import maildir_server
from database.audit import AuditRow
from database.session import Store
from devtools.fault_server import Plan, fault_server
from devtools.mailings import relay
from devtools.servers import free_port
from mailer.carriers.relay import Relay
from mailer.services.office import Office
from mailer.services.writing.proofs import Proof, proofs_of, send_proof
from staff.people import Person
from staff.roles import Role
from tests.artefacts.test_email_message import body, decoded
from tests.support.office import office_of
from wording.errors import CarrierError, NotFoundError

AMINA = Person(uuid4(), "Amina", "amina@voorbeeld.example", frozenset({Role.EDITOR}))
BAS = Person(uuid4(), "Bas", "bas@voorbeeld.example", frozenset({Role.TRANSLATOR}))
EDITION = {"audience": "detention-friends", "locale": "en"}
SLUG = "meldpunt-2026-3"


def desk(store: Store, *relays: Relay) -> Office:
    return office_of(store, people=(AMINA, BAS), relays=relays)


def test_a_proof_arrives_with_its_mark_at_the_named_colleagues_only(store: Store, tmp_path: Path) -> None:
    with maildir_server(tmp_path / "Maildir") as port:
        office = desk(store, Relay("127.0.0.1", port))
        proofs = send_proof(office, AMINA, SLUG, **EDITION, to=[AMINA, BAS])
    assert proofs == (Proof("Amina", accepted=True), Proof("Bas", accepted=True))
    messages = {str(one["Delivered-To"]): one for one in mailbox.Maildir(tmp_path / "Maildir", create=False)}
    assert set(messages) == {AMINA.email, BAS.email}
    for address, message in messages.items():
        assert message["To"] == address
        assert decoded(message["Subject"]).startswith("[TEST] ")
        assert not re.search(r"/[up]/\w", body(message, "text/plain"))
    assert "Amina" in body(messages[AMINA.email], "text/plain")
    assert len({message["Message-ID"] for message in messages.values()}) == 2


def test_a_colleague_whom_the_relay_refuses_is_named_and_the_others_get_theirs(store: Store) -> None:
    with fault_server(Plan({"rcpt": {"5xx": 1.0}}, only_for="bas")) as (server, port):
        proofs = send_proof(desk(store, relay(port)), AMINA, SLUG, **EDITION, to=[AMINA, BAS])
    assert [(one.name, one.accepted) for one in proofs] == [("Amina", True), ("Bas", False)]
    assert "no such user" in proofs[1].answer
    assert server.received == [AMINA.email]
    assert [one.to for one in proofs_of(desk(store), AMINA, SLUG)] == ["Amina"], "who was refused did not get it"


def test_a_relay_that_falls_away_halfway_is_told_and_who_has_it_is_known(store: Store) -> None:
    with fault_server(Plan({"rcpt": {"drop": 1.0}}, only_for="bas")) as (_server, port):
        proofs = send_proof(desk(store, relay(port, connections=1)), AMINA, SLUG, **EDITION, to=[AMINA, BAS])
    assert [one.accepted for one in proofs] == [True, False]
    assert [one.to for one in proofs_of(desk(store), AMINA, SLUG)] == ["Amina"]


def test_a_relay_that_is_not_there_is_told_as_an_error(store: Store) -> None:
    with pytest.raises(CarrierError):
        send_proof(
            desk(store, Relay("127.0.0.1", free_port())),
            AMINA,
            SLUG,
            **EDITION,
            to=[AMINA],
        )


def test_who_sent_a_proof_of_what_is_written_down_without_an_address(store: Store, tmp_path: Path) -> None:
    with maildir_server(tmp_path / "Maildir") as port:
        send_proof(desk(store, Relay("127.0.0.1", port)), AMINA, SLUG, **EDITION, to=[BAS])
    with store.reading() as session:
        before, after = session.scalars(select(AuditRow).order_by(AuditRow.seq))
    assert [(one.event, one.actor) for one in (before, after)] == [
        (event, str(AMINA.uid)) for event in ("proof", "proof_taken")
    ]
    assert after.detail == {"issue": SLUG, "count": 1, "to": str(BAS.uid), **EDITION}
    assert before.detail == {**after.detail, "outcome": True}


@pytest.mark.parametrize("wrong", [{"audience": "niemand"}, {"locale": "xx"}, {"slug": "noo-1999-1"}])
def test_a_proof_of_what_is_not_there_is_refused_in_words(store: Store, wrong: dict[str, str]) -> None:
    asked = {"slug": SLUG, **EDITION, **wrong}
    with pytest.raises(NotFoundError, match=next(iter(wrong.values()))):
        send_proof(desk(store), AMINA, **asked, to=[AMINA])
