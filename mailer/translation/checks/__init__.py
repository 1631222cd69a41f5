"""What may be wrong with a translation: a chain of checks over one source and one translation.

A blocking finding stops publishing, a warning asks for a look. Each explains itself to the translator.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mailer.translation.checks import arabic, blocking, sense, words
from mailer.translation.checks.pair import Finding, Pair

Check = Callable[[Pair], Iterator[Finding]]

CHECKS: tuple[Check, ...] = (
    blocking.not_empty,
    blocking.shape_kept,
    blocking.no_markup_left_over,
    blocking.no_block_marks,
    blocking.no_conflict,
    blocking.no_html,
    blocking.slots_kept,
    blocking.protected_kept,
    blocking.contacts_kept,
    blocking.accounts_kept,
    blocking.numbers_kept,
    blocking.dates_kept,
    blocking.no_stray_direction_marks,
    arabic.months_as_chosen,
    arabic.no_eastern_digits,
    arabic.no_latin_punctuation,
    arabic.no_kashida,
    arabic.no_persian_letters,
    words.translated_at_all,
    words.titles_translated,
    words.nothing_left_in_dutch,
    words.length_plausible,
    words.end_punctuation_kept,
    words.signs_kept,
    words.amounts_written_here,
    words.glossary_followed,
    sense.negation_kept,
    sense.weekdays_kept,
)


def findings(pair: Pair) -> list[Finding]:
    """Everything to say about a translation, blocking findings first. An empty one has only that to say."""
    empty = list(blocking.not_empty(pair))
    if empty:
        return empty
    found = dict.fromkeys(finding for check in CHECKS for finding in check(pair))
    return sorted(found, key=lambda finding: not finding.is_blocking)
