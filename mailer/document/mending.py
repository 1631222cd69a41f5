"""Mistakes with one right answer: the line as it should be, for a button under the mistake."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping, Sequence

from wording import _
from wording.errors import Problem

Mend = Callable[[str, Mapping[str, object]], str]


def _heading(line: str, _slots: Mapping[str, object]) -> str:
    return re.sub(r"^( {0,3}#{1,6})(?=[^\s#])", r"\1 ", line)


def _dash(line: str, _slots: Mapping[str, object]) -> str:
    return re.sub(r"^( {0,3}[-+])(?=\S)", r"\1 ", line)


def _code(line: str, slots: Mapping[str, object]) -> str:
    mark = str(slots.get("mark", ""))
    return line.replace(mark, html.unescape(mark))


_MENDS: Mapping[str, Mend] = {
    _("Zet achter # een spatie; zonder spatie is dit geen kop.").msgid: _heading,
    _("Zet achter het streepje een spatie; zonder spatie is dit geen lijst.").msgid: _dash,
    _("‘{mark}’ is een code uit HTML; typ het teken zelf.").msgid: _code,
}
"""By the sentence that names the mistake."""


def mended(problem: Problem, lines: Sequence[str]) -> str | None:
    """The line of this problem as it should be; None when a person has to say. `lines` are those of its file."""
    mend, line = _MENDS.get(problem.text.msgid), problem.place.line
    if mend is None or not 0 < line <= len(lines):
        return None
    better = mend(lines[line - 1], problem.text.values)
    return better if better != lines[line - 1] else None
