"""Where a reader's own values come in an artefact: marks that no text can contain by accident.

A slot is the name of a value between two private-use characters (U+E000, U+E001). Text that an editor or translator
wrote loses those two characters before it is rendered, so only this product can place a slot.
"""

from __future__ import annotations

import re

OPEN, CLOSE = "\ue000", "\ue001"
SLOT = re.compile(f"{OPEN}([a-z_]+){CLOSE}")
_MARKS = str.maketrans("", "", OPEN + CLOSE)

HEADER_SLOTS = ("to", "message_id", "date", "unsubscribe_url", "unsubscribe_mailto")
"""Filled in headers: bare address; `<…@…>`; RFC 5322 date; https URL; mailto URL (RFC 8058 wants the first two)."""

BODY_SLOTS = ("greeting", "unsubscribe_url", "preferences_url")
"""Filled in text and HTML. An editor may write `{{greeting}}`; the template of the product places the other two."""


def slot(name: str) -> str:
    """The mark that `PersonalMessage` later replaces by a reader's value."""
    return f"{OPEN}{name}{CLOSE}"


def without_marks(text: str) -> str:
    """`text` without the two characters that make a slot."""
    return text.translate(_MARKS)
