"""A hostile mail is read or refused within the limits of the child, and costs the next mail nothing."""

from __future__ import annotations

import os
import resource
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from devtools.returned.corpus import corpus
from mailer.carriers.returns_reader import ReturnsReader
from mailer.returns import limits
from mailer.returns.mime import mail_from
from mailer.returns.reading import reading_of
from mailer.returns.reasons import Kind
from mailer.returns.verdict import worst

SIZE = limits.OCTETS
GENUINE = next(sample for sample in corpus() if sample.name == "Postfix to Postfix 0")
_HEAD = b"From: MAILER-DAEMON@mx.example\r\nSubject: Undelivered Mail\r\nMIME-Version: 1.0\r\n"
_PLAIN = _HEAD + b"Content-Type: text/plain\r\n\r\n"
_HTML = _HEAD + b"Content-Type: text/html\r\n\r\n"


def nested(depth: int) -> bytes:
    inner = (
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (number, number) for number in range(depth)
    )
    return _HEAD + b"".join(inner) + b"Content-Type: text/plain\r\n\r\n" + b"\r\n" * SIZE


def filled(head: bytes, line: bytes) -> bytes:
    return (head + line * (SIZE // len(line) + 1))[:SIZE]


STATUS = _HEAD + b"Content-Type: message/delivery-status\r\n\r\n"
HOSTILE = {
    "empty": b"",
    "binary": bytes(range(256)) * 1000,
    "null bytes": _PLAIN + b"\0\0\0 550 user unknown" * 5000,
    "many parts": filled(
        _HEAD + b'Content-Type: multipart/report; report-type=delivery-status; boundary="a"\r\n\r\n',
        b"--a\r\nContent-Type: text/plain\r\n\r\nx\r\n",
    ),
    **{f"nested {depth}": nested(depth)[:SIZE] for depth in (5, 50, 400, 3000)},
    "nested messages": filled(_HEAD, b"Content-Type: message/rfc822\r\n\r\n"),
    "headers": filled(_HEAD, b"X-A: b\r\n"),
    "long header": filled(_HEAD + b"References: ", b"<a@b.example>\r\n "),
    "parameters": filled(_HEAD + b"Content-Type: text/plain", b"; a=b"),
    "encoded words": filled(_HEAD + b"Subject: ", b"=?utf-8?q?=41?= "),
    "status fields": filled(STATUS, b"Action: failed\r\nFinal-Recipient: rfc822; a@b.example\r\nStatus: 5.1.1\r\n\r\n"),
    "one long status": filled(STATUS + b"Status: ", b"5."),
    "unclosed tags": filled(_HTML, b"<a"),
    "unclosed comments": filled(_HTML, b"<!--"),
    "styles": filled(_HTML, b"<style"),
    "dotless": filled(_PLAIN, "İ".encode()),
    "charset that unpacks": filled(_HEAD + b"Content-Type: text/plain; charset=zlib_codec\r\n\r\n", b"x\x9c"),
    "notice": filled(b"From: no-reply@sns.amazonaws.com\r\n\r\n", b'{"Message":'),
    "brackets": filled(b"From: no-reply@sns.amazonaws.com\r\n\r\n", b"[{"),
    "quoted-printable": filled(_HEAD + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n", b"=3D=\r\n"),
    **{
        f"lines of {line[:12]!r}": filled(_PLAIN, line)
        for line in (
            b">\r\n",
            b"a@b.example\r\n",
            b"<a@b.example>:\r\n",
            b"x: y\r\n",
            b" " * 70 + b"\r\n",
            b"550 5.1.1 <a@b.example> unknown\r\n",
            b"---\r\n",
            b"x",
            b"a." * 500 + b"@",
            b"user " * 300 + b"\r\n",
            b"mailbox sender recipient domain host " * 50 + b"\r\n",
            b"<<< 550 >>> RCPT said: host [1.2.3.4] " * 40 + b"\r\n",
            b"(" * 1900 + b"\r\n",
        )
    },
}


@pytest.fixture
def reader() -> Iterator[ReturnsReader]:
    with ReturnsReader() as running:
        yield running


@pytest.mark.promise("row 10")
def test_no_hostile_mail_ends_the_child(reader: ReturnsReader) -> None:
    """The kernel would end it after one second of processor, or at 64 MB of address space."""
    for name, raw in HOSTILE.items():
        assert reader.read(raw).verdicts[0].reason != "unreadable", name
    assert worst(list(reader.read(GENUINE.raw).verdicts)).kind is Kind.HARD


def test_a_child_that_is_ended_costs_only_the_mail_it_was_reading(reader: ReturnsReader) -> None:
    reader.read(GENUINE.raw)
    assert reader.child is not None
    os.kill(reader.child, signal.SIGKILL)
    assert reader.read(GENUINE.raw).verdicts[0].reason == "unreadable"
    assert worst(list(reader.read(GENUINE.raw).verdicts)).kind is Kind.HARD


@pytest.mark.promise("row 10")
def test_the_kernel_ends_a_child_that_takes_too_much(reader: ReturnsReader) -> None:
    """Its limits are looked at from outside."""
    reader.read(GENUINE.raw)
    rows = Path(f"/proc/{reader.child}/limits").read_text().splitlines()
    space = next(row for row in rows if row.startswith("Max address space"))
    assert int(space.split()[3]) == 64 * 1024 * 1024


def test_a_child_at_its_limit_of_memory_ends_and_the_next_mail_gets_another(reader: ReturnsReader) -> None:
    reader.read(GENUINE.raw)
    assert reader.child is not None
    resource.prlimit(reader.child, resource.RLIMIT_AS, (1024, 1024))  # less than it has
    assert reader.read(HOSTILE["many parts"]).verdicts[0].reason == "unreadable"
    assert worst(list(reader.read(GENUINE.raw).verdicts)).kind is Kind.HARD


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE.keys())
def test_work_is_bounded_before_it_is_done(raw: bytes) -> None:
    mail = mail_from(raw)
    assert len(mail.parts) <= limits.PARTS
    assert sum(len(values) for values in mail.fields.values()) <= limits.FIELDS
    assert sum(len(part.lines) for part in mail.parts) <= limits.LINES
    assert len(reading_of(raw).verdicts) <= limits.RECIPIENTS + 1
