"""What a translator gets: messages with the context of each."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailer.document.inline import plain_text, spans_of
from mailer.document.markdown import References
from mailer.document.nodes import Emphasis, Image, Link, Plain, Slot, Span, Spans, Strike, Strong
from wording.errors import Place

_MARKUP = re.compile(r"[\[<`{!&\\]")


@dataclass(frozen=True)
class Message:
    """One translatable text. `comments` tell its section, kind and audiences; `places` where it stands."""

    msgid: str
    comments: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()


def is_translatable(markdown: str, references: References | None = None) -> bool:
    """Whether there are words in it: a number, a bare address, a slot by itself or code needs no translator."""
    if not _MARKUP.search(markdown):  # the common case, without parsing
        return any(map(str.isalpha, markdown))
    spans = spans_of(markdown, references)
    return _has_words(spans) or (len(spans) > 1 and any(isinstance(span, Slot) for span in spans))


def _has_words(spans: Spans) -> bool:
    return any(map(_is_wordy, spans))


def _is_wordy(span: Span) -> bool:
    match span:
        case Plain(value):
            return any(map(str.isalpha, value))
        case Link(href, title, children):
            return bool(title) or (not _is_bare(href, children) and _has_words(children))
        case Strong(children) | Emphasis(children) | Strike(children):
            return _has_words(children)
        case Image(_, alt, title):
            return bool(alt or title)
        case _:
            return False


def _is_bare(href: str, children: Spans) -> bool:
    """`<https://…>` or `<info@…>`: what is shown is the address itself."""
    return plain_text(children) in {href, href.removeprefix("mailto:")}
