"""A sentence as JSON and back: kept until it is known in which language it will be read."""

from __future__ import annotations

from datetime import date
from typing import Any

from wording import Text


def packed(text: Text | str) -> Any:
    """What `unpacked` makes the same sentence of; a value that is no number, word or day is kept as it is shown."""
    if isinstance(text, str):
        return text
    return {
        "msgid": text.msgid,
        "values": {name: _value(value) for name, value in text.values.items()},
        "plural": text.plural,
        "count": text.count,
    }


def unpacked(kept: Any) -> Text | str:
    """The sentence that `packed` kept."""
    if isinstance(kept, str):
        return kept
    values = {name: _unpacked(value) if isinstance(value, dict) else value for name, value in kept["values"].items()}
    return Text(kept["msgid"], values, kept["plural"], kept["count"])


def _value(value: object) -> Any:
    if isinstance(value, Text):
        return packed(value)
    if type(value) is date:
        return {"day": value.isoformat()}
    return value if isinstance(value, int | float | str) else str(value)


def _unpacked(kept: Any) -> Text | str | date:
    return date.fromisoformat(kept["day"]) if "day" in kept else unpacked(kept)
