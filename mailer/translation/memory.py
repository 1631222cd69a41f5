"""Translation memory: what was approved before, found again by likeness, whole or sentence by sentence."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from rapidfuzz import fuzz, process

MIN_LIKENESS = 70.0
"""Percent of `rapidfuzz.fuzz.ratio`: below it, starting afresh is quicker."""

RAREST = 8
COMPARED = 200
"""Of a text's words the rarest are looked up, and as many texts compared letter by letter. On 20,000 paragraphs this
finds what comparing with all of them finds, a hundred times as fast (benchmarks/translation.py)."""

_WORD = re.compile(r"\w+")
_SENTENCE_END = re.compile(r"(?<=[.!?؟…:])[ \n]+(?=[^\s\d])")


@dataclass(frozen=True)
class Remembered:
    """An approved text and its translation. `where` is the domain (issue) it comes from."""

    source: str
    translation: str
    where: str = ""


@dataclass(frozen=True)
class Suggestion:
    """A remembered text like the one at hand. `percent` is 100 for an equal one."""

    remembered: Remembered
    percent: int

    @property
    def is_exact(self) -> bool:
        return self.percent == 100


@dataclass(frozen=True)
class SentenceSuggestion:
    """A suggestion for one sentence of a text; `sentence` counts from 0."""

    sentence: int
    text: str
    suggestion: Suggestion


class Memory:
    """Everything approved in one locale; the newest translation of a text counts."""

    def __init__(self, pairs: Iterable[Remembered]) -> None:
        """`pairs` come newest first."""
        self._whole: dict[str, Remembered] = {}
        self._sentences: dict[str, Remembered] = {}
        for pair in pairs:
            self._whole.setdefault(pair.source, pair)
            for sentence in _paired_sentences(pair):
                self._sentences.setdefault(sentence.source, sentence)
        self._index = _Index(self._whole)
        self._sentence_index = _Index(self._sentences)

    def learn(self, pair: Remembered) -> None:
        """Add a pair that is newer than all others."""
        known, self._whole[pair.source] = pair.source in self._whole, pair
        if not known:
            self._index.add(pair.source)
        for sentence in _paired_sentences(pair):
            known, self._sentences[sentence.source] = sentence.source in self._sentences, sentence
            if not known:
                self._sentence_index.add(sentence.source)

    def exact(self, source: str) -> Remembered | None:
        return self._whole.get(source)

    def suggestions(self, source: str, most: int = 3) -> list[Suggestion]:
        """The likest texts of at least 70 %, the best first."""
        if (exact := self._whole.get(source)) is not None:
            return [Suggestion(exact, 100)]
        return [Suggestion(self._whole[like], percent) for like, percent in self._index.like(source, most)]

    def sentence_suggestions(self, source: str) -> list[SentenceSuggestion]:
        """For a text of several sentences: what is remembered of each."""
        sentences = sentences_of(source)
        if len(sentences) < 2:
            return []
        found: list[SentenceSuggestion] = []
        for number, sentence in enumerate(sentences):
            if (exact := self._sentences.get(sentence)) is not None:
                found.append(SentenceSuggestion(number, sentence, Suggestion(exact, 100)))
            else:
                found += [
                    SentenceSuggestion(number, sentence, Suggestion(self._sentences[like], percent))
                    for like, percent in self._sentence_index.like(sentence, 1)
                ]
        return found


Since = Callable[[datetime | None], Iterable[tuple[str, str, str, datetime]]]
"""(source, translation, where, at) of everything approved from a moment on, the oldest first."""


class Memories:
    """The memory of each locale as one process knows it: made once, and from then on only what is new is read."""

    OVERLAP = timedelta(minutes=5)
    """Read again each time: a transaction that began earlier may end later."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[Memory, datetime | None]] = {}
        self._lock = Lock()

    def of(self, locale: str, since: Since) -> Memory:
        """The memory of a locale with everything that is approved now."""
        with self._lock:
            memory, last = self._known.get(locale, (Memory(()), None))
            for source, translation, where, at in since(None if last is None else last - self.OVERLAP):
                memory.learn(Remembered(source, translation, where))
                last = at if last is None else max(at, last)
            self._known[locale] = memory, last
            return memory


class _Index:
    """Texts by their words, to compare a text only with those that share its rarer words."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts: list[str] = []
        self._by_word: dict[str, list[int]] = {}
        for text in texts:
            self.add(text)

    def add(self, text: str) -> None:
        """A text that is not among them yet."""
        for word in _words(text):
            self._by_word.setdefault(word, []).append(len(self._texts))
        self._texts.append(text)

    def like(self, source: str, most: int) -> list[tuple[str, int]]:
        """The likest texts with their percentage, below 100."""
        candidates = [self._texts[number] for number in self._sharing(source)]
        found = process.extract(
            source, candidates, scorer=fuzz.ratio, score_cutoff=MIN_LIKENESS, limit=most, processor=None
        )
        return [(text, min(int(score), 99)) for text, score, _index in found]

    def _sharing(self, source: str) -> list[int]:
        """Texts that share most of the source's rarest words. One of 70 % likeness shares about half of all words."""
        lists = sorted((self._by_word[word] for word in _words(source) if word in self._by_word), key=len)
        shared: Counter[int] = Counter()
        for numbers in lists[:RAREST]:
            shared.update(numbers)
        return [number for number, _count in shared.most_common(COMPARED)]


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.lower()))


def sentences_of(text: str) -> list[str]:
    """The sentences of a text, in order."""
    return [sentence.strip() for sentence in _SENTENCE_END.split(text) if sentence.strip()]


def _paired_sentences(pair: Remembered) -> Sequence[Remembered]:
    """The sentences of a text with their translations, where both have as many."""
    source, translation = sentences_of(pair.source), sentences_of(pair.translation)
    if len(source) != len(translation) or len(source) < 2:
        return [pair] if len(source) == 1 else []
    return [Remembered(one, other, pair.where) for one, other in zip(source, translation, strict=True)]
