"""A mail to one person reaches a real server, is sealed until then, and is gone from the database afterwards."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select, text, update

from database.base import now
from database.keys import KeyRing
from database.onetime import OneTime
from database.session import Store
from devtools.servers import free_port
from mailer.carriers.inbox import Maildir
from mailer.carriers.relay import Relay, Security
from mailer.ledger.notices import Notice, NoticeRow, due, write
from mailer.services.notices.letters import ask_to_confirm, message_of
from mailer.services.sending.relays import Relays
from mailer.services.sending.returned import ReturnDesk
from mailer.services.worker.chores import Chores
from subscribers.tables import Subscriber
from tests.support.house import house
from tests.support.people import ANNA, ask, gets, reader

HOUSE = house()


@pytest.fixture
def lite(migrated_file: Path, tmp_path: Path) -> Iterator[Store]:
    store = Store(f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'postduif.sqlite')}", KeyRing.generated())
    yield store
    store.close()


def queue(store: Store, locale: str = "nl") -> str:
    needed = ask(store, ANNA, locale=locale)
    assert needed is not None
    with store.transaction() as session:
        ask_to_confirm(session, HOUSE, needed)
    return needed.token


def waiting(store: Store) -> int:
    with store.reading() as session:
        return len(session.scalars(select(NoticeRow)).all())


@pytest.mark.parametrize("locale", ["nl", "en", "ar"])
def test_the_confirmation_mail_is_whole_in_plain_text_and_in_its_look(lite: Store, locale: str) -> None:
    token = queue(lite, locale)
    with lite.reading() as session:
        [notice] = due(session, now())
    message = message_from_bytes(message_of(notice, HOUSE))
    plain, page = (part.get_payload(decode=True) for part in message.walk() if not part.is_multipart())
    for body in (plain, page):
        assert isinstance(body, bytes)
        assert f"https://nieuws.voorbeeld.example/{locale}/bevestigen/{token}" in body.decode()
        assert f"https://nieuws.voorbeeld.example/{locale}/privacy" in body.decode()
    assert (message["To"], message["Auto-Submitted"], message["List-Unsubscribe"]) == (ANNA, "auto-generated", None)
    assert "Stichting Het Voorbeeld" in str(make_header(decode_header(message["Subject"])))
    assert [part.get_content_type() for part in message.walk()][1:] == ["text/plain", "text/html"]
    assert all(len(line) <= 998 and line.isascii() for line in message_of(notice, HOUSE).decode().split("\r\n"))


def test_a_notice_is_sealed_while_it_waits(lite: Store) -> None:
    token = queue(lite)
    with lite.reading() as session:
        dump = repr(session.execute(text("SELECT * FROM notice")).all())
    assert not {word for word in ("anna", "lezers.example", token) if word in dump}


class Received:
    """What a mail server was given (aiosmtpd's handler)."""

    def __init__(self) -> None:
        self.messages: list[bytes] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.messages.append(envelope.content)
        return "250 OK"


@pytest.fixture
def mail_server() -> Iterator[tuple[int, list[bytes]]]:
    handler = Received()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield controller.port, handler.messages
    controller.stop()


def test_a_relay_takes_it_once_and_it_is_gone(lite: Store, mail_server: tuple[int, list[bytes]]) -> None:
    port, received = mail_server
    queue(lite)
    relays = Relays([Relay(host="127.0.0.1", port=port, security=Security.NONE)])
    for _twice in range(2):
        Chores(desk(lite), relays)()
    relays.close()
    assert (len(received), waiting(lite)) == (1, 0)
    assert b"To: " + ANNA.encode() in received[0]


@pytest.mark.parametrize(
    "to", ["noor@redactie.example\nBcc: x@y.example", "noor", "zoë@redactie.example", "\ud83d@x.nl"]
)
def test_a_notice_to_an_impossible_address_holds_up_no_other(
    lite: Store, mail_server: tuple[int, list[bytes]], to: str
) -> None:
    port, received = mail_server
    with lite.transaction() as session:
        write(session, Notice("alarm", "nl", to, "Kijk even", "Er is iets."))
    queue(lite)
    relays = Relays([Relay(host="127.0.0.1", port=port, security=Security.NONE)])
    Chores(desk(lite), relays)()
    relays.close()
    assert (len(received), waiting(lite)) == (1, 0)
    assert b"To: " + ANNA.encode() in received[0]


def test_without_a_relay_it_waits_and_is_given_up_in_the_end(lite: Store) -> None:
    queue(lite)
    relays = Relays([Relay(host="127.0.0.1", port=1, security=Security.NONE)])
    for tries in range(5):
        assert waiting(lite) == 1
        Chores(desk(lite), relays, clock=lambda hours=tries * 3: now() + timedelta(hours=hours))()  # type: ignore[misc]
    assert waiting(lite) == 0


def test_the_chores_read_returned_mail_and_forget_what_is_old(lite: Store, tmp_path: Path) -> None:
    for part in ("new", "cur"):
        (tmp_path / "returns" / part).mkdir(parents=True)
    (tmp_path / "returns" / "new" / "1").write_bytes(b"From: x@y.example\r\n\r\nHello")
    ask(lite, "never@lezers.example")
    uid = reader(lite, ANNA)
    with lite.transaction() as session:
        session.execute(update(Subscriber).values(created_at=now() - timedelta(days=4)))
        session.execute(update(OneTime).values(expires_at=now() - timedelta(days=2)))
    relays = Relays([Relay(host="127.0.0.1", port=1, security=Security.NONE)])
    inbox = Maildir(tmp_path / "returns")
    Chores(desk(lite), relays, lambda: nullcontext(inbox))()
    assert list(inbox.messages()) == []  # it was looked at, and is not ours: it stays
    assert (tmp_path / "returns" / "new" / "1").exists()
    assert gets(lite) == {uid}
    with lite.reading() as session:
        assert session.scalars(select(Subscriber.uid)).all() == [uid]


def desk(store: Store) -> ReturnDesk:
    with store.reading() as session:
        return ReturnDesk(store, session.info["keys"], HOUSE, b"k" * 32)
