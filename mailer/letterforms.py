"""Which characters paper can show: the fonts that are installed, and what is in them.

IBM Plex Sans, Amiri and Noto Sans Devanagari come with Postduif; `pip install 'postduif[scripts]'` adds the fonts of
Noto for Ethiopic, Chinese and other scripts, and for emoji in black. Every page is set in the first two; another family
is only loaded for a document that needs it.
"""

from __future__ import annotations

import re
import struct
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import fontpkg  # type: ignore[import-untyped] # the wheel carries no types

HOUSE = ("IBM Plex Sans", "Amiri")
"""In the order of a Latin page; an Arabic one begins with the last."""
OTHERS = ("Noto Sans Devanagari",)
SCRIPTS = (
    "Ethiopic",
    "Armenian",
    "Georgian",
    "Hebrew",
    "Bengali",
    "Gujarati",
    "Gurmukhi",
    "Kannada",
    "Khmer",
    "Lao",
    "Malayalam",
    "Myanmar",
    "Oriya",
    "Sinhala",
    "Tamil",
    "Telugu",
    "Thai",
)
"""Those of the package manimgx-fonts, in the words of Unicode."""
_EXTRA = {
    **{f"Noto Sans {script}": ("manimgx_fonts", f"NotoSans{script}[wght].ttf") for script in SCRIPTS},
    "Noto Emoji": ("manimgx_fonts", "NotoEmoji[wght].ttf"),
    "Noto Sans Symbols": ("manimgx_fonts", "NotoSansSymbols[wght].ttf"),
    "Noto Sans CJK SC": ("manimgx_fonts_cjk", "NotoSansCJK-VF.otf.ttc"),
}
"""The extra `scripts`: family, package and file."""
_EAST_ASIAN = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO")

_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u064b-\u065f\u0670\u06d6-\u06ed\u0900-\u0903\u093a-\u094f\u1ab0-\u1aff"
)
_CLUSTER = re.compile(rf".(?:[{_MARKS}\u20d0-\u20ff\ufe00-\ufe0f\U0001f3fb-\U0001f3ff]|\u200d.)*", re.DOTALL)
"""A letter and what is drawn on it or joined to it, which one font must have together."""


@dataclass(frozen=True)
class Family:
    """A family of fonts: its name for the typesetter, where its files stand, and its first of all styles."""

    name: str
    folder: Path
    file: Path

    def has(self, letter: str) -> bool:
        starts, ends = _ranges(self.file)
        at = bisect_right(starts, ord(letter)) - 1
        return at >= 0 and ord(letter) <= ends[at]


@cache
def families() -> tuple[Family, ...]:
    """Those that are installed, in the order in which a Latin page tries them."""
    return (*map(_of_fontpkg, (*HOUSE, *OTHERS)), *_extra())


def needed(text: str) -> list[Family]:
    """The families beside those of the house that `text` is not shown without."""
    others = families()[len(HOUSE) :]
    return list(dict.fromkeys(family for each in _foreign(text) if (family := _first_with(each, others))))


def without_form(text: str) -> list[str]:
    """The characters of `text`, each with what is joined to it, that no font can show."""
    others = families()[len(HOUSE) :]
    return [each for each in _foreign(text) if _first_with(each, others) is None]


def can_be_added(letters: Iterable[str]) -> bool:
    """Whether the extra `scripts` would show these; False where it is installed."""
    names = {script.upper() for script in SCRIPTS} | set(_EAST_ASIAN)
    there = any(family.name in _EXTRA for family in families())
    return not there and all(
        unicodedata.name(letter[0], "").split(" ")[0].split("-")[0] in names or unicodedata.category(letter[0]) == "So"
        for letter in letters
    )


def _of_fontpkg(name: str) -> Family:
    found = fontpkg.family(name)
    upright = next(file for file in found.files if file.style == "normal" and file.weight in (None, 400))
    return Family(name, upright.path.parent, upright.path)


def _extra() -> Iterator[Family]:
    for name, (package, file) in _EXTRA.items():
        found = find_spec(package)
        if found is not None and found.origin is not None:
            folder = Path(found.origin).parent
            yield Family(name, folder, folder / file)


def _foreign(text: str) -> list[str]:
    """What the fonts of the house cannot show of a text, in order, each once."""
    house = families()[: len(HOUSE)]
    foreign = {letter for letter in set(text) if _is_seen(letter) and not any(one.has(letter) for one in house)}
    if not foreign:
        return []
    found = (each[0] for each in _CLUSTER.finditer(text) if not foreign.isdisjoint(each[0]))
    return [each for each in dict.fromkeys(found) if _first_with(each, house) is None]


def _first_with(letters: str, families: Iterable[Family]) -> Family | None:
    """The first that has all of it, as it is written or composed or decomposed: the typesetter tries each."""
    forms = [[one for one in form if _is_seen(one)] for form in _forms(letters)]
    return next((family for family in families if any(all(map(family.has, form)) for form in forms)), None)


def _forms(letters: str) -> tuple[str, ...]:
    return letters, unicodedata.normalize("NFC", letters), unicodedata.normalize("NFD", letters)


def _is_seen(letter: str) -> bool:
    """Whether something must be drawn: not for a space, a joiner, a mark of direction, or the choice of a form."""
    return not (
        letter.isspace() or unicodedata.category(letter) in ("Cf", "Cc", "Zs") or "\ufe00" <= letter <= "\ufe0f"
    )


# ── the table of characters of a font (OpenType 1.9, `cmap`) ─────────────────────────────────────────────────────────


@cache
def _ranges(file: Path) -> tuple[list[int], list[int]]:
    """First and last code points of the ranges that a font has, in order."""
    data = file.read_bytes()
    start = struct.unpack_from(">I", data, 12)[0] if data[:4] == b"ttcf" else 0  # of a collection, the first font
    count = struct.unpack_from(">H", data, start + 4)[0]
    tables = (struct.unpack_from(">4sIII", data, start + 12 + 16 * number) for number in range(count))
    cmap = next(offset for tag, _, offset, _ in tables if tag == b"cmap")
    subtables = (
        struct.unpack_from(">HHI", data, cmap + 4 + 8 * number)
        for number in range(struct.unpack_from(">H", data, cmap + 2)[0])
    )
    formats = {struct.unpack_from(">H", data, cmap + offset)[0]: cmap + offset for _, _, offset in subtables}
    found = sorted(_of_format_12(data, formats[12]) if 12 in formats else _of_format_4(data, formats[4]))
    return [first for first, _ in found], [last for _, last in found]


def _of_format_12(data: bytes, at: int) -> Iterator[tuple[int, int]]:
    for number in range(struct.unpack_from(">I", data, at + 12)[0]):
        first, last, _glyph = struct.unpack_from(">III", data, at + 16 + 12 * number)
        yield first, last


def _of_format_4(data: bytes, at: int) -> Iterator[tuple[int, int]]:
    """Segments of the first plane; a character of glyph 0 is not there."""
    size = struct.unpack_from(">H", data, at + 6)[0]
    ends, starts = at + 14, at + 16 + size
    deltas, offsets = starts + size, starts + 2 * size
    for step in range(0, size, 2):
        first, last, delta, offset = (
            struct.unpack_from(">H", data, table + step)[0] for table in (starts, ends, deltas, offsets)
        )
        for letter in range(first, min(last, 0xFFFE) + 1):
            place = offsets + step + offset + 2 * (letter - first)
            glyph = struct.unpack_from(">H", data, place)[0] if offset else letter
            if offset and not glyph:
                continue
            if (glyph + delta) & 0xFFFF:
                yield letter, letter
