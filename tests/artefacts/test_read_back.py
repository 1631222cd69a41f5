"""The examples, and texts as people sent them, read back from paper: all words, none outside, none over another."""

from __future__ import annotations

from pathlib import Path

import pytest

from devtools.house import house as example_house
from devtools.read_back import MM, read_back
from mailer.artefacts.paper.tree import print_job_from
from mailer.content import Content
from mailer.document.parse import document_from
from mailer.edition import edition_from
from mailer.translation.apply import in_source_language, translate
from mailer.translation.extract import STANDING
from mailer.typesetting.typesetter import Typesetter
from tests.artefacts.test_print_tables import CONTACTS, WEEK, printed
from tests.support.house import ROOT
from wording.interface import interface

SLUG = "meldpunt-2026-3"


@pytest.mark.parametrize("locale", ["nl", "en", "ar"])
def test_every_word_of_the_example_stands_on_paper(locale: str, tmp_path: Path) -> None:
    house = example_house()
    content = Content(ROOT, house)
    issue, document = content.issue(SLUG)
    if locale == "nl":
        translated = in_source_language(issue, document, locale)
    else:
        translated, _ = translate(
            issue, document, content.catalog(SLUG, locale)[0], content.catalog(STANDING, locale)[0]
        )
    cut = edition_from(translated, house.audiences["detention"], house)
    images = content.images(SLUG, document)
    for large, size in ((False, (148 * MM, 210 * MM)), (True, (210 * MM, 297 * MM))):
        pdf = tmp_path / f"{large}.pdf"
        pdf.write_bytes(Typesetter().pdf(print_job_from(cut, house, interface(locale), images, large=large)))
        found = read_back(cut, pdf, size)
        assert found.is_whole, found
        assert found.words > 500


AS_SENT = f"""
## Spreekuren

{WEEK}

{CONTACTS}

## Talen en tekens

Wij spreken ook ትግርኛ, Русский, Türkçe, Tiếng Việt, 中文, हिन्दी, فارسی en کوردی. Bel ons ☎ op 010-000 0199. Gelukt ✅.

Vreemdelingen\u00adbewaring en detentie\u00adcentrum hebben zachte afbreektekens. Pijlen → en ½, 10², CO₂, ≥ 3, € 12,50.

Zie de noot[^a], en https://www.voorbeeld.example/{"pad-" * 30}einde.

[^a]: Met een adres: <https://www.los.example/a-b-c>.

- @mona_lisa schreef +3 en −2,5 %
- Mr. B. (Centrum De Wadden) kent C++ en [2]

1. Een lijst
2. met getallen
"""


@pytest.mark.parametrize("locale", ["nl", "ar"])
@pytest.mark.parametrize("large", [False, True], ids=["booklet", "large print"])
def test_every_word_of_texts_as_they_are_sent_stands_on_paper(locale: str, large: bool, tmp_path: Path) -> None:
    found = printed(AS_SENT, tmp_path, locale, large=large)
    assert found.is_whole, found


@pytest.mark.parametrize(("word", "locale"), [("woord", "nl"), ("كلمة", "ar")])
def test_words_without_a_space_stay_on_the_paper_or_are_refused_with_their_line(
    word: str, locale: str, tmp_path: Path
) -> None:
    """Five thousand words are more than one text may be."""
    found = printed(f"## Lang\n\n{word * 1500}\n", tmp_path, locale)
    assert not found.outside
    assert not found.over
    _, [problem] = document_from(f"een\n\n{word * 5000}\n")
    assert problem.place.line == 3
    assert "maak er kortere alinea’s van" in str(problem.text)
