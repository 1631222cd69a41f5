"""The HTML of an e-mail: nothing an editor or translator writes is markup, nothing comes from another host."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from io import BytesIO

import pytest
from PIL import Image

from devtools.email_house import HOUSE
from devtools.email_nodes import paragraph, words
from devtools.email_samples import IMAGES, edition
from mailer.artefacts.email.artefact import LOGO_WIDTH, EmailArtefact, email_from
from mailer.artefacts.email.images import MAX_HEIGHT, encoded
from mailer.artefacts.slots import slot
from mailer.document.nodes import Action, CaseLaw, Code, CodeBlock, Heading, Link, Slot
from mailer.document.pixels import pixels
from mailer.organisation import Look
from wording.interface import interface

VOID = {"br", "hr", "img", "meta", "link", "input", "o:allowpng"}


class Reader(HTMLParser):
    """What a mail program finds in the HTML: its tags with their attributes, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def values(self, attribute: str) -> list[str]:
        return [attrs[attribute] or "" for _tag, attrs in self.tags if attribute in attrs]


def artefact(locale: str = "nl", **changed: object) -> EmailArtefact:
    return email_from(edition(locale, **changed), HOUSE, interface(locale), IMAGES)  # type: ignore[arg-type]


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{7*7}}{% include 'x' %}",
    "<mj-include path='/etc/passwd' />",
    "</mj-text><mj-raw>",
    "@postduif-0@",
    "&lt;b&gt; &amp;",
    "\\u{a0} \u00a0 \u200f",
]


@pytest.mark.promise("P9", "row 1")
@pytest.mark.parametrize("locale", ["nl", "ar"])
@pytest.mark.parametrize("text", HOSTILE)
def test_what_an_editor_writes_is_text_and_nothing_else(locale: str, text: str) -> None:
    lead = (paragraph(text), Heading(3, words(text)), paragraph(Code(text)), CodeBlock(text))
    plain, hostile = (Reader(artefact(locale, lead=blocks).html) for blocks in ((paragraph("x"),), lead))
    assert "script" not in {tag for tag, _ in hostile.tags}
    assert {name for _, attrs in hostile.tags for name in attrs} <= {name for _, attrs in plain.tags for name in attrs}
    assert re.sub(r"\s", "", hostile.text).count(re.sub(r"\s", "", text)) == 4


@pytest.mark.promise("P9", "row 17")
def test_a_title_and_subject_are_text_too() -> None:
    made = edition("nl", subject='<b>"x"</b> & {{7*7}}')
    html = email_from(made, HOUSE, interface("nl"), IMAGES).html
    assert "<title>&lt;b&gt;" in html
    assert '<b>"' not in html


@pytest.mark.parametrize(
    "href", ["javascript:alert(1)", "JAVASCRIPT:x", "data:text/html,x", "http://x.example", "//x.example", " https:x"]
)
def test_a_link_of_another_kind_is_not_a_link(href: str) -> None:
    ruling = CaseLaw(words("Uitspraak"), words("Rechtbank"), date(2026, 10, 14), "ECLI:NL:X:2026:1", href, ())
    lead = (paragraph(Link(href, "", words("klik"))), Action(words("knop"), href), ruling)
    made = artefact(lead=lead, sections=0)
    assert "klik" in made.html
    assert "knop" in made.html
    assert href not in [*Reader(made.html).values("href"), *made.text.split()]


def test_an_arabic_subject_and_preheader_start_right_to_left() -> None:
    made = replace(edition("ar", sections=0), preheader="LOS: نشرة")
    artefact = email_from(made, HOUSE, interface("ar"), {})
    assert artefact.preheader == "\u200f\u200eLOS\u200f: نشرة"
    assert artefact.preheader in artefact.html


COMMANDS = (
    *("{{ config }}", '{{ env "POSTDUIF_CANARY" }}', '{{ expandenv "$POSTDUIF_CANARY" }}', "${POSTDUIF_CANARY}"),
    *("%(POSTDUIF_CANARY)s", "{0.__class__.__init__.__globals__}", "{% for x in [1] %}x{% endfor %}", "#sys.inputs"),
)
"""Of every language in which a newsletter program was ever asked for its passwords."""


