"""While someone types, the text is kept, checked and shown; hostile pictures and texts are refused with a sentence."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select

from database.audit import AuditRow
from mailer.services.writing import dismissals, history, issues, saving, unsaved
from tests.support.forms import Page
from tests.web.staff.conftest import SAME_ORIGIN, Desks
from tests.web.staff.writing.conftest import TEXT, Writing, having
from wording import _
from wording.errors import ServiceError


def png(width: int, height: int) -> bytes:
    data = BytesIO()
    Image.new("1", (width, height)).save(data, "PNG")
    return data.getvalue()


def upload(issue: Writing, data: bytes, name: str = "foto.png") -> tuple[int, dict[str, str]]:
    bram = issue.as_("Bram")
    sent = {"picture": (BytesIO(data), name), "csrf": issue.desks.csrf(bram)}
    path = f"/staff/issues/{issue.slug}/write/pictures"
    answer = bram.post(path, data=sent, headers=SAME_ORIGIN, base_url=issue.desks.base)
    return answer.status_code, answer.json or {}


def test_a_draft_is_kept_and_is_what_the_letter_shows(issue: Writing) -> None:
    sent = issue.fields()
    sent["body-1"] = "Nu twaalf plekken."
    kept = issue.post(sent, page="write/draft")
    assert kept.json is not None
    assert (kept.status_code, kept.json["stops"]) == (200, "")
    bram = issue.as_("Bram")
    path = f"/staff/issues/{issue.slug}/write/frame"
    letter = bram.get(f"{path}/legal-aid/nl", base_url=issue.desks.base)
    assert "Nu twaalf plekken." in letter.get_data(as_text=True)
    assert letter.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert "Nu twaalf" not in bram.get(f"{path}/womens-orgs/nl", base_url=issue.desks.base).get_data(as_text=True)
    plain = bram.get(f"{path}/legal-aid/nl?look=text", base_url=issue.desks.base)
    assert (plain.mimetype, "Nu twaalf" in plain.get_data(as_text=True)) == ("text/plain", True)
    dark = bram.get(f"{path}/legal-aid/nl?look=dark", base_url=issue.desks.base).get_data(as_text=True)
    assert "prefers-color-scheme" in letter.get_data(as_text=True)
    assert "prefers-color-scheme" not in dark
    assert issue.text() == TEXT
    sent["body-2"], sent["mark"] = "::: number 3\nniet gesloten", kept.json["mark"]
    stopped = issue.post(sent, page="write/draft")
    assert stopped.json is not None
    assert stopped.json["stops"].startswith("Eerst dit, in ‘Zorg’: ")


def test_a_problem_stands_under_the_section_that_has_it(issue: Writing) -> None:
    sent = issue.fields()
    sent["body-1"] = "## Een kop erbij\n\n<b>vet</b>"
    page = issue.post(sent, page="write/review").get_data(as_text=True)
    under = {part.split('"')[0]: part for part in page.split('id="p-')[1:]}
    assert ["said stop" in under[key] for key in ("0", "1", "2", "3")] == [False, True, False, False]


def test_a_window_that_is_behind_keeps_no_draft_over_that_of_another(issue: Writing) -> None:
    first, second = issue.fields(), issue.fields()
    first["body-1"], second["body-1"] = "Een.", "Twee."
    assert issue.post(first, page="write/draft").status_code == 200
    refused = issue.post(second, page="write/draft")
    assert refused.status_code == 409
    kept = unsaved.draft(issue.desks.staff.office, issue.desks.people["Bram"], issue.slug)
    assert kept is not None
    assert "Een." in kept.text


def test_a_picture_is_made_anew_and_shown_as_it_goes_out(issue: Writing) -> None:
    status, told = upload(issue, png(40, 30), "Mijn Foto (1).PNG")
    assert (status, told["name"], told["weight"]) == (200, "mijn-foto-1.png", "1 kB")
    for query in ("", "?as=gray"):
        path = f"/staff/issues/{issue.slug}/write/pictures/{told['name']}{query}"
        shown = issue.as_("Bram").get(path, base_url=issue.desks.base)
        assert (shown.status_code, shown.mimetype) == (200, "image/png")
        with Image.open(BytesIO(shown.data)) as seen:
            assert seen.size == (40, 30)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"<!doctype html><script>alert(1)</script>",
        png(8_000, 6_300),
    ],
)
def test_what_is_no_picture_is_refused_in_a_sentence_and_nothing_is_kept(issue: Writing, data: bytes) -> None:
    status, told = upload(issue, data)
    assert status == 422
    assert told["problem"].endswith(".")
    assert [one.name for one in issue.path.parent.iterdir()] == ["issue.md"]


def test_a_file_that_is_too_large_is_refused_before_it_is_read(issue: Writing) -> None:
    path, kind = f"/staff/issues/{issue.slug}/write/pictures", "multipart/form-data; boundary=x"
    body = b"x" * 10_500_000
    bram = issue.as_("Bram")
    answer = bram.post(path, data=body, content_type=kind, headers=SAME_ORIGIN, base_url=issue.desks.base)
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x" * 210_001, "groter dan 210 kB"),
        ("a\0b", "een teken dat in geen tekst hoort"),
    ],
)
def test_what_no_file_may_hold_is_not_saved_and_stays_on_the_page(issue: Writing, text: str, said: str) -> None:
    sent = issue.fields(page="write?as=text")
    sent["text"] = text
    answer = issue.post(sent, page="write?as=text")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert said in page
    assert text.replace("\0", "�")[:50] in page.replace("\0", "�")
    assert issue.text() == TEXT


def test_three_thousand_sections_are_one_field_and_code_is_no_section(issue: Writing) -> None:
    issue.path.write_text(TEXT + "\n## x\n\ny\n" * 3_000, "utf-8")
    sent = issue.fields()
    assert "text" in sent
    assert "zo veel rubrieken" in issue.get().text
    issue.post(sent)
    assert issue.text() == TEXT + "\n## x\n\ny\n" * 3_000


def test_a_lone_surrogate_does_no_harm(issue: Writing) -> None:
    sent = issue.fields()
    bram = issue.as_("Bram")
    body = f"csrf={sent['csrf']}&base={sent['base']}&mark=&text=a%ED%A0%80b"
    path = f"/staff/issues/{issue.slug}/write"
    kind = "application/x-www-form-urlencoded"
    answer = bram.post(path, data=body, content_type=kind, headers=SAME_ORIGIN, base_url=issue.desks.base)
    assert answer.status_code < 500
    assert "\ud800" not in issue.text()


def test_marks_of_git_under_an_open_page_are_seen_before_anything_is_saved(issue: Writing) -> None:
    sent = issue.fields()
    sent["body-3"] = "Van mij."
    pulled = TEXT.replace("Er komen", "<<<<<<< HEAD\nEr komen\n=======\nEr kwamen\n>>>>>>> ander\n")
    issue.path.write_text(pulled, "utf-8")
    refused = issue.post(sent)
    assert refused.status_code == 409
    assert "buiten deze pagina" in refused.get_data(as_text=True)
    assert "&lt;&lt;&lt;&lt;&lt;&lt;&lt; HEAD" in refused.get_data(as_text=True)
    assert issue.text() == pulled
    assert "Hier staan twee versies door elkaar" in issue.get().text


def test_of_an_issue_that_was_deleted_the_text_stays_on_the_page(issue: Writing) -> None:
    sent = issue.fields()
    sent["body-1"] = "Dit mag niet weg."
    issues.delete_issue(issue.desks.staff.office, issue.desks.people["Noor"], issue.slug)
    for page in ("write", "write/draft"):
        answer = issue.post(sent, page=page)
        assert answer.status_code == 404
    answer = issue.post(sent)
    assert "Dit mag niet weg." in answer.get_data(as_text=True)
    assert "is intussen weggehaald" in answer.get_data(as_text=True)


def test_a_full_disk_is_said_and_the_text_stays(issue: Writing, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = issue.fields()
    sent["body-1"] = "Dit blijft staan."

    def full(*_given: object, **_named: object) -> None:
        raise ServiceError(_("Er is niets bewaard: {why}.", why="No space left on device"))

    monkeypatch.setattr(saving, "save_issue", full)
    answer = issue.post(sent)
    assert answer.status_code == 503
    assert "Dit blijft staan." in answer.get_data(as_text=True)
    assert issue.text() == TEXT


def test_versions_are_compared_word_by_word_and_one_is_put_back(issue: Writing) -> None:
    sent = issue.fields()
    sent["body-1"] = "Er komen twaalf plekken bij."
    issue.post(sent)
    page = issue.get(page="history")
    assert [one.text for one in page.all("del")] == ["tien"]
    assert [one.text for one in page.all("ins")] == ["twaalf"]
    form = page.fields()
    assert issue.post(form, page="history").status_code == 303
    assert issue.text() == TEXT
    office, bram = issue.desks.staff.office, issue.desks.people["Bram"]
    assert history.history(office, bram, issue.slug)[0].restores == int(form["version"])
    assert issue.post(form, page="history").status_code == 409
    issue.get("Amina", "history")
    assert issue.post(form, "Amina", "history").status_code == 403
    issue.get(page="history?from=999999", status=404)


def test_only_editors_come_to_the_sheet(issue: Writing) -> None:
    for name in ("Amina", "Yasmin", "Sem", "Noor"):
        issue.get(name, status=403)


def test_an_approver_is_mailed_a_link_once_and_no_reader_anything(issue: Writing) -> None:
    page = issue.get(page="write/ask")
    [amina] = [one["value"] for one in page.all("option") if one.text == "Amina"]
    sent = issue.fields()
    sent["approver"] = amina
    before = len(issue.desks.mails())
    answer = issue.post(sent, page="write/ask")
    assert answer.status_code == 303
    [mail] = issue.desks.mails()[before:]
    assert (mail.kind, mail.to) == ("staff", "amina@voorbeeld.example")
    assert f"/staff/issues/{issue.slug}/approve" in mail.text
    assert "Amina krijgt een mail" in issue.get(page="write/" + answer.headers["Location"].rpartition("/")[2]).text
    assert issue.post(sent, page="write/ask").status_code == 409
    sent["approver"] = str(issue.desks.people["Yasmin"].uid)
    assert issue.post(sent, page="write/ask").status_code == 404
    assert len(issue.desks.mails()) == before + 1


def test_a_mistake_with_one_right_answer_is_mended_by_its_button(issue: Writing) -> None:
    sent = issue.fields()
    sent["body-1"] = "###Een kop\n\n-een punt\n\nKoffie&nbsp;en thee"
    issue.post(sent)
    for _each in range(3):
        page = issue.get()
        button = [one for one in page.all("button") if "value" in one.attributes]
        mends = [one["value"] for one in button if one["value"].startswith("mend:")]
        answer = issue.post(having(page, do=mends[0]))
        assert answer.headers["Location"].endswith("/write#r1")
    issue.post(issue.fields())
    assert "### Een kop\n\n- een punt\n\nKoffie\u00a0en thee" in issue.text()
    before = issue.text()
    for nothing in ("mend:1", "mend:99999", "mend:x"):
        issue.post(having(issue.get(), do=nothing))
    issue.post(issue.fields())
    assert issue.text() == before


def buttons(page: Page, begin: str) -> list[str]:
    """What the buttons are worth that do this, in the order of the page."""
    return [value for one in page.all("button") if (value := one.attributes.get("value", "")).startswith(begin)]


STORY = "Bel Bilal op 06-12345678."


def test_a_warning_that_may_stay_keeps_its_reason_until_its_text_is_another(issue: Writing) -> None:
    sent = issue.fields()
    sent["body-1"] = STORY
    issue.post(sent)
    page = issue.get()
    before = buttons(page, "stay:")
    stay = before[-1]  # what comes before it is of the date, which other issues have too
    name = stay.replace("stay:", "stay-")
    assert issue.post(having(page, do=stay, **{name: " "})).status_code == 422
    assert issue.post(having(page, do="stay:" + "0" * 64)).status_code == 422
    assert issue.post(having(page, do="stay:" + "0" * 64, **{"stay-" + "0" * 64: "x"})).status_code == 404
    answer = issue.post(having(page, do=stay, **{name: "hij vroeg het zelf"}))
    assert answer.headers["Location"].endswith("/write#r1")
    page = issue.get()
    assert "Dit mag blijven: hij vroeg het zelf" in page.text
    assert "(Bram, " in page.text
    assert buttons(page, "stay:") == before[:-1]
    office, bram = issue.desks.staff.office, issue.desks.people["Bram"]
    [kept] = dismissals.dismissed(office, bram, issue.slug).values()
    assert (kept.reason, kept.by) == ("hij vroeg het zelf", "Bram")
    assert "Dit mag blijven: hij vroeg het zelf" in issue.get(page="checks").text
    assert "hij vroeg het zelf" not in issue.get(page="").text
    for body, stays in (("Eerst dit.\n\n" + STORY, True), (STORY.replace("Bel", "Belt u"), False)):
        sent = having(page, **{"body-1": body})
        reviewed = Page(issue.post(sent, page="write/review").get_data(as_text=True))
        assert ("hij vroeg het zelf" in reviewed.text, len(buttons(reviewed, "stay:")) < len(before)) == (stays, stays)
    sent = having(page, **{"body-2": "Ook getypt."}, do=buttons(page, "return:")[0])
    assert issue.post(sent).status_code == 303
    assert dismissals.dismissed(office, bram, issue.slug) == {}
    page = issue.get()
    assert "hij vroeg het zelf" not in page.text
    assert "Ook getypt." in page.text
    with office.store.reading() as session:
        told = [one.event for one in session.scalars(select(AuditRow)) if one.detail.get("issue") == issue.slug]
    assert [one for one in told if "warning" in one] == ["dismiss_warning", "bring_back_warning"]


def test_pages_and_grams_are_made_when_asked_for_and_kept_while_the_text_is_the_same(writers: Desks) -> None:
    issue, office = Writing(writers, "meldpunt-2026-3"), writers.staff.office
    assert "blz.," not in issue.get().text
    page = issue.get(page="write/paper")
    assert len(office.booklets) == len(office.house.audiences["detention"].locales)
    [grams] = {one.text for one in page.all("td") if one.attributes.get("data-label") == "Gewicht" and "g" in one.text}
    pages = [one.text for one in page.all("td") if one.attributes.get("data-label") == "Bladzijden"]
    assert f"{pages[0]} blz., {grams}" in issue.get().text
    made = len(office.booklets)
    booklet = issue.as_("Bram").get(f"/staff/issues/{issue.slug}/write/booklet/detention/nl", base_url=writers.base)
    assert booklet.data.startswith(b"%PDF")
    assert len(office.booklets) == made
    sent = issue.fields()
    sent["body-1"] += "\n\nNog een zin."
    issue.post(sent, page="write/draft")
    assert "blz.," not in issue.get().text
    refused = issue.as_("Bram").get(
        f"/staff/issues/{issue.slug}/write/booklet/detention-friends/nl", base_url=writers.base
    )
    assert refused.status_code == 404
    sent = issue.fields()
    sent["body-1"] = "::: number 3\nniet gesloten"
    issue.post(sent, page="write/draft")
    assert "said stop" in issue.as_("Bram").get(
        f"/staff/issues/{issue.slug}/write/paper", base_url=writers.base
    ).get_data(as_text=True)
