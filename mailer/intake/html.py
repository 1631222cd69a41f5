"""HTML as Word, Word online, Google Docs, LibreOffice, Outlook, Gmail and web pages put it on the clipboard → lines.

Nothing is fetched: only pictures that stand in it as `data:` come along.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field, replace
from typing import Any

import lxml.etree
import lxml.html

from mailer.intake.html_lists import Lists
from mailer.intake.html_look import Style, is_hidden, margin_of, marks_of, style_of, tell_look, text_of
from mailer.intake.html_notes import HtmlNotes, notes_of
from mailer.intake.lines import (
    BREAK,
    HEADINGS,
    MOST_CELLS,
    MOST_LINES,
    NOTE,
    Box,
    Gathered,
    Line,
    Refusal,
    RefusedError,
    Run,
    under,
)
from mailer.intake.links import target
from mailer.intake.losses import Lost, Told
from mailer.intake.tables import Grid, as_lines
from mailer.intake.tidying import paragraphs

MOST_HTML, MOST_ELEMENTS, MOST_LINKS = 20_000_000, 60_000, 2_000
"""Characters (pictures as `data:` are long, words are not), elements and links."""
DEEPEST = 250
"""Elements in each other; lxml keeps 256 and drops the rest without a word."""
_SKIP = frozenset(
    (
        *("script", "style", "head", "title", "noscript", "template", "object", "embed", "video", "audio", "svg"),
        *("canvas", "input", "button", "select", "textarea", "xml", "iframe", "nav", "meta", "link", "col"),
        *("colgroup", "math"),
    )
)
_TELL = {
    **dict.fromkeys(("iframe", "video", "audio", "object", "embed"), Lost.EMBEDDED),
    "svg": Lost.PICTURE,
    "canvas": Lost.PICTURE,
    "math": Lost.FORMULA,
    "nav": Lost.MENU,
}
_BLOCK = HEADINGS | frozenset(
    (
        *("p", "div", "section", "article", "header", "footer", "main", "aside", "figure", "figcaption", "hgroup"),
        *("dl", "dt", "dd", "address", "center", "details", "summary", "form", "fieldset", "body", "html", "li"),
        *("table", "tr", "td", "th", "tbody", "thead", "tfoot", "caption", "blockquote", "pre", "ul", "ol"),
    )
)
_COMMENTS = ("comment-list", "comment")
_DATA = re.compile(r"data:image/[a-z+.-]{1,20};base64,", re.IGNORECASE)
_ENDS = re.compile(r"</(?:body|html)\s{0,20}>", re.IGNORECASE)
"""What follows these a browser shows and libxml2 drops: mails and clipboards are put together of several pages."""
_DIGIT = re.compile(r"[1-9]")


@dataclass(frozen=True)
class Around:
    """What holds for what stands in an element."""

    marks: frozenset[str] = frozenset()
    href: str = ""
    kind: str = "p"
    path: tuple[Box, ...] = ()
    depth: int = 0


@dataclass
class Reader:
    """Walks through the elements once; `whole` is False for a cell, whose lines are not those of the text."""

    told: Told
    gathered: Gathered
    notes: HtmlNotes
    whole: bool = True
    lines: list[Line] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    lists: Lists = field(default_factory=Lists)

    def flush(self, around: Around) -> None:
        """What was read since makes a paragraph, or several."""
        runs, self.runs = self.runs, []
        self.lines += [Line(around.kind, one, around.path) for one in paragraphs(runs)] if runs else []
        if len(self.lines) > MOST_LINES:
            raise RefusedError(Refusal.LONG)
        if self.whole:
            self.told.at = len(self.lines)

    def walk(self, element: Any, around: Around) -> None:
        if around.depth >= DEEPEST:
            self.told.add(Lost.DEEP)
            return
        tag = element.tag if isinstance(element.tag, str) else ""
        style = style_of(element) if tag else {}
        if self._left_out(element, tag, style) or self._note(element) or self._leaf(element, tag, style, around):
            return
        if tag == "table" and self._table(element, around):
            return
        tell_look(element, tag, style, self.told, link=bool(around.href))
        inside = self._inside(element, tag, style, around)
        if tag in _BLOCK:
            self.flush(around)
        if tag == "pre":
            self.lines.append(Line("pre", [Run(str(element.text_content()))], inside.path))
            return
        self._children(element, inside)
        if tag in _BLOCK:
            self.flush(inside)

    def _children(self, element: Any, inside: Around) -> None:
        if element.text:
            self.runs.append(Run(element.text, inside.marks, inside.href))
        for child in element:
            self.walk(child, inside)
            if child.tail:
                self.runs.append(Run(child.tail, inside.marks, inside.href))

    def _left_out(self, element: Any, tag: str, style: Style) -> bool:
        """What is no text, or text that is no longer meant; some of it is told."""
        part = style.get("mso-element", "")
        if part == "comment-list":
            said = [one for one in element.iter("div") if "msocomtxt" in (one.get("class") or "")]
            for one in said:
                self.told.add(Lost.COMMENT, text_of(one))
        tracked = tag in ("del", "ins") and bool(element.get("datetime") or element.get("cite"))
        if tracked:
            self.told.add(Lost.TRACKED, text_of(element))
        if tag in _TELL:
            self.told.add(_TELL[tag], text_of(element) if tag == "math" else "")
        return (
            not tag
            or tag in _SKIP
            or tag.startswith("v:")
            or is_hidden(style)
            or " MsoCommentReference " in f" {element.get('class') or ''} "
            or part in _COMMENTS
            or (tag == "del" and tracked)
        )

    def _note(self, element: Any) -> bool:
        """A footnote, or its text: which is read by itself."""
        if element in self.notes.backs:
            return True
        if (label := self.notes.places.get(element)) is not None:
            self.runs.append(Run(NOTE, note=label))
            return True
        label = self.notes.texts.get(element)
        if label is None or label in self.gathered.notes:
            return False
        reader = Reader(self.told, self.gathered, self.notes, whole=False)
        self.gathered.notes[label] = []
        reader.walk(element, Around())
        reader.flush(Around())
        self.gathered.notes[label] = reader.lines
        return True

    def _leaf(self, element: Any, tag: str, style: Style, around: Around) -> bool:
        match tag:
            case "br":
                self.runs.append(Run(BREAK))
            case "hr":
                self.flush(around)
                if not any("mso-element" in (up.get("style") or "") for up in element.iterancestors()):
                    self.lines.append(Line("hr", [], around.path))
            case "img":
                self._picture(element, style, around)
            case _:
                return False
        return True

    def _picture(self, element: Any, style: Style, around: Around) -> None:
        source, alt = (element.get("src") or "").strip(), element.get("alt") or ""
        if found := _DATA.match(source):
            try:
                name = self.gathered.picture(base64.b64decode(source[found.end() :]))
            except (binascii.Error, ValueError):
                name = ""
            if name:
                self.flush(around)
                self.lines.append(Line("img", [], around.path, name=name, alt=alt))
                return
        elif source.lower().startswith("file:"):
            self.told.add(Lost.CLIPBOARD_PICTURE, alt)
            return
        if {element.get("width"), element.get("height"), style.get("width")} & {"0", "1", "1px", "0px"}:
            return  # what counts readers, not what they see
        self.told.add(Lost.PICTURE, alt)

    def _inside(self, element: Any, tag: str, style: Style, around: Around) -> Around:
        marks, href, kind = marks_of(tag, style, around.marks), around.href, around.kind
        if tag == "a" and element.get("href") is not None:
            href = target(element.get("href"), self.told)
        if tag in HEADINGS:
            kind = tag
        elif element.get("role") == "heading" and _DIGIT.fullmatch(element.get("aria-level") or ""):
            kind = f"h{min(6, int(element.get('aria-level')))}"
        path = self._path(element, tag, style, kind, around.path)
        return replace(around, marks=marks, href=href, kind=kind, path=path, depth=around.depth + 1)

    def _path(self, element: Any, tag: str, style: Style, kind: str, path: tuple[Box, ...]) -> tuple[Box, ...]:
        """The quotes and lists that an element stands in, and whether Word's open list ends at it."""
        if tag == "blockquote":
            return (*path, Box("q", element, element))
        if tag == "li":
            return (*(box for box in path if box.kind == "q"), *self.lists.item(element))
        cls = f" {element.get('class') or ''} "
        if kind not in HEADINGS:
            if (fake := self.lists.fake(element, style)) is not None:
                return (*path, *fake)
            indent = margin_of(style, 36.0 if " MsoListParagraph" in cls else 0.0)
            if tag == "p" and " Mso" in cls and (boxes := under(self.lists.open, indent)):
                return (*path, *boxes)
        if self.lists.open and (tag in ("p", "table", "ul", "ol") or kind in HEADINGS):
            online = " Paragraph " in cls or next(element.iter("li"), element).get("data-aria-level")
            if not online and str(element.text_content()).strip():
                self.lists.open = []
        return path

    def _table(self, element: Any, around: Around) -> bool:
        """A table of data as one line; False for one that only places things, whose cells are read in order."""
        rows = [row for row in element.iter("tr") if next(row.iterancestors("table")) is element]
        cells = [[cell for cell in row if cell.tag in ("td", "th")] for row in rows]
        if sum(map(len, cells)) > MOST_CELLS:
            self.told.add(Lost.BIG_TABLE, text_of(element)[:100])
            return True
        has_head = any(cell.tag == "th" for row in cells for cell in row)
        nested = next((one for one in element.iter("table", "h1", "h2", "h3", "hr") if one is not element), None)
        layout = nested is not None or element.get("role") == "presentation"
        if layout or (not has_head and (len(rows) < 2 or max(map(len, cells)) < 2)):
            return False
        self.flush(around)
        grid = self._grid(cells, around)
        if grid is not None:
            self.lines += [
                replace(one, path=(*around.path, *one.path)) for one in as_lines(grid, self.told, has_head=has_head)
            ]
        return True

    def _grid(self, cells: list[list[Any]], around: Around) -> Grid | None:
        """The cells where they are seen: one that spans leaves empty ones. None for a table that grows too large."""
        grid: dict[tuple[int, int], list[Line]] = {}
        for y, row in enumerate(cells):
            x = 0
            for cell in row:
                while (y, x) in grid:
                    x += 1
                across, down = _span(cell, "colspan"), min(_span(cell, "rowspan"), len(cells) - y)
                if len(grid) + across * down > MOST_CELLS:
                    self.told.add(Lost.BIG_TABLE)
                    return None
                read = self._cell(cell, around)
                if across > 1 or down > 1:
                    self.told.add(Lost.MERGED, text_of(cell))
                grid |= {(y + dy, x + dx): [] for dy in range(down) for dx in range(across)}
                grid[y, x] = read
                x += across
        wide = max((x for _y, x in grid), default=-1) + 1
        return [[grid.get((y, x), []) for x in range(wide)] for y in range(len(cells))]

    def _cell(self, cell: Any, around: Around) -> list[Line]:
        reader = Reader(self.told, self.gathered, self.notes, whole=False)
        inside = Around(around.marks, around.href, depth=around.depth + 1)
        reader.walk(cell, inside)
        reader.flush(inside)
        return reader.lines


def _span(cell: Any, name: str) -> int:
    said = cell.get(name) or ""
    return min(100, max(1, int(said))) if said.isascii() and said.isdigit() and len(said) < 6 else 1


def html_lines(html: str, told: Told, gathered: Gathered) -> list[Line]:
    """Every line of a piece of HTML. Raises RefusedError for more than an issue holds."""
    if len(html) > MOST_HTML:
        raise RefusedError(Refusal.LARGE)
    if not html.strip():
        return []
    parser = lxml.html.HTMLParser(remove_comments=True, remove_pis=True, no_network=True)
    try:
        root = lxml.html.document_fromstring(_ENDS.sub("", html.replace("\0", " ")), parser=parser)
    except (lxml.etree.ParserError, ValueError):
        return []
    if sum(1 for _one in root.iter()) > MOST_ELEMENTS or sum(1 for _one in root.iter("a")) > MOST_LINKS:
        raise RefusedError(Refusal.LARGE)
    reader = Reader(told, gathered, notes_of(root))
    reader.walk(root, Around())
    reader.flush(Around())
    return reader.lines
