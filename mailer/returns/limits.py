"""How much of a stranger's mail is looked at. Every number bounds work before it is done."""

from __future__ import annotations

OCTETS = 256 * 1024
"""A report is in the first parts; the newsletter that it quotes may be long."""
LINES = 6_000
LINE = 32_000
"""Octets. A service's JSON notice is one line."""
PARTS = 40
DEPTH = 5
FIELDS = 200
FIELD = 4_000
PART_OCTETS = 64 * 1024
PROSE = 24_000
"""Characters of the text that a person would read, all parts together."""
PROSE_LINE = 2_000
PROSE_LINES = 400
RECIPIENTS = 20
AROUND = 60
"""Lines about one recipient, where there are more."""
WORDS = 6_000
"""Characters in which the rules look."""
BRACKETS = 2_000
"""In a JSON notice: the parser of the standard library recurses."""
