"""One returned message in, what it means out. Pure: whose delivery it is, the caller finds out by its mark.

DSN (RFC 3464) and complaints (ARF, RFC 5965) are read by their parts; anything else by flufl.bounce, which knows who
but not how badly, and by the words. A message is written by strangers: it is cut off, never trusted, never shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.parser import BytesHeaderParser
from enum import StrEnum

from flufl.bounce import all_failures

from mailer.carriers.verdicts import Kind, kind_of_words, verdict

MOST_OCTETS = 256 * 1024
"""What is read of a message; a report is in its first parts, and the newsletter it quotes may be long."""
_MOST_PARTS = 60
_MARK = re.compile(rb"(?<![0-9a-f.])([0-9a-f]{1,12}\.[0-9a-f]{32})(?:@|=40|>|\s)", re.IGNORECASE)
_OUT_OF_OFFICE = re.compile(
    r"out of (the )?office|automatic(ally)? (generated )?repl|auto.?reply|autoreply|automatisch antwoord|afwezig|"
    r"abwesenheit|réponse automatique|absence du bureau",
    re.IGNORECASE,
)


class Form(StrEnum):
    """How the message was written, for the tests and the counts."""

    DSN = "dsn"
    ARF = "arf"
    WORDS = "words"
    OTHER = "other"


@dataclass(frozen=True)
class Report:
    """What a returned message says. `marks` are candidates: only one with the right HMAC counts."""

    kind: Kind
    form: Form
    code: str = ""
    marks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Head:
    """Of the message itself. `recipients` in lower case: our own mailboxes."""

    recipients: tuple[str, ...] = ()
    subject: str = ""


def marks_in(raw: bytes) -> tuple[str, ...]:
    """What may be the mark of a delivery, anywhere in a message; nothing is unpacked for it."""
    return tuple(dict.fromkeys(found.decode().lower() for found in _MARK.findall(raw[:MOST_OCTETS])))


def head_from(raw: bytes) -> Head:
    """To whom and what about; never raises. A header that cannot be read is empty."""
    try:
        message = BytesHeaderParser().parsebytes(raw[:MOST_OCTETS])
        return Head(_recipients(message), str(message.get("Subject", ""))[:300])
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError):
        return Head()


def report_from(raw: bytes) -> Report:
    """Read a message of the bounce mailbox. Never raises; what cannot be read is Kind.UNKNOWN."""
    raw = raw[:MOST_OCTETS]
    marks = marks_in(raw)
    try:
        message = message_from_bytes(raw)
        kind, form, code = _read(message)
        return Report(kind, form, code, marks)
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError):
        return Report(Kind.UNKNOWN, Form.OTHER, "", marks)


def _read(message: Message) -> tuple[Kind, Form, str]:
    parts = list(_parts(message))
    if (feedback := _part(parts, "message/feedback-report")) is not None:
        kind = "abuse" if "feedback-type: abuse" in _text(feedback).lower() else "other"
        return (Kind.COMPLAINT if kind == "abuse" else Kind.IGNORED), Form.ARF, ""
    if (status := _part(parts, "message/delivery-status")) is not None:
        kind, code = _of_status(status, parts)
        return kind, Form.DSN, code
    if _is_auto_reply(message):
        return Kind.IGNORED, Form.OTHER, ""
    return _of_words(message, parts)


def _of_status(status: Message, parts: list[Message]) -> tuple[Kind, str]:
    """The worst of the recipients: ours is the only one, but a list expands."""
    blocks = status.get_payload() if status.is_multipart() else [status]
    fields = [block for block in blocks if isinstance(block, Message) and block.get("Action")]
    if not fields:
        fields = [message_from_bytes(_text(status).encode())]
    found = [_of_recipient(field, parts) for field in fields[:_MOST_PARTS]]
    return max(found, key=lambda one: one[0].weight, default=(Kind.UNKNOWN, ""))


def _of_recipient(field: Message, parts: list[Message]) -> tuple[Kind, str]:
    action = str(field.get("Action", "")).split("(")[0].strip().lower()
    code = str(field.get("Status", "")).split(" ")[0].strip()
    if action in ("delayed", "delivered", "relayed", "expanded"):
        return Kind.IGNORED, code
    words = str(field.get("Diagnostic-Code", ""))
    if not words and (prose := _part(parts, "text/plain")) is not None:
        words = _text(prose)[:4000]
    return verdict(code, words)


def _of_words(message: Message, parts: list[Message]) -> tuple[Kind, Form, str]:
    prose = " ".join(_text(part) for part in parts if part.get_content_maintype() == "text")[:20_000]
    temporary, permanent = all_failures(message)
    if permanent or temporary:
        kind, code = kind_of_words(prose, permanent=bool(permanent))
        return kind, Form.WORDS, code
    if _from_a_postmaster(message):
        kind, code = kind_of_words(prose, permanent=False)
        return (kind if kind is not Kind.SOFT or code else Kind.UNKNOWN), Form.WORDS, code
    return Kind.UNKNOWN, Form.OTHER, ""


def _from_a_postmaster(message: Message) -> bool:
    sender = str(message.get("From", "")).lower()
    return any(name in sender for name in ("mailer-daemon", "postmaster", "mail delivery", "<>"))


def _is_auto_reply(message: Message) -> bool:
    auto = str(message.get("Auto-Submitted", "no")).split(";")[0].strip().lower()
    if auto == "auto-replied" or message.get("X-Autoreply") or message.get("X-Autorespond"):
        return True
    return bool(_OUT_OF_OFFICE.search(str(message.get("Subject", "")))) and not _from_a_postmaster(message)


def _parts(message: Message) -> Iterator[Message]:
    for number, part in enumerate(message.walk()):
        if number >= _MOST_PARTS:
            return
        yield part


def _part(parts: list[Message], kind: str) -> Message | None:
    return next((part for part in parts if part.get_content_type() == kind), None)


def _text(part: Message) -> str:
    if part.is_multipart():
        return "\n".join(str(block) for block in part.get_payload())
    data = part.get_payload(decode=True)
    return data.decode("utf-8", "replace") if isinstance(data, bytes) else ""


def _recipients(message: Message) -> tuple[str, ...]:
    headers = ("Delivered-To", "X-Original-To", "Envelope-To", "To")
    return tuple(str(value).strip(" <>").lower() for name in headers for value in message.get_all(name, []))
