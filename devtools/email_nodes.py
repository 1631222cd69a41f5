"""The nodes of a document in few words, for samples and tests."""

from __future__ import annotations

from mailer.document.nodes import Link, Paragraph, Plain, Section, Span, Spans


def words(*parts: str | Span) -> Spans:
    return tuple(Plain(part) if isinstance(part, str) else part for part in parts)


def paragraph(*parts: str | Span) -> Paragraph[Spans]:
    return Paragraph(words(*parts))


def link(href: str, label: str) -> Link:
    return Link(href, "", words(label))


def section(heading: str, anchor: str, *blocks: object) -> Section[Spans]:
    return Section(words(heading), anchor, None, blocks, 1)  # type: ignore[arg-type]
