"""Today and the issues as each person's pages show them: asked, chosen, begun, and renewed with the focus kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, expect

from mailer.services.office import Office
from mailer.services.publishing import renewing
from mailer.services.translating import messages
from mailer.services.writing import issues as writing
from staff.people import Person, add_person
from staff.roles import Role
from tests.support.queries import queries
from tests.web.staff.conftest import Desks, desks_in
from tests.web.staff.looking import looking

SLUG = "los-2026-24"
MOST_QUERIES = 12


def get(desks: Desks, client: FlaskClient, path: str, status: int = 200, **headers: str) -> str:
    answer = client.get(f"/staff{path}", base_url=desks.base, follow_redirects=True, headers=headers)
    assert answer.status_code == status, answer.get_data(as_text=True)
    return answer.get_data(as_text=True)


@pytest.fixture(scope="module")
def looked(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    """One issue waits for its approval; the others for who reads the translations again. For tests that only look."""
    with desks_in(tmp_path_factory.mktemp("looked") / "desks", migrated_file) as desks:
        messages.approve_issue(desks.staff.office, desks.people["Bram"], SLUG)
        renewing.renew_changed(desks.staff.office)
        yield desks


@pytest.fixture(scope="module")
def everything(looked: Desks) -> FlaskClient:
    """Somebody with every role and language, who has come in."""
    with looked.store.transaction() as session:
        person = add_person(session, "Alles", "alles@voorbeeld.example", list(Role), ["en", "ar"])
    return replace(looked, people={**looked.people, "Alles": person}).as_("Alles")


def test_each_person_reads_their_own_next_step_and_one_thing_at_most_comes_first(looked: Desks) -> None:
    first = {
        "Bram": "Lees nog",
        "Amina": "Keur 5 edities goed",
        "Yasmin": "Lees nog",
        "Sem": None,
        "Noor": None,
    }
    for name, words in first.items():
        page = get(looked, looked.as_(name), "/")
        assert page.count('class="next"') == (1 if words else 0), name
        assert words is None or words in page
    amina, bram = looked.as_("Amina"), looked.as_("Bram")
    assert f'href="/staff/issues/{SLUG}/approve">Naar goedkeuren</a>' in get(looked, amina, f"/issues/{SLUG}")
    waits = get(looked, bram, f"/issues/{SLUG}")
    assert "Een tweede persoon keurt dit nummer goed" in waits
    assert 'class="next"' not in waits


@pytest.mark.parametrize(("path", "words"), [("/", "Vandaag"), ("/issues", "Nummers"), (f"/issues/{SLUG}", "Nummers")])
def test_the_bar_says_where_a_person_is(desks: Desks, path: str, words: str) -> None:
    page = get(desks, desks.as_("Bram"), path)
    [here] = re.findall(r'<a href="[^"]*" aria-current="page"><svg.*?<span>(.*?)</span>', page, flags=re.DOTALL)[:1]
    assert here == words


def test_today_shows_each_role_its_own_work(looked: Desks) -> None:
    pages = {name: get(looked, looked.as_(name), "/") for name in looked.people}
    sees = {
        name: [words for words in ("Komende nummers", "Jouw vertalingen", "Postkamer", "Werkt alles?") if words in page]
        for name, page in pages.items()
    }
    assert sees == {
        "Bram": ["Komende nummers"],
        "Amina": ["Komende nummers"],
        "Yasmin": ["Jouw vertalingen"],
        "Sem": ["Postkamer"],
        "Noor": ["Komende nummers", "Werkt alles?"],
    }
    assert "Mailserver: niet ingesteld" in pages["Noor"]
    assert f'<a href="/staff/issues/{SLUG}/approve">5 edities nog niet goedgekeurd</a>' in pages["Bram"]


def test_an_issue_says_how_far_each_edition_is_and_its_cells_lead_there(looked: Desks) -> None:
    page = get(looked, looked.as_("Bram"), f"/issues/{SLUG}")
    cells = re.findall(r'<td data-label="[^"]+"><a class="cell" href="([^"]+)">.*?<b>([^<]+)</b>', page)
    assert len(cells) == 5
    assert {words for _path, words in cells} == {"klaar"}
    for path, _words in cells[:1]:
        get(looked, looked.as_("Bram"), path.removeprefix("/staff"))
    assert re.findall(r'<li class="(past|now|ahead)">', page) == ["past", "past", "now", "ahead", "ahead"]


def test_a_new_issue_has_the_sections_of_last_time_and_the_number_and_day_of_the_rhythm(desks: Desks) -> None:
    bram = desks.as_("Bram")
    page = get(desks, bram, "/issues/new?publication=los")
    assert 'value="2026-25"' in page
    assert "<bdi>Opvang</bdi>" in page
    hidden = dict(re.findall(r'<input type="hidden" name="(csrf|publication)" value="([^"]*)"', page))
    given = {**hidden, "number": "2026-25", "day": "2026-12-10"}
    made = desks.post(bram, "/staff/issues/new", **given)
    assert made.headers["Location"].rstrip("/") == "/staff/issues/los-2026-25"
    assert "## Opvang" in (desks.staff.office.content.text("los-2026-25") or "")
    assert "begon dit nummer" in get(desks, bram, "/issues/los-2026-25")
    assert len(desks.staff.office.content.slugs()) == 4


@pytest.mark.parametrize(
    ("number", "day", "field", "status"),
    [
        ("2026-24", "2026-12-10", "number", 409),
        ("2026/26", "2026-12-10", "number", 422),
        ("", "2026-12-10", "number", 422),
        ("2026-26", "morgen", "day", 422),
        ("2026-26", "", "day", 422),
    ],
)
def test_what_is_wrong_with_a_new_issue_is_said_of_its_own_field(
    desks: Desks, number: str, day: str, field: str, status: int
) -> None:
    bram = desks.as_("Bram")
    given = {"csrf": desks.csrf(bram), "publication": "los", "number": number, "day": day}
    answer = desks.post(bram, "/staff/issues/new", **given)
    page = answer.get_data(as_text=True)
    assert answer.status_code == status
    assert re.findall(r'data-focus>.*?<a href="#(\w+)">', page, flags=re.DOTALL) == [field]
    assert re.findall(r'<input id="(\w+)"[^>]* aria-invalid="true" aria-describedby="problem">', page) == [field]
    assert (f'value="{number}"' in page, f'value="{day}"' in page, "<bdi>Opvang</bdi>" in page) == (True, True, True)
    assert len(desks.staff.office.content.slugs()) == 3


def test_what_comes_next_is_asked_for_a_page_that_is_shown_alone(desks: Desks, monkeypatch: pytest.MonkeyPatch) -> None:
    bram, asked, propose = desks.as_("Bram"), list[str](), writing.propose_issue

    def counted(office: Office, person: Person, publication: str) -> writing.Proposed:
        asked.append(publication)
        return propose(office, person, publication)

    monkeypatch.setattr(writing, "propose_issue", counted)
    given = {"csrf": desks.csrf(bram), "publication": "los", "number": "2026-25"}
    assert desks.post(bram, "/staff/issues/new", **given, day="morgen").status_code == 422
    assert asked == ["los"]
    assert desks.post(bram, "/staff/issues/new", **given, day="2026-12-10").status_code == 303
    assert asked == ["los"]


def test_only_an_editor_begins_an_issue_or_makes_its_sentences_ready(desks: Desks) -> None:
    yasmin = desks.as_("Yasmin")
    csrf = desks.csrf(yasmin)
    for path in ("/staff/issues/new", f"/staff/issues/{SLUG}/prepare"):
        assert desks.post(yasmin, path, csrf=csrf).status_code == 403
    assert "Nieuw nummer" not in get(desks, yasmin, "/issues/")


def test_the_sentences_are_made_ready_with_the_button_of_the_next_step(desks: Desks) -> None:
    bram, content = desks.as_("Bram"), desks.staff.office.content
    (content.folder / content.catalog_file(SLUG, "en")).unlink()
    page = get(desks, bram, f"/issues/{SLUG}")
    assert f'<form method="post" action="/staff/issues/{SLUG}/prepare">' in page
    assert desks.post(bram, f"/staff/issues/{SLUG}/prepare", csrf=desks.csrf(bram)).status_code == 303
    assert content.catalog(SLUG, "en")[0].entries
    text = content.folder / f"issues/{SLUG}/issue.md"
    text.write_text("---\ntitle: x\n", "utf-8")
    refused = desks.post(bram, f"/staff/issues/{SLUG}/prepare", csrf=desks.csrf(bram))
    assert refused.headers["Location"].rstrip("/").endswith("/checks")
    assert "m-stop" in get(desks, bram, f"/issues/{SLUG}/checks")
    assert "Verbeter wat er mis is" in get(desks, bram, f"/issues/{SLUG}")


@pytest.mark.parametrize(
    "path",
    [
        "/issues/?publication=nergens",
        "/issues/?publication=los'%20OR%201=1%20--",
        "/issues/?stand=x",
        "/issues/?stand=sent%27%3B%20DROP%20TABLE%20issue_standing%3B--",
        "/issues/?page=-1",
        "/issues/?page=0",
        "/issues/?page=2",
        "/issues/?page=1%20UNION%20SELECT%201",
        "/issues/?page=99999999999999999999",
        "/issues/new?publication=nergens",
        "/issues/nergens-1",
        "/issues/nergens-1/checks",
        f"/issues/{SLUG}'--",
        f"/issues/{SLUG}/edition/nergens/nl",
        f"/issues/{SLUG}/edition/legal-aid/ar",
    ],
)
def test_what_is_not_there_is_said_and_nothing_is_changed(desks: Desks, path: str) -> None:
    bram, before = desks.as_("Bram"), desks.contents()
    page = get(desks, bram, path, 404)
    assert "Traceback" not in page
    assert "Naar vandaag" in page
    assert desks.contents() == before


@pytest.mark.parametrize(
    "path", ["/", "/issues/", f"/issues/{SLUG}", f"/issues/{SLUG}/write", "/issues/new", "/mailings/", "/me", "/people"]
)
def test_a_page_asks_the_database_at_most_twelve_times(looked: Desks, everything: FlaskClient, path: str) -> None:
    with queries() as asked:
        get(looked, everything, path)
    assert len(asked) <= MOST_QUERIES, asked


def test_the_focus_and_the_list_survive_a_choice_made_by_keyboard(served: Desks, browser: Browser) -> None:
    with looking(browser, lang="nl", scheme="light", width=360) as context:
        page = served.visit(context, "Bram")
        page.goto(f"{served.base}/staff/issues/")
        page.locator("#p-los").focus()
        page.keyboard.press("Enter")
        page.locator('#p-los[aria-current="true"]').wait_for()
        expect(page.locator("#p-los")).to_be_focused()
        expect(page.locator("#issues tbody tr")).to_have_count(1)
        page.keyboard.press("Tab")
        expect(page.locator("#p-noo")).to_be_focused()
        assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_page_that_waits_for_its_editions_shows_them_by_itself(served: Desks, browser: Browser) -> None:
    messages.approve_issue(served.staff.office, served.people["Bram"], SLUG)
    with looking(browser, lang="nl", scheme="light", width=1280) as context:
        page = served.visit(context, "Amina")
        page.goto(f"{served.base}/staff/issues/{SLUG}/")
        page.get_by_role("heading", name="Dit nummer wordt nagekeken en opgemaakt").wait_for()
        page.locator(".cell").first.focus()
        where = page.evaluate("document.activeElement.getAttribute('href')")
        renewing.renew(served.staff.office, SLUG)
        page.get_by_role("heading", name="Keur 5 edities goed").wait_for()
        expect(page.locator(f'[href="{where}"]:focus')).to_have_count(1)
