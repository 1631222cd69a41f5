"""Translation memory: what was approved before, found again by likeness, whole or sentence by sentence."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from rapidfuzz import fuzz, process

MIN_LIKENESS = 70.0
"""Percent of `rapidfuzz.fuzz.ratio`: below it, starting afresh is quicker."""

RAREST = 8
COMPARED = 200
"""Of a text's words the rarest are looked up, and as many texts compared letter by letter. On 20,000 paragraphs this
finds what comparing with all of them finds, a hundred times as fast (benchmarks/translation.py)."""
COUNTED = 30_000
"""Texts that are counted for their words; a word that very many have is left out once there is a rarer one."""

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


_Pair = tuple[str, str, str]
"""Source, translation and where, of which a process holds hundreds of thousands: a tuple of texts is never looked
through for garbage."""


class _Texts:
    """Remembered texts, to be found by likeness; of a text that comes twice the last translation counts."""

    def __init__(self) -> None:
        self._pairs: dict[str, _Pair] = {}
        self._index = _Index()

    def put(self, pair: _Pair) -> None:
        if pair[0] not in self._pairs:
            self._index.add(pair[0])
        self._pairs[pair[0]] = pair

    def get(self, source: str) -> Remembered | None:
        pair = self._pairs.get(source)
        return None if pair is None else Remembered(*pair)

    def like(self, source: str, most: int) -> list[Suggestion]:
        """The equal one, or the likest of at least 70 %, the best first."""
        if (exact := self.get(source)) is not None:
            return [Suggestion(exact, 100)]
        found = self._index.like(source, most)
        return [Suggestion(Remembered(*self._pairs[text]), percent) for text, percent in found]


class Memory:
    """Everything approved in one locale; the newest translation of a text counts."""

    def __init__(self, pairs: Sequence[Remembered]) -> None:
        """`pairs` come newest first."""
        self._whole, self._sentences = _Texts(), _Texts()
        self._unread: list[_Pair] = []
        """Pairs that were not cut into sentences yet: that is done for who first asks for one."""
        for pair in reversed(pairs):
            self.learn(pair.source, pair.translation, pair.where)

    def learn(self, source: str, translation: str, where: str) -> None:
        """Add a pair that is newer than all others."""
        pair = source, translation, where
        self._whole.put(pair)
        self._unread.append(pair)

    def exact(self, source: str) -> Remembered | None:
        return self._whole.get(source)

    def suggestions(self, source: str, most: int = 3) -> list[Suggestion]:
        """The likest texts of at least 70 %, the best first."""
        return self._whole.like(source, most)

    def sentence_suggestions(self, source: str) -> list[SentenceSuggestion]:
        """For a text of several sentences: what is remembered of each."""
        sentences = sentences_of(source)
        if len(sentences) < 2:
            return []
        unread, self._unread = self._unread, []
        for pair in unread:
            for one in _paired_sentences(pair):
                self._sentences.put(one)
        return [
            SentenceSuggestion(number, sentence, found)
            for number, sentence in enumerate(sentences)
            for found in self._sentences.like(sentence, 1)
        ]


Since = Callable[[datetime | None, Collection[str]], Iterable[tuple[str, str, str, str, datetime]]]
"""(mark, source, translation, where, at) of everything approved from a moment on, the oldest first, without those of
these marks: all that is known of that time."""


@dataclass
class _Known:
    """The memory of one locale, and when the marks of its last five minutes were approved."""

    memory: Memory = field(default_factory=lambda: Memory(()))
    last: datetime | None = None
    lately: dict[str, datetime] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)


class Memories:
    """The memory of each locale as one process knows it: made once, and from then on only what is new is read."""

    OVERLAP = timedelta(minutes=5)
    """Looked at again each time: a transaction that began earlier may end later."""

    def __init__(self) -> None:
        self._known: dict[str, _Known] = {}
        self._lock = Lock()

    def of(self, locale: str, since: Since) -> Memory:
        """The memory of a locale with everything that is approved now."""
        with self._lock:
            known = self._known.setdefault(locale, _Known())
        with known.lock:
            self._learn(known, since)
        return known.memory

    def _learn(self, known: _Known, since: Since) -> None:
        begin = None if known.last is None else known.last - self.OVERLAP
        new = list(since(begin, known.lately.keys()))
        if not new:
            return
        for mark, source, translation, where, at in new:
            known.memory.learn(source, translation, where)
            known.lately[mark] = at
        known.last = max(known.lately.values())
        known.lately = {mark: at for mark, at in known.lately.items() if at >= known.last - self.OVERLAP}


class _Index:
    """Texts by their words, to compare a text only with those that share its rarer words."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._by_word: dict[str, array[int]] = {}

    def add(self, text: str) -> None:
        """A text that is not among them yet."""
        for word in _words(text):
            if word not in self._by_word:
                self._by_word[word] = array("L")
            self._by_word[word].append(len(self._texts))
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
        room = COUNTED
        for numbers in lists[:RAREST]:
            if shared and len(numbers) > room:
                break  # so common that it tells little
            shared.update(numbers)
            room -= len(numbers)
        return [number for number, _count in shared.most_common(COMPARED)]


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.lower()))


def sentences_of(text: str) -> list[str]:
    """The sentences of a text, in order."""
    return [sentence.strip() for sentence in _SENTENCE_END.split(text) if sentence.strip()]


def _paired_sentences(pair: _Pair) -> Iterator[_Pair]:
    """The sentences of a text with their translations, where both have as many."""
    source, translation = sentences_of(pair[0]), sentences_of(pair[1])
    if len(source) == 1 and len(translation) != 1:
        yield pair
    elif len(source) == len(translation):
        yield from ((one, other, pair[2]) for one, other in zip(source, translation, strict=True))
