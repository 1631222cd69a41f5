"""Pictures of editions: one e-mail, or a contact sheet of all editions of an issue."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from mailer.artefacts.email.artefact import EmailArtefact
from mailer.artefacts.email.preview import SCHEMES, page_from, sample_values
from mailer.artefacts.paper.contact_sheet import contact_sheet
from mailer.artefacts.paper.job import PrintJob
from mailer.organisation import Channel
from mailer.services.office import Press
from mailer.services.writing.editions import edition, editions, email_of, load, print_job_of
from mailer.typesetting.browser import height_of, picture_of
from wording.interface import interface

WIDE, NARROW = 640, 360
"""CSS pixels: the sheet of a newsletter as it is on a desk, and the smallest telephone in use."""

SHEET_FRACTION = 3
"""A contact sheet is shown at a third of its size: to compare looks, not to read."""

SHEET_TOP = 1200
"""CSS pixels of each edition on a contact sheet: the rest is text like what stands above it."""

BOOKLET = 350
"""Pixels of four pages of a booklet beside each other on a contact sheet: as wide as the two looks of a mail."""

SHEET_COLOURS = 32
"""Enough for two schemes and a drawing; more would only make the file larger."""

KMEANS = 3
"""Below it the colours of a palette are moved again and again; more is slow and shows nothing."""

_GAP, _TITLE, _GROUND = 12, 36, "#8b979e"
Titled = tuple[str, Image.Image]


def png(
    press: Press,
    slug: str,
    audience: str,
    locale: str,
    *,
    width: int = WIDE,
    scheme: str = SCHEMES[0],
    top: int = 0,
    dressed: Callable[[str], str] = str,
) -> bytes:
    """One edition as a picture; with `top`, no more than that many pixels of it from above. `dressed` is done to the
    page before it is shown.

    Raises SettingsError without a browser, and what `editions.edition` raises.
    """
    loaded = load(press, slug)
    artefact = email_of(press, loaded, edition(press, loaded, audience, locale))
    page = dressed(page_from(artefact, sample_values(interface(locale)), scheme))
    return small(picture_of(page, width, min(height_of(page, width), top or height_of(page, width))))


def sheet(
    press: Press,
    slug: str,
    pages: Callable[[PrintJob], Sequence[bytes]],
    *,
    dressed: Callable[[str], str] = str,
    colours: int = SHEET_COLOURS,
) -> bytes:
    """Every edition of an issue in one picture: e-mails wide and light, narrow and dark; booklets page by page.

    `pages` makes a PNG per page of a booklet (`Typesetter.pictures`); `dressed` as for `png`. Raises SettingsError
    without a browser, ContentError with all that is wrong in the issue, and TypesettingError.
    """
    loaded = load(press, slug)
    rows: dict[Channel, list[Titled]] = {Channel.EMAIL: [], Channel.POST: []}
    for cut in editions(press, loaded):
        title, channel = f"{cut.audience}, {cut.locale}", press.house.audiences[cut.audience].channel
        if channel is Channel.POST:
            looks = [_booklet(pages(print_job_of(press, loaded, cut)), right_to_left=cut.direction == "rtl")]
        else:
            looks = list(_looks(email_of(press, loaded, cut), cut.locale, dressed))
        rows[channel] += zip((title, ""), looks, strict=False)
    return _palette(_stacked([_row(row) for row in rows.values() if row]), colours)


def _row(columns: list[Titled]) -> Image.Image:
    """Pictures beside each other, each under its title."""
    size = (sum(one.width + _GAP for _, one in columns) + _GAP, max(one.height for _, one in columns) + _TITLE + _GAP)
    row = Image.new("RGB", size, _GROUND)
    pen, x = ImageDraw.Draw(row), _GAP
    for title, picture in columns:
        pen.text((x, 8), title, "#10171d", ImageFont.load_default(18))
        row.paste(picture, (x, _TITLE))
        x += picture.width + _GAP
    return row


def _stacked(rows: list[Image.Image]) -> Image.Image:
    whole = Image.new("RGB", (max(row.width for row in rows), sum(row.height for row in rows)), _GROUND)
    y = 0
    for row in rows:
        whole.paste(row, (0, y))
        y += row.height
    return whole


def small(picture: bytes) -> bytes:
    """The same picture with 64 colours: a tenth of the octets, and text looks the same."""
    return _palette(Image.open(BytesIO(picture)).convert("RGB"))


def _booklet(pages: Sequence[bytes], *, right_to_left: bool) -> Image.Image:
    picture = Image.open(BytesIO(contact_sheet(pages, right_to_left=right_to_left))).convert("RGB")
    return picture.resize((BOOKLET, picture.height * BOOKLET // picture.width), Image.Resampling.LANCZOS)


def _looks(artefact: EmailArtefact, locale: str, dressed: Callable[[str], str]) -> Iterator[Image.Image]:
    for width, scheme in ((WIDE, "light"), (NARROW, "dark")):
        page = dressed(page_from(artefact, sample_values(interface(locale)), scheme))
        picture = Image.open(BytesIO(picture_of(page, width, SHEET_TOP)))
        size = (picture.width // SHEET_FRACTION, picture.height // SHEET_FRACTION)
        yield picture.convert("RGB").resize(size, Image.Resampling.LANCZOS)


def _palette(picture: Image.Image, colours: int = 64) -> bytes:
    data = BytesIO()
    # kmeans: of many grays and few greens, the greens would be mixed into gray
    picture.quantize(colours, kmeans=KMEANS, dither=Image.Dither.NONE).save(data, "PNG", optimize=True)
    return data.getvalue()
