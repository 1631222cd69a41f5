"""Pictures of e-mail editions: one of them, or a contact sheet of all editions of an issue."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from commands.browser import height_of, picture_of
from mailer.artefacts.email import EmailArtefact
from mailer.artefacts.preview import SCHEMES, page_from, sample_values
from mailer.organisation import Channel
from mailer.services.publishing import Press, edition, editions, email_of, load
from wording.interface import interface

WIDE, NARROW = 640, 360
"""CSS pixels: the sheet of a newsletter as it is on a desk, and the smallest telephone in use."""

SHEET_FRACTION = 3
"""A contact sheet is shown at a third of its size: to compare looks, not to read."""

SHEET_TOP = 1800
"""CSS pixels of each edition on a contact sheet: the rest is text like what stands above it."""

_GAP, _TITLE = 12, 36


def png(
    press: Press, slug: str, audience: str, locale: str, *, width: int = WIDE, scheme: str = SCHEMES[0], top: int = 0
) -> bytes:
    """One edition as a picture; with `top`, no more than that many pixels of it from above.

    Raises SettingsError without a browser, and what `publishing.edition` raises.
    """
    loaded = load(press, slug)
    artefact = email_of(press, loaded, edition(press, loaded, audience, locale))
    page = page_from(artefact, sample_values(interface(locale)), scheme)
    return small(picture_of(page, width, min(height_of(page, width), top or height_of(page, width))))


def sheet(press: Press, slug: str) -> bytes:
    """Every e-mail edition of an issue in one picture: wide and light, narrow and dark beside each other.

    Raises SettingsError without a browser, ContentError with all that is wrong in the issue.
    """
    loaded = load(press, slug)
    by_mail = [cut for cut in editions(press, loaded) if press.house.audiences[cut.audience].channel is Channel.EMAIL]
    columns = [
        (f"{cut.audience}, {cut.locale}" if width == WIDE else "", picture)
        for cut in by_mail
        for width, picture in _looks(email_of(press, loaded, cut), cut.locale)
    ]
    size = (sum(one.width + _GAP for _, one in columns) + _GAP, max(one.height for _, one in columns) + _TITLE + _GAP)
    whole = Image.new("RGB", size, "#8b979e")
    pen, x = ImageDraw.Draw(whole), _GAP
    for title, picture in columns:
        pen.text((x, 8), title, "#10171d", ImageFont.load_default(18))
        whole.paste(picture, (x, _TITLE))
        x += picture.width + _GAP
    return _palette(whole, 32)


def small(picture: bytes) -> bytes:
    """The same picture with 64 colours: a tenth of the octets, and text looks the same."""
    return _palette(Image.open(BytesIO(picture)).convert("RGB"))


def _looks(artefact: EmailArtefact, locale: str) -> Iterator[tuple[int, Image.Image]]:
    for width, scheme in ((WIDE, "light"), (NARROW, "dark")):
        page = page_from(artefact, sample_values(interface(locale)), scheme)
        picture = Image.open(BytesIO(picture_of(page, width, min(SHEET_TOP, height_of(page, width)))))
        size = (picture.width // SHEET_FRACTION, picture.height // SHEET_FRACTION)
        yield width, picture.convert("RGB").resize(size, Image.Resampling.LANCZOS)


def _palette(picture: Image.Image, colours: int = 64) -> bytes:
    data = BytesIO()
    picture.quantize(colours, dither=Image.Dither.NONE).save(data, "PNG", optimize=True)
    return data.getvalue()
