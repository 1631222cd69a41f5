"""Tools that look at a finished PDF from outside: poppler's and qpdf's, as processes."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import pikepdf

from devtools.servers import program


def words_on(pdf: Path, *, page: int | None = None, drawn: bool = False) -> str:
    """The text that pdftotext finds, of one page (from 1) or of all: in reading order, or in the order it is drawn."""
    options = ["-f", str(page), "-l", str(page)] if page else []
    options += ["-raw"] if drawn else []
    return _output(program("pdftotext", "poppler-utils"), "-enc", "UTF-8", *options, str(pdf), "-")


@dataclass(frozen=True)
class Place:
    """A word and where it stands on its page (from 1), in points from the left and the top."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    page: int


def places_on(pdf: Path) -> list[Place]:
    """Every word, in the order in which pdftotext reads them."""
    found = []
    pages = _output(program("pdftotext", "poppler-utils"), "-bbox", str(pdf), "-").split("<page ")[1:]
    for number, page in enumerate(pages, start=1):
        for *box, text in re.findall(
            r'<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">(.*?)</word>', page
        ):
            left, top, right, bottom = map(float, box)
            found.append(Place(unescape(text), left, top, right, bottom, number))
    return found


def lines_on(pdf: Path) -> list[list[Place]]:
    """The words of each line from left to right; a word is on a line when it overlaps half of it."""
    lines: list[list[Place]] = []
    for word in sorted(places_on(pdf), key=lambda one: (one.page, one.top)):
        last = lines[-1][0] if lines else None
        if last and last.page == word.page and word.top < (last.top + last.bottom) / 2:
            lines[-1].append(word)
        else:
            lines.append([word])
    return [sorted(line, key=lambda one: one.left) for line in lines]


@dataclass(frozen=True)
class Box:
    """A picture on a page (from 1), in points from the left and the top."""

    page: int
    left: float
    top: float
    width: float
    height: float


def pictures_on(pdf: Path) -> list[Box]:
    """Every picture with the whole of its box, also what a page cuts off."""
    found = []
    with pikepdf.open(pdf) as document:
        for number, page in enumerate(document.pages, start=1):
            found += [Box(number, *box) for box in _drawn(page)]
    return found


def _drawn(page: pikepdf.Page) -> Iterator[tuple[float, float, float, float]]:
    """Left, top, width and height of each image: the matrix in force when it is drawn (ISO 32000-1, 8.9.5)."""
    matrix, kept = pikepdf.Matrix(), []
    for instruction in pikepdf.parse_content_stream(page):
        operands = list(instruction.operands)
        match str(instruction.operator):
            case "q":
                kept.append(matrix)
            case "Q":
                matrix = kept.pop()
            case "cm":
                matrix = pikepdf.Matrix(*(float(part) for part in operands)) @ matrix
            case "Do" if page.resources.XObject[str(operands[0])].get("/Subtype") == "/Image":
                box = matrix.transform(pikepdf.Rectangle(0, 0, 1, 1))
                yield float(box.llx), float(page.mediabox[3]) - float(box.ury), float(box.width), float(box.height)


def sizes_on(pdf: Path) -> Counter[float]:
    """How many characters stand there of each size, in points to a third."""
    options = ("-xml", "-stdout", "-i", "-q", "-zoom", "3")
    page = _output(program("pdftohtml", "poppler-utils"), *options, str(pdf))
    sizes = {number: int(size) / 3 for number, size in re.findall(r'<fontspec id="(\d+)" size="(\d+)"', page)}
    counted: Counter[float] = Counter()
    for number, words in re.findall(r'<text [^>]*font="(\d+)">(.*?)</text>', page):
        counted[sizes[number]] += len(words)
    return counted


def fonts_in(pdf: Path) -> list[list[str]]:
    """Per font: name, then the columns emb, sub and uni of pdffonts."""
    lines = _output(program("pdffonts", "poppler-utils"), str(pdf)).splitlines()[2:]
    return [[line.split()[0], *line.split()[-5:-2]] for line in lines]


def check(pdf: Path) -> None:
    """Raises CalledProcessError when qpdf has an error or a warning about it."""
    _output(program("qpdf", "qpdf"), "--check", str(pdf))


def _output(*arguments: str) -> str:
    return subprocess.run(arguments, check=True, capture_output=True, encoding="utf-8").stdout
