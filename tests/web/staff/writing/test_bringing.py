"""A text from Word or the web is looked at before it is put in, and nothing of it is kept until then."""

from __future__ import annotations

import re
import shutil
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from database.audit import AuditRow
from mailer.document.parse import document_from
from mailer.intake import reading
from mailer.ledger.writing import IssueDraft
from mailer.services.writing import unsaved
from tests.intake.sampled import SAMPLES, data_of
from tests.support.forms import Page
from tests.support.word import docx, drawing, paragraph, png, relation
from tests.web.staff.conftest import SAME_ORIGIN
from tests.web.staff.writing.conftest import Writing

LETTER = (
    "<h1>Nieuwe regels</h1><p>De deuren gaan <u>eerder</u> dicht.</p><ul><li>om vijf</li>"
    "<li>in het weekend om vier</li></ul><h1>Contact</h1><p><b>Bezoek</b></p><p>- eerst bellen</p><p>- dan komen</p>"
    "<p><img src='file:///C:/a.png' alt='Een deur'><a href='http://voorbeeld.example/?utm_source=x'>meer</a></p>"
)


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that is busy with other tests is no text that is too large."""
    monkeypatch.setattr(reading, "SECONDS", 240.0)


def brought(issue: Writing, page: str = "write/bring?after=1", status: int = 200, **fields: object) -> Page:
    """The page that shows what became of a file or a clipboard."""
    answer = sent(issue, page, {"do": "look", **fields})
    assert answer.status_code == status, answer.get_data(as_text=True)
    return Page(answer.get_data(as_text=True))


def sent(issue: Writing, page: str, fields: MultiDict[str, str] | dict[str, object]) -> TestResponse:
    path = f"/staff/issues/{page}" if page.startswith("bring") else f"/staff/issues/{issue.slug}/{page}"
    client = issue.as_("Bram")
    given = fields.items(multi=True) if isinstance(fields, MultiDict) else fields.items()
    form = MultiDict([*given, ("csrf", issue.desks.csrf(client))])
    return client.post(path, data=form, headers=SAME_ORIGIN, base_url=issue.desks.base)


def put(issue: Writing, page: Page, **fields: str) -> TestResponse:
    form = page.fields()
    for name, value in {"do": "put", **fields}.items():
        form[name] = value
    return sent(issue, "write/bring", form)


def draft(issue: Writing) -> str:
    kept = unsaved.draft(issue.desks.staff.office, issue.desks.people["Bram"], issue.slug)
    return kept.text if kept else ""


def kept(issue: Writing) -> tuple[list[str], int, int]:
    """The files beside the issue, and how many drafts and lines of the trail there are."""
    with issue.desks.store.reading() as session:
        drafts = len(session.scalars(select(IssueDraft)).all())
        trail = len(session.scalars(select(AuditRow)).all())
    return sorted(one.name for one in issue.path.parent.iterdir()), drafts, trail


def test_looking_keeps_nothing_and_says_what_came_and_what_fell_away(issue: Writing) -> None:
    brought(issue, html="<p>eerst een</p>")  # the session is there
    before = kept(issue)
    page = brought(issue, html=LETTER)
    assert kept(issue) == before
    assert [one.text for one in page.all("h1")] == ["Je bracht 21 woorden in 2 rubrieken"]
    for said in (
        "1 foto",
        "onder ‘Contact’",
        "Upload het bestand zelf",
        "Onderstreept, 1 plek",
        "onder ‘Nieuwe regels’",
        "eerder",
        "1 link kreeg https",
        "1 link zonder volgcode",
        "Maak er koppen van",
        "Maak er een lijst van",
        "Nieuwe regels",
        "in het weekend om vier",
    ):
        assert said in page.text
    assert next(one["href"] for one in page.all("a", class_="button")).endswith("/write/bring?after=1")


def test_offers_change_the_text_or_are_left(issue: Writing) -> None:
    page = brought(issue, html=LETTER)
    form = page.fields()
    form["do"] = "headings"
    changed = Page(sent(issue, "write/bring", form).get_data(as_text=True))
    assert "### Bezoek" in changed.fields()["brought"]
    assert "Onderstreept, 1 plek" in changed.text
    form = changed.fields()
    form["do"] = "leave:lists"
    left = Page(sent(issue, "write/bring", form).get_data(as_text=True))
    assert "Maak er een lijst van" not in left.text
    assert "\\- eerst bellen" in left.fields()["brought"]
    form["do"] = "lists"
    listed = Page(sent(issue, "write/bring", form).get_data(as_text=True)).fields()["brought"]
    assert "- eerst bellen\r\n- dan komen" in listed


@pytest.mark.parametrize(
    ("where", "wanted"),
    [
        ("after", ["Opvang", "Nieuwe regels", "Contact", "Zorg", "Agenda"]),
        ("into", ["Opvang", "Zorg", "Agenda"]),
        ("all", ["Nieuwe regels", "Contact"]),
    ],
)
def test_a_text_goes_where_it_is_sent_and_is_a_draft(issue: Writing, where: str, wanted: list[str]) -> None:
    before = issue.text()
    answer = put(issue, brought(issue, html=LETTER), where=where, number="1")
    assert answer.status_code == 303
    assert issue.text() == before
    document, problems = document_from(draft(issue).partition("\n---\n")[2])
    assert problems == []
    assert [one.heading.markdown.partition(" {")[0] for one in document.body.sections] == wanted
    assert draft(issue).startswith("---\ntitle: Recht en opvang, nummer 40   # voorlopig\n")
    if where == "into":
        assert "### Nieuwe regels" in draft(issue).partition("## Zorg")[0]


def test_what_was_being_typed_is_kept_and_added_to(issue: Writing) -> None:
    fields = issue.fields()
    fields["body-2"] = "Wat ik typte."
    fields["do"] = "bring:1"
    answer = issue.post(fields)
    assert answer.location.endswith(f"/staff/issues/{issue.slug}/write/bring?after=1")
    assert put(issue, brought(issue, text="Twee woorden"), where="after", number="1").status_code == 303
    assert "Wat ik typte." in draft(issue)
    assert "## Nieuwe rubriek\n\nTwee woorden\n" in draft(issue)


def test_footnotes_get_labels_that_the_issue_does_not_have(issue: Writing) -> None:
    issue.path.write_text(issue.text().replace("De inleiding.", "De inleiding[^1].\n\n[^1]: Noot."))
    data = data_of(SAMPLES / "docx-notes-sections.xml")
    page = brought(issue, file=(BytesIO(data), "noten.docx"))
    assert put(issue, page, where="after", number="0").status_code == 303
    assert re.findall(r"\[\^\d\]:?", draft(issue)) == [
        *("[^1]", "[^1]:", "[^2]", "[^3]", "[^2]:", "[^3]:", "[^4]", "[^4]:"),
    ]


TITLE = paragraph("Met foto’s", '<w:pStyle w:val="Titel"/>')
PICTURED = docx(
    f"{TITLE}<w:p>{drawing('i1', 'Een deur')}</w:p><w:p>{drawing('i2')}</w:p>{paragraph('Slot.')}",
    relations=[relation("i1", "image", "media/a.png"), relation("i2", "image", "media/b.png")],
    files={"word/media/a.png": png(40, 30), "word/media/b.png": png(9, 9)[:40]},
)


def test_pictures_of_a_file_come_along_and_one_that_is_broken_is_told(issue: Writing) -> None:
    (issue.path.parent / "afbeelding-1.png").write_bytes(b"een andere")
    page = brought(issue, file=(BytesIO(PICTURED), "brief.docx"))
    assert "1 afbeelding" in page.text
    assert page.fields()["brought"] == "![Een deur](afbeelding-1.png)\r\n\r\nSlot.\r\n"
    assert put(issue, page, where="after", number="1").status_code == 303
    assert "## Met foto’s\n\n![Een deur](afbeelding-1-2.png)\n\nSlot." in draft(issue)
    assert (issue.path.parent / "afbeelding-1.png").read_bytes() == b"een andere"
    assert (issue.path.parent / "afbeelding-1-2.png").read_bytes().startswith(b"\x89PNG")


def test_a_text_begins_a_new_issue_with_its_title_and_pictures(issue: Writing) -> None:
    page = brought(issue, "bring?publication=los", file=(BytesIO(PICTURED), "brief.docx"))
    form = page.fields()
    form["do"], form["number"], form["day"] = "put", f"2031-{issue.slug[-2:]}", "2031-12-01"
    answer = sent(issue, "bring?publication=los", form)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    made = issue.path.parent.parent / f"los-2031-{issue.slug[-2:]}"
    text = (made / "issue.md").read_text()
    assert text.startswith("---\ntitle: Met foto’s\ndate: 2031-12-01\n")
    assert text.endswith("\n---\n\n![Een deur](afbeelding-1.png)\n\nSlot.\n")
    assert (made / "afbeelding-1.png").is_file()
    again = sent(issue, "bring?publication=los", form)
    assert again.status_code == 409
    assert "is er al" in again.get_data(as_text=True)


def test_a_text_brought_into_an_issue_may_begin_the_next(issue: Writing) -> None:
    answer = put(issue, brought(issue, html=LETTER), where="new")
    assert answer.status_code == 303
    begun = answer.location.rstrip("/").split("/")[-2]
    assert begun != issue.slug
    made = issue.path.parent.parent / begun
    text = (made / "issue.md").read_text()
    shutil.rmtree(made)  # its number is the next, and that of an issue of another test
    assert "## Nieuwe regels\n" in text
    assert draft(issue) == ""


REFUSED: dict[str, tuple[tuple[str, bytes], str]] = {
    "an old Word file": (("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600), "oud Word-bestand"),
    "rich text": (("a.rtf", rb"{\rtf1 x}"), ".rtf-bestand"),
    "a PDF": (("a.pdf", b"%PDF-1.7"), "Dit is een PDF"),
    "a file that is cut off": (("a.docx", docx(paragraph("x"))[:500]), "beschadigd of afgekapt"),
    "an empty file": (("a.docx", b""), "Hier staat geen tekst in"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_is_not_taken_says_what_to_do_instead(issue: Writing, name: str) -> None:
    (file, data), said = REFUSED[name]
    page = brought(issue, status=422, file=(BytesIO(data), file))
    assert said in page.text
    assert page.all("input", type="file")


def test_nothing_and_a_text_that_is_not_taken_are_asked_again(issue: Writing) -> None:
    assert "Hier staat geen tekst in" in brought(issue, status=422).text
    kept_words = "*_[`" * 3_000
    page = brought(issue, status=422, text=kept_words + "a" * 200_000)
    assert "te lang voor een nieuwsbrief" in page.text
    assert kept_words in page.all("textarea")[0].text


def test_a_form_that_was_tampered_with_does_no_harm(issue: Writing) -> None:
    page = brought(issue, html=LETTER)
    form = page.fields()
    form["losses"] = '[{"what": "nee"}, 3]'
    form.setlist("along", ["../../x.png:AAAA", "afbeelding-1.png:$$$", "afbeelding-2.png:QUFB", "x"])
    form["brought"] = "![a](afbeelding-2.png)\n\n::: action Nee\n"
    form["where"], form["number"], form["do"] = "after", "999", "put"
    assert sent(issue, "write/bring", form).status_code == 303
    assert "afbeelding-2" not in draft(issue)
    assert sorted(one.name for one in issue.path.parent.iterdir()) == ["issue.md"]
    form["where"] = "nergens"
    answer = sent(issue, "write/bring", form)
    assert answer.status_code == 422
    assert "Kies waar de tekst heen moet" in answer.get_data(as_text=True)


def test_a_few_words_are_answered_at_once_and_more_is_looked_at(issue: Writing) -> None:
    few = sent(issue, "write/paste", {"html": "<p>een <b>vet</b> woord</p>"}).get_json()
    assert (few["markdown"], few["whole"], few["said"]) == ("een **vet** woord\n", False, [])
    tracked = sent(issue, "write/paste", {"html": "<a href='https://a.example/?fbclid=1'>x</a>"}).get_json()
    assert (tracked["whole"], tracked["said"]) == (
        False,
        ["1 link zonder volgcode – Wat bijhield wie erop klikt, is eruit."],
    )
    assert sent(issue, "write/paste", {"html": LETTER}).get_json()["whole"] is True
    nothing = sent(issue, "write/paste", {"html": "<p> </p>"})
    assert nothing.status_code == 422
    assert "geen tekst" in nothing.get_json()["problem"]


def test_five_megabytes_of_clipboard_are_read_or_refused_in_words(issue: Writing) -> None:
    page = brought(issue, html=f"<p style='{'a:b;' * 1_250_000}'>vijf MB</p>")
    assert "Je bracht 2 woorden" in page.text
    assert "te lang" in brought(issue, status=422, html="<p>" + "a" * 5_000_000).text


def test_an_issue_and_a_newsletter_that_are_not_there_are_not_found(issue: Writing) -> None:
    client = issue.as_("Bram")
    for path in ("los-2099-1/write/bring", "bring?publication=niets", "niets/write/bring"):
        assert client.get(f"/staff/issues/{path}", base_url=issue.desks.base).status_code == 404


def test_the_page_of_a_new_issue_leads_to_it(issue: Writing, tmp_path: Path) -> None:
    page = Page(issue.as_("Bram").get("/staff/issues/new", base_url=issue.desks.base).get_data(as_text=True))
    assert any(one["href"].startswith("/staff/issues/bring?publication=") for one in page.all("a"))
