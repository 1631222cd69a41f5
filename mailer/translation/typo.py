"""Whether two texts differ by nothing but typing errors. Pure: what is a word of its own comes in as words.

It is strict, because an approval may outlive the change: what is refused costs one more approval, what is let through
wrongly is sent unread. At most two letters of a word may differ; no word, number, name, link or protected text comes,
goes or changes; nothing that says no, may or must is touched, nor a word that has "not" inside it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cache

from babel import Locale, UnknownLocaleError
from rapidfuzz.distance import Levenshtein

from mailer.document.front_matter import fields_of
from mailer.document.sections import front_of
from mailer.translation.checks.number_words import number_words
from wording import Text, _

MOST_LETTERS = 2
"""Of one word that may be other."""
MOST_SAID = 5
"""Reasons that are told at once."""
_SHORT = 3
"""Letters of a word in which any other letter makes another word; two of them may still have changed places."""

NEGATIVE = ("niet", "geen", "not", "no", "لا", "لم", "لن")
"""A word with one of these in it is never touched, also where it only happens to be there."""
_DECISIVE = """
    nooit nimmer niemand niets nergens noch zonder never none nobody nothing nor neither cannot without
    ليس ليست غير بدون يجب يمكن قد
    mag mogen moet moeten moest kan kunnen kon wil willen wou zal zullen zou hoeft hoeven
    may might must can could will would shall should need