@pytest.mark.promise("P9", "row 1")
def test_no_command_of_any_template_language_is_obeyed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTDUIF_CANARY", "kanarie-7f3a")
    made = artefact(lead=tuple(paragraph(one) for one in COMMANDS), subject=COMMANDS[0])
    shown = Reader(made.html).text
    for one in COMMANDS:
        assert one in shown
        assert one in made.text
    assert "kanarie-7f3a" not in made.html + made.text


@pytest.mark.promise("P9", "row 1")
def test_a_slot_cannot_be_typed() -> None:
    html = artefact(lead=(paragraph("\ue000unsubscribe_url\ue001"), paragraph(Slot("greeting")))).html
    assert html.count(slot("unsubscribe_url")) == 1
    assert html.count(slot("greeting")) == 1
    assert html.count(slot("preferences_url")) == 1


@pytest.mark.promise("P4")
@pytest.mark.parametrize("locale", ["nl", "en", "ar"])
def test_opening_the_mail_asks_nobody_for_anything(locale: str) -> None:
    made = artefact(locale)
    reader = Reader(made.html)
    assert [src for src in reader.values("src") if not src.startswith("cid:")] == []
    assert re.findall(r"url\(|@import|<link", made.html) == []
    assert all(attrs.get("alt") for tag, attrs in reader.tags if tag == "img")
    assert {image.cid for image in made.images} == {src.removeprefix("cid:") for src in reader.values("src")}


@pytest.mark.promise("P4")
@pytest.mark.parametrize("locale", ["nl", "ar"])
def test_links_are_the_editors_own(locale: str) -> None:
    hrefs = [href for href in Reader(artefact(locale).html).values("href") if not href.startswith(("#", "\ue000"))]
    assert set(hrefs) == {
        "tel:0100000199",
        "https://uitspraken.example/99001",
        "https://www.voorbeeld.example/aanmelden?x=1&y=2",
        "mailto:meldpunt@voorbeeld.example",
        "https://www.voorbeeld.example/folder",
        "https://www.voorbeeld.example",
        f"https://nieuws.voorbeeld.example/{locale}/privacy",
    }


def test_arabic_is_right_to_left_everywhere_but_in_isolated_runs() -> None:
    html = artefact("ar").html
    assert not re.search(r"direction:\s*ltr", html)
    for tag in re.findall(r"<(?:table|td|th|ul|ol|p|h[1-6]|blockquote)\b[^>]*>", html):
        assert 'dir="rtl"' in tag
    assert re.search(r'<span class="whole" dir="ltr" style="white-space: nowrap;">ECLI:NL:RBDHA:2026:99001<', html)
    assert 'dir="rtl"' not in "".join(re.findall(r"<a [^>]*>", html))


def test_dutch_has_no_direction_of_arabic() -> None:
    assert "rtl" not in artefact("nl").html


def test_an_organisation_has_its_own_colours_and_logo() -> None:
    logo = BytesIO()
    Image.new("RGB", (600, 200), "#7a1f5c").save(logo, "PNG")
    look = Look(accent="#ffd400", accent_dark="#5c1a46", logo="logo.png")
    house = replace(HOUSE, organisation=replace(HOUSE.organisation, look=look))
    shown = encoded(pixels(logo.getvalue(), within=(LOGO_WIDTH, MAX_HEIGHT)))
    made = email_from(edition(), house, interface("nl"), IMAGES | {"logo.png": shown})
    attributes = next(attrs for tag, attrs in Reader(made.html).tags if tag == "img")
    assert (attributes["alt"], attributes["src"]) == ("Stichting Het Voorbeeld", f"cid:{made.images[0].cid}")
    assert (attributes["width"], attributes["height"]) == ("144", "48")
    assert "#0b5f58" not in made.html
    assert "#ffd400" not in made.html  # nobody reads yellow on white: the same hue, darker
    assert "#816b00" in made.html


def test_a_long_issue_has_a_table_of_contents_and_a_short_one_has_none() -> None:
    assert "#uitspraken" in Reader(artefact(sections=5).html).values("href")
    assert "#uitspraken" not in Reader(artefact(sections=3).html).values("href")


def test_the_same_edition_is_the_same_bytes() -> None:
    assert artefact("ar") == artefact("ar")
