"""Footnotes in HTML: a number that leads to a place, and a number there that leads back."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

_NUMBER = re.compile(r"[\[(]?(?:\d{1,4}|[ivxlIVXL]{1,7}|[a-z]|\*{1,3}|†|‡)[\])]?")
_CONTAINER = re.compile(r"(?:_?ftn|_?edn|sdfootnote|sdendnote|footnote|endnote|fn)[\w:.-]*", re.IGNORECASE)
_MOST = 500


@dataclass
class HtmlNotes:
    """Which elements are footnotes: `places` in the text by element, `texts` the element that holds each text."""

    places: dict[Any, str] = field(default_factory=dict)
    texts: dict[Any, str] = field(default_factory=dict)
    backs: set[Any] = field(default_factory=set)
    """The numbers that lead back, which are not read."""


def notes_of(root: Any) -> HtmlNotes:
    """The footnotes of a page: both links must be there, so that a number that leads elsewhere stays one."""
    found = HtmlNotes()
    links = [one for one in root.iter("a") if (one.get("href") or "").startswith("#") and _is_number(one)]
    if not links:
        return found
    named: dict[str, Any] = {}
    for one in root.iter():
        for name in (one.get("id"), one.get("name")) if isinstance(one.tag, str) else ():
            if name:
                named.setdefault(name, one)
    back_by_goal = {named.get(link.get("href")[1:]): link for link in reversed(links)}
    for place in links[:_MOST]:
        there = named.get(place.get("href")[1:])
        if there is None or place in found.backs:
            continue
        back = next((back_by_goal[one] for one in _of(place) if one in back_by_goal), None)
        if back is None or back is place or back in found.places or not _is_at(back, there):
            continue
        label = str(len(found.texts) + 1)
        found.places[place], found.texts[_around(back, there)] = label, label
        found.backs.add(back)
    return found


def _is_number(link: Any) -> bool:
    return _NUMBER.fullmatch("".join(str(link.text_content())[:40].split())) is not None


def _of(link: Any) -> list[Any]:
    """A link, what names its place within it, and the `sup` around it."""
    parent = link.getparent()
    return [link, *link.iter("a", "span", "sup"), *([parent] if parent is not None and parent.tag == "sup" else [])]


def _is_at(back: Any, there: Any) -> bool:
    """Whether a link back stands at the place: it is it, in it, or beside it in one paragraph."""
    return back is there or there in back.iterancestors() or there.getparent() is back.getparent()


def _around(back: Any, there: Any) -> Any:
    """The element with the whole text of a note: what says it is one, else the paragraph of the link back."""
    block = back
    for up in back.iterancestors():
        if up.tag == "div" and (_CONTAINER.fullmatch(up.get("id") or "") or "mso-element:" in (up.get("style") or "")):
            return up if "-list" not in (up.get("style") or "") else block
        if up.tag in ("p", "li", "dd", "td") and block is back:
            block = up
        if up.tag in ("body", "table"):
            break
    return block if block is not back else there
