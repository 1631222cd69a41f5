"""An edition becomes a message that parses back to what was meant, for every reader and whatever their name."""

from __future__ import annotations

import random
import re
from email import message_from_bytes
from email.header import decode_header
from email.message import Message
from functools import cache

import pytest

from devtools.email_house import HOUSE
from devtools.email_samples import IMAGES, edition
from devtools.email_tools import ENCODED
from mailer.artefacts.email.artefact import email_from
from mailer.artefacts.email.message import TEST, message_from
from mailer.artefacts.email.personal import PersonalMessage, TextPart, ThawError
from mailer.artefacts.email.transfer import part_from
from mailer.artefacts.greeting import greeting
from mailer.artefacts.slots import BODY_SLOTS, HEADER_SLOTS, slot
from wording.errors import ContentError
from wording.interface import interface

HEADERS = [
    *("From", "To", "Reply-To", "Subject", "Date", "Message-ID", "List-Id", "List-Unsubscribe"),
    *("List-Unsubscribe-Post", "List-Help", "List-Archive", "Feedback-ID", "Auto-Submitted", "Precedence"),
    *("MIME-Version", "Content-Type", "Content-Language"),
]


def values(**changed: str) -> dict[str, str]:
    return {
        "to": "fatima@lezer.example",
        "message_id": "<k3j4h5@voorbeeld.example>",
        "date": "Thu, 26 Nov 2026 09:00:00 +0100",
        "greeting": "Beste Fatima",
        "unsubscribe_url": "https://nieuws.voorbeeld.example/u/" + "T" * 90 + "?a=1&b=2",
        "unsubscribe_mailto": "mailto:afmelden+TTT@voorbeeld.example?subject=unsubscribe",
        "preferences_url": "https://nieuws.voorbeeld.example/p/TTT",
    } | changed


@cache
def message(locale: str = "nl", *, prefix: str = "", in_archive: bool = False) -> PersonalMessage:
    made = edition(locale)
    artefact = email_from(made, HOUSE, interface(locale), IMAGES, in_archive=in_archive)
    return message_from(artefact, made, HOUSE, in_archive=in_archive, prefix=prefix)


def decoded(value: str) -> str:
    """RFC 2047 as mail programs do it; Python 3.11's own default policy joins encoded-words wrongly."""
    unfolded = re.sub(r"\r?\n[ \t]", " ", value)
    return "".join(
        part if isinstance(part, str) else part.decode(charset or "ascii") for part, charset in decode_header(unfolded)
    )


def body(parsed: Message, kind: str) -> str:
    for part in parsed.walk():
        if part.get_content_type() == kind:
            payload = part.get_payload(decode=True)
            assert isinstance(payload, bytes)
            return payload.decode().replace("\r\n", "\n")
    raise AssertionError(f"no {kind}")


@pytest.mark.promise("row 21")
@pytest.mark.parametrize("locale", ["nl", "ar"])
def test_the_message_has_exactly_the_headers_of_the_design(locale: str) -> None:
    parsed = message_from_bytes(message(locale).fill(values()))
    assert parsed.keys() == HEADERS
    assert parsed["To"] == "fatima@lezer.example"
    assert parsed["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert re.sub(r"\s+", " ", parsed["List-Unsubscribe"]) == (
        f"<{values()['unsubscribe_url']}>, <{values()['unsubscribe_mailto']}>"
    )
    assert parsed["Feedback-ID"] == f"meldpunt-2026-3:{locale}:friends:meldpunt"
    assert decoded(parsed["Subject"]) == edition(locale).subject
    assert not parsed.defects


def test_a_test_says_so_and_an_archived_issue_says_where() -> None:
    parsed = message_from_bytes(message(prefix=TEST, in_archive=True).fill(values()))
    assert decoded(parsed["Subject"]).startswith("[TEST] ")
    assert parsed["Archived-At"] == "<https://nieuws.voorbeeld.example/nl/archief/meldpunt-2026-3>"


def parts(message: Message) -> list[Message]:
    payload = message.get_payload()
    assert isinstance(payload, list)
    return [part for part in payload if isinstance(part, Message)]


