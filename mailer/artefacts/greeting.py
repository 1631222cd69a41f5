"""The first words of a letter: a name, or no one's, in; "Beste Fatima," or "Beste lezer," out, on every channel."""

from __future__ import annotations

import re

from mailer.artefacts.bidi import CONTROLS, FSI, PDI
from mailer.artefacts.slots import SLOT
from wording import _
from wording.interface import Interface

MAX_NAME = 100
"""Letters of a name in a greeting; a name of 300 would be an attack on the layout."""

_BREAKS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")


def greeting(name: str | None, interface: Interface) -> str:
    """What `{{greeting}}` becomes, with the comma of its language; without a name "Beste lezer,", as always on paper,
    where one edition goes to many.

    A name may be in letters of another direction: it is isolated (UAX #9), and its own bidirectional marks are removed.
    """
    bare = CONTROLS.sub("", one_line(name or "")).strip()
    if not bare:
        return interface.say(_("Beste lezer,"))
    if len(bare) > MAX_NAME:
        bare = bare[:MAX_NAME].rstrip() + "…"
    return interface.say(_("Beste {name},", name=bare if bare.isascii() else f"{FSI}{bare}{PDI}"))


def one_line(value: str) -> str:
    """`value` without line breaks, other control characters and marks of slots: a value never makes a line."""
    return _BREAKS.sub(" ", SLOT.sub("", value)) if not value.isprintable() else value
