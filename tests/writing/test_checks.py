"""What `check` says: an editor's own mistakes first, each once, and none that hides another."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from mailer.content import Content
from mailer.services.office import Press
from mailer.services.writing.checks import check
from tests.support.house import content_in, house
from wording.errors import Problem

SLUG = "los-2026-24"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Content:
    return content_in(tmp_path_factory.mktemp("content"))


@pytest.fixture
def said(kept: Content) -> Callable[..., list[Problem]]:
    """What is said of the example issue after each of these replacements, once, in its text."""
    press = Press(house(), kept, lambda _jobs: [])

    def checked(*changes: tuple[str, str]) -> list[Problem]:
        text = kept.text(SLUG) or ""
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        return check(press, SLUG, text=text)

    return checked


def lines(problems: list[Problem]) -> list[str]:
    return [str(one.text) for one in problems]


@pytest.mark.parametrize("name", ["case-law", "columns", "action", "agenda"])
def test_a_block_that_is_not_closed_is_one_mistake(
    said: Callable[..., list[Problem]], kept: Content, name: str
) -> None:
    text = kept.text(SLUG) or ""
    opened = re.search(rf"^(:+) {name}\b", text, re.MULTILINE)
    assert opened
    opening, colons = opened.start(), opened[1]
    closed = re.compile(rf"\n{colons}\n").search(text, opening)
    assert closed
    whole = text[opening : closed.end()]
    [only] = said((whole, whole.removesuffix(f"{colons}\n")))
    assert "wordt niet gesloten" in str(only.text)


def test_what_is_wrong_in_the_front_matter_hides_nothing_of_the_text_and_is_said_once(
    said: Callable[..., list[Problem]],
) -> None:
    no_image = ("## Jurisprudentie", "![Foto](weg.jpg)\n\n## Jurisprudentie")
    for change, words in (
        (("date: ", "dat: "), "‘dat’ is onbekend; bedoel je ‘date’?"),
        (("title: ", "title: a: "), "staat een dubbele punt"),
        (("[legal-aid", "[weg, legal-aid"), "De doelgroep ‘weg’ hoort niet bij deze publicatie"),
    ):
        first, second = lines(said(change, no_image))
        assert words in first
        assert "weg.jpg" in second


def test_sentences_to_translate_are_one_line_per_language_after_the_mistakes_of_the_editor(
    said: Callable[..., list[Problem]],
) -> None:
    problems = said(
        ("Het jaar loopt af", "Het jaar is om"),
        ("Drie uitspraken springen eruit.", "Vier uitspraken springen eruit."),
        ("### Wat wij hieruit meenemen", "### Wat wij hieruit meenemen\n\n![Foto](weg.jpg)\n"),
    )
    assert "weg.jpg" in str(problems[0].text)
    assert [str(one.place) for one in problems[1:]] == ["translations/en/LC_MESSAGES/los-2026-24.po"]
    assert "3 zinnen; de eerste is ‘Het jaar is om" in str(problems[1].text)
