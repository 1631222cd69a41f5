"""An issue is written on one page: no byte of it changes that nobody changed, and no word of anybody is lost."""

from __future__ import annotations

import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as some

from mailer.document.sections import cut
from mailer.services.writing import history, unsaved
from tests.support.forms import Page
from tests.support.house import ROOT
from tests.web.staff.writing.conftest import TEXT, Writing, having
from web.staff.writing.page import SCRIPT

LINES = some.sampled_from(
    [
        *(
            "## a",
            "##",
            "##  b ##",
            '## c {for="legal-aid"}',
            "## c {#d}",
            "Titel",
            "---",
            "===",
            "",
            " ",
            "\t",
            "x",
            "- ",
        ),
        *(
            "> ",
            "```",
            "~~~",
            "  ## d",
            "    ## e",
            ":::",
            "::: agenda",
            "title: x",
            "\f",
            "\x0b",
            "\u2028",
            "\x85",
            "<p>",
        ),
    ]
)


@given(some.lists(LINES, max_size=14).map("\n".join))
def test_a_text_that_is_cut_is_the_same_text(text: str) -> None:
    sheet = cut(text)
    assert sheet.text == text
    lines = text.split("\n")
    for first, piece in zip(sheet.first_lines, sheet.pieces, strict=True):
        assert not piece.head or lines[first - 1] == piece.head.split("\n")[0]


@pytest.mark.parametrize(
    ("ends", "mark", "page"),
    [("\n", "", "write"), ("\r\n", "\ufeff", "write"), ("\r\n", "", "write?as=text"), ("\n", "", "write?as=text")],
)
def test_saving_what_nobody_changed_keeps_every_byte(issue: Writing, ends: str, mark: str, page: str) -> None:
    before = (mark + TEXT.replace("\n", ends) + ends * 2).encode()
    issue.path.write_bytes(before)
    assert issue.post(issue.fields(page=page)).status_code == 303
    assert issue.path.read_bytes() == before


def test_what_is_changed_is_changed_there_and_nowhere_else(issue: Writing) -> None:
    sent = issue.fields()
    sent["body-2"] = sent["body-2"].replace("Zes", "Zeven")
    sent["title"] = "Recht: nummer 40"
    sent["title-3"] = "Agenda van december"
    sent.setlist("for-3", ["womens-orgs", "legal-aid"])
    sent.setlist("for-1", [])
    sent.add("copies", "1")
    sent["archive"] = "legal-aid"
    issue.post(sent)
    wanted = TEXT.replace("Zes", "Zeven").replace("Recht en opvang, nummer 40   #", "'Recht: nummer 40'   #")
    wanted = wanted.replace("##  Agenda ##", '## Agenda van december {for="legal-aid womens-orgs"}')
    wanted = wanted.replace('{for="legal-aid" #opvang}', "{#opvang}").replace(
        "orgs]\n---", "orgs]\ncopies: each\narchive: legal-aid\n---"
    )
    assert issue.text() == wanted
    assert unsaved.draft(issue.desks.staff.office, issue.desks.people["Bram"], issue.slug) is None


def test_a_front_matter_that_is_no_yaml_is_a_text_to_mend(issue: Writing) -> None:
    broken = TEXT.replace("subject: Vier", 'subject: "Vier')
    issue.path.write_text(broken, "utf-8")
    sent = issue.fields()
    assert sent["front"].replace("\r\n", "\n") == broken[: broken.index("\n\n{{") + 1]
    issue.post(sent)
    assert issue.text() == broken
    sent["front"] = TEXT[: TEXT.index("\n\n{{")]
    sent["base"] = issue.fields()["base"]
    issue.post(sent)
    assert issue.text() == TEXT


