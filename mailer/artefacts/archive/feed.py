"""Entries in, Atom documents out (RFC 4287), the newest first, in pages (RFC 5005 §3)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from xml.etree import ElementTree

PAGE = 20
"""Entries in a document."""

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML document may hold (XML 1.0 §2.2)."""

_ATOM = "http://www.w3.org/2005/Atom"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@dataclass(frozen=True)
class Entry:
    """One issue; `content` is HTML that needs nothing around it."""

    slug: str
    title: str
    summary: str
    content: str
    url: str
    published: datetime
    updated: datetime


@dataclass(frozen=True)
class Feed:
    """One language. `authority` is the host of tag: identifiers (RFC 4151), `base` where the documents stand."""

    locale: str
    organisation: str
    authority: str
    base: str
    list_url: str
    entries: tuple[Entry, ...]


def feeds_from(feed: Feed) -> dict[str, bytes]:
    """Path below the base URL → document. The first keeps its address; the others are numbered from 2."""
    pages = [feed.entries[at : at + PAGE] for at in range(0, len(feed.entries), PAGE)]
    return {_path(feed, number): _document(feed, pages, number) for number in range(1, len(pages) + 1)}


def _path(feed: Feed, number: int) -> str:
    return f"{feed.locale}/feed.atom" if number == 1 else f"{feed.locale}/feed-{number}.atom"


def _document(feed: Feed, pages: list[tuple[Entry, ...]], number: int) -> bytes:
    root = ElementTree.Element("feed", {"xmlns": _ATOM, _LANG: feed.locale})
    _text(root, "id", _tag(feed, "feed"))
    _text(root, "title", feed.organisation)
    _text(root, "updated", max(entry.updated for entry in feed.entries).isoformat())
    _text(ElementTree.SubElement(root, "author"), "name", feed.organisation)
    _link(root, "self", f"{feed.base}/{_path(feed, number)}", "application/atom+xml")
    _link(root, "alternate", feed.list_url, "text/html")
    for relation, target in _neighbours(number, len(pages)).items():
        _link(root, relation, f"{feed.base}/{_path(feed, target)}", "application/atom+xml")
    for entry in pages[number - 1]:
        _add(root, feed, entry)
    ElementTree.indent(root)
    document: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def _neighbours(number: int, last: int) -> dict[str, int]:
    if last == 1:
        return {}
    around = {"first": 1, "last": last, "previous": number - 1, "next": number + 1}
    return {relation: target for relation, target in around.items() if 1 <= target <= last}


def _add(root: ElementTree.Element, feed: Feed, entry: Entry) -> None:
    item = ElementTree.SubElement(root, "entry")
    _text(item, "id", _tag(feed, entry.slug))
    _text(item, "title", entry.title)
    _text(item, "published", entry.published.isoformat())
    _text(item, "updated", entry.updated.isoformat())
    _link(item, "alternate", entry.url, "text/html")
    _text(item, "summary", entry.summary)
    _text(item, "content", entry.content, type="html")


def _tag(feed: Feed, what: str) -> str:
    """RFC 4151; the year is when Postduif began to make them, and must never change."""
    return f"tag:{feed.authority},2026:{what}:{feed.locale}"


def _text(parent: ElementTree.Element, name: str, text: str, **attributes: str) -> None:
    ElementTree.SubElement(parent, name, attributes).text = _NOT_XML.sub("", text)


def _link(parent: ElementTree.Element, relation: str, href: str, kind: str) -> None:
    ElementTree.SubElement(parent, "link", {"rel": relation, "type": kind, "href": href})
