"""Pages as they should look: gray pictures in golden/, renewed with `make golden` and looked at before they are kept.

Typst itself draws them, and Typst and its fonts are pinned exactly: the pictures do not depend on a viewer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageChops

from devtools.print_editions import DAY, LOCALES, edition, house, photograph
from mailer.artefacts.paper.explanation import explanation
from mailer.artefacts.paper.job import PrintJob
from mailer.artefacts.paper.labels import AddressBlock, labels, letters
from mailer.artefacts.paper.pick_list import Row, pick_list
from mailer.artefacts.paper.tree import print_tree_from
from mailer.typesetting.typesetter import Typesetter
from subscribers.addressee import Centre
from wording.interface import interface

GOLDEN = Path(__file__).resolve().parents[1] / "tests" / "artefacts" / "golden"
PPI = 60
SHADES = 16
"""Of gray: enough to see a letter, and a fifth of the octets."""
VISIBLE = 64
"""Of 255: a pixel that differs less is rounding."""
FEW = 12
"""Such pixels on a page: a comma more is about as many, a line that moved is a thousand."""

CENTRE = Centre("duin", "Centrum Duinrand", ("Verzonnenlaan 7", "9999 ZZ  VOORBEELDSTAD"), True, date(2026, 11, 2))
NAMES = (
    "Zoë van den Voorbeeld",
    "سمير المثال",
    "Łukasz Fictief-Verzonnen",
    "Иван Примеров",
    "Nguyễn Văn Mẫu",
    "Çelik Ö.",
)


def jobs() -> Iterator[tuple[str, PrintJob, tuple[int, ...]]]:
    """Name, what to typeset, and which pages (from 1) are kept."""
    for code in LOCALES:
        for large, kept in ((False, (1, 2, 3, 4, 8)), (True, (1, 5))):
            tree = print_tree_from(edition(code), house(), interface(code), large=large, qr=True)
            name = f"{code}-large" if large else code
            yield name, PrintJob("newsletter", tree, DAY, {"photo.jpg": photograph()}), kept
        leaf = explanation(house().organisation, house().locales[code], DAY, interface(code), large=code == "ar")
        yield f"{code}-leaf", leaf, (1,)
    booklets = ("nl", "ar", "en", "en groot", "nl", "ar groot")
    blocks = [
        AddressBlock(at, (name, f"R-{at:05}", *CENTRE.postal_lines), booklets[at - 1])
        for at, name in enumerate(NAMES, start=1)
    ]
    yield "labels-l7163", labels(blocks, DAY), (1,)
    yield "labels-l7160", labels(blocks, DAY, sheet="L7160", skip=2), (1,)
    yield "letter", letters(blocks, DAY, return_line=house().organisation.return_address), (2,)
    rows = [Row(at, CENTRE, name, "nl") for at, name in enumerate((*NAMES, NAMES[0]), start=1)]
    yield "picklist", pick_list(rows, "Nieuws, nummer 3 · printopdracht 4", DAY, interface("nl")), (1,)


def drawn() -> dict[str, Image.Image]:
    """Every page that is kept, by the name of its file."""
    pages = {}
    for name, job, kept in jobs():
        pictures = Typesetter().pictures(job, ppi=PPI)
        for number in kept:
            pages[f"{name}-{number}.png"] = Image.open(BytesIO(pictures[number - 1])).convert("L")
    return pages


def kept() -> dict[str, Image.Image]:
    return {path.name: Image.open(path).convert("L") for path in sorted(GOLDEN.glob("*.png"))}


def differences(now: Mapping[str, Image.Image], then: Mapping[str, Image.Image]) -> list[str]:
    """A line for each page that looks otherwise, is new, or is gone."""
    found = [f"{name}: not among the golden pages" for name in now if name not in then]
    found += [f"{name}: no longer made" for name in then if name not in now]
    for name in sorted(now.keys() & then.keys()):
        if now[name].size != then[name].size:
            found.append(f"{name}: {now[name].size} pixels instead of {then[name].size}")
        elif (count := _differing(now[name], then[name])) > FEW:
            found.append(f"{name}: {count} pixels differ")
    return found


def _differing(one: Image.Image, other: Image.Image) -> int:
    return sum(ImageChops.difference(one, other).histogram()[VISIBLE:])


def main() -> None:
    GOLDEN.mkdir(exist_ok=True)
    for path in GOLDEN.glob("*.png"):
        path.unlink()
    for name, picture in drawn().items():
        picture.quantize(SHADES, dither=Image.Dither.NONE).save(GOLDEN / name, "PNG", optimize=True)


if __name__ == "__main__":
    main()
