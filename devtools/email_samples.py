"""One edition by hand with every construct there is, in three languages."""

from __future__ import annotations

from datetime import date

from devtools import email_arabic, email_dutch, email_english
from devtools.photos import photo
from mailer.artefacts.email.artefact import PICTURE_WIDTH
from mailer.artefacts.email.images import MAX_HEIGHT, encoded
from mailer.document.nodes import Blocks, Spans
from mailer.document.pixels import pixels
from mailer.edition import Edition

FORMATS = {"nl": "nl", "en": "en_GB", "ar": "ar_MA"}
LEAD = {"nl": email_dutch.LEAD, "en": email_english.LEAD, "ar": email_arabic.LEAD}
SECTIONS = {"nl": email_dutch.SECTIONS, "en": email_english.SECTIONS, "ar": email_arabic.SECTIONS}
IMAGES = {"foto.jpg": encoded(pixels(photo(), within=(PICTURE_WIDTH, MAX_HEIGHT)))}


def edition(locale: str = "nl", *, subject: str | None = None, sections: int = 5, lead: Blocks[Spans] = ()) -> Edition:
    """The sample in one language."""
    title = {
        "nl": "Nieuws van november: wat speelt er in de centra?",
        "en": "News of November: what is happening in the centres?",
        "ar": "نشرة نونبر: ماذا يحدث في المراكز؟",
    }[locale]
    return Edition(
        slug="meldpunt-2026-3",
        publication="meldpunt",
        number="2026-3",
        audience="friends",
        locale=locale,
        formats=FORMATS[locale],
        direction="rtl" if locale == "ar" else "ltr",
        title=title,
        subject=subject or title,
        preheader={
            "nl": "31 telefoontjes en één uitspraak",
            "en": "31 calls and one ruling",
            "ar": "31 مكالمة وحكم واحد",
        }[locale],
        day=date(2026, 11, 26),
        lead=lead or LEAD[locale],
        sections=SECTIONS[locale][:sections],
    )
