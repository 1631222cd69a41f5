"""The header of a PO file: which fields we write, and the plural rule of each locale."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from gettext import c2py

from babel.messages.plurals import get_plural

KEPT = ("PO-Revision-Date", "Last-Translator", "Language-Team", "X-Generator", "X-Postduif-Base")
"""Written by translators' programs, or by an export (the snapshot it was made from); kept as they are."""

_FIELDS = (
    "Project-Id-Version", "Report-Msgid-Bugs-To", "POT-Creation-Date", "PO-Revision-Date", "Last-Translator",
    "Language-Team", "Language", "MIME-Version", "Content-Type", "Content-Transfer-Encoding", "Plural-Forms",
    "Generated-By",
)  # fmt: skip
_BY_NAME = {name.lower(): name for name in (*_FIELDS, *KEPT)}
_OWN = re.compile(r"x-[a-z0-9-]{1,60}")
_VALUES = {
    "Content-Type": re.compile(r'text/plain; *charset="?utf-?8"?', re.IGNORECASE),
    "Content-Transfer-Encoding": re.compile(r"8-?bit", re.IGNORECASE),
    "MIME-Version": re.compile(r"1\.0"),
}
"""Of these fields the whole value is on the list too: they say how the rest is to be read."""


def field_name(written: str) -> str | None:
    """The name of a header field as gettext writes it; a program's own begins with X-. None for any other."""
    name = written.strip().lower()
    return _BY_NAME.get(name) or (name if _OWN.fullmatch(name) else None)


def is_value_allowed(field: str, value: str) -> bool:
    return field not in _VALUES or _VALUES[field].fullmatch(value) is not None


_ARABIC = "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5)"
"""As in CLDR and gettext; Babel's own has forms 4 and 5 the wrong way round (python-babel #816)."""

DEFAULTS = {
    "PO-Revision-Date": "2026-11-01 12:00+0100",
    "Last-Translator": "Postduif <postduif@localhost>",
    "Language-Team": "Postduif",
}
"""msgfmt -c wants these three. A fixed date, because a new one at every writing would be a change without a change."""


def plural_forms(locale: str) -> str:
    """The plural rule that a catalog of this locale must have."""
    if locale.split("_", maxsplit=1)[0] == "ar":
        return _ARABIC
    rule = get_plural(locale)
    return f"nplurals={rule.num_plurals}; plural={rule.plural_expr}"


_MOST_FORMS = 6
"""No language has more forms than Arabic."""
_TRIED = range(1001)
_RULE = re.compile(r"nplurals=(?P<forms>[1-9]) *; *plural=(?P<expression>[^;]+);?")
_NOT_FILLED_IN = re.compile(r"nplurals *= *INTEGER", re.IGNORECASE)
"""As gettext's template has it."""


def same_plural(one: str, other: str) -> bool:
    """Whether two rules choose the same form for every number: programs write them in different ways."""
    return (chosen := _forms(one)) is not None and chosen == _forms(other)


@cache
def _forms(rule: str) -> tuple[int, tuple[int, ...]] | None:
    """How many forms there are, and which one is for 0, 1, 2 … 1000. None for what is no rule."""
    found = _RULE.fullmatch(" ".join(rule.split()).replace("nplurals = ", "nplurals=").replace("plural = ", "plural="))
    if found is None or int(found["forms"]) > _MOST_FORMS:
        return None
    try:
        choose = c2py(found["expression"])  # the standard library's own reader of these rules; it runs no other code
        return int(found["forms"]), tuple(choose(number) for number in _TRIED)
    except (ValueError, ArithmeticError, RecursionError):
        return None


def is_plural_filled_in(rule: str) -> bool:
    return bool(rule) and not _NOT_FILLED_IN.match(rule)


def same_language(one: str, other: str) -> bool:
    """ar, ar_SA and ar-MA are one language; zh_Hans and zh_Hant are two."""
    return _spoken(one) == _spoken(other)


def _spoken(locale: str) -> tuple[str, str]:
    language, *rest = re.split(r"[-_@.]", locale.strip())
    return language.lower(), next((part.lower() for part in rest if len(part) == len("Hans")), "")


def revision_date(written: str) -> str | None:
    """A date as gettext writes it, from one in ISO 8601 too; None for anything else."""
    if _GETTEXT_DATE.fullmatch(written):
        return written
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    return f"{moment:%Y-%m-%d %H:%M}{moment:%z}"[:21] if moment.tzinfo else f"{moment:%Y-%m-%d %H:%M}+0000"


_GETTEXT_DATE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d[+-]\d{4}")


def header_text(domain: str, locale: str | None, kept: Mapping[str, str]) -> str:
    """The header entry of a catalog, or of a template when there is no locale."""
    fields = {"Project-Id-Version": domain}
    if locale is not None:
        fields |= {name: kept.get(name, DEFAULTS.get(name, "")) for name in KEPT}
        fields["Language"] = locale
    fields |= {"MIME-Version": "1.0", "Content-Type": "text/plain; charset=UTF-8", "Content-Transfer-Encoding": "8bit"}
    if locale is not None:
        fields["Plural-Forms"] = plural_forms(locale) + ";"
    lines = [f'"{name}: {_escaped(value)}\\n"\n' for name, value in fields.items() if value]
    return 'msgid ""\nmsgstr ""\n' + "".join(lines) + "\n"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')
