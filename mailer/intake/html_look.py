"""How an element of HTML looks: its inline style, as a clipboard carries it; what is bold, italic or unseen."""

from __future__ import annotations

import re
from typing import Any

from mailer.intake.losses import Lost, Told

Style = dict[str, str]

_MARKS = {"b": "b", "strong": "b", "i": "i", "em": "i", "cite": "i", "s": "s", "strike": "s", "del": "s"}
_POINTS = {"cm": 28.35, "mm": 2.835, "in": 72.0, "px": 0.75, "pt": 1.0}
_LENGTH = re.compile(r"(-?[\d.]{1,12})(pt|cm|in|px|mm)?")
_MOST_STYLE = 20_000
"""Characters of one style; a browser writes hundreds."""
_BOLD = 600


def style_of(element: Any) -> Style:
    """The declarations of its `style`, in small letters."""
    found: Style = {}
    for one in str(element.get("style") or "")[:_MOST_STYLE].split(";"):
        name, colon, value = one.partition(":")
        if colon:
            found[name.strip().lower()] = value.strip().lower()
    return found


def is_hidden(style: Style) -> bool:
    """What a reader does not see, or Word writes again for programs without lists."""
    return (
        style.get("display") == "none"
        or style.get("visibility") == "hidden"
        or style.get("mso-hide") == "all"
        or style.get("mso-list") == "ignore"
    )


def marks_of(tag: str, style: Style, marks: frozenset[str]) -> frozenset[str]:
    """The marks of its text; a style may also take one away, as Google's `<b style="font-weight:normal">` does."""
    if tag in _MARKS:
        marks |= {_MARKS[tag]}
    if weight := style.get("font-weight", ""):
        heavy = weight in ("bold", "bolder") or (weight[:4].isascii() and weight.isdigit() and int(weight[:4]) >= _BOLD)
        marks = marks | {"b"} if heavy else marks - {"b"}
    if slant := style.get("font-style", ""):
        marks = marks | {"i"} if slant in ("italic", "oblique") else marks - {"i"}
    if "line-through" in style.get("text-decoration", "") + style.get("text-decoration-line", ""):
        marks |= {"s"}
    return marks


def tell_look(element: Any, tag: str, style: Style, told: Told, *, link: bool) -> None:
    """What of its look a newsletter does not have."""
    decoration = style.get("text-decoration", "") + style.get("text-decoration-line", "")
    if not link and (tag == "u" or "underline" in decoration) and (words := text_of(element)):
        told.add(Lost.UNDERLINE, words)
    raised = tag in ("sub", "sup") or style.get("vertical-align") in ("super", "sub")
    if raised and (words := text_of(element)) and element.find(".//a") is None and element.getparent().tag != "a":
        told.add(Lost.RAISED, words)
    if style.get("mso-highlight") or tag == "mark":
        told.add(Lost.COLOUR, text_of(element))


def text_of(element: Any) -> str:
    """Its words, on one line."""
    return " ".join(str(element.text_content()).split()) if len(element) or element.text else ""


def margin_of(style: Style, default: float) -> float:
    """Points between the edge and the text."""
    found = _LENGTH.match(style.get("margin-left", "") or style.get("margin-right", ""))
    try:
        return float(found[1]) * _POINTS[found[2] or "pt"] if found else default
    except ValueError:
        return default
