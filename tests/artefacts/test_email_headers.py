"""Header values come through a message as they went in, or do not go in."""

from __future__ import annotations

import mailbox
import random
from collections.abc import Callable
from email import message_from_bytes
from pathlib import Path

import pytest

from devtools.email_tools import ENCODED
from mailer.artefacts.email import headers
from mailer.artefacts.email.headers import HeaderError
from tests.artefacts.test_email_message import body, decoded, message, values

DUTCH = (
    "de het een van één coördinatie beëindiging geïnformeerd opvang ‘vrijheid’ – privé reünie zoëven rechter "
    "vreemdelingendetentie wijziging, maatregelen: (nieuw) 12% € 1.250,00 a=?b ?= =?utf-8?q?x?= Überprüfung"
)
ARABIC = (
    "رسالة مكتب البلاغات الرعاية الطبية، في المراكز؟ حكم 2026 ECLI:NL:RBDHA:2026:99001 LOS «حرية» المحامي "
    "الاحتجاز الإداري للأجانب 010-000 السيد B. مجانا"
)


def subjects(seed: int, count: int) -> list[str]:
    seeded = random.Random(seed)
    return [
        " ".join(seeded.choice(words.split()) for _ in range(seeded.randrange(1, 25)))
        for words in (DUTCH, ARABIC)
        for _ in range(count // 2)
    ]


@pytest.mark.promise("row 21")
def test_not_one_of_4000_subjects_is_damaged(figure: Callable[[str], None]) -> None:
    damaged = 0
    for subject in subjects(7, 4000):
        line = headers.text_line("Subject", subject)
        assert max(map(len, line.split(b"\r\n"))) <= 78
        parsed = message_from_bytes(line + b"To: a@b.example\r\n\r\n")
        assert parsed.keys() == ["Subject", "To"]
        damaged += decoded(parsed["Subject"]) != subject
    figure(f"headers: {damaged} of 4000 random subjects damaged")
    assert damaged == 0


@pytest.mark.parametrize(
    "name",
    [
        "Stichting LOS",
        'Zegt "ja", (echt); \\',
        "مكتب البلاغات (Meldpunt)",
        "é" * 60,
        "x" * 200,
        "=?utf-8?q?x?=",
        ENCODED,
        "é" * 100_000,
    ],
)
def test_a_display_name_comes_through(name: str) -> None:
    line = headers.mailbox_line("From", name, "nieuws@voorbeeld.example")
    phrase, _, address = message_from_bytes(line)["From"].rpartition("<")
    assert address == "nieuws@voorbeeld.example>"
    shown = phrase.strip()
    shown = shown[1:-1].replace('\\"', '"').replace("\\\\", "\\") if shown.startswith('"') else decoded(shown)
    assert shown == name


LONG = "https://nieuws.voorbeeld.example/u/" + "A1-_" * 100


def test_a_long_address_is_never_folded_or_encoded() -> None:
    line = headers.token_line("List-Unsubscribe", f"<{LONG}>", "<mailto:a@b.example>")
    assert line == f"List-Unsubscribe: <{LONG}>,\r\n <mailto:a@b.example>\r\n".encode()


@pytest.mark.promise("row 21")
@pytest.mark.parametrize(
    "value",
    [
        "a\nb",
        "a\r\nb",
        "a\rb",
        "a\x85b",
        "a\u2028b",
        "a\u2029b",
        "a\x0bb",
        "a\x0cb",
        "a\x00b",
        "a\n",
        "a\r\n",
        "a\x7f",
        "a\x1b[2J",
        "a\x9b",
        "\ud800",
        "\u202ea",
        "\u2066a",
    ],
)
def test_a_value_that_would_make_a_line_is_refused(value: str) -> None:
    makes: tuple[Callable[[], object], ...] = (
        lambda: headers.text_line("Subject", value),
        lambda: headers.mailbox_line("From", value, "a@b.example"),
        lambda: headers.mailbox_line("From", "naam", f"{value}@b.example"),
        lambda: headers.token_line("List-Archive", value),
        lambda: headers.list_id_line(value, "a.b.example"),
        lambda: headers.list_id_line("naam", value),
    )
    for make in makes:
        with pytest.raises(HeaderError):
            make()


def test_a_subject_of_100_kb_comes_through_in_short_lines() -> None:
    subject = "woord é " * 12_500
    line = headers.text_line("Subject", subject.strip())
    assert max(map(len, line.split(b"\r\n"))) <= 78
    assert decoded(message_from_bytes(line)["Subject"]) == subject.strip()


def test_a_stock_reader_opens_a_maildir_of_our_messages(tmp_path: Path) -> None:
    """Python's `mailbox`, as any mail program that reads a Maildir (D. J. Bernstein's format)."""
    box = mailbox.Maildir(tmp_path / "Maildir", create=True)
    for locale in ("nl", "ar"):
        box.add(message(locale).fill(values(to=f"{locale}@lezer.example")))
    opened = mailbox.Maildir(tmp_path / "Maildir", create=False)
    seen = {one["To"]: body(one, "text/plain").splitlines()[0] for one in opened}
    assert seen == {
        "nl@lezer.example": "Bericht van het Meldpunt",
        "ar@lezer.example": "\u200fرسالة مكتب البلاغات",
    }