@pytest.mark.parametrize(
    ("do", "there", "titles"),
    [
        ("up:2", "r1", ["Zorg", "Opvang", "Agenda"]),
        ("down:2", "r3", ["Opvang", "Agenda", "Zorg"]),
        ("up:1", "r1", ["Opvang", "Zorg", "Agenda"]),
        ("down:3", "r3", ["Opvang", "Zorg", "Agenda"]),
        ("remove:2", "r1", ["Opvang", "Agenda"]),
        ("add:1", "r2", ["Opvang", "Nieuwe rubriek", "Zorg", "Agenda"]),
        ("add:99999999999", "r1", ["Nieuwe rubriek", "Opvang", "Zorg", "Agenda"]),
        ("up:x", "r1", ["Opvang", "Zorg", "Agenda"]),
    ],
)
def test_sections_are_moved_by_their_buttons_without_a_script(
    issue: Writing, do: str, there: str, titles: list[str]
) -> None:
    sent = issue.fields()
    sent["body-3"] += " Kom ook."
    sent["do"] = do
    answer = issue.post(sent)
    assert answer.headers["Location"].endswith(f"/write#{there}")
    assert issue.text() == TEXT
    page = issue.get()
    assert [one["value"] for one in page.all("input", class_="part-title")] == titles
    assert "Kom ook." in page.text
    issue.post(issue.fields())
    assert [piece.title for piece in cut(issue.text()).pieces[1:]] == titles


def test_two_who_write_in_other_sections_are_put_together(issue: Writing) -> None:
    loes, bram = issue.fields("Loes"), issue.fields()
    loes["body-1"], bram["body-2"] = "Van Loes.", "Van Bram."
    issue.post(loes, "Loes")
    refused = issue.post(bram)
    assert refused.status_code == 409
    page = Page(refused.get_data(as_text=True))
    assert "Jullie schreven in andere rubrieken" in page.text
    issue.post(having(page, do="choose"))
    assert issue.text() == TEXT.replace("Er komen tien plekken bij.", "Van Loes.").replace(
        "```\n## geen kop\n```\n\nZes weken wachten op een arts.", "Van Bram."
    )


@pytest.mark.parametrize(
    ("choice", "kept"),
    [
        ("theirs", "Van Loes."),
        ("mine", "Van Bram."),
        ("both", 'Van Loes.\n\n## Opvang {for="legal-aid" #opvang}\n\n\nVan Bram.'),
    ],
)
def test_of_a_section_that_both_wrote_is_chosen_and_nothing_is_lost(issue: Writing, choice: str, kept: str) -> None:
    loes, bram = issue.fields("Loes"), issue.fields()
    loes["body-1"], bram["body-1"] = "Van Loes.", "Van Bram."
    loes["body-3"] = "Ook van Loes."
    issue.post(loes, "Loes")
    refused = issue.post(bram)
    page = Page(refused.get_data(as_text=True))
    assert "Loes schreef hier ook" in page.text
    assert [one["value"] for one in page.all("input", type="radio")] == ["theirs", "mine", "both"]
    assert [one.text for one in page.all("ins")] == ["Loes", "Bram"]
    sent = having(page, do="choose", **{page.all("input", type="radio")[0]["name"]: choice})
    assert issue.post(sent).status_code == 303
    assert kept in issue.text()
    assert "Ook van Loes." in issue.text()
    office, person = issue.desks.staff.office, issue.desks.people["Bram"]
    texts = [
        history.revision_text(office, person, issue.slug, one.number)
        for one in history.history(office, person, issue.slug)
    ]
    assert any("Van Loes." in one for one in texts)


def test_of_two_windows_of_one_person_neither_writes_over_the_other(issue: Writing) -> None:
    first, second = issue.fields(), issue.fields()
    first["body-1"], second["body-1"] = "In het eerste venster.", "In het tweede venster."
    first["do"] = "down:2"
    issue.post(first)
    refused = issue.post(second)
    page = Page(refused.get_data(as_text=True))
    assert refused.status_code == 409
    assert "Je schreef hier ook in een ander venster" in page.text
    assert issue.text() == TEXT
    name = page.all("input", type="radio")[0]["name"]
    assert issue.post(having(page, do="choose", **{name: "both"})).status_code == 303
    assert issue.text().count("venster.") == 2


def test_a_script_is_told_what_happened_and_no_page(issue: Writing) -> None:
    sent = issue.fields()
    sent["body-1"] = "Nieuw."
    saved = issue.post(sent, headers={SCRIPT: "1"})
    assert saved.json is not None
    assert saved.json["said"].startswith("Bewaard om ")
    assert issue.post(sent, headers={SCRIPT: "1"}).status_code == 409
    sent["base"] = saved.json["base"]
    assert issue.post(sent, headers={SCRIPT: "1"}).status_code == 200