"""
_DECIDES = frozenset(_DECISIVE.split())
"""Words on which it hangs what someone may or must do."""
_ARTICLES = frozenset(("een", "a", "an", "only", "first", "single", "eerste", "enige", "enkele"))
"""They count, and are mostly no number."""

_MARKS = "\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u0640\u200c\u200d\u00ad"
_TOKEN = re.compile(
    rf"""
    (?P<line>[ \t]*\n[ \t]*)
  | (?P<space>[ \t\u00a0]+)
  | (?P<link>\]\([^)\s]*|<[^<>\n]+>|`[^`\n]*`|(?:https?://|www\.)[^\s)\]]+|[\w.+-]{{1,64}}@[\w-]{{1,63}}(?:\.[\w-]{{1,63}})+|\[\^[^\[\]\n]*\])
  | (?P<form>\{{\{{[^{{}}\n]*\}}\}}|\{{[^{{}}\n]*\}}|:::+[ \t]*[\w-]*)
  | (?P<number>[^\W\d_]{{0,30}}\d(?:[\w.,:/-]*\w)?)
  | (?P<word>[^\W\d_](?:[^\W\d_]|[{_MARKS}])*(?:['’-](?:[^\W\d_]|[{_MARKS}])+)*)
  | (?P<mark>.)
    """,
    re.VERBOSE,
)
_SOFT = frozenset(",.;:…،؛’‘“”„")
"""Signs that may come or go after a word."""
_ENDS = frozenset(".!?؟…")


class _Kind(Enum):
    WORD = "word"
    NUMBER = "number"
    LINK = "link"
    FORM = "form"


@dataclass(frozen=True)
class _Token:
    kind: _Kind
    text: str
    begins: bool = field(default=False, compare=False)
    """True: a sentence begins here, so that a capital says nothing."""


@dataclass(frozen=True)
class Known:
    """What the texts of an organisation are judged by."""

    language: str = "nl"
    protected: Collection[str] = ()
    """Texts of which not one may come or go."""
    words: Collection[str] = ()
    """Words as they stand in other texts, none with a capital: one of them is no typing error."""


def beyond_typo_in_issue(old: str, new: str, known: Known) -> tuple[Text, ...]:
    """As `beyond_typo`, of the files of an issue: its front matter keeps its keys and all that is no text."""
    fronts = front_of(old), front_of(new)
    fields = [fields_of(one) for one in fronts]
    before, after = fields
    said: list[Text] = []
    if before is None or after is None or not all(fronts):
        said += [] if fronts[0] == fronts[1] else [_FRONT]
    elif [*before] != [*after] or any(before[key] != after[key] for key in before if key not in _TEXTS):
        said.append(_FRONT)
    else:
        for key in _TEXTS & before.keys():
            said += beyond_typo(str(before[key]), str(after[key]), known)
    said += beyond_typo(old[len(fronts[0]) :], new[len(fronts[1]) :], known)
    return tuple(dict.fromkeys(said))[:MOST_SAID]


_TEXTS = frozenset(("title", "subject", "preheader"))
_FRONT = _("In het kopje veranderde meer dan een tekst.")


def beyond_typo(old: str, new: str, known: Known) -> tuple[Text, ...]:
    """What of a change is more than typing errors, as sentences; none where it is nothing else."""
    old, new = (unicodedata.normalize("NFC", one) for one in (old, new))
    if old == new:
        return ()
    for text in known.protected:
        if old.count(text) != new.count(text):
            return (_("‘{text}’ is een vaste tekst; daar mag niets aan veranderen.", text=text),)
    before, after = _trimmed(list(_tokens(old)), list(_tokens(new)))
    if len(before) != len(after):
        longer, said = (
            (after, _("‘{text}’ kwam erbij.", text=_first_other(after, before)))
            if len(after) > len(before)
            else (before, _("‘{text}’ ging weg.", text=_first_other(before, after)))
        )
        return (said,) if longer else ()
    still = {one.text.casefold() for one in _tokens(new)}
    found = (_judged(one, other, known, still) for one, other in zip(before, after, strict=True) if one != other)
    return tuple(dict.fromkeys(said for said in found if said is not None))[:MOST_SAID]


def _first_other(longer: Sequence[_Token], shorter: Sequence[_Token]) -> str:
    for one, other in zip(longer, shorter, strict=False):
        if one != other:
            return one.text.strip() or "↵"
    return longer[len(shorter)].text.strip() or "↵"


def _tokens(text: str) -> Iterator[_Token]:
    """What a change is judged by: words, numbers, links and the signs that give a text its form; no spaces."""
    begins, soft_may_follow, line_start = True, False, True
    for found in _TOKEN.finditer(text):
        kind, part = found.lastgroup or "mark", found[0]
        if kind == "space":
            if line_start:
                yield _Token(_Kind.FORM, part)
        elif kind == "mark" and part in _SOFT and soft_may_follow:
            begins = part in _ENDS
        elif kind in ("line", "mark"):
            yield _Token(_Kind.FORM, part)
            begins = kind == "line" or not part.isalnum()
            soft_may_follow, line_start = False, kind == "line"
        else:
            yield _Token(_Kind(kind), part, begins)
            begins, soft_may_follow, line_start = False, kind == "word", False


def _trimmed(before: list[_Token], after: list[_Token]) -> tuple[list[_Token], list[_Token]]:
    """Both without what they have in common at the beginning and at the end."""
    first = 0
    while first < min(len(before), len(after)) and before[first] == after[first]:
        first += 1
    last = 0
    while last < min(len(before), len(after)) - first and before[-1 - last] == after[-1 - last]:
        last += 1
    return before[first : len(before) - last], after[first : len(after) - last]


def _judged(old: _Token, new: _Token, known: Known, still: Collection[str]) -> Text | None:
    """Why this is more than a typing error; None when it is one. `still` are the words of the text as it is now."""
    if old.kind is not _Kind.WORD or new.kind is not _Kind.WORD:
        return _said(_OTHER.get(old.kind, _OTHER.get(new.kind, _FORM)), old, new)
    one, other = _folded(old.text), _folded(new.text)
    if any(no in word for word in (one, other) for no in NEGATIVE) or {one, other} & _DECIDES:
        return _said(_SENSE, old, new)
    if {one, other} & _counted(known.language):
        return _said(_NUMBER, old, new)
    if one == other:  # capitals alone: of a short word they make another (us, US)
        return None if len(one) > _SHORT else _said(_WORD, old, new)
    if _may_be_name(old, new, known):
        return _said(_NAME, old, new)
    return _said(_WORD, old, new) if _is_exchanged(one, other, known, still) else None


def _is_exchanged(one: str, other: str, known: Known, still: Collection[str]) -> bool:
    """Whether it is rather another word."""
    if one in known.words or one in still:
        return True
    if max(len(one), len(other)) <= _SHORT and sorted(one) != sorted(other):
        return True
    letters = Levenshtein.distance(one, other)
    return letters > MOST_LETTERS or 2 * letters > max(len(one), len(other)) or _is_turned(one, other)


def _is_turned(one: str, other: str) -> bool:
    """Whether one is the other with letters before it (veilig, onveilig); a letter that stands twice is none."""
    shorter, longer = sorted((one, other), key=len)
    return len(shorter) < len(longer) and longer.endswith(shorter) and longer[0] != shorter[0]


def _may_be_name(old: _Token, new: _Token, known: Known) -> bool:
    """A capital says so, but for the one that begins a sentence with a word that others write small."""
    if not any(map(str.isupper, old.text + new.text)):
        return False
    begins = old.begins and new.begins and not any(map(str.isupper, old.text[1:] + new.text[1:]))
    return not (begins and new.text.casefold() in known.words)


@cache
def _counted(language: str) -> frozenset[str]:
    """Words for numbers, months and days."""
    try:
        locale = Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        return frozenset()
    named = (
        name.casefold().rstrip(".")
        for names in (locale.months, locale.days)
        for width in ("wide", "abbreviated")
        for name in names["format"][width].values()
    )
    return (number_words(language) | frozenset(named)) - _ARTICLES


def _folded(word: str) -> str:
    return re.sub(f"[{_MARKS}]", "", word).casefold()


_NUMBER = _("Van ‘{old}’ naar ‘{new}’ is een ander getal of een andere dag.")
_NAME = _("Van ‘{old}’ naar ‘{new}’ kan een andere naam zijn.")
_SENSE = _("Van ‘{old}’ naar ‘{new}’ kan zeggen of iets mag, moet of niet is.")
_WORD = _("Van ‘{old}’ naar ‘{new}’ is een ander woord.")
_FORM = _("Van ‘{old}’ naar ‘{new}’ verandert de opmaak.")
_OTHER = {
    _Kind.NUMBER: _NUMBER,
    _Kind.LINK: _("Van ‘{old}’ naar ‘{new}’ is een andere link."),
}


def _said(text: Text, old: _Token, new: _Token) -> Text:
    return Text(text.msgid, {"old": old.text.strip() or "↵", "new": new.text.strip() or "↵"})
