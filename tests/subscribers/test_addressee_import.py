"""Addressees from a CSV file: looked at first, then all or nothing, and no message that shows a name."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from database.session import Store
from subscribers.examples import EXAMPLE_CENTRES
from subscribers.importing.addressees import AddresseeFate, apply, preview
from subscribers.importing.source import ImportFileError, Table, table_from
from subscribers.postal import save_centre
from subscribers.repository import addressees_of, may_be_posted

TODAY = date(2026, 11, 26)
LOCALES = frozenset({"nl", "en", "ar"})
GOOD = """naam;centrum;taal;registratienummer;grote letters;gevraagd via
Samir Voorbeeld;Detentiecentrum Duinrand;ar;R-1;ja;letter
Ayşe Verzonnen;heideoord;en;;;
"""


@pytest.fixture
def desk(store: Store) -> Store:
    with store.transaction() as session:
        for centre in EXAMPLE_CENTRES:
            save_centre(session, centre)
    return store


def file(folder: Path, text: str) -> Table:
    path = folder / "list.csv"
    path.write_text(text, encoding="utf-8")
    return table_from(path)


def test_a_list_is_brought_in_once_and_a_second_time_changes_nothing(desk: Store, tmp_path: Path) -> None:
    table = file(tmp_path, GOOD)
    with desk.transaction() as session:
        assert apply(session, table, TODAY, audience="detention", locales=LOCALES) == 2
        assert apply(session, table, TODAY, audience="detention", locales=LOCALES) == 0
    with desk.reading() as session:
        people = may_be_posted(session, [ref.uid for ref in addressees_of(session, "detention")]).values()
        found = {(one.name, one.centre.key, one.registration, one.locale, one.large_print) for one in people}
    assert found == {
        ("Samir Voorbeeld", "duinrand", "R-1", "ar", True),
        ("Ayşe Verzonnen", "heideoord", None, "en", False),
    }


def test_two_people_of_one_name_in_one_centre_are_two_where_their_numbers_differ(desk: Store, tmp_path: Path) -> None:
    rows = "naam;centrum;taal;registratienummer\nS V;duinrand;ar;R-1\nS V;duinrand;ar;R-2\ns v;duinrand;ar;R-1\n"
    with desk.transaction() as session:
        assert apply(session, file(tmp_path, rows), TODAY, audience="detention", locales=LOCALES) == 2
        assert apply(session, file(tmp_path, rows), TODAY, audience="detention", locales=LOCALES) == 0


def test_looking_writes_nothing(desk: Store, tmp_path: Path) -> None:
    with desk.reading() as session:
        rows = preview(session, file(tmp_path, GOOD), audience="detention", locales=LOCALES)
        assert [row.fate for row in rows] == [AddresseeFate.NEW, AddresseeFate.NEW]
        assert addressees_of(session, "detention") == []


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (";heideoord;nl;;;", "naam is leeg"),
        ("   ;heideoord;nl;;;", "naam is leeg"),
        ("\u3164\u2800;heideoord;nl;;;", "naam is leeg"),
        ("\u200c;heideoord;nl;;;", "naam is leeg"),
        (". - .;heideoord;nl;;;", "naam is leeg"),
        (f"Zo{chr(0x301) * 9}e;heideoord;nl;;;", "te veel tekens"),
        ("Zo\u0007e;heideoord;nl;;;", "onzichtbaar teken"),
        (f"{'Zo' * 150};heideoord;nl;;;", "te lang"),
        ("\u202eZoe;heideoord;nl;;;", "onzichtbaar teken"),
        ("Zoë;nergens;nl;;;", "centrum is onbekend"),
        ("Zoë;heideoord;xx;;;", "taal is onbekend"),
        ("Zoë;duinrand;nl;;;", "registratienummer"),
        ("Zoë;heideoord;nl;;;droom", "telefoon, brief, bezoek, advocaat"),
        ("Zoë;heideoord", "niet zoveel cellen"),
        ('"Zoë\nSam;heideoord;nl;;;\nZoë";heideoord;nl;;;', "aanhalingsteken"),
        ('"=HYPERLINK(""https://x.example"";""Zoë"")";heideoord;nl;;;', "formule"),
        ("＝1+1;heideoord;nl;;;", "formule"),
        ("@Zoë;heideoord;nl;;;", "formule"),
        ("Zoë;duinrand;nl;12-mrt;;", "spreadsheet"),
        ("Zoë;duinrand;nl;Mar-12;;", "spreadsheet"),
        ("Zoë;duinrand;nl;3-dec-26;;", "spreadsheet"),
        ("Zoë;duinrand;nl;1,23457E+11;;", "spreadsheet"),
        ("Zoë;duinrand;nl;=12-3;;", "formule"),
    ],
)
def test_one_wrong_row_stops_the_whole_file_and_is_named_by_its_line(
    desk: Store, tmp_path: Path, row: str, why: str
) -> None:
    table = file(tmp_path, GOOD + row + "\n")
    with desk.reading() as session:
        judged = preview(session, table, audience="detention", locales=LOCALES)[-1]
    assert (judged.number, judged.fate) == (4, AddresseeFate.WRONG)
    assert why in str(judged.why)
    assert "Zoë" not in repr(judged)
    with pytest.raises(ImportFileError, match="1 regel"), desk.transaction() as session:
        apply(session, table, TODAY, audience="detention", locales=LOCALES)
    with desk.reading() as session:
        assert addressees_of(session, "detention") == []


@pytest.mark.parametrize(
    ("columns", "said", "code"),
    [
        ("naam;centrum;taal;gevraagd via", "Brief", "letter"),
        ("naam;centrum;taal;gevraagd via", "visit", "visit"),
        ("name;centre;language;asked by", "Lawyer", "lawyer"),
        ("الاسم;المركز;اللغة;طلب عبر", "محامٍ", "lawyer"),
        ("naam;centrum;taal;gevraagd via", "", "phone"),
    ],
)
def test_how_someone_asked_is_a_word_of_any_language_or_its_code(
    desk: Store, tmp_path: Path, columns: str, said: str, code: str
) -> None:
    table = file(tmp_path, f"{columns}\nZoë;heideoord;nl;{said}\n")
    with desk.reading() as session:
        [line] = preview(session, table, audience="detention", locales=LOCALES)
    assert line.new is not None
    assert line.new.asked_by.value == code


def test_a_registration_number_is_not_kept_where_no_centre_asks_it(desk: Store, tmp_path: Path) -> None:
    table = file(tmp_path, "name,centre,language,registration\nZoë,heideoord,nl,R-9\n")
    with desk.transaction() as session:
        apply(session, table, TODAY, audience="detention", locales=LOCALES)
        [one] = may_be_posted(session, [ref.uid for ref in addressees_of(session, "detention")]).values()
    assert one.registration is None


@pytest.mark.parametrize(("number", "warned"), [("271.234.5678", True), ("2712345678", True), ("R-12345", False)])
def test_what_looks_like_a_v_number_is_warned_of(desk: Store, tmp_path: Path, number: str, warned: bool) -> None:
    table = file(tmp_path, f"naam;centrum;taal;registratienummer\nZoë;duinrand;nl;{number}\n")
    with desk.reading() as session:
        [row] = preview(session, table, audience="detention", locales=LOCALES)
    assert ("V-nummer" in str(row.warning)) == warned


def test_a_number_keeps_its_leading_zeros_and_its_hyphens(desk: Store, tmp_path: Path) -> None:
    rows = "Naam ; CENTRUM;  Taal;Registratienummer\nZoë;duinrand;nl;0012-3\nSam;duinrand;nl;12-3\n"
    with desk.transaction() as session:
        apply(session, file(tmp_path, rows), TODAY, audience="detention", locales=LOCALES)
        people = may_be_posted(session, [ref.uid for ref in addressees_of(session, "detention")]).values()
    assert {one.registration for one in people} == {"0012-3", "12-3"}


@pytest.mark.parametrize(
    ("header", "why"),
    [
        ("naam;centrum;taal;v-nummer", "Onbekende kolommen: v-nummer"),
        ("naam;centrum;taal;grote leters", "Onbekende kolommen: grote leters"),
        ("naam;centrum;taal;name", "betekenen hetzelfde: naam, name"),
        ("naam;centrum;taal;Naam", "twee keer: naam"),
        ("naam;centrum;taal;", "Kolom 4 heeft geen naam"),
    ],
)
def test_a_column_that_nobody_knows_is_not_skipped_in_silence(
    desk: Store, tmp_path: Path, header: str, why: str
) -> None:
    """A misspelt one would cost somebody the large print."""
    with desk.reading() as session, pytest.raises(ImportFileError, match=why):
        preview(session, file(tmp_path, f"{header}\nZoë;heideoord;nl;x\n"), audience="detention", locales=LOCALES)


def test_a_file_without_the_columns_is_refused(desk: Store, tmp_path: Path) -> None:
    with desk.reading() as session, pytest.raises(ImportFileError, match="centrum, taal"):
        preview(session, file(tmp_path, "naam\nZoë\n"), audience="detention", locales=LOCALES)