def test_a_typing_error_is_saved_with_its_reason_and_more_than_that_is_not(issue: Writing) -> None:
    sent = issue.fields()
    sent["body-1"] = "Er kommen tien plekken bij."
    issue.post(sent)
    sent = issue.fields()
    sent["body-1"], sent["do"], sent["why"] = "Er kommen elf plekken bij.", "typo", "een getal"
    refused = issue.post(sent)
    assert refused.status_code == 422
    assert "Dit is meer dan een tikfout" in refused.get_data(as_text=True)
    assert "Er kommen elf plekken bij." in refused.get_data(as_text=True)
    assert "Er kommen tien plekken bij." in issue.text()
    sent["body-1"], sent["why"] = "Er komen tien plekken bij.", ""
    assert issue.post(sent).status_code == 422
    sent["why"] = "een m te veel"
    answer = issue.post(sent)
    page = issue.get(page="write?" + answer.headers["Location"].partition("?")[2])
    assert "Er was geen goedkeuring die kon blijven staan" in page.text
    assert "Alleen een tikfout: een m te veel" in issue.get(page="history").text
    assert issue.text() == TEXT
    assert "Bewaard als" not in issue.get(page="write?typo=99999").text


def test_a_section_of_another_issue_is_copied_with_its_audience_and_its_picture(issue: Writing) -> None:
    other = issue.path.parent.parent / f"{issue.slug}9"
    other.mkdir()
    (other / "tekening.png").write_bytes((ROOT / "issues/los-2026-24/grachtenhuizen.png").read_bytes())
    picture = "![Huizen aan het water](tekening.png)\n\n![Er is niets](weg.png)"
    (other / "issue.md").write_text(f'{TEXT}\n## Werkdag {{for="womens-orgs"}}\n\n{picture}\n', "utf-8")
    sent = issue.fields()
    sent["body-1"], sent["do"] = "Net getypt.", "copy:1"
    answer = issue.post(sent)
    page = issue.get(page=answer.headers["Location"].partition(f"{issue.slug}/")[2])
    assert page.all("option")[0]["value"] == other.name
    assert "Vrouwenorganisaties" in page.text
    form = having(page, section="4")
    assert issue.post(form, page="write/copy").headers["Location"].endswith("/write#r2")
    page = issue.get()
    assert [one["value"] for one in page.all("input", class_="part-title")] == ["Opvang", "Werkdag", "Zorg", "Agenda"]
    assert "Net getypt." in page.text
    assert picture in page.text
    assert (issue.path.parent / "tekening.png").is_file()
    issue.post(issue.fields())
    assert f'Net getypt.\n\n## Werkdag {{for="womens-orgs"}}\n\n{picture}\n\n## Zorg' in issue.text()
    form["section"] = "99"
    assert issue.post(form, page="write/copy").status_code == 404
    form["from"] = "noo-2026-11"
    assert issue.post(form, page="write/copy").status_code == 404
    issue.get(page="write/copy?from=../x", status=404)
    shutil.rmtree(other)


def test_a_block_is_put_in_without_a_script_and_shown_before(issue: Writing) -> None:
    sent = issue.fields()
    sent["body-1"], sent["do"] = "Net getypt.", "insert:1"
    answer = issue.post(sent)
    there = answer.headers["Location"].partition(f"{issue.slug}/")[2]
    assert len(issue.get(page=there).all("a")) > 10
    page = issue.get(page=f"{there}&what=agenda")
    assert issue.post(having(page, title="Feest"), page="write/insert").status_code == 422
    typed = having(page, title='Feest "met" {koek}', date="2026-12-18", place="", text="Kom ook.", do="look")
    shown = Page(issue.post(typed, page="write/insert").get_data(as_text=True))
    [frame] = [one["src"] for one in shown.all("iframe")]
    letter = issue.as_("Bram").get(frame, base_url=issue.desks.base)
    assert letter.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    said = letter.get_data(as_text=True)
    assert ("Kom ook." in said, 'id="voorbeeld"' in said) == (True, True)
    typed["do"] = "insert"
    assert issue.post(typed, page="write/insert").headers["Location"].endswith("/write#r1")
    note = having(issue.get(page="write/insert?what=note&after=1"), mark="1", text="Bron.")
    issue.post(note, page="write/insert")
    issue.post(issue.fields())
    block = '::: agenda Feest "met" {koek} {date="2026-12-18"}\nKom ook.\n:::'
    assert f"Net getypt.\n\n{block}\n\n[^1]\n\n[^1]: Bron.\n\n## Zorg" in issue.text()
    issue.get(page="write/insert?what=niets", status=404)
    issue.get(page="write/block?what=niets", status=404)
