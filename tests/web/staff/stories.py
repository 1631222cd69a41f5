"""`make browser`: stories of people with the staff pages: by keyboard alone, on a phone, and without script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pyotp
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from database.base import now
from devtools.browser import PATIENCE
from mailer.services.post import progress
from mailer.services.sending.links import personal_links
from mailer.services.translating import messages
from subscribers.addressee import SuspendedBecause
from subscribers.postal import suspend_addressee
from tests.support.people import gets, reader
from tests.support.post_office import PostOffice
from tests.web.conftest import link_in
from tests.web.staff.conftest import Desks, answering, code_in, desks_in, fill, mistaken
from tests.web.staff.hands import Hands, Keys, Pointing
from web import forms
from wording import Text
from wording.interface import interface

pytestmark = pytest.mark.browser

SLUG, SLUG_AUDIENCE = "noo-2026-11", "noo-national"


@dataclass(frozen=True)
class Way:
    """How someone is at it."""

    hands: Hands
    width: int = 1280
    script: bool = True


WAYS = {"by keyboard": Way(Keys()), "on a phone": Way(Pointing(), 390), "without script": Way(Pointing(), script=False)}


@pytest.fixture
def ready(migrated_file: Path, tmp_path: Path) -> Iterator[Desks]:
    with desks_in(tmp_path / "desks", migrated_file) as desks, answering(desks):
        messages.approve_issue(desks.staff.office, desks.people["Bram"], SLUG)
        for number in range(2):
            reader(desks.store, f"lezer{number}@lezers.example", "noo-national")
        yield desks


def browser_of(browser: Browser, way: Way) -> BrowserContext:
    context = browser.new_context(
        viewport={"width": way.width, "height": 900},
        locale="nl",
        java_script_enabled=way.script,
        has_touch=way.width < 500,
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE)
    return context


def come_in(desks: Desks, page: Page, way: Way, name: str) -> None:
    """With the code from the mail; who needs a second step sets up an app."""
    page.goto(f"{desks.base}/staff/sign-in")
    way.hands.type(page, "Je e-mailadres", desks.people[name].email)
    way.hands.press(page, "button", "Mail mij een link")
    page.get_by_role("heading", name="Kijk in je mailbox").wait_for()
    mail = next(one for one in reversed(desks.mails()) if one.kind == "sign_in")
    way.hands.type(page, "Of typ de code", code_in(mail))
    way.hands.press(page, "button", "Verder met de code")


def set_up(page: Page, way: Way) -> None:
    page.get_by_role("heading", name="Stel je tweede stap in").wait_for()
    secret = page.locator("details code").text_content() or ""
    way.hands.type(page, "Code van 6 cijfers", pyotp.TOTP(secret.replace(" ", "")).now())
    way.hands.press(page, "button", "Verder")
    way.hands.press(page, "link", "Ik heb ze bewaard")


@pytest.mark.parametrize("name", WAYS)
def test_one_approves_and_another_sends_and_stops(ready: Desks, browser: Browser, name: str) -> None:
    way = WAYS[name]
    approver, editor = browser_of(browser, way), browser_of(browser, way)
    page = approver.new_page()
    come_in(ready, page, way, "Amina")
    page.get_by_role("heading", name="Amina").wait_for()
    page.goto(f"{ready.base}/staff/issues/{SLUG}/approve")
    way.hands.press(page, "button", "Keur deze")
    page.get_by_text("keurde precies dit goed").wait_for()
    page = editor.new_page()
    come_in(ready, page, way, "Bram")
    set_up(page, way)
    page.get_by_role("heading", name="Bram").wait_for()
    page.goto(f"{ready.base}/staff/issues/{SLUG}/send")
    way.hands.press(page, "radio", "Nu")
    way.hands.press(page, "button", "Verstuur aan 2 lezers")
    page.get_by_role("heading", name="Staat klaar voor 2 lezers").wait_for()
    way.hands.press(page, "button", "Zet stil")
    way.hands.press(page, "button", "Ga verder")
    way.hands.press(page, "link", "Breek af")
    way.hands.press(page, "button", "Breek")
    page.get_by_text("afgebroken").first.wait_for()
    approver.close()
    editor.close()


def test_one_writes_sees_each_letter_mends_a_warning_and_asks_for_approval(ready: Desks, browser: Browser) -> None:
    context = browser_of(browser, WAYS["by keyboard"])
    page = ready.visit(context, "Bram")
    page.goto(f"{ready.base}/staff/issues/los-2026-24/write")
    box = page.get_by_label("Tekst van Opvang")
    box.press("Control+End")
    page.keyboard.type("\nBel Bilal op 06-12345678.")
    page.locator("section", has=box).locator(".said.warn").first.wait_for()
    for _each in range(len(" op 06-12345678.")):
        page.keyboard.press("Backspace")
    page.keyboard.type(".\n\n")
    page.locator("section", has=box).locator(".said.warn").first.wait_for(state="detached")
    page.locator(".toolbar summary").click()
    page.get_by_role("button", name="Een tabel").click()
    page.get_by_title("Foto", exact=True).click()
    picture = ready.staff.office.content.folder / "issues/los-2026-24/grachtenhuizen.png"
    page.set_input_files("#picture-file", str(picture))
    page.locator("#picture-seen").wait_for()
    page.locator("#picture-alt").fill("Huizen aan een gracht")
    page.locator("#d-picture button.primary").click()
    assert {audience for audience, _locale in each_letter(page)} == {"legal-aid", "womens-orgs", "migrant-orgs"}
    page.locator("#save").click()
    page.locator("#kept", has_text=re.compile("^Bewaard om")).wait_for()
    assert "![Huizen aan een gracht](grachtenhuizen" in (ready.staff.office.content.text("los-2026-24") or "")
    page.get_by_role("link", name="Vraag goedkeuring").click()
    page.get_by_role("button", name="Vraag goedkeuring").click()
    page.get_by_text("Amina krijgt een mail").wait_for()
    assert "/staff/issues/los-2026-24/approve" in ready.mails()[-1].text
    page.goto(f"{ready.base}/staff/issues/meldpunt-2026-3/write")
    assert {locale for _audience, locale in each_letter(page)} == {"nl", "en", "ar"}
    context.close()


def each_letter(page: Page) -> set[tuple[str, str]]:
    """Look at the letter of every audience in each of its languages; gives which were shown."""
    seen = set[tuple[str, str]]()
    for audience in page.locator("#for-whom option").evaluate_all("all => all.map(one => one.value)"):
        page.select_option("#for-whom", audience)
        locales = page.locator(f'[data-locales="{audience}"] input')
        for locale in locales.evaluate_all("all => all.map(one => one.value)"):
            page.locator(f'[data-locales="{audience}"] input[value="{locale}"]').check(force=True)
            page.locator(f'#frames iframe:not(.coming)[src*="/{audience}/{locale}"]').wait_for()
            seen.add((audience, locale))
    return seen


@pytest.mark.parametrize("name", WAYS)
def test_someone_chooses_arabic_and_leaves(ready: Desks, browser: Browser, name: str) -> None:
    way = WAYS[name]
    context = browser_of(browser, way)
    page = context.new_page()
    come_in(ready, page, way, "Amina")
    page.get_by_role("heading", name="Amina").wait_for()
    page.goto(f"{ready.base}/staff/me")
    way.hands.press(page, "radio", "العربية")
    way.hands.press(page, "button", "Bewaar taal")
    page.locator('html[dir="rtl"]').wait_for()
    page.locator("details.me summary").press("Enter")
    way.hands.press(page, "button", "الخروج")
    page.locator("#email").wait_for()
    context.close()


@pytest.fixture
def mistake(migrated_file: Path, tmp_path: Path) -> Iterator[Desks]:
    with desks_in(tmp_path / "desks", migrated_file) as desks, answering(desks):
        fill(desks)
        mistaken(desks)
        yield desks


def test_a_mistake_is_corrected(mistake: Desks, browser: Browser) -> None:
    """From the mailing, on a phone: seen by the editor, approved by another, and sent to who had it."""
    way = WAYS["on a phone"]
    approver, editor = browser_of(browser, way), browser_of(browser, way)
    page, other = mistake.visit(editor, "Bram"), mistake.visit(approver, "Amina")
    page.goto(f"{mistake.base}/staff/mailings/{mistake.made['number']}/")
    way.hands.press(page, "link", "Verbeter een fout")
    page.get_by_text("Iemand anders moet deze verbetering eerst goedkeuren").wait_for()
    other.goto(page.url)
    way.hands.press(other, "button", "Keur deze verbetering goed")
    other.get_by_text("Goedgekeurd. De redactie kan de verbetering versturen.").wait_for()
    page.reload()
    way.hands.press(page, "button", "Verstuur de verbetering aan 2 lezers")
    page.get_by_role("heading", name="Staat klaar voor 2 lezers").wait_for()
    way.hands.press(page, "button", "Neem terug")
    page.get_by_text("Teruggenomen voordat er iets vertrok.").wait_for()
    approver.close()
    editor.close()


@pytest.mark.parametrize("name", WAYS)
def test_a_run_is_printed_someone_is_released_and_two_come_back(ready: Desks, browser: Browser, name: str) -> None:
    way, hands = WAYS[name], WAYS[name].hands
    at = PostOffice(ready.staff.office, ready.people["Sem"]).open()
    [ada, *_others] = at.add("Ada Voorbeeld", "Bo Voorbeeld", "Cas Voorbeeld", "Dée Voorbeeld")
    run = at.prepared()
    context = browser_of(browser, way)
    page = ready.visit(context, "Sem")
    page.goto(f"{ready.base}/staff/post")
    hands.press(page, "link", "Ga verder")
    page.get_by_role("heading", name="in 4 enveloppen").wait_for()
    hands.press(page, "checkbox", "Alles is geprint en goed leesbaar")
    hands.press(page, "button", "Geprint, verder")
    hands.press(page, "button", "Gevouwen, verder")
    with ready.store.transaction() as session:  # somebody is released between printing and posting
        suspend_addressee(session, ada, SuspendedBecause.DEPARTED, at.office.today())
    hands.press(page, "link", "Vink af op je telefoon")
    page.get_by_text("Stuk 1 niet vullen").wait_for()
    for number in (2, 3, 4):
        hands.press(page, "button", f"Stuk {number} is gevuld")
        page.get_by_text(f"{number - 1} van 3 gevuld").wait_for()
    hands.press(page, "link", "Alles is gevuld: verder")
    hands.press(page, "button", "Stuk 1 is vernietigd")
    hands.press(page, "button", "Gevuld, verder")
    hands.press(page, "button", "Op de post gedaan")
    page.get_by_role("heading", name="3 enveloppen zijn op de post").wait_for()
    page.goto(f"{ready.base}/staff/post/returned")
    for back, because in (("2", "vertrokken"), ("3", "onbekend")):
        hands.type(page, "Nummer op het etiket", back)
        hands.press(page, "radio", because)
        hands.press(page, "button", "Meld terug")
        page.get_by_text(f"Stuk {back} is gemeld: {because}.").wait_for()
        expect(page.locator("#number")).to_be_focused()
    hands.press(page, "button", "Maak ongedaan")
    page.get_by_text("Stuk 3 is niet teruggekomen").wait_for()
    assert [one.number for one in progress.came_back_today(at.office, at.person)] == [2]
    assert progress.board(at.office, at.person, run).state == "posted"
    context.close()


def ar(words: str) -> str:
    """A sentence of the pages in Arabic."""
    return interface("ar").say(Text(words))


def mailed_path(desks: Desks, address: str) -> str:
    """The path of the link in the last mail to an address."""
    return link_in([one for one in desks.mails() if one.to == address][-1])


def test_a_reader_subscribes_pauses_moves_and_leaves_on_a_phone_in_arabic(ready: Desks, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="ar", has_touch=True)
    context.set_default_timeout(PATIENCE)
    page, base, store = context.new_page(), ready.base, ready.store
    old, new = "farah@lezers.example", "farah@elders.example"
    page.goto(f"{base}/ar/aanmelden")
    page.locator('html[dir="rtl"]').wait_for()
    made = forms.signed_now(ready.staff.office.keys, now() - timedelta(seconds=30))  # looked at for a while
    page.locator("#form").evaluate("(field, made) => { field.value = made; }", made)
    page.locator('input[name="audience"][value="detention-friends"]').check()
    page.get_by_label(ar("Uw e-mailadres")).fill(old)
    page.get_by_role("main").get_by_role("button", name=ar("Aanmelden")).click()
    page.get_by_role("heading", name=ar("Kijk in uw mailbox")).wait_for()
    page.goto(base + mailed_path(ready, old))
    page.get_by_role("button", name=ar("Ja, mail mij")).click()
    page.get_by_role("heading", name=ar("U bent aangemeld")).wait_for()
    [uid] = gets(store, "detention-friends")

    links = personal_links(ready.staff.office.keys, ready.staff.office.house, "meldpunt", uid)
    preferences, leave = (base + urlsplit(links[name]).path for name in ("preferences_url", "unsubscribe_url"))
    page.goto(preferences)
    page.locator("#pause").fill((ready.staff.office.today() + timedelta(days=10)).isoformat())
    page.get_by_role("button", name=ar("Bewaren")).click()
    page.get_by_text(ar("Uw voorkeuren zijn bewaard.")).wait_for()
    assert gets(store, "detention-friends") == set(), "paused"

    page.get_by_role("button", name=ar("Mail mij een link")).click()
    page.get_by_text(ar("We hebben u een link gemaild. Die werkt 15 minuten.")).wait_for()
    page.goto(base + mailed_path(ready, old))
    page.get_by_label(ar("Uw nieuwe e-mailadres")).fill(new)
    page.get_by_role("button", name=ar("Mail de bevestiging naar het nieuwe adres")).click()
    page.get_by_role("heading", name=ar("Kijk in uw mailbox")).wait_for()
    page.goto(base + mailed_path(ready, new))
    page.get_by_role("button", name=ar("Ja, gebruik dit adres")).click()
    page.get_by_role("heading", name=ar("Uw adres is veranderd")).wait_for()

    page.goto(leave)
    page.get_by_role("button", name=ar("Stop met alle nieuwsbrieven")).click()
    page.get_by_role("heading", name=ar("U bent afgemeld")).wait_for()
    assert context.cookies() == []
    context.close()


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
def test_a_reader_asks_what_you_know_and_wants_to_be_erased(ready: Desks, browser: Browser, way: Way) -> None:
    context = browser_of(browser, way)
    page = ready.visit(context, "Noor")
    page.goto(f"{ready.base}/staff/readers")
    way.hands.type(page, "E-mailadres", "lezer0@lezers.example")
    way.hands.press(page, "button", "Zoek op")
    page.get_by_role("heading", name="l…@l….example").wait_for()
    with page.expect_download() as given:
        way.hands.press(page, "button", "Geef alle gegevens")
    assert "lezer0@lezers.example" in Path(given.value.path()).read_text("utf-8")
    way.hands.press(page, "link", "Wis alles van deze lezer")
    page.get_by_role("heading", name="Wis je alles van deze lezer?").wait_for()
    way.hands.press(page, "button", "Wis, voorgoed")
    page.get_by_role("heading", name="Deze lezer is gewist").wait_for()
    assert len(gets(ready.store, SLUG_AUDIENCE)) == 1
    context.close()
