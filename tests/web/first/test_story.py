"""A new organisation from nothing to its first issue page, in the browser, on a phone and without a command."""

from __future__ import annotations

import mailbox
from collections.abc import Callable
from pathlib import Path

import pyotp
from playwright.sync_api import Browser, Page, expect

from commands.local_mail import maildir_server
from database.paper import paper
from mailer.services.administration.starting import keys_in
from mailer.settings import settings_from
from tests.web.first.conftest import Serving
from tests.web.staff.looking import EVERY_SIGHT, Sight, faults_in, looking, overhear

PHONE = Sight(390, "light")


def no_fault(page: Page, said: list[str]) -> None:
    assert [*said, *faults_in(page, "nl", [*EVERY_SIGHT, PHONE])] == []


def test_a_new_organisation_from_nothing_to_its_first_issue_page(
    start: Callable[..., Serving], tmp_path: Path, browser: Browser
) -> None:
    folder = tmp_path / "nieuw"
    folder.mkdir()
    server = start(folder)
    with (
        maildir_server(tmp_path / "Maildir") as smtp,
        looking(browser, lang="nl", scheme="light", width=PHONE.width) as context,
    ):
        page = context.new_page()
        said = overhear(page, server.base)
        page.goto(server.link())
        no_fault(page, said)
        page.get_by_label("Naam van je organisatie").fill("Stichting Zee & Wind")
        page.get_by_label("Jouw naam").fill("Noor")
        page.get_by_label("Jouw e-mailadres").fill("noor@zeewind.example")
        page.get_by_label("العربية").check()
        page.get_by_role("button", name="Verder").click()
        page.get_by_role("heading", name="Bewaar de sleutels op papier").wait_for()
        no_fault(page, said)
        _keys_on_paper(page, folder, said)
        page.get_by_role("heading", name="Langs welke mailserver").wait_for()
        no_fault(page, said)
        _a_mail_server(page, smtp)
        page.get_by_role("heading", name="Je eerste nummer ligt klaar").wait_for()
        no_fault(page, said)
        page.get_by_role("button", name="Open je eerste nummer").click()
        page.get_by_role("button", name="Kom binnen").click()
        _second_step(page)
        page.get_by_role("heading", name="Edities").wait_for()
        expect(page).to_have_url(f"{server.base}/staff/issues/nieuws-2026-1")
        no_fault(page, said)
        assert page.request.get(f"{server.base}/nl/aanmelden").status == 200
        assert page.request.get(server.link()).status == 404
    settings = settings_from(folder)
    assert settings.organisation.name == "Stichting Zee & Wind"
    assert list(settings.locales) == ["nl", "ar"]
    assert settings.smtp.port == smtp
    assert [one["To"] for one in mailbox.Maildir(tmp_path / "Maildir")] == ["noor@zeewind.example"]


def _keys_on_paper(page: Page, folder: Path, said: list[str]) -> None:
    first = paper(keys_in(folder))[0]
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Open het vel").click()
    sheet = opened.value
    expect(sheet.get_by_role("listitem").first).to_contain_text(first)
    no_fault(sheet, said)
    sheet.close()
    page.get_by_label("Typ de eerste regel").fill("data.1 AAAA")
    page.get_by_role("button", name="Verder").click()
    page.get_by_role("link", name="Deze regel klopt niet").wait_for()
    expect(page.locator("#problem")).to_be_focused()
    page.get_by_label("Typ de eerste regel").fill(first.lower())
    page.get_by_role("button", name="Verder").click()


def _a_mail_server(page: Page, port: int) -> None:
    page.get_by_label("Naam van de mailserver").fill("127.0.0.1")
    page.get_by_label("Geen: alleen").check()
    page.get_by_label("Poort", exact=True).fill("1")
    page.get_by_label("Van welk adres").fill("nieuws@zeewind.example")
    page.get_by_role("button", name="Stuur mij een proefmail").click()
    page.get_by_role("link", name="nam de proef niet aan").wait_for()
    page.get_by_label("Poort", exact=True).fill(str(port))
    page.get_by_role("button", name="Stuur mij een proefmail").click()
    page.get_by_role("heading", name="De proefmail is aangenomen").wait_for()
    page.get_by_role("button", name="De mail is er, verder").click()


def _second_step(page: Page) -> None:
    page.get_by_text("Scannen lukt niet").click()
    secret = page.locator("details code").inner_text().replace(" ", "")
    page.get_by_label("Code van 6 cijfers").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Verder", exact=True).click()
    page.get_by_role("link", name="Ik heb ze bewaard").click()
