"""Running text of an edition for paper: spans become a closed list of plain JSON values.

Text is only ever text in it: no markup, no code, and a link with nothing but the schemes an issue may have.
"""

from __future__ import annotations

import re

from mailer.artefacts import formats
from mailer.artefacts.greeting import greeting
from mailer.artefacts.paper.breaking import IN_CODE, IN_TEXT, breakable, breakable_address, broken
from mailer.artefacts.paper.unbroken import Json, runs
from mailer.document import nodes
from mailer.document.nodes import Span, Spans
from wording.interface import Interface

SCHEMES = ("https:", "mailto:", "tel:")


class Inline:
    """Writes the running text of one edition; `formats` is its CLDR locale."""

    def __init__(self, formats_locale: str, interface: Interface, *, rtl: bool) -> None:
        self.formats = formats_locale
        self.interface = interface
        self.rtl = rtl

    def spans(self, spans: Spans) -> list[Json]:
        """Raises ValueError for a node, a link or a slot that has no place on paper."""
        return [json for span in spans for json in self._span(span)]

    def noted(self, words: Spans) -> list[Json]:
        """The words of a footnote; an address in it stands in brackets: a footnote of a footnote makes Typst grow the
        page.
        """
        return [part for node in self.spans(words) for part in _in_brackets(node)]

    def text(self, text: str) -> list[Json]:
        """Characters cut into text, and runs that are kept in one piece and left-to-right."""
        return broken(runs(text, rtl=self.rtl), IN_TEXT)

    def _span(self, span: Span) -> list[Json]:
        match span:
            case nodes.Plain(value):
                made = self.text(value)
            case nodes.Strong(children):
                made = [{"t": "strong", "c": self.spans(children)}]
            case nodes.Emphasis(children):
                made = [{"t": "em", "c": self.spans(children)}]
            case nodes.Strike(children):
                made = [{"t": "strike", "c": self.spans(children)}]
            case nodes.Code(value):
                made = [{"t": "code", "v": breakable(value, IN_CODE)}]
            case nodes.SoftBreak():
                made = [{"t": "text", "v": " "}]
            case nodes.Note(_, number, words, first):
                made = [{"t": "footnote", "number": number, "c": self.noted(words) if first else None}]
            case nodes.HardBreak():
                made = [{"t": "br"}]
            case nodes.Formatted():
                made = [{"t": "one-line", "c": self.text(formats.words(span, self.formats))}]
            case nodes.Link(target, _, children):
                made = [{"t": "link", "c": self.spans(children), "href": href(target), "note": _note(target, children)}]
            case nodes.Slot("greeting"):
                made = self.text(greeting(None, self.interface))
            case _:
                raise ValueError(f"{type(span).__name__} has no place on paper: {span}")
        return made


def plain(spans: Spans) -> str:
    """The characters of a line, without what they look like: for the alt text of a picture."""
    return "".join(_characters(span) for span in spans)


def _characters(span: Span) -> str:
    match span:
        case nodes.Plain(value) | nodes.Code(value):
            return value
        case nodes.Strong(children) | nodes.Emphasis(children) | nodes.Strike(children) | nodes.Link(_, _, children):
            return plain(children)
        case nodes.SoftBreak() | nodes.HardBreak():
            return " "
    return ""


def shown(href: str) -> str:
    """An address as a reader would copy it from paper."""
    return breakable_address(re.sub(r"^(mailto|tel):", "", href))


def href(href: str) -> str:
    if not href.startswith(SCHEMES):
        raise ValueError(f"link with a scheme that paper does not allow: {href}")
    return href


def _note(target: str, children: Spans) -> str | None:
    """The address for a footnote, or None when the reader can see it in the text already."""
    words = plain(children)
    if target.startswith("tel:") and any(letter.isdigit() for letter in words):
        return None
    address = shown(target)
    visible = re.sub(r"[\s\u00a0\u2011-]", "", words).casefold().strip("/")
    bare = re.sub(r"[\s-]", "", address).casefold().rstrip("/")
    return None if visible in (bare, bare.removeprefix("https://"), bare.removeprefix("https://www.")) else address


def _in_brackets(node: Json) -> list[Json]:
    if node["t"] == "link" and node["note"] is not None:
        address = {"t": "address", "v": node["note"]}
        return [{**node, "note": None}, {"t": "text", "v": " ("}, address, {"t": "text", "v": ")"}]
    if "c" in node and node["t"] in ("strong", "em", "strike"):
        return [{**node, "c": [part for inner in node["c"] for part in _in_brackets(inner)]}]
    return [node]
