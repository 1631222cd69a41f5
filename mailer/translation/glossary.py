"""The organisation's words: which translation to prefer, which to avoid, and what stays as it is."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from wording import _
from wording.errors import Place, Problem


class Rule(StrEnum):
    PREFER = "prefer"
    """Where the source has the term, the translation has this one."""
    FORBID = "forbid"
    """This translation may stand only where the source has the term itself."""
    KEEP = "keep"
    """A name: as in the source, or in the letters the glossary gives for the language."""


@dataclass(frozen=True)
class Term:
    """`source` is in the source language; `words` by locale, none for a language without one."""

    source: str
    words: Mapping[str, str]
    rule: Rule
    note: str = ""

    def __hash__(self) -> int:
        return hash((self.source, self.rule))


def glossary_from(data: bytes, *, file: str, source_locale: str) -> tuple[list[Term], list[Problem]]:
    """Read glossary.csv: columns for each language, `rule` and `note`, in UTF-8. Every mistake has its line."""
    try:
        rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig")), strict=True))
    except (UnicodeDecodeError, csv.Error):
        return [], [Problem(Place(file), _("Dit is geen CSV-bestand in UTF-8."))]
    head = rows[0] if rows else []
    if not {source_locale, "rule"} <= set(head) or len(set(head)) != len(head):
        return [], [Problem(Place(file, 1), _("De eerste regel moet de kolommen noemen: nl, en, …, rule, note."))]
    terms: list[Term] = []
    problems: list[Problem] = []
    for line, row in enumerate(rows[1:], start=2):
        term = _term(dict(zip(head, row, strict=False)), source_locale) if len(row) == len(head) else None
        if term is not None:
            terms.append(term)
        elif row:
            problems.append(Problem(Place(file, line), _("Deze regel klopt niet; `rule` is prefer, forbid of keep.")))
    return terms, problems


def _term(row: dict[str, str], source_locale: str) -> Term | None:
    if row["rule"] not in set(Rule) or not row[source_locale].strip():
        return None
    words = {
        key: value.strip() for key, value in row.items() if key not in {source_locale, "rule", "note"} and value.strip()
    }
    return Term(row[source_locale].strip(), words, Rule(row["rule"]), row.get("note", ""))
