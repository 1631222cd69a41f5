"""The process that typesets: `python -m mailer.typesetting.child FOLDER SECONDS MEGABYTES`.

`fonts.json` in FOLDER names the folders of the fonts. Every numbered folder holds one job (`job.json`, `data.json`,
images); the answer is its `report.json`:
`{"files": [...]}` or `{"error": kind, "text": ...}`. The exit status is 0 also when a job failed in an expected way.
"""

from __future__ import annotations

import json
import re
import resource
import sys
from pathlib import Path
from typing import Any

import typst

from mailer.confined import confine
from mailer.document.pixels import UnreadableImageError
from mailer.typesetting.images import gray

MISSING = re.compile(r"the text `\"((?:[^\"\\]|\\.)++)\"` could not be displayed")
ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
"""As Typst writes a character that is not drawn by itself, such as what joins two emoji."""
NARROW = re.compile(r"does not fit: (\d+)")
"""What address.typ says of a piece whose address is larger than the label or the window."""
SMALLEST, BETWEEN = "0.94", "0.97"
"""Of the size of letters. A reader does not see six per cent; a sheet less is 5 grams, and often a stamp."""
SAVES = 0.08
"""How much of its pages a document saves with the smallest letters: less than 1 − 0.94², for pictures do not shrink."""
FONTS = "fonts.json"
LARGEST_FILE = 200_000_000
"""Bytes. An 80-page edition with photographs is under 5 MB."""


class WarnedError(Exception):
    """Typst made pages but is not sure of them."""


def limit(seconds: int, megabytes: int) -> None:
    """From here on this process cannot use more, nor reach a network."""
    confine(megabytes=megabytes, largest_file=LARGEST_FILE)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))


def work(folder: Path) -> None:
    """Do every job; stop at the first that fails, for what comes after is of no use without it."""
    folders = json.loads((folder / FONTS).read_text(encoding="utf-8"))
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)
    pictures: dict[bytes, bytes] = {}
    for root in sorted(filter(Path.is_dir, folder.iterdir()), key=lambda path: int(path.name)):
        report = _report(root, fonts, pictures)
        (root / "report.json").write_text(json.dumps(report), encoding="utf-8")
        if "error" in report:
            return


def _report(root: Path, fonts: typst.Fonts, pictures: dict[bytes, bytes]) -> dict[str, Any]:
    order = json.loads((root / "job.json").read_text(encoding="utf-8"))
    try:
        if unreadable := _prepare(root, order["images"], pictures):
            return unreadable
        return {"files": _typeset(root, order, fonts)}
    except MemoryError:
        return {"error": "memory", "text": ""}
    except WarnedError as error:
        return _reason(str(error))
    except typst.TypstError as error:
        return _reason(error.diagnostic)


def _reason(diagnostic: str) -> dict[str, Any]:
    if missing := sorted(set(MISSING.findall(diagnostic))):
        return {"error": "glyphs", "text": ESCAPED.sub(lambda one: chr(int(one[1], 16)), " ".join(missing))}
    if narrow := NARROW.search(diagnostic):
        return {"error": "fit", "text": narrow[1]}
    if "does not fit: explanation" in diagnostic:
        return {"error": "explanation"}
    return {"error": "typst", "text": diagnostic}


def _prepare(root: Path, names: dict[str, str], pictures: dict[bytes, bytes]) -> dict[str, Any] | None:
    """Re-encode every image in its place, or report one that cannot be; `pictures` remembers those of other jobs."""
    for name, file in names.items():
        data = (root / file).read_bytes()
        try:
            pictures[data] = pictures.get(data) or gray(data)
        except UnreadableImageError as error:
            return {"error": "image", "name": name, "text": error.reason}
        (root / file).write_bytes(pictures[data])
    (root / "pictures.json").write_text(json.dumps(names), encoding="utf-8")
    return None


def _typeset(root: Path, order: dict[str, Any], fonts: typst.Fonts) -> list[str]:
    compiler = _compiler(root, order, fonts)
    if order["template"] == "newsletter" and order["fitted"]:
        compiler = _fitting(compiler, {scale: _compiler(root, order, fonts, scale) for scale in (SMALLEST, BETWEEN)})
    if order["format"] == "png":  # only a PDF after a standard says which letterform is missing
        _compiled(compiler, {**order, "format": "pdf", "ppi": None})
    made = _compiled(compiler, order)
    files = [f"page-{number}.{order['format']}" for number in range(len(made))]
    for file, page in zip(files, made, strict=True):
        (root / file).write_bytes(page)
    return files


def _compiler(root: Path, order: dict[str, Any], fonts: typst.Fonts, scale: str = "1") -> typst.Compiler:
    nothing = str(root / "no-packages")
    return typst.Compiler(
        str(root / f"{order['template']}.typ"),
        root=str(root),
        font_paths=fonts,
        sys_inputs={"scale": scale, "families": json.dumps(order["families"])},
        package_path=nothing,
        package_cache_path=nothing,
    )


def _compiled(compiler: typst.Compiler, order: dict[str, Any]) -> list[bytes]:
    """One PDF, or a PNG per page. A warning is a failure too: an unknown font is only a warning to Typst."""
    picture = order["format"] == "png"
    made, warnings = compiler.compile_with_warnings(
        format=order["format"],
        ppi=order.get("ppi"),
        pdf_standards=[] if picture else order["standards"],
        timestamp=order["timestamp"],
        pdf_tags=bool({"ua-1", "a-2a"} & set(order["standards"])),
    )
    if warnings:
        raise WarnedError(warnings[0].diagnostic)
    return made if isinstance(made, list) else [made or b""]


def _fitting(normal: typst.Compiler, smaller: dict[str, typst.Compiler]) -> typst.Compiler:
    """With letters a little smaller where that saves a sheet: as little as is enough.

    The pages are laid out only, which Typst remembers; one of them is then written as a PDF.
    """
    try:
        sheets = _sheets(normal)
        if sheets["spilled"] > SAVES * sheets["pages"]:
            return normal
        fewer = _sheets(smaller[SMALLEST])["pages"]
        if fewer >= sheets["pages"]:
            return normal
        return smaller[BETWEEN if _sheets(smaller[BETWEEN])["pages"] == fewer else SMALLEST]
    except RuntimeError:
        return normal  # a query only says that something is wrong; compiling says what


def _sheets(compiler: typst.Compiler) -> dict[str, float]:
    """The pages of the document, and how many pages less would save a sheet."""
    found: dict[str, float] = json.loads(compiler.query("<sheets>", field="value", one=True))
    return found


if __name__ == "__main__":
    limit(int(sys.argv[2]), int(sys.argv[3]))
    work(Path(sys.argv[1]))
