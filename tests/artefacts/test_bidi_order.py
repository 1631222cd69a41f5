"""Latin words and numbers in Arabic sentences stand in the order a reader expects: in Chromium, in the text part, in a
subject line, in the archive and on paper. Each of 13 frames is filled with each of 27 units.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from email import message_from_bytes
from email.policy import default
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from bidi import get_display
from playwright.sync_api import Browser

from devtools.print_tools import lines_on
from mailer.artefacts.archive.leaf import PublicIssue, leaf_from
from mailer.artefacts.bidi import marked, starts_right_to_left
from mailer.artefacts.email.artefact import email_from
from mailer.artefacts.email.message import message_from
from tests.artefacts.test_email_message import values
from tests.support.house import house
from tests.support.written import MAILED, edition_of, mail_of, page_of, pdf_of
from wording.interface import interface

UNITS = (
    "@hetvoorbeeld", "#meldpunt", "-5", "+3", "−2,5", "±10", "-5 °C", "€ -12,50", "12,50 €", "25 %",
    "010-000 0199", "(010) 000 01 99", "+31 10 000 01 99", "ECLI:NL:RBDHA:2026:99001", "AWB 26/1234",
    "J. P. de Vries", "Mr. B., Centrum De Wadden", "A. van 't Hof", "C++", "C#", "COVID-19", "Meldpunt (LOS)",
    "De Lindeboom, Rotterdam",
    "Postbus 99001, 9999 ZZ Voorbeeldstad", "info@los.example", "https://los.example/a-b", "NL91 ABNA 0417 1643 00",
)  # fmt: skip
FRAMES = (
    "تابع {} اليوم",
    "{} هنا",
    "كتبنا إلى {}.",
    "قال المكتب ({}) نعم",
    "بين {}، ثم كلمة",
    "هل تعرف {}؟",
    "كلمة: {} أخيرا",
    "«{}» في النص",
    "قبل / {} / بعد",
    "رقم و{} معا",
    "(انظر {})",
    "نعم! {} ثم 31 مرة",
    "في 2026 كان {} هنا",
)


@dataclass(frozen=True)
class Mixed:
    """A text and its parts in reading order; the unit reads from left to right, the others from the right."""

    parts: tuple[str, ...]
    unit: str

    @property
    def text(self) -> str:
        return "".join(self.parts)

    @property
    def seen(self) -> str:
        """What a reader sees, from the left of the line to the right."""
        return "".join(part if part in (self.unit, "31", "2026") else _turned(part) for part in reversed(self.parts))


def _turned(text: str) -> str:
    return text[::-1]  # brackets keep their code point: mirroring them is the font's


def _mixed() -> list[Mixed]:
    made = []
    for frame in FRAMES:
        for unit in UNITS:
            before, after = (re.split(r"(31|2026)", part) for part in frame.split("{}"))
            made.append(Mixed((*before, unit, *after), unit))
    return made


MIXED = _mixed()

CHARACTERS = """() => [...document.querySelectorAll('p')].filter(p => p.closest('.words, article, body')).map(p => {
  const found = [], range = document.createRange();
  const walker = document.createTreeWalker(p, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    for (let at = 0; at < node.length; at++) {
      range.setStart(node, at); range.setEnd(node, at + 1);
      const box = range.getBoundingClientRect();
      found.push([node.data[at], box.left, box.right, box.top]);
    }
  }
  return found;
})"""


def test_there_are_more_than_two_hundred_texts() -> None:
    assert len({one.text for one in MIXED}) >= 200


def _wrong(mixed: Mixed, characters: Sequence[Sequence[Any]]) -> bool:
    """Whether a unit is not in one piece from left to right, or two parts stand in the wrong order."""
    boxes: list[tuple[float, float]] = []
    at = 0
    for part in mixed.parts:
        own = [one for one in characters[at : at + len(part)] if one[0].strip()]
        at += len(part)
        if own:
            boxes.append((min(one[1] for one in own), max(one[2] for one in own)))
        if part == mixed.unit and any(one[1] > two[1] + 0.5 for one, two in pairwise(own)):
            return True
    return any(one[0] < two[1] - 1.5 for one, two in pairwise(boxes))


@pytest.fixture(scope="module", params=["mail", "archive"])
def shown(request: pytest.FixtureRequest, browser: Browser) -> dict[str, Any]:
    """The boxes of the characters of each text, by the text."""
    body = "\n\n".join(_escaped(one.text) for one in MIXED)
    if request.param == "mail":
        html = page_of(body, "ar")
    else:
        leaf, _pictures = leaf_from(PublicIssue(edition_of(body, "ar", MAILED), {}), house(), interface("ar"))
        html = f'<!doctype html><html dir="rtl" lang="ar"><body>{leaf.lead}</body></html>'
    page = browser.new_page(viewport={"width": 640, "height": 900})
    page.set_content(html)
    found = {"".join(one[0] for one in line): line for line in page.evaluate(CHARACTERS)}
    page.close()
    return found


def _escaped(text: str) -> str:
    return re.sub(r"([#+\-*_(])", r"\\\1", text)


def test_every_text_is_in_order_on_a_screen(shown: dict[str, Any]) -> None:
    assert [one.text for one in MIXED if one.text not in shown] == []
    assert [one.text for one in MIXED if _wrong(one, shown[one.text])] == []


def test_the_boxes_would_tell_a_text_that_is_not_in_order(browser: Browser) -> None:
    """Without our spans, Chromium itself writes most of them wrongly."""
    page = browser.new_page(viewport={"width": 640, "height": 900})
    page.set_content('<html dir="rtl"><body>' + "".join(f"<p>{one.text}</p>" for one in MIXED) + "</body></html>")
    lines = page.evaluate(CHARACTERS)
    page.close()
    assert sum(_wrong(one, line) for one, line in zip(MIXED, lines, strict=True)) > 60


def _read(text: str) -> str:
    return re.sub("[\u200e\u200f]", "", get_display(text, base_dir="R")).replace("\u00a0", " ").strip()


def test_every_text_is_in_order_in_the_text_part() -> None:
    lines = mail_of("\n\n".join(_escaped(one.text) for one in MIXED), "ar").text.splitlines()
    read = {_read(line) for line in lines}
    assert [one.text for one in MIXED if one.seen not in read] == []


def test_every_text_is_in_order_in_a_subject_line() -> None:
    assert [one.text for one in MIXED if _read(starts_right_to_left(marked(one.text))) != one.seen] == []


def test_the_subject_and_the_preheader_of_a_message_are_in_order() -> None:
    subject, preheader = MIXED[0], MIXED[60]
    cut = replace(edition_of("نص", "ar", MAILED), subject=subject.text, preheader=preheader.text)
    mail = email_from(cut, house(), interface("ar"), {})
    message = message_from_bytes(message_from(mail, cut, house()).fill(values()), policy=default)
    assert _read(message["Subject"]) == subject.seen
    assert _read(mail.preheader) == preheader.seen


def test_every_text_is_in_order_on_paper(tmp_path: Path) -> None:
    """The letters and signs of each line from left to right."""
    pdf = pdf_of("\n\n".join(_escaped(one.text) for one in MIXED), tmp_path / "mixed.pdf", "ar")
    lines = {_squeezed("".join(word.text for word in line)) for line in lines_on(pdf)}
    assert [one.text for one in MIXED if _squeezed(one.seen) not in lines] == []


def _squeezed(text: str) -> str:
    return re.sub(r"[\s\u200b\u200e\u200f\u202a-\u202e\u2060]", "", text).replace("\u2011", "-")
