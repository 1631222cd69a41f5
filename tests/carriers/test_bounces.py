"""Each kind of returned mail is told from the others, whoever wrote it and in whatever language."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from mailer.carriers.bounces import Report, report_from
from mailer.carriers.verdicts import HARD_CODES, Kind, verdict

SAMPLES = sorted((Path(__file__).parent / "bounces").glob("*.eml"))
MARK = "1f." + "0123456789abcdef" * 2


def report(path: Path) -> Report:
    return report_from(path.read_bytes().replace(b"@@MARK@@", MARK.encode()))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_is_read_as_what_its_name_says(path: Path) -> None:
    found = report(path)
    assert found.kind == Kind(path.stem.partition("--")[0]), found
    assert MARK in found.marks


def test_there_are_enough_samples_of_every_kind() -> None:
    kinds = {path.stem.partition("--")[0] for path in SAMPLES}
    assert len(SAMPLES) >= 30
    assert kinds == set(Kind)


@pytest.mark.parametrize("code", sorted(HARD_CODES))
def test_a_code_of_somebody_gone_is_hard(code: str) -> None:
    assert verdict(code, "")[0] is Kind.HARD


@pytest.mark.parametrize("code", ["5.4.4", "5.3.2", "5.4.7", "5.6.1", "5.5.4", "5.2.3"])
def test_not_every_permanent_failure_is_about_the_reader(code: str) -> None:
    assert verdict(code, "")[0] is Kind.SOFT


@pytest.mark.parametrize("code", ["5.7.1", "5.7.26", "4.7.0"])
def test_a_refusal_for_policy_never_counts_against_a_reader(code: str) -> None:
    assert verdict(code, "user unknown")[0] is Kind.POLICY


HOSTILE = {
    "empty": b"",
    "binary": bytes(range(256)) * 100,
    "many parts": b'Content-Type: multipart/report; report-type=delivery-status; boundary="a"\r\n\r\n'
    + b"--a\r\nContent-Type: text/plain\r\n\r\nx\r\n" * 10_000,
    "deeply nested": b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (depth, depth) for depth in range(500)
    ),
    "nested messages": b"Content-Type: message/rfc822\r\n\r\n" * 3000,
    "huge": b"Subject: x\r\n\r\n" + b"A" * 50_000_000,
    "one long line of status": b"Content-Type: message/delivery-status\r\n\r\nStatus: " + b"5." * 100_000,
    "unknown charset": b"Content-Type: text/plain; charset=x-nergens\r\n\r\nuser unknown",
    "broken header": b"From: =?utf-8?B?////?= <a@b>\r\nContent-Type: ;;;\r\nTo\r\n\r\n",
    "null bytes": b"From: mailer-daemon@x\r\n\r\n\0\0\0 550 user unknown",
    "script": b"From: mailer-daemon@x\r\nContent-Type: text/html\r\n\r\n<script>alert(1)</script> 550 user unknown",
}


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_message_is_read_in_no_time_and_marks_nobody(raw: bytes) -> None:
    started = time.perf_counter()
    assert report_from(raw).marks == ()
    assert time.perf_counter() - started < 2
