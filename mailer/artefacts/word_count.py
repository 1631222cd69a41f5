"""How long an edition is to its reader."""

from __future__ import annotations

from typing import Any

from mailer.artefacts.formats import words
from mailer.document.nodes import Code, Formatted, Plain
from mailer.document.walking import mapped
from mailer.edition import Edition


def word_count(edition: Edition) -> int:
    """Words of the title and of everything below it, dates and amounts as this locale writes them."""
    return sum(any(map(str.isalnum, word)) for text in read_text(edition) for word in text.split())


def read_text(edition: Edition) -> list[str]:
    """All that is read of an edition, in its order, in pieces that are each of one form."""
    read = [edition.title]

    def see(node: Any) -> None:
        match node:
            case Plain(value) | Code(value):
                read.append(value)
            case Formatted():
                read.append(words(node, edition.formats))

    mapped((edition.lead, edition.sections), see)
    return read
