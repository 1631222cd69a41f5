"""Inline Markdown of one block to spans."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from markdown_it.token import Token

from mailer.document.formats import is_valid
from mailer.document.markdown import References, inline_tokens
from mailer.document.nodes import (
    Code,
    Emphasis,
    Formatted,
    HardBreak,
    Image,
    Link,
    Note,
    Plain,
    Slot,
    SoftBreak,
    Span,
    Spans,
    Strike,
    Strong,
)

_AROUND: dict[str, Callable[[Spans], Span]] = {"em_open": Emphasis, "strong_open": Strong, "s_open": Strike}


def spans_of(markdown: str, references: References | None = None) -> Spans:
    """The inline nodes of one block's text. HTML comes out as the characters it is made of."""
    return _joined(_spans(iter(inline_tokens(markdown, references or {}))))


def plain_text(spans: Spans) -> str:
    """The words a reader sees, without markup; a line end is a space. Slots and formatted values stay as written."""
    return "".join(_plain(span) for span in spans)


def walk(spans: Spans) -> Iterator[Span]:
    """Every span, outermost first, in reading order."""
    for span in spans:
        yield span
        if isinstance(span, Strong | Emphasis | Strike | Link):
            yield from walk(span.children)


def _spans(tokens: Iterator[Token]) -> Spans:
    """Spans up to the token that closes the present one."""
    found: list[Span] = []
    for token in tokens:
        if token.nesting < 0:
            break
        found.append(_span(token, tokens))
    return tuple(found)


def _span(token: Token, rest: Iterator[Token]) -> Span:
    if around := _AROUND.get(token.type):
        return around(_spans(rest))
    match token.type:
        case "link_open":
            return Link(str(token.attrGet("href") or ""), str(token.attrGet("title") or ""), _spans(rest))
        case "image":
            alt = plain_text(_spans(iter(token.children or [])))
            return Image(str(token.attrGet("src") or ""), alt, str(token.attrGet("title") or ""))
        case "code_inline":
            return Code(token.content)
        case "softbreak":
            return SoftBreak()
        case "hardbreak":
            return HardBreak()
        case "note":
            return Note(token.meta["label"])
        case "slot":
            return Slot(token.meta["groups"][0])
        case "formatted" if is_valid(*token.meta["groups"]):
            return Formatted(*token.meta["groups"])
        case _:  # text, and HTML, which is never more than its characters here
            return Plain(token.content)


def _joined(spans: Spans) -> Spans:
    """Without empty text, and with neighbouring text in one node."""
    joined: list[Span] = []
    for span in spans:
        if isinstance(span, Plain) and joined and isinstance(joined[-1], Plain):
            joined[-1] = Plain(joined[-1].value + span.value)
        elif not (isinstance(span, Plain) and not span.value):
            joined.append(_within(span))
    return tuple(joined)


def _within(span: Span) -> Span:
    if isinstance(span, Link):
        return Link(span.href, span.title, _joined(span.children))
    if isinstance(span, Strong | Emphasis | Strike):
        return type(span)(_joined(span.children))
    return span


def _plain(span: Span) -> str:
    match span:
        case Plain(value) | Code(value):
            return value
        case Strong(children) | Emphasis(children) | Strike(children) | Link(_, _, children):
            return plain_text(children)
        case Image(_, alt, _):
            return alt
        case Slot(name):
            return "{{" + name + "}}"
        case Formatted(kind, value):
            return f"{{{kind}:{value}}}"
        case Note():
            return ""
        case SoftBreak() | HardBreak():
            return " "
