"""What editors bring, as it comes from Word, Google Docs, mail and websites: each sample becomes the same document."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest

from mailer.document.inline import spans_of
from mailer.document.nodes import Source
from mailer.document.parse import document_from
from mailer.intake.losses import Lost
from tests.intake.sampled import SAMPLES, taken

EACH = sorted(one for one in SAMPLES.iterdir() if one.suffix != ".md")

TOLD: dict[str, list[tuple[Lost, int, str, str]]] = {
    "docx-chart.xml": [(Lost.CHART, 1, "Cijfers", "Telefoontjes per maand")],
    "docx-comments.xml": [(Lost.COMMENT, 1, "", "Bram: Klopt dit bedrag?")],
    "docx-formula.xml": [(Lost.FORMULA, 1, "", "a=b+c")],
    "docx-link-outside.xml": [
        (Lost.LINK, 1, "", "file:///C:/stuk.docx"),
        (Lost.HTTP, 1, "", "voorbeeld.example"),
        (Lost.TRACKING, 1, "", "voorbeeld.example"),
    ],
    "docx-merged.xml": [(Lost.MERGED, 2, "", "Uren")],
    "docx-textbox.xml": [(Lost.TEXT_BOX, 1, "Contact", "Open van 9 tot 5.")],
    "docx-tracked.xml": [(Lost.TRACKED, 2, "", "twee")],
    "site-menu.html": [(Lost.EMBEDDED, 1, "Nieuws", ""), (Lost.MENU, 1, "Nieuws", "")],
    "word-image-link.html": [
        (Lost.CLIPBOARD_PICTURE, 1, "", "Een deur"),
        (Lost.LINK, 1, "", "file:///C:/stuk.docx"),
        (Lost.HTTP, 1, "", "www.voorbeeld.example"),
        (Lost.TRACKING, 1, "", "www.voorbeeld.example"),
    ],
    "word-inline.html": [(Lost.UNDERLINE, 1, "", "open"), (Lost.RAISED, 1, "", "2")],
}
"""What is told of some: what, how often, under which heading, and the first words that say where."""


def shape(node: Any) -> Any:
    """A document without its lines: what a reader gets."""
    if isinstance(node, Source):
        return spans_of(node.markdown)
    if isinstance(node, tuple):
        return tuple(map(shape, node))
    if is_dataclass(node):
        kept = [one.name for one in fields(node) if one.name not in ("line", "anchor")]
        return (type(node).__name__, *(shape(getattr(node, name)) for name in kept))
    return node


def document(markdown: str) -> Any:
    read, problems = document_from(markdown)
    assert problems == []
    return shape(read.body)


def test_there_are_forty_samples_and_arabic_among_them() -> None:
    assert len(EACH) >= 40
    assert sum("arabic" in one.name for one in EACH) >= 8


@pytest.mark.parametrize("sample", EACH, ids=lambda one: one.name)
def test_a_sample_becomes_the_document_beside_it(sample: Path) -> None:
    assert document(taken(sample)["markdown"]) == document(sample.with_suffix(".md").read_text("utf-8"))


@pytest.mark.parametrize("name", TOLD)
def test_what_falls_away_is_told_with_its_place(name: str) -> None:
    told = [
        (one["what"], one["times"], one["under"], "".join(one["words"][:1])) for one in taken(SAMPLES / name)["losses"]
    ]
    assert told == TOLD[name]


def test_the_title_of_word_is_the_title_and_not_text() -> None:
    read = taken(SAMPLES / "docx-title.xml")
    assert read["title"] == "Nieuws van de opvang"
    assert read["title"] not in read["markdown"]
