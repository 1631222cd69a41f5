"""The text of a mail that a person would read, up to where the mail that we sent is quoted."""

from __future__ import annotations

from mailer.returns import limits
from mailer.returns.forms import BECAUSE, BOILERPLATE, QUOTE_BEGINS, QUOTE_FIELD
from mailer.returns.mime import Mail, Part

_PARTS = 4
"""Of text that are read: what a server says is in the first."""


def prose_of(mail: Mail) -> list[str]:
    """The lines; nothing behind the beginning of a quotation."""
    lines: list[str] = []
    size = 0
    for part in _told(mail)[:_PARTS]:
        for number, line in enumerate(part.text().split("\n")):
            if QUOTE_BEGINS.match(line[:200]) or (number > 2 and lines and QUOTE_FIELD.match(line[:80])):
                return lines
            lines.append(line[: limits.PROSE_LINE])
            size += len(line)
            if size > limits.PROSE or len(lines) > limits.PROSE_LINES:
                return lines
    return lines


def _told(mail: Mail) -> list[Part]:
    """Plain text; HTML where there is none, and what stands before the first part where there is neither."""
    plain = [part for part in mail.parts if part.kind == "text/plain"]
    html = [part for part in mail.parts if part.kind == "text/html"]
    chosen = plain or html
    if any(part.text().strip() for part in chosen[:_PARTS]):
        return chosen
    return html + [part for part in mail.parts if part.kind.startswith("multipart/") and part.lines]


def telling(lines: list[str]) -> list[str]:
    """The lines that may say why."""
    return [line.strip() for line in lines if line.strip() and (BECAUSE.search(line) or not BOILERPLATE.search(line))]
