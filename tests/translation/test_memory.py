"""Translation memory: what was approved before is found again."""

from __future__ import annotations

import random
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz, process
from sqlalchemy import insert

from database.base import now
from database.session import Store
from mailer.ledger import translators
from mailer.ledger.translations import TranslationApproval
from mailer.translation import memory as memory_room
from mailer.translation.approval import pair_hash
from mailer.translation.memory import Memories, Memory, Remembered, sentences_of
from tests.support.work import Compared

Rows = list[tuple[str, str, str, str, datetime]]
HELPLINE = Remembered("Bel ons gratis. Wij spreken Arabisch.", "اتصل بنا مجانًا. نتحدث العربية.", "meldpunt-2026-2")


def test_an_equal_text_is_found_and_says_where_it_comes_from() -> None:
    found = Memory([HELPLINE]).suggestions(HELPLINE.source)
    assert [(one.percent, one.is_exact, one.remembered) for one in found] == [(100, True, HELPLINE)]


def test_the_newest_translation_of_a_text_counts() -> None:
    newer = Remembered(HELPLINE.source, "الجديد", "meldpunt-2026-3")
    assert Memory([newer, HELPLINE]).exact(HELPLINE.source) == newer


def test_a_text_of_70_percent_likeness_is_a_suggestion_and_one_below_is_none() -> None:
    memory = Memory([Remembered("De opvang in Rotterdam is deze winter open.", "x")])
    assert memory.suggestions("De opvang in Utrecht is deze winter open.")[0].percent >= 70
    assert not memory.suggestions("Bloemen planten in de lente is leuk werk.")
    assert not memory.suggestions("De opvang in Utrecht is deze winter open.")[0].is_exact


def test_a_sentence_is_found_inside_another_paragraph() -> None:
    found = Memory([HELPLINE]).sentence_suggestions("Kom langs op maandag. Wij spreken Arabisch.")
    assert [(one.sentence, one.suggestion.remembered.translation) for one in found] == [(1, "نتحدث العربية.")]


def test_sentences_end_where_sentences_end() -> None:
    assert sentences_of("Wat nu? Bel art. 59 Vw of mail. Klaar!") == ["Wat nu?", "Bel art. 59 Vw of mail.", "Klaar!"]
    assert sentences_of("ماذا الآن؟ اتصل بنا.") == ["ماذا الآن؟", "اتصل بنا."]


@given(st.lists(st.text(min_size=1, max_size=40), max_size=8), st.text(max_size=40))
def test_every_suggestion_is_what_it_says(sources: list[str], source: str) -> None:
    for one in Memory([Remembered(text, "x") for text in sources]).suggestions(source):
        assert one.remembered.source in sources
        assert 70 <= one.percent <= 100
        assert one.is_exact is (one.remembered.source == source)


def test_each_of_a_hundred_messages_is_compared_with_few_of_twenty_thousand_and_misses_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compared = Compared()
    monkeypatch.setattr(memory_room, "fuzz", compared)
    chance = random.Random(7)
    words = [f"woord{n}" for n in range(2_000)]
    sources = [" ".join(chance.choices(words, k=chance.randint(8, 30))) for _ in range(20_000)]
    memory = Memory([Remembered(source, "x") for source in sources])
    asked = [" ".join([*chance.choice(sources).split()[:-1], "anders"]) for _ in range(100)]
    found = [memory.suggestions(one) for one in asked]
    assert compared.pairs <= len(asked) * memory_room.COMPARED
    for source, suggestions in list(zip(asked, found, strict=True))[:20]:
        best = process.extractOne(source, sources, scorer=fuzz.ratio, score_cutoff=70)
        assert (best is None) is (not suggestions)
        assert best is None or suggestions[0].remembered.source == best[0]


def test_a_memory_that_was_brought_in_at_once_is_read_once_and_what_is_approved_after_it_is_found(store: Store) -> None:
    memories, at = Memories(), now()
    remember(store, [f"Zin {number}." for number in range(300)], at)
    read: list[int] = []

    def since(begin: datetime | None, known: Collection[str]) -> Rows:
        with store.reading() as session:
            found = translators.approved_since(session, "ar", begin, known)
        read.append(len(found))
        return found

    for _look in range(3):
        memories.of("ar", since)
    remember(store, ["Later.", "Zin 7."], at - timedelta(minutes=4))
    remember(store, ["Nog later."], at + timedelta(seconds=1))
    memory = memories.of("ar", since)
    memories.of("ar", since)
    assert read == [300, 0, 0, 3, 0]
    assert all(memory.exact(one) for one in ("Zin 299.", "Later.", "Nog later."))


def remember(store: Store, sources: list[str], at: datetime) -> None:
    rows = [
        {"pair_hash": pair_hash(one, str(at), "ar"), "domain": "x", "source": one, "translation": str(at)}
        for one in sources
    ]
    with store.transaction() as session:
        same = {"locale": "ar", "reviewer": uuid4(), "waived": False, "at": at}
        session.execute(insert(TranslationApproval), [row | same for row in rows])
