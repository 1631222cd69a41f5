"""Characters for paper: which stay in one piece, and which are written left-to-right on a right-to-left page."""

from __future__ import annotations

import re
from typing import Any

from mailer.artefacts.bidi import CONTROLS, isolate

Json = dict[str, Any]

PHONE = re.compile(r"(?<![\w.,/:-])(?:\+|\(0|0)[\d()](?:[\d ()/\u00a0\u202f–-]|\u2011)*\d(?![\w/:-])")
"""A telephone number in running text: it starts with + or 0. A decimal ("0,5") has a comma and is none."""
SHORTEST_PHONE = 6
"""Digits; below it ("01-12", "0-4") it is a date or a score."""

ADDRESS = re.compile(r"(?:https?://|www\.)\S*[^\s.,:;!?'\"()«»“”’]|[\w.%+-]+@[\w-]+(?:\.[\w-]+)+")
"""Of a page or a mailbox, without the punctuation after it: a hyphen at the end of a line would seem part of it."""
ONE_PIECE = re.compile(f"{ADDRESS.pattern}|{PHONE.pattern}")


def runs(text: str, *, rtl: bool) -> list[Json]:
    """Characters cut into text, and runs that are kept in one piece and left-to-right (`ltr`, `phone`)."""
    if rtl:
        return [_run(run.text) if run.ltr else {"t": "text", "v": run.text} for run in isolate(CONTROLS.sub("", text))]
    cut: list[Json] = []
    at = 0
    for found in ONE_PIECE.finditer(text):
        cut += [{"t": "text", "v": text[at : found.start()]}] if found.start() > at else []
        cut.append(_run(found[0]))
        at = found.end()
    return cut + ([{"t": "text", "v": text[at:]}] if at < len(text) else [])


def _run(text: str) -> Json:
    """A telephone number is never broken over two lines; other runs may be."""
    if PHONE.fullmatch(text) and sum(letter.isdigit() for letter in text) >= SHORTEST_PHONE:
        return {"t": "phone", "v": unbroken(text)}
    return {"t": "ltr", "v": text}


def unbroken(text: str) -> str:
    """A telephone number that no line end can break."""
    return text.replace(" ", "\u00a0").replace("-", "\u2011")
