"""Where returned mail lies: on an IMAP server, or in a Maildir on this machine. Messages that were about our
letters go when they are done; everything else stays."""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from mailer.carriers.in_clear import is_here, mailbox_in_clear
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
        """The message was handled: remove it, and nothing else."""

    def leave(self, name: str) -> None:
        """The message is not ours: it stays as it is, and this process does not look at it again."""


@dataclass(frozen=True)
class Maildir:
    """A folder with new/ and cur/ (https://cr.yp.to/proto/maildir.html)."""

    folder: Path
    left: set[str] = field(default_factory=set, compare=False, repr=False)

    def messages(self) -> Iterator[tuple[str, bytes]]:
        found = [path for part in ("new", "cur") for path in (self.folder / part).glob("*") if path.is_file()]
        for path in sorted(found, key=lambda each: each.name):
            if _unique(path.name) in self.left:
                continue
            with path.open("rb") as file:
                yield f"{path.parent.name}/{path.name}", file.read(OCTETS)

    def done(self, name: str) -> None:
        (self.folder / name).unlink(missing_ok=True)

    def leave(self, name: str) -> None:
        self.left.add(_unique(name.rpartition("/")[2]))


def _unique(name: str) -> str:
    """Of a message in a Maildir: the part of its name that stays when a mail program moves it or adds flags."""
    return name.partition(":")[0]


@dataclass(frozen=True)
class ImapAccount:
    """`security` "starttls" and "tls" verify the certificate."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    security: Literal["none", "starttls", "tls"] = "tls"
    folder: str = "INBOX"
    left: set[str] = field(default_factory=set, compare=False, repr=False)
    """Messages that were not ours."""


class ImapInbox:
    """An open mailbox. Use `imap_inbox`."""

    def __init__(self, connection: imaplib.IMAP4, left: set[str]) -> None:
        self._connection = connection
        self._left = left
        _kind, answer = connection.response("UIDVALIDITY")
        _kind, [able] = connection.capability()  # what it said before the login need not be all
        self._expunges_one = b"UIDPLUS" in (able or b"").upper().split()
        self._validity = (answer[0] or b"").decode() if answer else ""

    def messages(self) -> Iterator[tuple[str, bytes]]:
        _kind, [listed] = self._connection.uid("SEARCH", "UNDELETED")
        for uid in (listed or b"").split():
            if self._key(uid.decode()) in self._left:
                continue
            # PEEK: a message that could not be handled stays as it was
            _kind, answer = self._connection.uid("FETCH", uid.decode(), f"(BODY.PEEK[]<0.{OCTETS}>)")
            for item in answer:
                if isinstance(item, tuple):
                    yield uid.decode(), item[1]

    def done(self, name: str) -> None:
        """Where the server cannot expunge one message (UIDPLUS, RFC 4315), others that somebody marked would go too:
        then ours is only marked, and its owner's mail program removes it."""
        self._connection.uid("STORE", name, "+FLAGS.SILENT", r"(\Deleted)")
        if self._expunges_one:
            self._connection.uid("EXPUNGE", name)

    def leave(self, name: str) -> None:
        self._left.add(self._key(name))

    def _key(self, uid: str) -> str:
        return f"{self._validity} {uid}"


@contextmanager
def imap_inbox(account: ImapAccount) -> Iterator[ImapInbox]:
    """The mailbox of an account. Raises CarrierError when the server cannot be reached or refuses the login."""
    try:
        connection = _opened(account)
    except (OSError, UnicodeError, imaplib.IMAP4.error) as error:  # UnicodeError: no name of a host
        why = str(error).replace(account.password, "…") if account.password else str(error)
        raise CarrierError(_("De mailbox voor retourpost is niet te openen: {why}", why=why)) from None
    try:
        yield ImapInbox(connection, account.left)
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
    if account.security == "none" and not is_here(account.host):
        raise CarrierError(mailbox_in_clear(account.host))
    context = ssl.create_default_context()
    if account.security == "tls":
        return imaplib.IMAP4_SSL(account.host, account.port, ssl_context=context, timeout=_PATIENCE)
    connection = imaplib.IMAP4(account.host, account.port, timeout=_PATIENCE)
    if account.security == "starttls":
        connection.starttls(context)
    return connection
