"""The `interface` domain: product catalogs in, an `Interface` per locale out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.core import Locale, UnknownLocaleError
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

from wording import Text, fill

CATALOGS = Path(__file__).resolve().parent.parent / "translations"
SOURCE_LOCALE = "nl"
LRI, PDI = "\u2066", "\u2069"
COMMAND = re.compile(r"(?<![\u2066\u200e])`[^`\n]+`|(?<![\w`\u2066\u200e-])--[a-z][a-z-]*")
"""`postduif …` between backticks, or an option by itself, that is not isolated yet."""


@dataclass(frozen=True)
class Interface:
    """All words of the product in one language."""

    locale: str
    catalog: NullTranslations

    def say(self, text: Text | str) -> str:
        """The sentence in this language; a string is already in words and is returned as it is.

        In a right-to-left sentence a command is isolated: `--as` would be shown as `as--`, and a name in Arabic letters
        inside it would turn the rest around.
        """
        if isinstance(text, str):
            return text
        if text.plural is None:
            pattern = self.catalog.ugettext(text.msgid)
        else:
            pattern = self.catalog.ungettext(text.msgid, text.plural, text.count)
        said = fill(pattern, self._said(text.values))
        return COMMAND.sub(rf"{LRI}\g<0>{PDI}", said) if direction(self.locale) == "rtl" else said

    def _said(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return {name: self.say(value) if isinstance(value, Text) else value for name, value in values.items()}


@cache
def interface(locale: str) -> Interface:
    """The interface in `locale`, or in Dutch where the product has no catalog for it."""
    path = CATALOGS / locale / "LC_MESSAGES" / "interface.po"
    if not path.is_file():
        return Interface(SOURCE_LOCALE, NullTranslations())
    with path.open("rb") as file:
        catalog = read_po(file, locale=locale)
    compiled = BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return Interface(locale, Translations(compiled, domain="interface"))


@cache
def translated(locale: str) -> tuple[int, int]:
    """How many sentences of the product there are in a language, and how many there are in all."""
    catalogs = {code: _sentences(code) for code in {locale, "en"} if (CATALOGS / code / "LC_MESSAGES").is_dir()}
    total = len(catalogs.get("en", {}))
    if locale == SOURCE_LOCALE:
        return total, total
    return sum(catalogs.get(locale, {}).values()), total


def _sentences(locale: str) -> dict[object, bool]:
    """Each sentence of a catalog, and whether it is translated."""
    path = CATALOGS / locale / "LC_MESSAGES" / "interface.po"
    if not path.is_file():
        return {}
    with path.open("rb") as file:
        catalog = read_po(file, locale=locale)
    return {one.id: all(one.string) if isinstance(one.string, tuple) else bool(one.string) for one in catalog if one.id}


@cache
def everywhere(text: Text) -> frozenset[str]:
    """The sentence in every language of the product, folded for comparing."""
    locales = {SOURCE_LOCALE, *(path.parts[-3] for path in CATALOGS.glob("*/LC_MESSAGES/interface.po"))}
    return frozenset(interface(locale).say(text).casefold() for locale in locales)


def preferred(languages: str) -> str:
    """The first locale of `LANGUAGE`-like text ("ar_MA.UTF-8:nl") that has a catalog; Dutch when none has."""
    for language in languages.split(":"):
        code = language.partition(".")[0].partition("@")[0].replace("-", "_")
        for candidate in (code, code.partition("_")[0]):
            if candidate and (CATALOGS / candidate / "LC_MESSAGES" / "interface.po").is_file():
                return candidate
    return SOURCE_LOCALE


@cache
def direction(locale: str) -> str:
    """ "rtl" or "ltr", after CLDR's character order. Raises ValueError for a locale that CLDR does not know."""
    try:
        return "rtl" if Locale.parse(locale, sep="_").character_order == "right-to-left" else "ltr"
    except UnknownLocaleError as error:
        raise ValueError(str(error)) from error
