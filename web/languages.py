"""Which language a page is in: the one in its address, or the first of the browser's that we have."""

from __future__ import annotations

from werkzeug.datastructures import LanguageAccept

from mailer.organisation import House


def best_language(house: House, accepted: LanguageAccept) -> str:
    """The locale of the house that the browser likes best; the source locale when it likes none."""
    return accepted.best_match(list(house.locales), house.source_locale) or house.source_locale


def known_or_source(house: House, locale: str) -> str:
    """`locale`, or the source locale when the house does not have it (any more)."""
    return locale if locale in house.locales else house.source_locale
