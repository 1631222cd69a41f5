"""What a reader sees first: one title, a bar to call, chapters in a list; whatever an editor or organisation gives."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Browser

from devtools.email_house import HOUSE
from devtools.email_nodes import paragraph, words
from devtools.email_samples import IMAGES, edition
from mailer.artefacts.colours import DARK_GROUNDS, ENOUGH, GROUNDS, contrast, corrections, palette, readable
from mailer.artefacts.email.artefact import LOGO_SHOWN, LOGO_WIDTH, EmailArtefact, email_from
from mailer.artefacts.email.images import MAX_HEIGHT, encoded
from mailer.artefacts.email.preview import page_from, sample_values
from mailer.artefacts.email.read_on import shortened
from mailer.artefacts.formats import number_words
from mailer.artefacts.letterhead import headline, rest_of_title
from mailer.document.nodes import Figure
from mailer.document.pixels import pixels
from mailer.edition import Edition
from mailer.organisation import House, Look
from tests.artefacts.test_email_html import Reader
from tests.support.house import house
from tests.support.written import MAILED, edition_of
from wording.interface import interface

ARABIC_TITLE = ("ماذا تغير في المراكز هذا الشهر وكيف تطلب طبيبا أو محاميا أو زيارة " * 3)[:120].strip()


def made(one: Edition, among: House = HOUSE, images: dict[str, object] | None = None) -> EmailArtefact:
    return email_from(one, among, interface(one.locale), {**IMAGES, **(images or {})})  # type: ignore[dict-item]


def looking(**look: str) -> House:
    return replace(HOUSE, organisation=replace(HOUSE.organisation, look=Look(**look)))


def text_of(html: str, tag: str) -> list[str]:
    return [re.sub(r"<[^>]+>", "", found) for found in re.findall(rf"<{tag}\b[^>]*>(.*?)</{tag}>", html, re.DOTALL)]


@pytest.mark.parametrize("colour", ["#ffff00", "#ffffff", "#000000", "#808080", "#ff0000", "#0b5f58", "#7FD6CD"])
def test_any_accent_can_be_read_on_every_ground_in_light_and_dark(colour: str) -> None:
    shades = palette(colour, colour)
    for own, grounds in ((shades.light, GROUNDS), (shades.dark, DARK_GROUNDS)):
        assert min(contrast(own.accent, ground) for ground in grounds) >= ENOUGH
        assert contrast(own.accent, own.ink) >= ENOUGH
        assert contrast(own.on_tint, own.tint) >= ENOUGH


def test_a_colour_that_can_be_read_stays_and_one_that_is_none_is_refused() -> None:
    assert readable("#0b5f58", GROUNDS) == "#0b5f58"
    for text in ("yellow", "#fff", "#12345g", "rgb(1,2,3)"):
        with pytest.raises(ValueError, match=re.escape(text)):
            readable(text, GROUNDS)


def test_a_correction_of_a_colour_is_told_with_what_readers_get() -> None:
    assert corrections(Look()) == []
    told = [str(one.text) for one in corrections(Look(accent="#FFFF00", accent_dark="#000000"))]
    assert [("#FFFF00" in one, "#717100" in one, "#8e8e8e" in one) for one in told] == [
        (True, True, False),
        (False, False, True),
    ]


def test_a_mail_in_yellow_is_readable_everywhere() -> None:
    html = made(edition(), looking(accent="#ffff00", accent_dark="#000000")).html
    assert "#ffff00" not in html
    assert palette("#ffff00", "#000000").light.accent in html


@pytest.mark.parametrize(
    ("size", "shown"), [((5000, 5000), (48, 48)), ((5000, 400), (160, 13)), ((60, 20), (60, 20)), ((10, 900), (1, 48))]
)
def test_a_logo_of_any_size_fits_a_slim_masthead(size: tuple[int, int], shown: tuple[int, int]) -> None:
    data = BytesIO()
    Image.new("RGBA", size, (10, 90, 80, 128)).save(data, "PNG")
    logo = encoded(pixels(data.getvalue(), within=(LOGO_WIDTH, MAX_HEIGHT)))
    html = made(edition(), looking(logo="logo.png"), {"logo.png": logo}).html
    attributes = next(attrs for tag, attrs in Reader(html).tags if tag == "img")
    assert (attributes["width"], attributes["height"]) == tuple(map(str, shown))
    assert shown <= LOGO_SHOWN


def test_without_a_logo_the_first_letter_of_the_publication_stands_there_and_no_one_hears_it() -> None:
    for locale, letter in (("nl", "B"), ("ar", "ر")):
        marks = re.findall(
            r'<td (?=[^>]*class="mark")(?=[^>]*aria-hidden="true")[^>]*><p[^>]*>(.*?)</p>', made(edition(locale)).html
        )
        assert marks == [letter]


def test_the_title_stands_once_and_what_is_new_is_the_headline() -> None:
    one = replace(edition(subject="Minder uren buiten"), title="Bericht van het Meldpunt, nummer 3")
    html = made(one).html
    assert text_of(html, "h1") == ["Minder uren buiten"]
    assert Reader(html).text.count("Bericht van het Meldpunt") == 1
    assert text_of(made(replace(one, title="Wat er verandert")).html, "h1") == ["Wat er verandert"]


def test_a_title_that_only_looks_like_the_name_is_a_title() -> None:
    assert rest_of_title("Onder dak, november", "Onder dak") == "november"
    assert rest_of_title("ONDER DAK", "Onder dak") == ""
    assert rest_of_title("Onder dakpannen", "Onder dak") is None
    assert headline(replace(edition(), title="Nieuws in november 3"), "Nieuws") == edition().subject
    assert headline(replace(edition(), title="Dit is deel 3"), "Nieuws") == "Dit is deel\u00a03"


def test_a_number_is_written_one_way() -> None:
    day = date(2026, 12, 1)
    said = [number_words(number, day) for number in ("2026-3", "2026-03", "2025-12", "24", "kerst", "2026-3-extra")]
    assert said == ["3", "3", "2025-12", "24", "kerst", "2026-3-extra"]


def test_the_helpline_can_be_pressed_under_the_lead_and_before_the_picture() -> None:
    picture = Figure("foto.jpg", words("Een duif"), None, 4)
    for lead in ((paragraph("Vooraf."), picture), (picture, paragraph("Vooraf.")), (paragraph("Vooraf."),)):
        html = made(edition(lead=lead, sections=1)).html
        call = html.index('href="tel:0100000199"')
        assert html.index("Vooraf.") < call or lead[0] is picture
        if lead[-1] is picture:
            assert call < html.index("cid:")
    none = replace(HOUSE, organisation=replace(HOUSE.organisation, helpline=None))
    assert "tel:" not in made(edition(sections=1, lead=(paragraph("Vooraf."),)), none).html
    trunk = replace(HOUSE, organisation=replace(HOUSE.organisation, helpline="+31 (0)10 000 0199"))
    assert 'href="tel:+31100000199"' in made(edition(), trunk).html


def test_the_foot_begins_with_leaving() -> None:
    foot = made(edition()).html.partition('class="foot"')[2]
    assert foot.index("unsubscribe_url") < foot.index("preferences_url") < foot.index("omdat u zich hebt aangemeld")


def test_an_event_can_be_put_in_a_calendar_only_where_the_archive_has_it() -> None:
    """Numbered in the order of the text, also where a section before it is shortened."""
    card = '::: agenda Punt {0} {{date="2026-12-{0}"}}\nKom langs.\n:::\n\n'
    text = f"Vooraf.\n\n{card.format(10)}## Een\n\nEerst.\n\n{card.format(11) * 2}## Twee\n\n{card.format(12)}"
    one, words = edition_of(text, audience=MAILED), interface("nl")
    page = "https://nieuws.voorbeeld.example/nl/archief/meldpunt-2026-9"
    there = email_from(one, house(), words, {}, in_archive=True)
    links = [f"{page}/{number}.ics" for number in (1, 2, 3, 4)]
    assert [href for href in Reader(there.html).values("href") if href.endswith(".ics")] == links
    assert all(link in there.text for link in links)
    assert ".ics" not in email_from(one, house(), words, {}).html
    short = email_from(shortened(one, house(), words, ["een"]), house(), words, {}, in_archive=True, whole=one)
    assert [href for href in Reader(short.html).values("href") if href.endswith(".ics")] == [links[0], links[3]]


def many(count: int, locale: str = "nl") -> Edition:
    sections = edition(locale).sections
    chosen = [replace(sections[at % 5], anchor=f"deel-{at}", blocks=sections[at % 5].blocks[:1]) for at in range(count)]
    return replace(edition(locale), sections=tuple(chosen))


WIDE = """() => [document.documentElement.scrollWidth,
  [...document.querySelectorAll('.contents a, .help a, .ways a')]
    .filter(a => a.getBoundingClientRect().height < (a.closest('.help') ? 44 : 38)).length]"""


def pages() -> Sequence[tuple[str, Edition]]:
    picture = Figure("foto.jpg", words("Een duif"), None, 4)
    return [
        ("a title of 120 characters", replace(edition("ar"), title=ARABIC_TITLE)),
        ("one section", many(1)),
        ("forty sections", many(40, "ar")),
        ("a picture first", replace(edition(), lead=(picture, paragraph("Daarna.")))),
        ("no picture at all", many(3)),
        ("no lead", replace(edition(), lead=())),
    ]


def test_odd_issues_fit_a_telephone_and_have_links_for_a_thumb(browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 320, "height": 700})
    for what, one in pages():
        artefact = made(one)
        page.set_content(page_from(artefact, sample_values(interface(one.locale))))
        assert page.evaluate(WIDE) == [320, 0], what
        assert page.evaluate("document.querySelectorAll('h1').length") == 1, what
        assert page.evaluate("document.querySelectorAll('h2').length") >= len(one.sections), what
        listed = page.evaluate("document.querySelectorAll('.contents li').length")
        assert listed == (len(one.sections) if len(one.sections) >= 5 else 0), what
    page.close()
