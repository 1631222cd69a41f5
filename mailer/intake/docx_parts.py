"""The parts of a Word file beside its text: styles, numbering, footnotes, comments, and where links lead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from posixpath import normpath
from typing import Any

from mailer.intake.lines import Box
from mailer.intake.package import Package, Relation

_SCHEMAS = "http://schemas.openxmlformats.org"
W = f"{{{_SCHEMAS}/wordprocessingml/2006/main}}"
R = f"{{{_SCHEMAS}/officeDocument/2006/relationships}}"
_OFF = ("0", "false", "none", "off")
_STEPS = 10
"""Styles that are based on each other; Word allows eleven."""
_HEADING = re.compile(r"heading ([1-9])")
_NUMBER = re.compile(r"-?\d{1,9}(?:\.\d{1,9})?")
_MOST = 999_999_999


def local(element: Any) -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2] if isinstance(element.tag, str) else ""


def value(element: Any, name: str) -> str | None:
    """The `w:val` of a child; None when there is no such child."""
    found = element.find(W + name) if element is not None else None
    return None if found is None else str(found.get(f"{W}val", ""))


def is_on(element: Any, *names: str) -> bool:
    """Whether one of these properties is there and not switched off."""
    return any((said := value(element, name)) is not None and said not in _OFF for name in names)


def has(element: Any, *names: str) -> bool:
    return element is not None and any(element.find(W + name) is not None for name in names)


def whole(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else otherwise


class Parts:
    """What the text of a Word file refers to."""

    def __init__(self, package: Package) -> None:
        self.package = package
        top = package.relations("").values()
        targets = (one.target for one in top if one.kind == "officeDocument" and not one.outside)
        self.main = next(map(normpath, targets), "word/document.xml")
        self.folder = self.main.rpartition("/")[0]
        self.relations = package.relations(self.main)
        part = {one.kind: one.target for one in self.relations.values() if not one.outside}
        styles = package.xml(part.get("styles", f"{self.folder}/styles.xml"))
        self._styles = {one.get(f"{W}styleId"): one for one in styles.iter(f"{W}style")}
        self.numbering = Numbering(package.xml(part.get("numbering", f"{self.folder}/numbering.xml")))
        self.notes = {
            kind: {one.get(f"{W}id"): one for one in package.xml(part.get(f"{kind}s", "")) if not one.get(f"{W}type")}
            for kind in ("footnote", "endnote")
        }
        self.comments = {one.get(f"{W}id"): one for one in package.xml(part.get("comments", ""))}

    def relation(self, key: str | None) -> Relation:
        return self.relations.get(key or "", Relation("", "", outside=True))

    def chain(self, key: str | None) -> Iterator[Any]:
        """A style and those it is based on."""
        for _step in range(_STEPS):
            style = self._styles.get(key)
            if style is None:
                return
            yield style
            key = value(style, "basedOn")

    def style(self, properties: Any, kind: str = "pStyle") -> list[Any]:
        return list(self.chain(value(properties, kind)))


def names_of(styles: list[Any]) -> list[str]:
    """How Word calls these styles in English, whatever the language of the program."""
    return [(value(one, "name") or "").lower() for one in styles]


def heading_level(properties: Any, styles: list[Any]) -> int:
    """1 to 9 by the style or the level of the outline; 0 for text."""
    for name in names_of(styles):
        if found := _HEADING.fullmatch(name):
            return int(found[1])
    for one in (properties, *(style.find(f"{W}pPr") for style in styles)):
        level = value(one, "outlineLvl")
        if level is not None:
            return whole(level, 9) + 1 if whole(level, 9) < 9 else 0
    return 0


def indent_of(*properties: Any) -> float:
    """Points from the edge, by the first of these that says so."""
    for one in properties:
        indent = one.find(f"{W}ind") if one is not None else None
        said = (indent.get(f"{W}left") or indent.get(f"{W}start") or "") if indent is not None else ""
        if _NUMBER.fullmatch(said):
            return float(said) / 20
    return 0.0


@dataclass
class Numbering:
    """The lists of a Word file, and how far each has counted."""

    root: Any
    open: list[Box] = field(default_factory=list)
    """The items that are open, by level."""
    _counts: dict[str, dict[int, int]] = field(default_factory=dict)
    _begun: set[tuple[str, int]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._levels = {
            one.get(f"{W}abstractNumId"): {level.get(f"{W}ilvl"): level for level in one.iter(f"{W}lvl")}
            for one in self.root.iter(f"{W}abstractNum")
        }
        self._lists = {one.get(f"{W}numId"): one for one in self.root.iter(f"{W}num")}

    def path(self, properties: Any, styles: list[Any]) -> tuple[Box, ...]:
        """The list items that a paragraph stands in; () for one that is no item."""
        own = [properties, *(style.find(f"{W}pPr") for style in styles)]
        numbers = (one.find(f"{W}numPr") for one in own if one is not None)
        found = next((one for one in numbers if one is not None and value(one, "numId") is not None), None)
        if found is None:
            return ()
        key, level = value(found, "numId") or "", whole(value(found, "ilvl"), 0)
        if key not in self._lists or level > 8:
            return ()
        of = value(self._lists[key], "abstractNumId") or ""
        how = self._level(key, of, level)
        form = value(how, "numFmt") or "decimal"
        if form == "none":
            return ()
        number = self._counted(key, of, level, how)
        indent = indent_of(properties, how.find(f"{W}pPr") if how is not None else None, *own[1:])
        return self._stacked(level, "ul" if form == "bullet" else "ol", number, indent)

    def _level(self, key: str, of: str, level: int) -> Any:
        for one in self._lists[key].iter(f"{W}lvlOverride"):
            if one.get(f"{W}ilvl") == str(level) and one.find(f"{W}lvl") is not None:
                return one.find(f"{W}lvl")
        return self._levels.get(of, {}).get(str(level))

    def _counted(self, key: str, of: str, level: int, how: Any) -> int:
        counts = self._counts.setdefault(of, {})
        overrides = (one for one in self._lists[key].iter(f"{W}lvlOverride") if one.get(f"{W}ilvl") == str(level))
        start = value(next(overrides, None), "startOverride")
        if start and (key, level) not in self._begun:
            counts[level] = whole(start, 1) - 1
        self._begun.add((key, level))
        counts[level] = counts.get(level, whole(value(how, "start"), 1) - 1) + 1
        for deeper in [one for one in counts if one > level]:
            del counts[deeper]
        return min(_MOST, max(0, counts[level]))

    def _stacked(self, level: int, kind: str, number: int, indent: float) -> tuple[Box, ...]:
        old = self.open[level] if len(self.open) > level else None
        goes_on = old is not None and old.kind == kind and (kind == "ul" or number == old.number + 1)
        group = old.group if old is not None and goes_on else object()
        self.open = [*self.open[:level], Box(kind, group, object(), number, indent)]
        return tuple(self.open)
