"""A mail server on this machine that files what it receives into a Maildir: where the demo sends its mail."""

from __future__ import annotations

import mailbox
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class _Filing:
    """One message into the Maildir per recipient, bytes as received, with the envelope in front (RFC 5321 §4.4)."""

    def __init__(self, folder: Path) -> None:
        self._maildir = mailbox.Maildir(folder, create=True)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 — aiosmtpd's name
        content = envelope.content
        assert isinstance(content, bytes), "decode_data is off"  # noqa: S101
        for recipient in envelope.rcpt_tos:
            head = f"Return-Path: <{envelope.mail_from}>\nDelivered-To: {recipient}\n"
            self._maildir.add(head.encode("ascii") + content.replace(b"\r\n", b"\n"))
        return "250 2.0.0 filed"


@contextmanager
def maildir_server(folder: Path) -> Iterator[int]:
    """A real SMTP server on a free port of the loopback; gives the port. It ends with the block."""
    controller = Controller(_Filing(folder), hostname="127.0.0.1", port=_free_port(), data_size_limit=20_000_000)
    controller.start()
    try:
        yield int(controller.port)
    finally:
        controller.stop()


def recipients(folder: Path) -> list[str]:
    """The address each filed message was delivered to, once per message."""
    return [str(message["Delivered-To"]) for message in mailbox.Maildir(folder, create=False)]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
