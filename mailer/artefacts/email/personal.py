"""A finished message with slots, and a reader's values in; the reader's own message out, without rendering again.

What stands outside the slots is the same for every reader of an edition. The message can be frozen into a database and
thawed by a worker that has nothing else.
"""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from dataclasses import dataclass

from mailer.artefacts.email.headers import check
from mailer.artefacts.email.transfer import Base64Part, QuotedPart, part_from
from mailer.artefacts.greeting import one_line
from mailer.artefacts.slots import HEADER_SLOTS, SLOT

_FORMAT = 1
"""Of the frozen bytes; a worker that meets another one says so instead of sending nonsense."""


class ThawError(ValueError):
    """The frozen bytes are cut off, or of another version of this product."""


@dataclass(frozen=True)
class TextPart:
    """A text part of the message; `opening` is its boundary and its headers, without the transfer encoding."""

    opening: bytes
    part: QuotedPart | Base64Part
    is_html: bool


@dataclass(frozen=True)
class PersonalMessage:
    """`head` holds the lines of the header, some with slots; `tail` all after the text parts (pictures, boundaries)."""

    head: str
    parts: tuple[TextPart, ...]
    tail: bytes

    def pieces(self, values: Mapping[str, str]) -> list[bytes]:
        """The message for one reader, in pieces for `sendmsg`: CRLF, dot-stuffed, without the final dot.

        `values` holds every slot of slots.py. Raises KeyError for one that is missing and HeaderError (a ValueError)
        for an address that is none.
        """
        plain = {name: one_line(value) for name, value in values.items()}
        escaped = {name: html.escape(value) for name, value in plain.items()}
        out = [self._header(values)]
        for text in self.parts:
            out.append(text.opening)
            out += text.part.filled(escaped if text.is_html else plain)
        out.append(self.tail)
        return out

    def fill(self, values: Mapping[str, str]) -> bytes:
        """The message for one reader as one string of octets."""
        return b"".join(self.pieces(values))

    def _header(self, values: Mapping[str, str]) -> bytes:
        for name in (*HEADER_SLOTS, "preferences_url"):
            check(name, values[name])
        return SLOT.sub(lambda found: values[found[1]], self.head).encode("ascii")

    # ── for the ledger ────────────────────────────────────────────────────────────────────────────────────────────

    def frozen(self) -> bytes:
        """All that `thaw` needs, as octets (one line of JSON, then the tail)."""
        parts = [[text.opening.decode("ascii"), text.part.content, text.is_html] for text in self.parts]
        index = {"format": _FORMAT, "head": self.head, "parts": parts, "tail": len(self.tail)}
        return json.dumps(index).encode("ascii") + b"\n" + self.tail

    @classmethod
    def thaw(cls, frozen: bytes) -> PersonalMessage:
        """The message that was frozen. Raises ThawError."""
        line, _newline, tail = frozen.partition(b"\n")
        try:
            index = json.loads(line)
            if index["format"] != _FORMAT or index["tail"] != len(tail):
                raise ThawError("frozen message of another format, or cut off")
            parts = tuple(
                TextPart(opening.encode("ascii"), part_from(content), is_html)
                for opening, content, is_html in index["parts"]
            )
            return cls(index["head"], parts, tail)
        except (KeyError, TypeError, json.JSONDecodeError, UnicodeDecodeError) as error:
            raise ThawError("not a frozen message") from error
