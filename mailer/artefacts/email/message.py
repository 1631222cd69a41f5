"""An e-mail in, a finished MIME message out, with slots for what differs per reader.

The list of headers is fixed. Each built message is parsed again and its headers compared, so that no value could have
added one (RFC 5322, RFC 2369, RFC 2919, RFC 5064, RFC 8058).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import compat32

from mailer.artefacts.bidi import marked, starts_right_to_left
from mailer.artefacts.email import headers
from mailer.artefacts.email.artefact import EmailArtefact
from mailer.artefacts.email.headers import HeaderError
from mailer.artefacts.email.html import InlineImage
from mailer.artefacts.email.personal import PersonalMessage, TextPart
from mailer.artefacts.email.transfer import Base64Part, QuotedPart, base64_lines, part_from
from mailer.artefacts.letterhead import Letterhead, letterhead
from mailer.artefacts.slots import slot
from mailer.edition import Edition
from mailer.organisation import House
from wording import _
from wording.errors import ContentError, Place, Problem

TEST = "[TEST] "
"""Before the subject of a test to colleagues."""

_SAMPLE = {
    "to": "lezer@voorbeeld.example",
    "message_id": "<1@voorbeeld.example>",
    "date": "Thu, 26 Nov 2026 09:00:00 +0100",
    "greeting": "Beste lezer,",
    "unsubscribe_url": "https://voorbeeld.example/u/1",
    "unsubscribe_mailto": "mailto:afmelden@voorbeeld.example",
    "preferences_url": "https://voorbeeld.example/p/1",
}


def message_from(
    artefact: EmailArtefact, edition: Edition, house: House, *, in_archive: bool = False, prefix: str = ""
) -> PersonalMessage:
    """The message of `edition`; `prefix` stands before the subject (TEST), `in_archive` adds Archived-At.

    Raises ContentError when the subject or a name has a character that must not stand in a header.
    """
    head = letterhead(edition, house)
    boundary = hashlib.sha256((artefact.html + artefact.text).encode()).hexdigest()[:24]
    try:
        lines = dict(_headers(artefact, edition, head, in_archive=in_archive, prefix=prefix))
    except HeaderError as error:
        place = Place(f"issues/{edition.slug}/issue.md")
        problem = _("{header} bevat een teken dat niet in een e-mailkop mag staan.", header=str(error))
        raise ContentError([Problem(place, problem)]) from error
    opening = f'Content-Type: multipart/alternative;\r\n boundary="=_{boundary}"\r\n'
    lines |= {"MIME-Version": b"MIME-Version: 1.0\r\n", "Content-Type": opening.encode("ascii")}
    lines["Content-Language"] = headers.token_line("Content-Language", edition.locale)
    text, html = part_from(artefact.text), part_from(artefact.html + "\n")
    message = PersonalMessage(
        b"".join(lines.values()).decode("utf-8") + "\r\n",
        (
            TextPart(_opening(boundary, "plain", text, edition.locale), text, is_html=False),
            _html_part(boundary, html, edition.locale, with_pictures=bool(artefact.images)),
        ),
        b"".join(_tail(boundary, artefact.images)),
    )
    _compare(message, list(lines))
    return message


def _headers(
    artefact: EmailArtefact, edition: Edition, head: Letterhead, *, in_archive: bool, prefix: str
) -> Iterator[tuple[str, bytes]]:
    """Name and line of every header but those of MIME, in the order of the message."""
    subject = prefix + artefact.subject
    host = head.sender_address.partition("@")[2]
    yield "From", headers.mailbox_line("From", head.sender, head.sender_address)
    yield "To", _slotted("To", "{}", "to")
    yield "Reply-To", headers.mailbox_line("Reply-To", "", head.reply_to)
    rtl = edition.direction == "rtl"
    yield "Subject", headers.text_line("Subject", starts_right_to_left(marked(subject)) if rtl else subject)
    yield "Date", _slotted("Date", "{}", "date")
    yield "Message-ID", _slotted("Message-ID", "{}", "message_id")
    yield "List-Id", headers.list_id_line(head.publication, f"{edition.publication}.{host}")
    yield "List-Unsubscribe", _slotted("List-Unsubscribe", "<{}>,\r\n <{}>", "unsubscribe_url", "unsubscribe_mailto")
    yield "List-Unsubscribe-Post", headers.token_line("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
    yield "List-Help", headers.token_line("List-Help", f"<mailto:{head.reply_to}?subject=help>")
    yield "List-Archive", headers.token_line("List-Archive", f"<{head.archive}>")
    if in_archive:
        yield "Archived-At", headers.token_line("Archived-At", f"<{head.page}>")
    # Feedback-ID: what a mailbox provider adds complaints up by; nothing of it is about one person
    feedback = f"{edition.slug}:{edition.locale}:{edition.audience}:{edition.publication}"
    yield "Feedback-ID", headers.token_line("Feedback-ID", feedback)
    yield "Auto-Submitted", headers.token_line("Auto-Submitted", "auto-generated")
    yield "Precedence", headers.token_line("Precedence", "bulk")


def _slotted(name: str, form: str, *slots: str) -> bytes:
    """A header whose value each reader has an own one of; `headers.check` guards it when it is filled."""
    return f"{name}: {form.format(*map(slot, slots))}\r\n".encode()


def _opening(boundary: str, subtype: str, part: QuotedPart | Base64Part, locale: str) -> bytes:
    return (
        f"--=_{boundary}\r\n"
        f'Content-Type: text/{subtype}; charset="utf-8"\r\n'
        f"Content-Transfer-Encoding: {part.encoding}\r\n"
        f"Content-Language: {locale}\r\n\r\n"
    ).encode("ascii")


def _html_part(boundary: str, part: QuotedPart | Base64Part, locale: str, *, with_pictures: bool) -> TextPart:
    if not with_pictures:
        return TextPart(b"\r\n" + _opening(boundary, "html", part, locale), part, is_html=True)
    related = (
        f"\r\n--=_{boundary}\r\n"
        f'Content-Type: multipart/related; type="text/html";\r\n boundary="=_{boundary}_r"\r\n\r\n'
    )
    return TextPart(related.encode("ascii") + _opening(f"{boundary}_r", "html", part, locale), part, is_html=True)


def _tail(boundary: str, images: tuple[InlineImage, ...]) -> Iterator[bytes]:
    for number, image in enumerate(images, 1):
        picture = image.picture
        yield (
            f"\r\n--=_{boundary}_r\r\n"
            f"Content-Type: image/{picture.subtype}\r\n"
            f"Content-Transfer-Encoding: base64\r\n"
            f"Content-ID: <{image.cid}>\r\n"
            f'Content-Disposition: inline; filename="{number}.{picture.subtype}"\r\n\r\n'
        ).encode("ascii")
        yield base64_lines(picture.data)
    if images:
        yield f"\r\n--=_{boundary}_r--\r\n".encode("ascii")
    yield f"\r\n--=_{boundary}--\r\n".encode("ascii")


def _compare(message: PersonalMessage, expected: list[str]) -> None:
    """Raises HeaderError when a parser sees other headers than were meant."""
    parsed = message_from_bytes(message.fill(_SAMPLE), policy=compat32)
    if parsed.keys() != expected or parsed.defects or not parsed.is_multipart():
        raise HeaderError(", ".join(set(parsed.keys()) ^ set(expected)) or "MIME")
