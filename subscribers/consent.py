"""What a reader agreed to, word for word: the sentence, its version and its hash. Pure.

A sentence that changes gets a new version; the hash proves which words stood on the page.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from wording import Text, _

VERSION = "2026-11-2"
"""Goes up with every change of the sentence below, in any language."""


class ConsentKind(StrEnum):
    """What a reader did. ASKED is not consent: only CONFIRMED and evidence that was IMPORTED are."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    IMPORTED = "imported"
    CHANGED = "changed"
    PAUSED = "paused"
    LEFT = "left"
    COMPLAINED = "complained"
    BOUNCED = "bounced"
    ERASED = "erased"


class SuppressedBecause(StrEnum):
    """Why an address must not be written to."""

    UNSUBSCRIBED = "unsubscribed"
    COMPLAINED = "complained"
    BOUNCED = "bounced"
    ERASED = "erased"


@dataclass(frozen=True)
class AgreedWording:
    """The sentence as it was shown."""

    version: str
    locale: str
    text: str

    @property
    def hash(self) -> str:
        """SHA-256 over version, locale and text."""
        return hashlib.sha256(f"{self.version}\n{self.locale}\n{self.text}".encode()).hexdigest()


@dataclass(frozen=True)
class Choice:
    """What a reader wants to get, and in which language."""

    audiences: tuple[str, ...]
    locale: str
    welcome: bool = False
    """They also want the last issue that was sent, at once."""


@dataclass(frozen=True)
class Evidence:
    """Where it was said (a form, a link, a file with its date) and the sentence that stood there. No IP, no browser."""

    source: str
    wording: AgreedWording | None = None


def agreement(organisation: str) -> Text:
    """The sentence under the form, to be put in the reader's language; which newsletters is in the event itself."""
    return _(
        "Ja, {organisation} mag mij de nieuwsbrieven mailen die ik hierboven koos. Mijn e-mailadres wordt daarvoor "
        "versleuteld bewaard. Afmelden kan altijd, met de link onder elke nieuwsbrief.",
        organisation=organisation,
    )
