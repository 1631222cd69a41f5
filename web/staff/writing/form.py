"""The form of the editor: the sheet as fields, and the fields as a sheet again, byte for byte."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from mailer.document.front_matter import Value, fields_of, with_fields
from mailer.document.sections import Piece, Sheet, cut
from mailer.services.writing.merging import plain_text

MOST_PIECES = 150
"""Sections; a text with more is one field, which a browser can still work with."""
FIELDS = ("title", "subject", "preheader", "date", "correction")
"""Front matter that is a text."""
_KEY = re.compile(r"\d{1,4}")


@dataclass(frozen=True)
class Typed:
    """A text on its way through the page."""

    text: str
    base: str
    """The hash of the saved text that it was written from."""
    mark: str
    """Of the draft that this window knows; "" for none."""
    at: str = ""
    """When it was typed, in words, if it is not saved."""
    behind: bool = False
    """True: someone saved since."""


def text_of(form: MultiDict[str, str], audiences: Sequence[str]) -> str:
    """The whole text that the fields make."""
    return plain_text(form["text"]) if "text" in form else sheet_of(form, audiences).text


def sheet_of(form: MultiDict[str, str], audiences: Sequence[str]) -> Sheet:
    """The sheet that the fields make; `audiences` are those of the newsletter, in its order."""
    if "text" in form:
        return cut(plain_text(form["text"]))
    front = plain_text(form.get("front", ""))
    if "front-fields" in form and fields_of(front) is not None:
        front = with_fields(front, _wanted(form, audiences))
    elif front and not front.endswith("\n"):
        front += "\n"
    return Sheet(front, tuple(_piece(form, key, audiences) for key in keys_of(form)))


def keys_of(form: MultiDict[str, str]) -> list[str]:
    """The names of the sections, in the order of the page."""
    return [key for key in form.getlist("piece") if _KEY.fullmatch(key)]


def _wanted(form: MultiDict[str, str], audiences: Sequence[str]) -> dict[str, Value]:
    """Only what was changed on the page: what it showed, it also sends back."""
    shown = fields_of(plain_text(form["front"])) or {}
    wanted: dict[str, Value] = {}
    for name in FIELDS:
        typed = " ".join(form.get(name, "").split())
        if typed != " ".join(str(shown.get(name, "")).split()):
            wanted[name] = typed
    wanted |= _choices(form, shown)
    known = set(audiences)
    chosen = tuple(one for one in audiences if one in form.getlist("audiences"))
    before = shown.get("audiences", ())
    before = (before,) if isinstance(before, str) else before
    if set(chosen) != (set(before) & known or known):
        wanted["audiences"] = () if len(chosen) == len(known) or not chosen else chosen
    return wanted


def _choices(form: MultiDict[str, str], shown: dict[str, Value]) -> dict[str, Value]:
    wanted: dict[str, Value] = {}
    if ("qr" in form) != is_on(shown.get("qr", "")):
        wanted["qr"] = "true" if "qr" in form else ""
    if ("copies" in form) != (shown.get("copies") == "each"):
        wanted["copies"] = "each" if "copies" in form else ""
    if (archive := form.get("archive", "").strip()) != str(shown.get("archive", "")):
        wanted["archive"] = archive
    return wanted


def is_on(value: Value) -> bool:
    """Whether YAML 1.1 reads this as true."""
    return str(value).casefold() in ("true", "yes", "on")


def _piece(form: MultiDict[str, str], key: str, audiences: Sequence[str]) -> Piece:
    head, lead, body, tail = (plain_text(form.get(f"{name}-{key}", "")) for name in ("head", "lead", "body", "tail"))
    chosen = [one for one in audiences if one in form.getlist(f"for-{key}")]
    chosen += [one for one in form.getlist(f"also-{key}") if one not in chosen]
    piece = Piece(head, lead, body, tail)
    return piece.titled(form.get(f"title-{key}", ""), chosen) if head else piece