@pytest.mark.parametrize("locale", ["nl", "ar"])
def test_text_comes_first_then_html_with_its_pictures(locale: str) -> None:
    parsed = message_from_bytes(message(locale).fill(values()))
    text, related = parts(parsed)
    assert [part.get_content_type() for part in (text, related)] == ["text/plain", "multipart/related"]
    html, picture = parts(related)
    assert (html.get_content_type(), picture.get_content_type()) == ("text/html", "image/jpeg")
    assert f'src="cid:{picture["Content-ID"][1:-1]}"' in body(parsed, "text/html")


@pytest.mark.promise("row 21")
@pytest.mark.parametrize("locale", ["nl", "ar"])
def test_every_line_is_ascii_short_and_needs_no_dot_stuffing(locale: str) -> None:
    octets = message(locale).fill(values(greeting=".hallo"))
    assert octets.isascii()
    assert octets.count(b"\n") == octets.count(b"\r\n") == octets.count(b"\r")
    lines = octets.split(b"\r\n")
    assert not [line for line in lines if line.startswith((b".", b"From "))]
    assert [line for line in lines if len(line) > 78 and b"/u/TTT" not in line] == []


@pytest.mark.parametrize("locale", ["nl", "ar"])
def test_each_text_part_has_the_shorter_encoding(locale: str) -> None:
    parts = [
        part
        for part in message_from_bytes(message(locale).fill(values())).walk()
        if part.get_content_maintype() == "text"
    ]
    expected = {"nl": ["quoted-printable"] * 2, "ar": ["base64", "quoted-printable"]}[locale]
    assert [part["Content-Transfer-Encoding"] for part in parts] == expected


HOSTILE = [
    *(".", "..", ".hidden", "From me", "=", "a=b", "=?utf-8?q?x?=", "A" * 300, "é" * 80, "x ", "\ty"),
    *(
        "a\r\nBcc: evil@x",
        "line1\nline2",
        '"quoted" \\ name',
        "O'Brien; DROP",
        "日本語" * 20,
        "👩‍👩‍👧‍👦 family",
        "<b>&",
    ),
    *("%s %d", "{{7*7}}", "{{unsubscribe_url}}", "\ue000to\ue001", " ", "trail\t", "a" * 74 + ".b", "a" * 75 + "."),
    *(
        "." + "é" * 30,
        "x" * 72 + "é.",
        "From " + "x" * 90,
        "\u2028sep",
        "\u202eevil",
        "Zoë",
        "فاطمة",
        "ቴስት",
        "தமிழ்",
        "王小明",
        "Zoe\u0308",
        "=?utf-8?b?DQpCY2M6IHhAeS5leGFtcGxl?=",
        "",
        "@postduif-1@",
    ),
]


def _expected(locale: str, name: str) -> tuple[str, str]:
    """Text and HTML around the greeting of a reader whose greeting is known, with this one in its place."""
    template = message_from_bytes(message(locale).fill(values(greeting="GROET")))
    shown = re.sub("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+", " ", re.sub("\ue000[a-z_]+\ue001", "", name))
    escaped = (
        shown.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace('"', "&quot;")
        .replace("'", "&#x27;")
    )
    return body(template, "text/plain").replace("GROET", shown), body(template, "text/html").replace("GROET", escaped)


@pytest.mark.parametrize("locale", ["nl", "ar"])
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_only_text(locale: str, name: str) -> None:
    octets = message(locale).fill(values(greeting=name))
    parsed = message_from_bytes(octets)
    assert parsed.keys() == HEADERS
    assert (body(parsed, "text/plain"), body(parsed, "text/html")) == _expected(locale, name)
    assert b"\r\n." not in octets
    assert max(map(len, octets.split(b"\r\n\r\n", 1)[1].split(b"\r\n"))) <= 76


SHORT = {"nl": "Dag {}, zo gaat het: é.\nTot de volgende keer.\n", "ar": "مرحبا {}، هذه نشرتنا.\nإلى اللقاء.\n"}


