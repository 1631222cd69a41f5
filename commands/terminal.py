"""What a terminal is given: no character that would move its cursor, change its colours or turn its lines around.

Names and subjects come from people, imports and servers; what was stored before anyone looked still prints harmless.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from commands.words import say
from wording import Text

_SEEN = "\N{REPLACEMENT CHARACTER}"
_ORDERS = dict.fromkeys((*range(32), *range(127, 160), *range(8234, 8239), 8232, 8233), _SEEN)
_ORDERS |= {ord(space): " " for space in "\t\n\r"}
"""C0 and C1 controls, what embeds or overrides a direction (UAX #9), and separators of lines. Isolates are ours."""
_IN_OUR_OWN = {code: seen for code, seen in _ORDERS.items() if code != ord("\n")}
"""A sentence of ours may have several lines; what fills its slots may not."""


def harmless(text: Text | str) -> str:
    """The words of a sentence, or a line that is in words already."""
    return say(_filled(text)).translate(_IN_OUR_OWN) if isinstance(text, Text) else text.translate(_ORDERS)


def harmless_json(value: Any) -> str:
    """One JSON document, in which every such character is written as an escape."""
    text = json.dumps(value, ensure_ascii=False, indent=2, default=str)
    return text.translate({code: f"\\u{code:04x}" for code in _IN_OUR_OWN})


def _filled(text: Text) -> Text:
    return replace(text, values={name: _value(value) for name, value in text.values.items()})


def _value(value: Any) -> Any:
    if isinstance(value, Text):
        return _filled(value)
    return value if isinstance(value, int | float) else str(value).translate(_ORDERS)
