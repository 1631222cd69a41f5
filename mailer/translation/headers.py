"""The header of a PO file: which fields we write, and the plural rule of each locale."""

from __future__ import annotations

import re
from collections.abc import Mapping

from babel.messages.plurals import get_plural

KEPT = ("PO-Revision-Date", "Last-Translator", "Language-Team", "X-Generator", "X-Postduif-Base")
"""Written by translators' programs, or by an export (the snapshot it was made from); kept as they are."""

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


def same_plural(one: str, other: str) -> bool:
    """Equal but for spaces, a last semicolon and brackets around the whole rule."""
    return _bare(one) == _bare(other)


def _bare(rule: str) -> str:
    bare = re.sub(r"\s+", "", rule).rstrip(";")
    return re.sub(r"plural=\((.*)\)$", r"plural=\1", bare)


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
