"""Step 4: a translated document is cut to one audience and one locale."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mailer.document.nodes import Blocks, Section, Spans


@dataclass(frozen=True)
class Edition:
    """One issue for one audience in one locale: all that a reader will see of it, and nothing of another audience.

    `formats` is the CLDR locale for dates and numbers; `direction` is "ltr" or "rtl".
    """

    slug: str
    publication: str
    number: str
    audience: str
    locale: str
    formats: str
    direction: str
    title: str
    subject: str
    preheader: str
    day: date
    lead: Blocks[Spans]
    sections: tuple[Section[Spans], ...]
