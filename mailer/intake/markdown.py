"""Lines as the Markdown of a newsletter: lists and quotes by their boxes, headings by the levels in use."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from mailer.document.tree import MAX_BRACKETS
from mailer.intake.inline import escaped, in_pieces, inline
from mailer.intake.lines import BREAK, MOST_BOXES, MOST_LINES, MOST_SIGNS, Box, Line, Refusal, RefusedError, Run
from mailer.intake.losses import Lost, Told
from mailer.intake.tables import table

_FENCES = re.compile(r"`{3,}")

_LONGEST_HEADING, _LONGEST_ALT = 300, 300
"""Characters: more is a paragraph that someone made a heading."""


def markdown(lines: Sequence[Line], told: Told) -> str:
    """The whole text. `##` is the highest heading there is. Raises RefusedError for more than an issue holds."""
    signs = sum(len(run.text) for line in lines for run in line.runs)
    brackets = sum(run.text.count("[") for line in lines for run in line.runs)
    if len(lines) > MOST_LINES or signs > MOST_SIGNS or brackets > MAX_BRACKETS:
        raise RefusedError(Refusal.LONG)
    writer = _Writer(levels_of(lines))
    for at, line in enumerate(lines):
        told.at = at
        for text in writer.block(line, told):
            writer.put(text, _boxes(line, told))
    return writer.text


def levels_of(lines: Sequence[Line]) -> list[str]:
    """The levels of headings that are in use, the highest first."""
    return sorted({line.kind for line in lines if line.is_heading and not line.path})


def _boxes(line: Line, told: Told) -> tuple[Box, ...]:
    if line.kind in ("img", "hr", "note"):  # a picture is a figure only by itself, `- ---` is no item
        return ()
    if len(line.path) > MOST_BOXES:
        told.add(Lost.DEEP, line.words)
    return line.path[:MOST_BOXES]


@dataclass
class _Writer:
    levels: Sequence[str]
    out: list[str] = field(default_factory=list)
    before: tuple[Box, ...] = ()
    width: dict[object, str] = field(default_factory=dict)
    """What stands before the second line of an item, by its key."""
    signs: dict[object, str] = field(default_factory=dict)
    """What the items of a list begin with, by its group."""

    @property
    def text(self) -> str:
        return "\n".join(self.out) + "\n" if self.out else ""

    def put(self, text: str, path: tuple[Box, ...]) -> None:
        """One block; a list goes on where the line before was of it."""
        pairs = zip(self.before, path, strict=False)
        most = min(len(self.before), len(path))
        shared = next((at for at, (old, now) in enumerate(pairs) if old.key is not now.key), most)
        new, sibling = path[shared:], self.before[shared] if len(self.before) > shared else None
        around = "".join(self.width[id(box.key)] for box in path[:shared])
        if self.out and not self._is_tight(new, sibling, shared):
            self.out.append(around.rstrip())
        first = rest = around
        for box in new:
            marker = self._marker(box, sibling if box is new[0] else None)
            self.width[id(box.key)] = "> " if box.kind == "q" else " " * len(marker)
            first, rest = first + marker, rest + self.width[id(box.key)]
        for number, one in enumerate(text.split("\n")):
            self.out.append((rest if number else first) + one if one else rest.rstrip())
        self.before = path

    def _is_tight(self, new: Sequence[Box], sibling: Box | None, shared: int) -> bool:
        if not new or new[0].kind == "q":
            return False
        return sibling.group is new[0].group if sibling else bool(shared) and new[0].number == 1

    def _marker(self, box: Box, sibling: Box | None) -> str:
        if box.kind == "q":
            return "> "
        if id(box.group) not in self.signs:
            last = self.signs.get(id(sibling.group), "") if sibling and sibling.kind == box.kind else ""
            one, other = ("-", "*") if box.kind == "ul" else (".", ")")
            self.signs[id(box.group)] = other if last == one else one
        sign = self.signs[id(box.group)]
        return f"{box.number}{sign} " if box.kind == "ol" else f"{sign} "

    def block(self, line: Line, told: Told) -> list[str]:
        """The texts of one line, without what is around it: a paragraph without end becomes several."""
        match line.kind:
            case "hr":
                return ["---"] if not line.path else []
            case "pre":
                code = _FENCES.sub("'''", "".join(run.text for run in line.runs).strip("\n"))
                return [f"```\n{code}\n```"] if code.strip() else []
            case "img":
                return [f"![{escaped(' '.join(line.alt.split())[:_LONGEST_ALT])}]({line.name})"]
            case "note":
                flat = [Run(run.text.replace(BREAK, " "), run.marks, run.href) for run in line.runs]
                first, *more = (inline(runs, told) for runs in in_pieces(flat))
                return [f"[^{line.name}]: {first}", *more]
            case "table":
                return [table(line, told)]
            case "p":
                return [text for runs in in_pieces(line.runs) if (text := inline(runs, told))]
        return self._heading(line, told)

    def _heading(self, line: Line, told: Told) -> list[str]:
        flat = [Run(run.text.replace(BREAK, " "), run.marks, run.href, run.note) for run in line.runs]
        if not line.words:
            return []
        if line.path or len(line.words) > _LONGEST_HEADING:
            told.add(Lost.HEADING, line.words)
            if len(line.words) > _LONGEST_HEADING:
                return [inline(runs, told) for runs in in_pieces(flat)]
            return [inline([Run(run.text, frozenset("b"), run.href, run.note) for run in flat], told)]
        words = inline([Run(run.text, run.marks - {"b"}, run.href) for run in flat if not run.note], told)
        level = min(4, self.levels.index(line.kind) + 2)
        bare = words.rstrip("#")  # at the end of a heading they would be no words of it
        return ["#" * level + f" {bare}" + "\\#" * (len(words) - len(bare))]
