"""Warnings about words: left in Dutch, too short, another ending, not the organisation's own term."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from mailer.document.inline import walk
from mailer.document.nodes import Image, Link, Spans
from mailer.translation.checks.pair import Finding, Pair
from mailer.translation.glossary import Rule, Term
from wording import Text, _

SHORTEST, LONGEST = 0.4, 2.2
"""Of the source's length in characters. Arabic without vowels is about 0.8 of the Dutch, English 0.95."""

EITHER = " / "
"""Between translations of a term with two senses, in the glossary."""
LONG_ENOUGH = 25
"""Characters: a word of its own may well become three times as long."""

_DUTCH = (
    " aan bij dan dat de deze die dit door een en er geen het hij je maar met naar niet nog of om ook op over te "
    " tegen tot uit van voor waar wat wie wij worden wordt zij zijn zonder zich "
)
_ALSO_ENGLISH = " die door en er met of om op over ten van wat "
_WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
_SET_APART = re.compile(r"\([^()]*\)|«[^«»]*»|“[^“”]*”|(?<![^\s()«»“”])[^\s()«»“”@/]*[@/]\S*")
_ENDS = {"؟": "?", "!": "!", "?": "?", ":": ":", ".": ".", "…": ".", "。": "."}
_SIGNS = {
    "%": re.compile(r"%|٪|per ?cent|procent|المئة|المائة", re.IGNORECASE),
    "€": re.compile(r"€|\b(?:euro|Euro|euros|EUR)\b|يورو|أورو"),
    "§": re.compile("§"),
}
"""Signs, each with what may stand for it."""

_DUTCH_AMOUNT = re.compile(r"€[ \u00a0]?\d[\d.]*,\d\d(?!\d)|(?<!\d)\d[\d.]{0,20},\d\d(?!\d)[ \u00a0]?€")

_SENTENCE = re.compile(r"[.!?:,;*_`{}\[\]<>]")
_CLOSING = "\"'”’»)]*_~ \u2069"


def _warning(check: str, text: Text) -> Finding:
    return Finding(check, text, is_blocking=False)


def translated_at_all(pair: Pair) -> Iterator[Finding]:
    """Equal to the source, unless it is one word or a name: "online", "Zandvliet aan Zee"."""
    words = _WORD.findall(pair.source_words)
    kept = {term.source for term in pair.glossary if term.rule is Rule.KEEP}
    is_name = len(words) <= 4 and words[0][0].isupper() and words[-1][0].isupper() if words else True
    if (
        pair.source.strip() == pair.target.strip()
        and len(words) > 1
        and not is_name
        and pair.source.strip() not in kept
    ):
        yield _warning("same", _("De vertaling is gelijk aan de bron."))


def titles_translated(pair: Pair) -> Iterator[Finding]:
    """Titles of links and descriptions of images stay in the text and are easily overlooked."""
    left = set(_titles(pair.source_spans)) & set(_titles(pair.target_spans))
    if pair.source != pair.target:
        for title in sorted(left):
            yield _warning("title", _("‘{title}’ is niet vertaald.", title=title))


def _titles(spans: Spans) -> Iterator[str]:
    for span in walk(spans):
        if isinstance(span, Link | Image):
            yield from (text for text in (span.title, getattr(span, "alt", "")) if any(map(str.isalpha, text)))


def nothing_left_in_dutch(pair: Pair) -> Iterator[Finding]:
    """Three Dutch function words, or source words in a row, are an overlooked sentence; brackets may hold it."""
    if pair.source == pair.target:
        return
    there = _WORD.findall(_SET_APART.sub(" ", pair.target_words))
    spaced = [f" {word.lower()} " for word in there]
    dutch = [word for word in spaced if word in _DUTCH and (pair.language == "ar" or word not in _ALSO_ENGLISH)]
    if len(dutch) >= 3 or _has_run_of_source(
        _WORD.findall(pair.source_words), there, 3 if pair.language == "ar" else 5
    ):
        yield _warning("dutch", _("Er staat nog Nederlands in de vertaling."))


def _has_run_of_source(source: list[str], target: list[str], length: int) -> bool:
    """So many words in a row as in the source; one of them may have a capital, a name has more."""
    runs = {tuple(source[n : n + length]) for n in range(len(source) - length + 1)}
    return any(
        tuple(target[n : n + length]) in runs
        and sum(word[0].islower() for word in target[n : n + length]) >= length - 1
        for n in range(len(target) - length + 1)
    )


