"""One text as inline Markdown, proved by the parser of the newsletter before it is handed over."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mailer.document.inline import spans_of
from mailer.document.markdown import MAX_BRACKETS, MAX_TEXT, is_endless
from mailer.document.nodes import Emphasis, HardBreak, Link, Note, Plain, SoftBreak, Spans, Strike, Strong
from mailer.intake.lines import BREAK, NOTE, Run
from mailer.intake.losses import Lost, Told
from mailer.intake.tidying import Look, Sign

_SIGNS = {"b": "**", "i": "*", "s": "~~"}
_COMMAND = re.compile(r"[\\`*\[\]<{]|(?<![^\W_])_|_(?![^\W_])|~(?=~)|&(?=#?\w{1,31};)")
"""What means something in the middle of a text. `{` always: `{{…}}`, `{date:…}`, `{for=…}`."""
_START = re.compile(r"#{1,6}(?=\s|$)|>|[-+](?=\s|$)|:{3,}|~{3,}|[-=:|](?=[-=:|\s]*$)")
"""What means something at the begin of a line."""
_NUMBER = re.compile(r"(\d{1,9})([.)])(?=\s|$)")
_ENTITY = re.compile(r"&(?=#?\w{1,31};)")
_EDGES = re.compile(r"(^ | $)")
_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")
_PIECE, _FEW = MAX_TEXT // 2, MAX_BRACKETS // 2
"""Characters of a paragraph, of which escapes may make two each; brackets in one, of which a link opens one more."""
_FAR = 200
"""Runs that are looked at to see which mark ends last."""


def inline(runs: Sequence[Run], told: Told, *, cell: bool = False) -> str:
    """What does not survive the parser as it was meant loses its emphasis, then its links; and that is told."""
    if cell:
        runs = [Run(run.text.replace(BREAK, " "), run.marks, run.href, run.note) for run in runs]
    tries = (runs, _parted(runs), _without_marks(runs), [Run(run.text, note=run.note) for run in runs])
    for number, wanted in enumerate(tries):
        text = _written(wanted, cell=cell)
        if not is_endless(text) and _proved(text, wanted, cell=cell):
            if number > 1:
                told.add(Lost.EMPHASIS, _words(runs))
            return text
    told.add(Lost.LONG if is_endless(_written(tries[-1], cell=cell)) else Lost.EMPHASIS, _words(runs))
    return _PUNCTUATION.sub(r"\\\g<0>", _words(runs))


def in_pieces(runs: Sequence[Run]) -> Iterator[list[Run]]:
    """The runs as texts that are short enough to parse: nearly always one."""
    for piece in _parts(runs, _PIECE):
        brackets = sum(run.text.count("[") + bool(run.href) for run in piece)
        yield from _parts(piece, _FEW) if brackets > _FEW else (piece,)


def _parts(runs: Sequence[Run], most: int) -> Iterator[list[Run]]:
    """Parted at spaces into texts of at most `most` characters; a word without end is parted anywhere."""
    piece: list[Run] = []
    room = most
    for run in runs:
        rest = run.text
        while len(rest) > room:
            at = rest.rfind(" ", 0, room)
            at = at if at > 0 else (0 if piece else room)
            piece.append(Run(rest[:at], run.marks, run.href, run.note))
            yield [one for one in piece if one.text]
            piece, room, rest = [], most, rest[at:]
        piece.append(Run(rest, run.marks, run.href, run.note))
        room -= len(rest)
    if any(one.text for one in piece):
        yield piece


def escaped(text: str) -> str:
    """Without a sign that means something inside a text."""
    return _COMMAND.sub(r"\\\g<0>", text)


def _parted(runs: Sequence[Run]) -> list[Run]:
    """With bare spaces where marks change: two that overlap can then be closed and opened again."""
    return [
        Run(text, frozenset() if text == " " else run.marks, run.href, run.note)
        for run in runs
        for text in (_EDGES.split(run.text) if not run.note else [run.text])
        if text
    ]


def _without_marks(runs: Sequence[Run]) -> list[Run]:
    return [Run(run.text, frozenset(), run.href, run.note) for run in runs]


def _words(runs: Sequence[Run]) -> str:
    return "".join(run.text for run in runs if not run.note).replace(BREAK, " ")


def _written(runs: Sequence[Run], *, cell: bool) -> str:
    out, opened = "", list[str]()
    for at, run in enumerate(runs):
        while any(mark not in run.all for mark in opened):
            out += _closing(opened.pop())
        for mark in sorted(run.all - set(opened), key=lambda one: (-_reach(runs, at, one), one in _SIGNS, one)):
            opened.append(mark)
            out += _SIGNS.get(mark, "[")
        out += f"[^{run.note}]" if run.note else escaped(run.text)
    while opened:
        out += _closing(opened.pop())
    if cell:
        return out.replace("|", "\\|")
    return "\\\n".join(_line(line) for line in out.split(BREAK))


def _closing(mark: str) -> str:
    return _SIGNS.get(mark) or f"]({_ENTITY.sub(chr(92) + '&', mark)})"


def _reach(runs: Sequence[Run], at: int, mark: str) -> int:
    """How many runs from here on bear a mark: the one that ends last is opened first."""
    near = runs[at : at + _FAR]
    return next((number for number, run in enumerate(near) if mark not in run.all), len(near))


def _line(line: str) -> str:
    if _START.match(line):
        line = f"\\{line}"
    return _NUMBER.sub(r"\1\\\2", line, count=1) if _NUMBER.match(line) else line


def _proved(text: str, runs: Sequence[Run], *, cell: bool) -> bool:
    """Whether the parser reads just these signs with just these marks."""
    read = text.replace("\\|", "|") if cell else text
    meant = [(sign, Look(run.marks, run.href, run.note)) for run in runs for sign in run.text]
    return list(_seen(spans_of(read), Look())) == meant


def _seen(spans: Spans, look: Look) -> Iterator[Sign]:
    """Each sign with what it bears, as a newsletter has it."""
    for span in spans:
        match span:
            case Plain(value):
                yield from ((sign, look) for sign in value)
            case Strong(children):
                yield from _seen(children, look._replace(marks=look.marks | {"b"}))
            case Emphasis(children):
                yield from _seen(children, look._replace(marks=look.marks | {"i"}))
            case Strike(children):
                yield from _seen(children, look._replace(marks=look.marks | {"s"}))
            case Link(href, _title, children):
                yield from _seen(children, look._replace(href=href))
            case HardBreak():
                yield (BREAK, Look())
            case SoftBreak():
                yield (" ", look)
            case Note(label):
                yield (NOTE, look._replace(note=label))
            case _:
                yield (repr(span), look)
