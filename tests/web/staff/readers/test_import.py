"""A list of readers is read in by four steps: file, what it means, look, report; what cannot be taken is set aside."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from tests.support.people import gets
from tests.web.staff.conftest import SAME_ORIGIN
from tests.web.staff.readers.conftest import Readers, plain

FILES = Path(__file__).resolve().parents[3] / "subscribers" / "files"
LIST = """E-mailadres;Taal;Status;Aanmelddatum
nieuw@lezers.example;Nederlands;Actief;02-05-2023 10:12:00
zonder@lezers.example;Fries;Actief;
bas@lezers.example;nl;vertrokken;
weg@lezers.example;nl;Uitgeschreven;
dit is geen adres;nl;Actief;
"""
ASKED = {
    "source": "Laposta, 1 november",
    "audience": "noo-national",
    "language": "nl",
    "wording": "Ja, mail mij.",
    "status": "",
}


def bring(readers: Readers, data: bytes, **changed: str) -> TestResponse:
    fields = {**ASKED, **changed, "csrf": readers.csrf, "file": (io.BytesIO(data), "lijst.csv")}
    path = "/staff/readers/import"
    kind = "multipart/form-data"
    return readers.noor.post(path, data=fields, headers=SAME_ORIGIN, base_url=readers.desks.base, content_type=kind)


def test_a_list_goes_through_four_steps_and_what_is_wrong_is_set_aside(readers: Readers) -> None:
    first = bring(readers, LIST.encode())
    assert first.status_code == 303, plain(first)
    way = first.headers["Location"].rpartition("/")[0].removeprefix("/staff")
    meaning = readers.get(f"{way}/columns")
    assert "fries" in meaning
    assert "vertrokken" in meaning, "values that say nothing to us are asked about"
    assert "nieuw@lezers.example" not in meaning, "no address is shown"
    assert readers.post(f"{way}/columns").status_code == 422
    said = {"v:taal:fries": "nl", "v:status:vertrokken": "left"}
    assert readers.post(f"{way}/columns", **said).status_code == 303
    look = readers.get(f"{way}/look")
    for words in ("1 nieuw, met bewijs", "1 krijgt een mail met een knop", "2 mag volgens dit bestand niet"):
        assert words in look, look
    assert "nieuw" not in {mail.to for mail in readers.desks.mails()}
    assert readers.post(f"{way}/look", seen="3").status_code == 409, "another number than was shown"
    assert readers.bas in gets(readers.desks.store, "noo-national")
    assert readers.post(f"{way}/look", seen="4").status_code == 303
    assert readers.bas not in gets(readers.desks.store, "noo-national")
    assert len(gets(readers.desks.store, "noo-national")) == 3, "Anna, Chadia and the new one"
    assert "zonder@lezers.example" in {mail.to for mail in readers.desks.mails()}
    report = readers.get(f"{way}/report")
    assert "1 kan niet worden ingelezen" in report
    aside = readers.post(f"{way}/aside").get_data().decode("utf-8-sig")
    assert "dit is geen adres" in aside
    assert aside.count("\n") == 2
    assert readers.post(f"{way}/look", seen="4").status_code in {303, 409}, "twice is no error of ours"
    assert len(gets(readers.desks.store, "noo-national")) == 3
    [(_subject, detail)] = readers.trail("import")
    assert detail["new"] == 1


@pytest.mark.promise("P12", "row 9")
def test_the_name_of_a_column_is_no_formula_in_what_was_set_aside(readers: Readers) -> None:
    way = bring(readers, b"email;=1+1\ngeen adres;@x\nnieuw2@lezers.example;y\n").headers["Location"]
    way = way.rpartition("/")[0].removeprefix("/staff")
    assert readers.post(f"{way}/columns", **{"c:=1+1": ""}).status_code == 303
    assert readers.post(f"{way}/look", seen="1").status_code == 303
    lines = readers.post(f"{way}/aside").get_data().decode("utf-8-sig").splitlines()
    assert (lines[0], lines[1].rpartition(";")[2]) == ("regel;waarom;email;'=1+1", "'@x")


def test_a_value_may_be_set_aside_and_says_nothing_then(readers: Readers) -> None:
    way = bring(readers, LIST.encode()).headers["Location"].rpartition("/")[0].removeprefix("/staff")
    said = {"v:taal:fries": "", "v:status:vertrokken": ""}
    assert readers.post(f"{way}/columns", **said).status_code == 303
    look = readers.get(f"{way}/look")
    assert "1 nieuw, met bewijs" in look
    assert "3 kan niet worden ingelezen" in look, "a status that was set aside is never taken for a reader"


@pytest.mark.parametrize(
    ("data", "changed"),
    [
        (b"", {}),
        (b"naam\n\xff\xfe\x00", {}),
        (LIST.encode(), {"source": " "}),
        (LIST.encode(), {"audience": "niemand"}),
        (LIST.encode(), {"audience": "detention"}),
        (LIST.encode(), {"language": "xx"}),
        (LIST.encode(), {"status": "vreemd"}),
    ],
)
def test_what_cannot_be_a_list_is_refused_at_the_first_step(
    readers: Readers, data: bytes, changed: dict[str, str]
) -> None:
    assert bring(readers, data, **changed).status_code == 422


def test_a_row_that_may_say_that_someone_left_holds_the_whole_file(readers: Readers) -> None:
    data = b"email;status\nanna@lezers.example;actief\n;uitgeschreven\n"
    way = bring(readers, data).headers["Location"].rpartition("/")[0].removeprefix("/staff")
    look = readers.get(f"{way}/look")
    assert "maar niet wie; herstel deze regel eerst" in look
    assert "Er is niets om in te lezen." in look
    assert readers.post(f"{way}/look", seen="0").status_code == 422


def test_exports_of_other_programs_are_understood_without_a_question(readers: Readers) -> None:
    for name in ("laposta.csv", "mailchimp-subscribed.csv", "mailerlite.csv"):
        first = bring(readers, (FILES / name).read_bytes())
        way = first.headers["Location"].rpartition("/")[0].removeprefix("/staff")
        assert readers.post(f"{way}/columns").status_code == 303, name
        assert "Dit zou er gebeuren" in readers.get(f"{way}/look")
