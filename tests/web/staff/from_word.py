"""`make browser`: an issue from a Word text, with a clipboard as Word fills it and the keys of a person."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from mailer.document.parse import document_from
from mailer.intake import reading
from staff.people import set_interface
from tests.intake.sampled import SAMPLES
from tests.web.staff.conftest import Desks, answering, desks_in
from tests.web.staff.looking import EVERY_SIGHT, faults_in, overhear
from tests.web.staff.stories import WAYS, browser_of
from tests.web.staff.writing.test_bringing import PICTURED
from web.staff.here import LANGUAGES

SLUG = "los-2026-24"
WORD = "".join((SAMPLES / f"word-{name}.html").read_text("utf-8") for name in ("headings", "lists", "image-link"))
TYPED = (SAMPLES / "word-typed.html").read_text("utf-8")
COPY = """([html, plain]) => document.addEventListener("copy", (event) => {
  event.clipboardData.setData("text/html", html);
  event.clipboardData.setData("text/plain", plain);
  event.preventDefault();
}, { once: true })"""


@pytest.fixture
def desks(migrated_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desks]:
    monkeypatch.setattr(reading, "SECONDS", 240.0)
    with desks_in(tmp_path / "desks", migrated_file) as opened, answering(opened):
        yield opened


def copy(page: Page, html: str, plain: str) -> None:
    """Fill the clipboard of this browser as another program does, with the keys that copy."""
    page.evaluate(COPY, [html, plain])
    page.keyboard.press("Control+c")


def text_of(desks: Desks, slug: str) -> str:
    return desks.staff.office.content.text(slug) or ""


def test_an_issue_begins_with_a_text_pasted_from_word(desks: Desks, browser: Browser) -> None:
    way = WAYS["by keyboard"]
    context = browser_of(browser, way)
    page = desks.visit(context, "Bram")
    said = overhear(page, desks.base)
    page.goto(f"{desks.base}/staff/issues/new?publication=los")
    way.hands.press(page, "link", "Staat de tekst al in Word of op internet? Begin daarmee.")
    field = page.get_by_label("De tekst", exact=True)
    field.wait_for()
    copy(page, WORD + TYPED, "zoals Word het zonder opmaak geeft")
    field.press("Control+v")
    page.get_by_text("De opmaak komt mee").wait_for()
    expect(field).to_have_value("zoals Word het zonder opmaak geeft")
    way.hands.press(page, "button", "Lees de tekst")
    page.get_by_role("heading", name=re.compile("^Je bracht .* in 1 rubriek$")).wait_for()
    expect(page.get_by_text("Upload het bestand zelf, dan komen ze wel mee.")).to_be_visible()
    way.hands.press(page, "button", "Maak er koppen van")
    page.get_by_role("button", name="Maak er koppen van").wait_for(state="detached")
    way.hands.press(page, "button", "Maak er een lijst van")
    page.get_by_role("button", name="Maak er een lijst van").wait_for(state="detached")
    assert said == []  # the letter of an issue without a subject, on the page after this, is none yet
    way.hands.press(page, "button", "Begin dit nummer")
    page.get_by_label("Tekst van Nieuws uit het steunpunt").wait_for()
    slug = page.url.rstrip("/").split("/")[-2]
    document, problems = document_from(text_of(desks, slug).partition("\n---\n")[2])
    assert problems == []
    assert [one.heading.markdown for one in document.body.sections] == ["Nieuws uit het steunpunt"]
    for words in (
        "### Wat er verandert",
        "- een brief van de **gemeente**",
        "### Bezoek",
        "- eerst bellen\n- dan komen",
    ):
        assert words in text_of(desks, slug)
    context.close()


def test_a_few_words_go_in_at_once_and_a_letter_is_looked_at_first(desks: Desks, browser: Browser) -> None:
    context = browser_of(browser, WAYS["by keyboard"])
    page = desks.visit(context, "Bram")
    page.goto(f"{desks.base}/staff/issues/{SLUG}/write")
    box = page.get_by_label("Tekst van Opvang")
    before = box.input_value()
    copy(page, "<meta charset='utf-8'><p>met <b>nadruk</b></p>", "met nadruk")
    box.press("Control+End")
    page.keyboard.type(" ")
    page.keyboard.press("Control+v")
    page.wait_for_function("box => box.value.endsWith(' met **nadruk**')", arg=box.element_handle())
    page.keyboard.press("Control+z")
    expect(box).to_have_value(f"{before} ")
    page.keyboard.type("Wat ik typte.")
    copy(page, WORD, "een brief")
    box.press("Control+v")
    page.get_by_role("heading", name=re.compile("^Je bracht")).wait_for()
    expect(page.locator("#number option:checked")).to_have_text("Opvang")
    page.get_by_role("button", name="Zet het in het nummer").last.click()
    page.get_by_label("Tekst van Nieuws uit het steunpunt").wait_for()
    expect(page.get_by_label("Tekst van Opvang")).to_have_value(re.compile(r"Wat ik typte\.$"))
    assert "Nieuws uit het steunpunt" not in text_of(desks, SLUG)
    page.locator("#save").click()
    page.locator("#kept", has_text=re.compile("^Bewaard om")).wait_for()
    saved = text_of(desks, SLUG)
    assert saved.index("Wat ik typte.") < saved.index("## Nieuws uit het steunpunt") < saved.index("### Wat blijft")
    context.close()


@pytest.mark.parametrize("name", WAYS)
def test_a_word_file_is_uploaded_with_its_pictures(desks: Desks, browser: Browser, tmp_path: Path, name: str) -> None:
    way = WAYS[name]
    file = tmp_path / "brief.docx"
    file.write_bytes(PICTURED)
    context = browser_of(browser, way)
    page = desks.visit(context, "Bram")
    page.goto(f"{desks.base}/staff/issues/{SLUG}/write")
    way.hands.press(page, "button", "Haal een tekst uit Word of van internet")
    page.get_by_role("heading", name="Haal een tekst uit Word of van internet").wait_for()
    page.set_input_files("#file", str(file))
    way.hands.press(page, "button", "Lees het bestand")
    page.get_by_role("heading", name=re.compile("^Je bracht")).wait_for()
    expect(page.get_by_label("Titel")).to_have_value("Met foto’s")
    way.hands.press(page, "radio", "In plaats van alles")
    way.hands.press(page, "button", "Zet het in het nummer")
    page.get_by_label("Tekst van Inleiding").wait_for()
    expect(page.get_by_label("Tekst van Inleiding")).to_have_value(re.compile(r"!\[Een deur\]\(afbeelding-1\.png\)"))
    assert (desks.staff.office.content.folder / f"issues/{SLUG}/afbeelding-1.png").is_file()
    context.close()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_became_of_a_text_has_no_fault_at_any_sight(desks: Desks, browser: Browser, lang: str) -> None:
    with desks.store.transaction() as session:
        set_interface(session, desks.people["Bram"].uid, lang)
    context = browser_of(browser, WAYS["by keyboard"])
    page = desks.visit(context, "Bram")
    for path in (f"{SLUG}/write/bring", "bring?publication=los"):
        page.goto(f"{desks.base}/staff/issues/{path}")
        copy(page, WORD + TYPED, "x")
        page.locator("#text").press("Control+v")
        page.locator("#bring button.primary").click()
        page.locator("form.brought").wait_for()
        assert faults_in(page, lang, EVERY_SIGHT) == []
    context.close()
