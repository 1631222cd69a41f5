"""What a returned mail says, before anything is concluded from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Form(StrEnum):
    """How a mail was written, the most exact first."""

    FEEDBACK = "feedback"
    """A complaint (RFC 5965, or a large provider's own form)."""
    STATUS = "status"
    """A delivery status notification (RFC 3464), also where its fields stand in plain text."""
    NOTICE = "notice"
    """JSON of a sending service."""
    PROSE = "prose"
    ANSWER = "answer"
    """Automatic: out of office, a challenge."""
    SMTP = "smtp"
    """No mail at all: a refusal in the conversation."""
    OTHER = "other"


class Stage(StrEnum):
    """What the remote server was answering."""

    CONNECT = "connect"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    UNKNOWN = ""


@dataclass(frozen=True)
class Failure:
    """What is said about one recipient."""

    recipient: str = ""
    original: str = ""
    """As we wrote it, where the report knows; `recipient` may be where it was forwarded to."""
    action: str = ""
    """failed, delayed, delivered, relayed or expanded."""
    codes: tuple[str, ...] = ()
    """Enhanced codes: those in the remote server's own words first, then the report's field."""
    reply: str = ""
    stage: Stage = Stage.UNKNOWN
    words: str = ""
    """Of the server that refused."""
    around: str = ""
    """Of the server that reports it."""
    local: bool = False
    """The server that reports is the one that refused."""
    formal: bool = False
    """Fields say it, not a text."""


@dataclass(frozen=True)
class Facts:
    """One mail. `quoted` is the header of the mail it is about: for our marks, never for the verdict."""

    form: Form
    failures: tuple[Failure, ...] = ()
    feedback: str = ""
    """Feedback-Type of a complaint."""
    quoted: dict[str, list[str]] = field(default_factory=dict)