def length_plausible(pair: Pair) -> Iterator[Finding]:
    source, target = len(pair.source_words.strip()), len(pair.target_words.strip())
    if source >= LONG_ENOUGH and not SHORTEST <= target / source <= LONGEST:
        yield _warning(
            "length",
            _(
                "De vertaling is {percent} % zo lang als de bron; ontbreekt er iets?",
                percent=round(100 * target / source),
            ),
        )


def end_punctuation_kept(pair: Pair) -> Iterator[Finding]:
    source, target = _end(pair.source_text), _end(pair.target_text)
    if source != target:
        text = _(
            "De bron eindigt op ‘{source}’, de vertaling op ‘{target}’.", source=source or "–", target=target or "–"
        )
        yield _warning("ending", text)


def _end(text: str) -> str:
    return _ENDS.get(text.rstrip(_CLOSING)[-1:], "")


def amounts_written_here(pair: Pair) -> Iterator[Finding]:
    """An English table never shows "€ 12,50" beside "€12.50"."""
    if pair.language == "en" and (found := _DUTCH_AMOUNT.search(pair.target_words)):
        yield _warning("notation", _("‘{amount}’ is Nederlands; in het Engels is dat €12.50.", amount=found[0]))


def signs_kept(pair: Pair) -> Iterator[Finding]:
    """Percent and currency signs, and brackets in pairs."""
    for sign, written in _SIGNS.items():
        if len(written.findall(pair.source_words)) != len(written.findall(pair.target_words)):
            yield _warning("signs", _("Het teken {sign} staat niet even vaak in bron en vertaling.", sign=sign))
    counts = Counter(pair.target_text)
    if counts["("] != counts[")"] and pair.source_text.count("(") == pair.source_text.count(")"):
        yield _warning("brackets", _("Een haakje wordt niet gesloten."))


def glossary_followed(pair: Pair) -> Iterator[Finding]:
    for term in pair.glossary:
        wanted = term.words.get(pair.language, term.source if term.rule is Rule.KEEP else "")
        if wanted:
            yield from _term_followed(pair, term, wanted)


def _term_followed(pair: Pair, term: Term, wanted: str) -> Iterator[Finding]:
    in_source = _says(pair.source_words, term.source)
    in_target = any(_has(pair.target_words, one) for one in wanted.split(EITHER))
    match term.rule:
        case Rule.PREFER if in_source and not in_target:
            yield _warning(
                "glossary", _("Voor ‘{source}’ gebruiken wij ‘{wanted}’.", source=term.source, wanted=wanted)
            )
        case Rule.KEEP if in_source and not in_target and not _has(pair.target_words, term.source):
            yield _warning(
                "glossary", _("‘{source}’ is een naam; schrijf ‘{wanted}’.", source=term.source, wanted=wanted)
            )
        case Rule.FORBID if in_target and not in_source:
            yield _warning("glossary", _("Gebruik ‘{wanted}’ niet. {note}", wanted=wanted, note=term.note))
        case _:
            pass


def term_use(pair: Pair, term: Term) -> tuple[bool, bool]:
    """Whether the source has a term, and whether the translation has what the glossary says of it."""
    wanted = term.words.get(pair.language, term.source if term.rule is Rule.KEEP else "")
    there = bool(wanted) and any(_has(pair.target_words, one) for one in wanted.split(EITHER))
    return _says(pair.source_words, term.source), there


def is_name(text: str) -> bool:
    """Whether a text is a name and nothing else: "Rotterdam", "Zandvliet aan Zee"."""
    words = _WORD.findall(text)
    return 0 < len(words) <= 4 and words[0][0].isupper() and words[-1][0].isupper() and not _SENTENCE.search(text)


def _says(text: str, term: str) -> bool:
    """Whether a Dutch text has the term, in the singular or the plural."""
    return re.search(rf"(?<!\w){re.escape(term)}(?:en|n|s|e)?(?!\w)", text, re.IGNORECASE) is not None


def _has(text: str, term: str) -> bool:
    """The term in any of its forms: "municipalities" for "municipality", الشكاوى for شكوى."""
    if re.search(r"[\u0600-\u06ff]", term):
        return all(_bones(part.removeprefix("ال")) in _bones(text) for part in term.split())
    stem = re.escape(term[:-1] if len(term) > 5 else term)
    return re.search(rf"(?<!\w){stem}\w{{0,5}}(?!\w)", text, re.IGNORECASE) is not None


def _bones(text: str) -> str:
    """Arabic without the letters that change between a singular and its plurals."""
    return re.sub(r"[اويىةأإآءئؤ\u064b-\u0652]", "", text)
