"""The text of one paragraph of a Word file: its runs, pictures, footnotes, and what of it is told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from mailer.intake.docx_parts import Parts, R, W, has, is_on, local, value
from mailer.intake.lines import BREAK, NOTE, Gathered, Line, Run
from mailer.intake.links import target
from mailer.intake.losses import Lost, Told

_LINK = re.compile(r'HYPERLINK\s{1,9}"([^"]{1,3000})"')
_SYMBOLS = {"F0B7": "•", "F0E0": "→", "F0FC": "✓", "F0A7": "▪", "F0D8": "➢"}
"""Of Symbol and Wingdings, as Word writes them."""
_THROUGH = frozenset(
    ("fldSimple", "smartTag", "sdt", "sdtContent", "customXml", "dir", "bdo", "hyperlink", "ins", "moveTo")
)
"""Elements with runs in them."""
_DARK = ("auto", "000000", "none", "")


@dataclass
class Paragraph:
    """What one paragraph holds, in order: runs, and pictures between them; and text boxes that hang on it."""

    parts: list[Run | Line] = field(default_factory=list)
    boxes: list[Any] = field(default_factory=list)


@dataclass
class RunReader:
    """Reads the runs of paragraph after paragraph: a field may begin in one and end in another."""

    parts: Parts
    told: Told
    gathered: Gathered
    fields: list[tuple[str, bool]] = field(default_factory=list)
    """What each open field says, and whether its text has begun."""

    def read(self, element: Any, into: Paragraph, marks: frozenset[str] = frozenset(), href: str = "") -> None:
        for child in element:
            name = local(child)
            if name == "r":
                self._run(child, into, href)
            elif name in _THROUGH:
                self._through(child, name, into, marks, href)
            elif name == "AlternateContent":
                self.read(child[0] if len(child) else child, into, marks, href)
            elif not self._part(child, name, into, marks, href):
                self._told(child, name)

    def _run(self, run: Any, into: Paragraph, href: str) -> None:
        properties = run.find(f"{W}rPr")
        if is_on(properties, "vanish"):
            return
        self._told_look(run, properties, link=bool(href or self._address()))
        self.read(run, into, self._marks(properties), href)

    def _marks(self, properties: Any) -> frozenset[str]:
        """By the run itself, else by its style; in right-to-left text the properties for that script count too."""
        styles = self.parts.style(properties, "rStyle")
        own = styles[0].find(f"{W}rPr") if styles else None
        complex_script = is_on(properties, "rtl", "cs")
        found = set()
        for mark, names in (("b", ("b", "bCs")), ("i", ("i", "iCs")), ("s", ("strike", "dstrike"))):
            asked = names if mark == "s" or complex_script else names[:1]
            if is_on(properties if has(properties, *asked) else own, *asked):
                found.add(mark)
        return frozenset(found)

    def _told_look(self, run: Any, properties: Any, *, link: bool) -> None:
        text = "".join(one.text or "" for one in run.iter(f"{W}t"))
        if not text.strip() or properties is None:
            return
        if is_on(properties, "u") and not link:
            self.told.add(Lost.UNDERLINE, text)
        if value(properties, "vertAlign") in ("superscript", "subscript"):
            self.told.add(Lost.RAISED, text)
        coloured = (value(properties, "color") or "").lower() not in _DARK and not link
        if coloured or value(properties, "highlight") not in (None, "none"):
            self.told.add(Lost.COLOUR, text)

    def _through(self, child: Any, name: str, into: Paragraph, marks: frozenset[str], href: str) -> None:
        if name == "hyperlink":
            relation = self.parts.relation(child.get(f"{R}id"))
            href = target(relation.target, self.told) if relation.outside else ""
        elif name in ("ins", "moveTo"):
            self.told.add(Lost.TRACKED, text_in(child))
        elif name == "fldSimple" and (found := _LINK.search(child.get(f"{W}instr") or "")):
            href = target(found[1], self.told)
        self.read(child, into, marks, href)

    def _part(self, child: Any, name: str, into: Paragraph, marks: frozenset[str], href: str) -> bool:
        """Whether this is text, or something that stands between the words."""
        match name:
            case "t":
                into.parts.append(Run(child.text or "", marks, self._address() or href))
            case "tab" | "ptab":
                into.parts.append(Run(" ", marks, href))
            case "br" | "cr":
                if child.get(f"{W}type") in (None, "textWrapping"):
                    into.parts.append(Run(BREAK))
            case "noBreakHyphen":
                into.parts.append(Run("‑", marks, href))
            case "sym":
                sign = _SYMBOLS.get((child.get(f"{W}char") or "").upper(), "")
                into.parts.append(Run(sign, marks, href))
                self.told.add(Lost.SIGN, sign)
            case "fldChar" | "instrText":
                self._field(child, name)
            case "footnoteReference" | "endnoteReference":
                into.parts.append(Run(NOTE, note=f"{name[:-9]} {child.get(f'{W}id')}"))
            case "drawing" | "pict" | "object":
                self._drawn(child, name, into)
            case _:
                return False
        return True

    def _told(self, child: Any, name: str) -> None:
        match name:
            case "del" | "moveFrom":
                self.told.add(Lost.TRACKED, text_in(child))
            case "commentReference":
                comment = self.parts.comments.get(child.get(f"{W}id"))
                author = comment.get(f"{W}author") or "" if comment is not None else ""
                words = text_in(comment) if comment is not None else ""
                self.told.add(Lost.COMMENT, f"{author}: {words}" if author else words)
            case "oMath" | "oMathPara":
                self.told.add(Lost.FORMULA, "".join(one.text or "" for one in child.iter() if local(one) == "t"))

    def _field(self, child: Any, name: str) -> None:
        if name == "instrText":
            if self.fields:
                said, begun = self.fields[-1]
                self.fields[-1] = (said + (child.text or "")[:3_000], begun)
            return
        match child.get(f"{W}fldCharType"):
            case "begin":
                self.fields.append(("", False))
            case "separate" if self.fields:
                self.fields[-1] = (self.fields[-1][0], True)
            case "end" if self.fields:
                self.fields.pop()

    def _address(self) -> str:
        """Where the text of the open field leads to."""
        if not self.fields or not self.fields[-1][1] or "\\l" in self.fields[-1][0]:
            return ""
        found = _LINK.search(self.fields[-1][0])
        return target(found[1], self.told) if found else ""

    def _drawn(self, element: Any, name: str, into: Paragraph) -> None:
        """Its pictures, text boxes and charts. What has another program in it shows only its picture."""
        boxes = list(element.iter(f"{W}txbxContent"))
        into.boxes += boxes
        for one in boxes:
            self.told.add(Lost.TEXT_BOX, text_in(one))
        if name == "object":
            self.told.add(Lost.EMBEDDED)
        kinds = [local(one) for one in element.iter()]
        if "chart" in kinds or "relIds" in kinds:
            self.told.add(Lost.CHART, _said_of(element))
        for one in element.iter():
            if local(one) in ("blip", "imagedata"):
                relation = self.parts.relation(one.get(f"{R}embed") or one.get(f"{R}id"))
                self._picture(b"" if relation.outside else self.parts.package.read(relation.target), element, into)

    def _picture(self, data: bytes, element: Any, into: Paragraph) -> None:
        alt = _said_of(element)
        if picture := self.gathered.picture(data):
            into.parts.append(Line("img", [], name=picture, alt=alt))
        else:
            self.told.add(Lost.PICTURE, alt)


def _said_of(element: Any) -> str:
    """What a picture shows, by who put it in."""
    said: Iterator[str] = (one.get("descr") or "" for one in element.iter() if local(one) == "docPr")
    drawn: Iterator[str] = (one.get("alt") or "" for one in element.iter() if local(one) == "shape")
    return next(filter(None, said), "") or next(filter(None, drawn), "")


def text_in(element: Any) -> str:
    """All its words, those that were deleted too."""
    return "".join(one.text or "" for one in element.iter(f"{W}t", f"{W}delText"))
