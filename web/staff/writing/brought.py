"""A text on its way from Word into an issue, as the fields of a form: nothing is kept before it is put in."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import asdict

from werkzeug.datastructures import MultiDict

from mailer.intake.losses import Loss, Lost
from mailer.services.writing.bringing import MOST_OCTETS, MOST_PICTURES, Along, Brought
from mailer.services.writing.merging import plain_text

_NAME = re.compile(r"(afbeelding-\d{1,4}\.(?:png|jpg|gif|webp)):([A-Za-z0-9+/=]+)")
_MOST_LOSSES, _MOST_WORDS, _MOST_TEXT = 200, 100, 210_000


def fields_of(brought: Brought) -> dict[str, object]:
    """What the form carries beside the text: its losses as JSON, each picture by its name."""
    return {
        "losses": json.dumps([asdict(one) for one in brought.losses], ensure_ascii=False),
        "along": [f"{one.name}:{base64.b64encode(one.data).decode('ascii')}" for one in brought.pictures],
    }


def brought_of(form: MultiDict[str, str]) -> Brought:
    """What came back with the form. What is no loss or no picture of ours is left out."""
    text = plain_text(form.get("brought", ""))[:_MOST_TEXT]
    title = " ".join(form.get("title", "").split())[:300]
    return Brought(text, title, tuple(_losses(form.get("losses", ""))), tuple(_pictures(form)))


def _losses(said: str) -> list[Loss]:
    try:
        found = json.loads(said)
        return [_loss(one) for one in found[:_MOST_LOSSES]]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return []


def _loss(one: Mapping[str, object]) -> Loss:
    """Raises ValueError, TypeError or KeyError for what is none."""
    words = one["words"]
    times = one["times"]
    if not isinstance(words, list) or not isinstance(times, int):
        raise TypeError
    said = tuple(str(word)[:_MOST_WORDS] for word in words[:3])
    return Loss(Lost(str(one["what"])), min(max(times, 1), 1_000_000), str(one["under"])[:_MOST_WORDS], said)


def _pictures(form: MultiDict[str, str]) -> list[Along]:
    made, room = list[Along](), MOST_OCTETS
    for one in form.getlist("along")[:MOST_PICTURES]:
        found = _NAME.fullmatch(one)
        try:
            data = base64.b64decode(found[2], validate=True) if found else b""
        except binascii.Error:
            continue
        if found and len(data) <= room:
            made.append(Along(found[1], data))
            room -= len(data)
    return made
