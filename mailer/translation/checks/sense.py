"""Warnings about meaning that can be seen without understanding: a negation or a weekday that got lost."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailer.translation.checks.dates import weekdays_in
from mailer.translation.checks.pair import Finding, Pair
from wording import _

_NOT_IN_DUTCH = re.compile(r"\b(?:niet|geen|nooit|niemand|nergens|niets|zonder)\b", re.IGNORECASE)
_ENGLISH_NO = (
    r"\b(?:not|no|never|nobody|nowhere|nothing|none|without|cannot|neither|nor|unless|refus\w+|lack\w*|impossible|too|"
    r"(?!under|until|unit|uni)un\w{3,})\b|n[’']t\b"
)
_ARABIC_NO = (
    r"(?<!\w)[وفب]?(?:لا|لم|لن|ليس\w*|لست\w*|غير|دون|بدون|عدم|ما|أبدا|أبداً|ألا|لئلا|كلا|انعدام|رفض\w*)(?!\w)"
    r"|(?<!\w)[ولب]*العدم"
)
_NOT = {"en": re.compile(_ENGLISH_NO, re.IGNORECASE), "ar": re.compile(_ARABIC_NO)}
"""How the languages we know say no. A language that is not here is not checked."""

_POSITIVE_IN_DUTCH = re.compile(r"\bniet (?:alleen|meer dan)\b", re.IGNORECASE)


def negation_kept(pair: Pair) -> Iterator[Finding]:
    known = _NOT.get(pair.language)
    if known is None:
        return
    says_no = bool(_NOT_IN_DUTCH.search(_POSITIVE_IN_DUTCH.sub(" ", pair.source_words)))
    if says_no and not known.search(pair.target_words):
        text = _("De bron zegt ‘niet’, ‘geen’ of iets dergelijks; de vertaling lijkt dat niet te doen.")
        yield Finding("negation", text, is_blocking=False)


def weekdays_kept(pair: Pair) -> Iterator[Finding]:
    source, target = weekdays_in(pair.source_text, pair.source_language), weekdays_in(pair.target_text, pair.language)
    if source and source != target:
        yield Finding("weekdays", _("De dag van de week is in de vertaling een andere."), is_blocking=False)
