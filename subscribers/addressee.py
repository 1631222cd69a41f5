"""A reader by post, as the postal desk needs to see one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Literal
from uuid import UUID

from wording import Text, _


class SuspendedBecause(StrEnum):
    """Why post stopped. The first four are what comes back on an envelope."""

    UNKNOWN = "unknown"
    DEPARTED = "departed"
    REFUSED = "refused"
    TRANSFERRED = "transferred"
    UNCONFIRMED = "unconfirmed"


class AskedBy(StrEnum):
    """How someone asked for the letters: a code, never a story."""

    PHONE = "phone"
    LETTER = "letter"
    VISIT = "visit"
    LAWYER = "lawyer"


ASKED: Mapping[str, Text] = {
    AskedBy.PHONE: _("telefoon"),
    AskedBy.LETTER: _("brief"),
    AskedBy.VISIT: _("bezoek"),
    AskedBy.LAWYER: _("advocaat"),
}
"""What a person reads and types for how someone asked."""
OnAnEnvelope = Literal["unknown", "departed", "refused", "transferred"]
"""What the desk can know; that no one confirmed in time is for the calendar to say, and is erased later."""


RULES: Mapping[str, Text] = {
    "no_staples": _("geen nietjes of paperclips"),
    "white_envelope": _("alleen een witte envelop"),
    "no_sender": _("geen afzender op de voorkant"),
}
"""What a centre may ask of a letter, beside a registration number."""
CHECKED = timedelta(days=182)
"""Half a year: after that the address of a centre is to be asked again."""


@dataclass(frozen=True)
class Centre:
    """Where post is delivered. `postal_lines` stand under the name: street or box, then postcode and city.

    Centres move and change their rules: `checked_on` is the day someone last asked.
    """

    key: str
    name: str
    postal_lines: tuple[str, ...]
    asks_registration: bool
    """True: the centre delivers only post that bears the addressee's registration number."""
    checked_on: date
    phone: str = ""
    """Of the reception."""
    rules: tuple[str, ...] = ()
    """Codes of `RULES`: what a letter to this centre must not be."""
    closed_on: date | None = None
    """Since then no one is written to there."""

    def is_old(self, today: date) -> bool:
        """Its address is to be asked again."""
        return self.closed_on is None and self.checked_on <= today - CHECKED


@dataclass(frozen=True)
class Addressee:
    """One person, with what belongs on the envelope and what decides the booklet inside.

    Name and registration stay out of `repr`, so that no traceback or log line shows them.
    """

    uid: UUID
    name: str = field(repr=False)
    centre: Centre
    registration: str | None = field(repr=False)
    locale: str
    large_print: bool = False
