"""A Word file (.docx, Office Open XML) → lines. Nothing outside the file is opened, macros are never looked at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from mailer.intake.docx_parts import Parts, W, heading_level, indent_of, local, names_of, value, whole
from mailer.intake.docx_runs import Paragraph, RunReader
from mailer.intake.lines import MOST_CELLS, MOST_LINES, Box, Gathered, Line, Refusal, RefusedError, Run, under
from mailer.intake.losses import Lost, Told
from mailer.intake.package import Package
from mailer.intake.tables import Grid, as_lines
from mailer.intake.tidying import paragraphs

_QUOTES = frozenset(("quote", "intense quote", "block text", "quotations"))
_WITHIN = frozenset(("sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag"))
"""Elements with blocks in them."""
_DEEPEST = 40
"""Tables and text boxes in each other."""


@dataclass
class _Reader:
    parts: Parts
    told: Told
    gathered: Gathered
    depth: int = 0
    quote: Box | None = None
    joined: list[Run | Line] = field(default_factory=list)
    """Of paragraphs whose end was deleted: they go on in the next."""

    def __post_init__(self) -> None:
        self.runs = RunReader(self.parts, self.told, self.gathered)
        self.top: list[Line] = []

    def blocks(self, element: Any, lines: list[Line]) -> list[Line]:
        """The lines of an element, added to `lines`. Raises RefusedError for more than an issue holds."""
        self.depth += 1
        for child in element if self.depth <= _DEEPEST else ():
            name = local(child)
            if name == "p":
                self._paragraph(child, lines)
            elif name == "tbl":
                lines += self._table(child)
            elif name in _WITHIN:
                self.blocks(child, lines)
            elif name == "AlternateContent":
                self.blocks(child[0] if len(child) else child, lines)
            if len(lines) > MOST_LINES:
                raise RefusedError(Refusal.LONG)
            if lines is self.top:
                self.told.at = len(lines)
        if self.depth > _DEEPEST:
            self.told.add(Lost.DEEP)
        self.depth -= 1
        return lines

    def _paragraph(self, element: Any, lines: list[Line]) -> None:
        properties = element.find(f"{W}pPr")
        found = Paragraph()
        self.runs.read(element, found)
        mark = properties.find(f"{W}rPr") if properties is not None else None
        if mark is not None and mark.find(f"{W}del") is not None:
            self.joined += found.parts
        else:
            parts, self.joined = [*self.joined, *found.parts], []
            self._made(properties, parts, lines)
        for box in found.boxes:
            self.blocks(box, lines)

    def _made(self, properties: Any, parts: list[Run | Line], lines: list[Line]) -> None:
        """The lines of one paragraph: a picture stands by itself, and parts the words around it."""
        styles = self.parts.style(properties)
        level = heading_level(properties, styles)
        is_title = names_of(styles)[:1] == ["title"]
        path = self._path(properties, styles, parts, is_text=not (level or is_title))
        runs: list[Run] = []
        for part in (*parts, None):
            if isinstance(part, Run):
                runs.append(part)
                continue
            for tidied in paragraphs(runs):
                line = Line(f"h{min(6, level)}" if level else "p", tidied, path)
                if is_title and not self.gathered.title:
                    self.gathered.title = line.words
                else:
                    lines.append(line)
            runs = []
            if part is not None:
                lines.append(Line("img", [], path, name=part.name, alt=part.alt))

    def _path(self, properties: Any, styles: list[Any], parts: list[Run | Line], *, is_text: bool) -> tuple[Box, ...]:
        numbering = self.parts.numbering
        path = numbering.path(properties, styles) if is_text else ()
        if not path:
            filled = any(isinstance(part, Line) or part.text.strip() for part in parts)
            if is_text and filled and numbering.open:
                path = under(numbering.open, indent_of(properties, *(one.find(f"{W}pPr") for one in styles)))
            if filled and not path:
                numbering.open = []
        if _QUOTES.isdisjoint(names_of(styles)):
            self.quote = None
            return path
        self.quote = self.quote or Box("q", key=object())
        return (self.quote, *path)

    def _table(self, element: Any) -> list[Line]:
        if sum(1 for _cell in element.iter(f"{W}tc")) > MOST_CELLS:
            self.told.add(Lost.BIG_TABLE)
            return []
        rows = [row for row in element.iter(f"{W}tr") if next(row.iterancestors(f"{W}tbl")) is element]
        held, self.parts.numbering.open = self.parts.numbering.open, []
        grid: Grid = []
        for row in rows:
            cells = (cell for cell in row.iter(f"{W}tc") if next(cell.iterancestors(f"{W}tr")) is row)
            grid.append([])
            for cell in cells:
                grid[-1] += self._cell(cell)
        self.parts.numbering.open = held
        return as_lines(grid, self.told)

    def _cell(self, cell: Any) -> list[list[Line]]:
        """A cell, and the empty ones it spans; one that goes on from the row above is empty."""
        properties = cell.find(f"{W}tcPr")
        merge = properties.find(f"{W}vMerge") if properties is not None else None
        lines = self.blocks(cell, [])
        self.parts.numbering.open = []
        across = max(1, min(60, whole(value(properties, "gridSpan"), 1)))
        goes_on = merge is not None and merge.get(f"{W}val") != "restart"
        if across > 1 or (merge is not None and not goes_on):
            self.told.add(Lost.MERGED, lines[0].words if lines else "")
        return [[] if goes_on else lines, *([] for _more in range(across - 1))]


def docx_lines(data: bytes, told: Told, gathered: Gathered) -> list[Line]:
    """Every line of a Word file; its title and the texts of its footnotes go into `gathered`. Raises RefusedError."""
    package = Package(data)
    parts = Parts(package)
    body = package.xml(parts.main).find(f"{W}body")
    if body is None:
        raise RefusedError(Refusal.BROKEN)
    if any("vbaProject" in name for name in package.names):
        told.add(Lost.MACRO)
    reader = _Reader(parts, told, gathered)
    lines = reader.blocks(body, reader.top)
    for kind, notes in parts.notes.items():
        for key, note in notes.items():
            gathered.notes[f"{kind} {key}"] = _note(reader, note)
    return lines


def _note(reader: _Reader, note: Any) -> list[Line]:
    """The text of a footnote, which is no part of the list or quote before it."""
    reader.quote, reader.parts.numbering.open = None, []
    return reader.blocks(note, [])