@pytest.mark.parametrize("locale", ["nl", "ar"])
def test_ten_thousand_random_names_change_nothing_but_their_own_place(locale: str) -> None:
    """In quoted-printable and in base64; a short text, so that folds and phases fall everywhere."""
    seeded = random.Random(1)
    part = part_from(SHORT[locale].format(slot("greeting")))
    opening = (
        message(locale)
        .parts[0]
        .opening.replace(b"quoted-printable", b"base64" if locale == "ar" else b"quoted-printable")
    )
    closing = b"\r\n" + opening.partition(b"\r\n")[0] + b"--\r\n"
    small = PersonalMessage(message(locale).head, (TextPart(opening, part, is_html=False),), closing)
    assert part.encoding == {"nl": "quoted-printable", "ar": "base64"}[locale]
    for _ in range(10_000):
        name = "".join(seeded.choice('.=\r\n \t aé日From <>&"\\,;:@👍') for _ in range(seeded.randrange(1, 120)))
        octets = small.fill(values(greeting=name))
        assert body(message_from_bytes(octets), "text/plain") == SHORT[locale].format(re.sub("[\x00-\x1f]+", " ", name))
        assert b"\r\n." not in octets


def test_what_is_frozen_thaws_to_the_same_message_and_nothing_else_thaws() -> None:
    for locale in ("nl", "ar"):
        thawed = PersonalMessage.thaw(message(locale).frozen())
        assert thawed.fill(values()) == message(locale).fill(values())
    frozen = message().frozen()
    for damaged in (b"", b"{}", frozen[:-1], frozen.replace(b'"format": 1', b'"format": 2'), b"\xff\xfe"):
        with pytest.raises(ThawError):
            PersonalMessage.thaw(damaged)


@pytest.mark.parametrize(
    "changed",
    [
        {"to": "a@x.example\r\nBcc: b@x.example"},
        {"to": "a@x.example\n"},
        {"to": "a@x.example, b@x.example"},
        {"to": "Naam <a@x.example>"},
        {"message_id": "<a@b>\n"},
        {"message_id": "zonder haken"},
        {"date": "gisteren"},
        {"unsubscribe_url": "https://x.example/\r\nX: y"},
        {"unsubscribe_url": "https://x.example/>, <http://evil.example"},
        {"unsubscribe_mailto": "javascript:alert(1)"},
        {"preferences_url": 'https://x.example/" onclick="'},
    ],
)
def test_a_header_value_that_is_none_is_refused(changed: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=next(iter(changed))):
        message().pieces(values(**changed))


def test_a_slot_without_a_value_is_refused() -> None:
    for name in (*HEADER_SLOTS, *BODY_SLOTS):
        with pytest.raises(KeyError, match=name):
            message().pieces({key: value for key, value in values().items() if key != name})


@pytest.mark.parametrize(
    "subject",
    [
        "a\nBcc: x@y.example",
        "a\r\nX: y",
        "a\r",
        "a\u0085b",
        "a\u2028b",
        "a\x0bb",
        "a\x00b",
        "einde\n",
        "\ud800",
        "\u202eomgekeerd",
    ],
)
def test_a_subject_that_would_break_its_header_is_the_editors_to_mend(subject: str) -> None:
    made = edition("nl", subject=subject, sections=1)
    artefact = email_from(edition("nl", sections=1), HOUSE, interface("nl"), IMAGES)
    object.__setattr__(artefact, "subject", subject)
    with pytest.raises(ContentError) as caught:
        message_from(artefact, made, HOUSE)
    assert "Subject" in str(caught.value.problems[0].text)


@pytest.mark.parametrize("subject", ["=?UTF-8?Q?=0A?=Bcc: x@y.example", ENCODED])
def test_an_encoded_word_typed_as_a_subject_stays_what_was_typed(subject: str) -> None:
    made = edition("nl", subject=subject, sections=0)
    parsed = message_from_bytes(message_from(email_from(made, HOUSE, interface("nl"), {}), made, HOUSE).fill(values()))
    assert decoded(parsed["Subject"]) == made.subject
    assert parsed.keys() == HEADERS
    assert [part.get_content_type() for part in parts(parsed)] == ["text/plain", "text/html"]


def test_a_greeting_names_the_reader_or_says_reader() -> None:
    dutch = interface("nl")
    assert greeting("Fatima", dutch) == "Beste Fatima,"
    assert greeting(None, dutch) == greeting("  \u202e ", dutch) == "Beste lezer,"
    assert greeting("فاطمة", dutch) == "Beste \u2068فاطمة\u2069,"
    assert greeting("a\u202eb\nc", dutch) == "Beste ab c,"
    assert len(greeting("x" * 300, dutch)) < 120
