"""Lists in HTML: real ones, those of Word (paragraphs with a level) and those of Word online (a list for each item)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from mailer.intake.html_look import Style, margin_of
from mailer.intake.lines import Box

_LEVEL = re.compile(r"l\d+ level(\d)")
_ORDERED = re.compile(r"\d{1,9}|[a-z]{1,5}|[A-Z]{1,5}|[\d.]{1,20}\d")
_ROMAN = (
    *("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x"),
    *("xi", "xii", "xiii", "xiv", "xv", "xvi", "xvii", "xviii", "xix", "xx"),
)
_MOST = 999_999_999
"""CommonMark reads nine digits."""
_OUTSIDE = ("td", "th", "blockquote", "body")
_INDENT = 36.0
"""Points, of a list in Word whose style says nothing."""
_WHITE = re.compile(r"\s+")


@dataclass
class Lists:
    """Remembers the list of Word that is open, by level, and the numbers of real lists."""

    open: list[Box] = field(default_factory=list)
    _numbers: dict[Any, dict[Any, int]] = field(default_factory=dict)

    def item(self, element: Any) -> tuple[Box, ...]:
        """The lists around a `li`. A list right inside a list belongs to the item before it."""
        if (level := element.get("data-aria-level") or "").isdigit() and 0 < int(level[:2]) < 10:
            position = element.get("data-aria-posinset") or ""
            number = int(position[:9]) if position.isdigit() else 1
            kind = "ol" if element.getparent().tag == "ol" else "ul"
            return self.stacked(int(level[:2]), kind, number, element)
        boxes: list[Box] = []
        up = element
        while up is not None and up.tag not in _OUTSIDE:
            of = up.getparent()
            if up.tag != "li" or of is None:
                up = of
                continue
            boxes.insert(0, Box(of.tag if of.tag in ("ul", "ol") else "ul", of, up, self._number(up, of)))
            up = _item_around(of)
        return tuple(boxes)

    def fake(self, element: Any, style: Style) -> tuple[Box, ...] | None:
        """The lists around a paragraph of Word with `mso-list:l0 level1 lfo1`; None for another."""
        found = _LEVEL.match(style.get("mso-list", ""))
        if found is None or found[1] == "0":
            return None
        level, marker = int(found[1]), _marker(element)
        ordered = _ORDERED.fullmatch(marker) is not None and marker != "o"  # Courier New's "o" is a bullet
        number = self._read(marker, level) if ordered else 1
        return self.stacked(level, "ol" if ordered else "ul", number, element, margin_of(style, _INDENT))

    def stacked(self, level: int, kind: str, number: int, key: object, margin: float = 0.0) -> tuple[Box, ...]:
        """A list goes on if its level was open with the same kind, and its numbers go up."""
        old = self.open[level - 1] if len(self.open) >= level else None
        goes_on = old is not None and old.kind == kind and (kind == "ul" or number > old.number)
        group = old.group if old is not None and goes_on else object()
        self.open = [*self.open[: level - 1], Box(kind, group, key, max(0, number), margin)]
        return tuple(self.open)

    def _read(self, marker: str, level: int) -> int:
        """The number that a marker says: 3, c or iii. A letter that is also a Roman number goes on with letters."""
        if marker.isdigit():
            return int(marker)
        old = self.open[level - 1].number if len(self.open) >= level else 0
        letter = ord(marker.lower()) - ord("a") + 1 if len(marker) == 1 and marker.isalpha() else 1
        if marker.lower() in _ROMAN and not (len(marker) == 1 and 0 < old == letter - 1):
            return 1 + _ROMAN.index(marker.lower())
        return letter

    def _number(self, item: Any, of: Any) -> int:
        if of not in self._numbers:
            numbers: dict[Any, int] = {}
            start = of.get("start") or ""
            number = int(start[:9]) if start.isascii() and start.isdigit() else 1
            for one in of.iterchildren("li"):
                value = one.get("value") or ""
                number = int(value[:9]) if value.isascii() and value.isdigit() else number
                numbers[one] = number
                number += 1
            self._numbers[of] = numbers
        return min(self._numbers[of].get(item, 1), _MOST)


def _item_around(of: Any) -> Any:
    """The item that a list stands in; of a list right inside a list, the item before it."""
    while of is not None and (parent := of.getparent()) is not None and parent.tag in ("ul", "ol"):
        prior = next((one for one in of.itersiblings(preceding=True) if one.tag == "li"), None)
        if prior is not None:
            return prior
        of = parent
    return None if of is None else of.getparent()


def _marker(element: Any) -> str:
    """What Word writes before an item for programs without lists: "1." or "·"."""
    spans = (one for one in element.iter("span") if "mso-list:ignore" in _WHITE.sub("", one.get("style") or "").lower())
    return "".join(str(one.text_content()) for one in spans)[:100].strip(" \u00a0\n\r\t.)(")
