"""A document with a place for each kind of block, and translations that look like blocks themselves."""

from __future__ import annotations

HOSTILE = [
    "1. november begint", "2026. Een mooi jaar", "# rubriek", "- streep", "> groter dan", "+ plus", "* ster",
    "    ingesprongen", "regel een\n\nregel twee", "a | b", "---", "```", "<div>", "[x]: /url", "| a | b |",
    "tekst\n---", "tekst\n===", "einde\\", "* * *", "~~~", "::: standing helplijn", "{% if x %}", "1) een",
    "tekst  \nregel",
]  # fmt: skip

PLACES = ["Kop", "Alinea tekst.", "punt een", "citaat", "cel"]

DOCUMENT = (
    "## Kop\n\nAlinea tekst.\n\n- punt een\n- punt twee\n\n> citaat\n\n| A | B |\n|---|---|\n| cel | twee |\n\nSlot.\n"
)
