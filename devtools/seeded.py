"""Translations with a mistake in them, and good ones: what a check should tell, and what it should leave alone."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from devtools.house import ROOT, house
from mailer.document.markdown import References
from mailer.translation.checks import findings
from mailer.translation.checks.pair import Pair
from mailer.translation.glossary import Term, glossary_from

SEEDED: dict[str, list[dict[str, Any]]] = tomllib.loads(
    (Path(__file__).parent / "cases" / "seeded.toml").read_text("utf-8")
)
GOOD, BAD = SEEDED["good"], SEEDED["bad"]

BLOCKING = {
    "protected",
    "numbers",
    "contacts",
    "accounts",
    "dates",
    "shape",
    "html",
    "slots",
    "direction",
    "empty",
    "left_over",
    "conflict",
}
"""Rules whose findings stop an approval."""


def glossary() -> list[Term]:
    data = (ROOT / "translations" / "glossary.csv").read_bytes()
    terms, problems = glossary_from(data, file="glossary.csv", source_locale="nl")
    assert not problems
    return terms


def pair(source: str, target: str, locale: str, references: References | None = None) -> Pair:
    return Pair(source, target, locale, house().protected, glossary(), references or {})


def told(seed: dict[str, Any]) -> list[str]:
    return [finding.check for finding in findings(pair(seed["source"], seed["target"], seed["locale"]))]
