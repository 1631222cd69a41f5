"""Characters for paper: which stay in one piece, and which are written left-to-right on a right-to-left page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mailer.artefacts.bidi import CONTROLS, isolate
from mailer.artefacts.pieces import Kind, Piece, pieces

Json = dict[str, Any]


def runs(text: str, *, rtl: bool) -> list[Json]:
    """Characters cut into text, and runs that are kept in one piece (`whole`), are addresses, or are written
    left-to-right (`ltr`).
    """
    if not rtl:
        return [_run(one) for one in pieces(text)]
    return [made for run in isolate(CONTROLS.sub("", text)) for made in _bidi_runs(run.text, ltr=run.ltr)]


def unbroken(text: str) -> str:
    """A telephone number that no line end can break."""
    return text.replace(" ", "\u00a0").replace("-", "\u2011")


def _bidi_runs(text: str, *, ltr: bool) -> Iterator[Json]:
    cut = pieces(text)
    if ltr and len(cut) > 1:
        yield {"t": "ltr", "c": [_run(one) for one in cut]}
    elif ltr and cut[0].kind is Kind.TEXT:
        yield {"t": "ltr", "c": [{"t": "text", "v": text}]}
    else:
        yield from ({**_run(one), **({"ltr": False} if one.is_whole and not ltr else {})} for one in cut)


def _run(piece: Piece) -> Json:
    match piece.kind:
        case Kind.TEXT:
            return {"t": "text", "v": piece.text}
        case Kind.ADDRESS:
            return {"t": "address", "v": piece.text}
        case Kind.PHONE:
            return {"t": "whole", "v": unbroken(piece.text), "ltr": True}
        case Kind.WHOLE:
            return {"t": "whole", "v": piece.text, "ltr": True}
