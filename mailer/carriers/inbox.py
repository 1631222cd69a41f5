"""Where returned mail lies: on an IMAP server, or in a Maildir on this machine. Messages go when they are done."""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from mailer.returns.limits import OCTETS
from wording import _
from wording.errors import CarrierError

_PATIENCE = 60
"""Seconds to wait for an answer."""


class Inbox(Protocol):
    """Messages, each with a name by which it is removed."""

    def messages(self) -> Iterator[tuple[str, bytes]]:
        """Every message, the oldest first, cut off at OCTETS."""

    def done(self, name: str) -> None:
        """The message was handled: remove it."""


@dataclass(frozen=True)
class Maildir:
    """A folder with new/ and cur/ (https://cr.yp.to/proto/maildir.html)."""

    folder: Path

    def messages(self) -> Iterator[tuple[str, bytes]]:
        found = [path for part in ("new", "cur") for path in (self.folder / part).glob("*") if path.is_file()]
        for path in sorted(found, key=lambda each: each.name):
            with path.open("rb") as file:
                yield f"{path.parent.name}/{path.name}", file.read(OCTETS)

    def done(self, name: str) -> None:
        (self.folder / name).unlink(missing_ok=True)


@dataclass(frozen=True)
class ImapAccount:
    """`security` "starttls" and "tls" verify the certificate."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    security: Literal["none", "starttls", "tls"] = "tls"
    folder: str = "INBOX"


class ImapInbox:
    """An open mailbox. Use `imap_inbox`."""

    def __init__(self, connection: imaplib.IMAP4) -> None:
        self._connection = connection

    def messages(self) -> Iterator[tuple[str, bytes]]:
        _kind, [listed] = self._connection.uid("SEARCH", "ALL")
        for uid in (listed or b"").split():
            # PEEK: a message that could not be handled stays as it was
            _kind, answer = self._connection.uid("FETCH", uid.decode(), f"(BODY.PEEK[]<0.{OCTETS}>)")
            for item in answer:
                if isinstance(item, tuple):
                    yield uid.decode(), item[1]

    def done(self, name: str) -> None:
        self._connection.uid("STORE", name, "+FLAGS.SILENT", r"(\Deleted)")
        self._connection.expunge()


@contextmanager
def imap_inbox(account: ImapAccount) -> Iterator[ImapInbox]:
    """The mailbox of an account. Raises CarrierError when the server cannot be reached or refuses the login."""
    try:
        connection = _opened(account)
    except (OSError, imaplib.IMAP4.error) as error:
        why = str(error).replace(account.password, "…") if account.password else str(error)
        raise CarrierError(_("De mailbox voor retourpost is niet te openen: {why}", why=why)) from None
    try:
        yield ImapInbox(connection)
    finally:
        connection.logout()


def _opened(account: ImapAccount) -> imaplib.IMAP4:
    connection = _connected(account)
    try:
        connection.login(account.user, account.password)
        connection.select(account.folder)
    except (OSError, imaplib.IMAP4.error):
        connection.shutdown()
        raise
    return connection


def _connected(account: ImapAccount) -> imaplib.IMAP4:
    context = ssl.create_default_context()
    if account.security == "tls":
        return imaplib.IMAP4_SSL(account.host, account.port, ssl_context=context, timeout=_PATIENCE)
    connection = imaplib.IMAP4(account.host, account.port, timeout=_PATIENCE)
    if account.security == "starttls":
        connection.starttls(context)
    return connection
