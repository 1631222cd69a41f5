"""A source and its translation, parsed once for all checks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from mailer.document.inline import plain_text, spans_of, walk
from mailer.document.markdown import References, is_endless
from mailer.document.nodes import Image, Link, Plain, Spans
from mailer.translation.glossary import Term
from wording import Text

_EASTERN = {ord(digit): str(n % 10) for n, digit in enumerate("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹")}
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")


@dataclass(frozen=True)
class Finding:
    """`check` names the rule, and a dismissal holds for it; `text` explains it to the translator."""

    check: str
    text: Text
    is_blocking: bool


@dataclass(frozen=True)
class Pair:
    """One message and its translation into `locale`."""

    source: str
    target: str
    locale: str
    protected: Sequence[str] = ()
    glossary: Sequence[Term] = ()
    references: References = field(default_factory=dict)
    months: Sequence[str] = ()
    """CLDR locales with the names of months that the organisation's Arabic readers know; empty: any."""
    source_language: str = "nl"

    @property
    def language(self) -> str:
        return self.locale.partition("_")[0]

    @cached_property
    def source_spans(self) -> Spans:
        return spans_of(self.source, self.references)

    @cached_property
    def target_spans(self) -> Spans:
        """Empty for a translation that is too long to look at: then nothing in it equals the source."""
        return () if is_endless(self.target) else spans_of(self.target, self.references)

    @cached_property
    def source_text(self) -> str:
        return seen(self.source_spans)

    @cached_property
    def target_text(self) -> str:
        return seen(self.target_spans)

    @cached_property
    def source_words(self) -> str:
        """Only running text: no slots, addresses or code."""
        return words_of(self.source_spans)

    @cached_property
    def target_words(self) -> str:
        return words_of(self.target_spans)


def seen(spans: Spans) -> str:
    """What a reader sees or hears, titles and descriptions too, with European digits and without invisible marks."""
    hidden = (text for span in walk(spans) if isinstance(span, Link | Image) for text in (span.title,) if text)
    return normalised(" ".join([plain_text(spans), *hidden]))


def words_of(spans: Spans) -> str:
    return normalised(" ".join(span.value for span in _plain(spans)))


def normalised(text: str) -> str:
    return _INVISIBLE.sub("", text).translate(_EASTERN)


def _plain(spans: Spans) -> Iterator[Plain]:
    for span in walk(spans):
        if isinstance(span, Plain):
            yield span
