"""The samples: a text as it comes from elsewhere, and beside it the Markdown that says the same.

`.xml` is the body of a Word file, with its other parts after lines of `%% name`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mailer.intake.child import read
from mailer.intake.kinds import Kind
from tests.support.word import docx, relation

SAMPLES = Path(__file__).parent / "samples"


def data_of(sample: Path) -> bytes:
    """The bytes that an editor would upload or paste."""
    if sample.suffix != ".xml":
        return sample.read_bytes()
    body, *more = sample.read_text("utf-8").split("\n%% ")
    parts = dict(one.split("\n", 1) for one in more)
    lines = [one.split(" ", 2) for one in parts.get("relations", "").split("\n") if one]
    relations = [relation(key, kind, target, outside=True) for key, kind, target in lines]
    notes, comments = parts.get("footnotes", ""), parts.get("comments", "")
    return docx(body, footnotes=notes, comments=comments, relations=relations)


def taken(sample: Path) -> dict[str, Any]:
    """What is made of it, in this process."""
    kinds = {".html": Kind.HTML, ".txt": Kind.TEXT}
    return read(data_of(sample), kinds.get(sample.suffix, Kind.FILE), sample.name)[0]
