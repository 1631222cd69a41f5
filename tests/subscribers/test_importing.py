"""A file adds readers with their evidence and brings nobody back who left; what cannot be taken is set aside."""

from __future__ import annotations

import csv
import io
import tracemalloc
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from database.session import Store
from subscribers.consent import AgreedWording, SuppressedBecause
from subscribers.exporting import export, safe_cell
from subscribers.importing.aside import set_aside
from subscribers.importing.bringing import Provenance, RefusedRowsError, Tally, bring, look
from subscribers.importing.columns import form_of
from subscribers.importing.judging import Defaults, Fate, held, judged
from subscribers.importing.source import ImportFileError, table_from
from subscribers.importing.statuses import standing_from
from subscribers.importing.survey import Survey
from subscribers.rights import erase_subscriber
from subscribers.services import ConfirmationNeeded
from subscribers.tables import ConsentEvent, Subscriber, Suppression
from tests.support.people import ANNA, BAS, gets, leave, reader, suppress
from wording import Text

FILES = Path(__file__).parent / "files"
WORDING = AgreedWording("mailchimp", "nl", "Ja, ik wil de nieuwsbrief.")
DEFAULTS = Defaults(("legal-aid",), "nl", frozenset({"nl", "en", "ar"}), frozenset({"legal-aid", "noo-national"}), True)
PROVENANCE = Provenance("Mailchimp 2026-11-24", "command", WORDING)


def csv_file(folder: Path, text: str | bytes) -> Path:
    path = folder / "readers.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def fates(tally: Tally) -> dict[str, int]:
    return {str(fate): count for fate, count in tally.fates.items()}


def dry(store: Store, path: Path, defaults: Defaults = DEFAULTS) -> Tally:
    with store.reading() as session:
        return look(session, table_from(path), defaults)


def run(store: Store, path: Path, defaults: Defaults = DEFAULTS) -> tuple[Tally, list[ConfirmationNeeded]]:
    asked: list[ConfirmationNeeded] = []
    with store.transaction() as session:
        tally = bring(session, table_from(path), defaults, PROVENANCE, ask=lambda _s, needed: asked.append(needed))
    return tally, asked


def test_a_second_run_of_the_same_file_changes_nothing(lite: Store) -> None:
    run(lite, FILES / "laposta.csv")
    assert fates(run(lite, FILES / "laposta.csv")[0]) == {"unchanged": 1, "suppressed": 2}


def test_evidence_goes_with_the_reader_and_without_it_a_button_is_mailed(lite: Store) -> None:
    _tally, asked = run(lite, FILES / "mailchimp-subscribed.csv")
    assert [needed.address for needed in asked] == ["idris@lezers.example"]
    with lite.reading() as session:
        event = session.scalars(select(ConsentEvent).where(ConsentEvent.event == "imported")).one()
        assert (event.at.isoformat(), event.source) == ("2023-05-02T10:12:00+00:00", PROVENANCE.source)
        assert event.wording == WORDING.hash


def test_a_date_that_the_vendor_set_when_staff_added_somebody_is_no_evidence(lite: Store) -> None:
    """Mailchimp fills CONFIRM_TIME for whoever was added by hand too; only OPTIN_TIME says that a person signed up."""
    _tally, asked = run(lite, FILES / "mailchimp-subscribed.csv")
    assert "2022-03-04" in (FILES / "mailchimp-subscribed.csv").read_text()
    assert [needed.address for needed in asked] == ["idris@lezers.example"]


def test_a_time_as_go_prints_it_is_the_same_instant(lite: Store) -> None:
    run(lite, FILES / "listmonk.csv")
    with lite.reading() as session:
        event = session.scalars(select(ConsentEvent).where(ConsentEvent.event == "imported")).one()
    assert event.at.isoformat() == "2023-05-02T08:12:00+00:00"


def test_columns_get_a_meaning_or_are_skipped_and_a_file_may_be_of_those_who_left(lite: Store, tmp_path: Path) -> None:
    reader(lite, BAS)
    left = replace(DEFAULTS, standing=standing_from("Uitgeschreven"))
    assert fates(run(lite, FILES / "laposta-left.csv", left)[0]) == {"barred": 1}
    assert gets(lite) == set()
    text = "Post van;Sinds wanneer;Schoenmaat\nnieuw@lezers.example;2020-01-01;42\n"
    meanings = {"post van": "email", "sinds wanneer": "since"}
    mapped = replace(DEFAULTS, columns=meanings)
    with pytest.raises(ImportFileError, match="schoenmaat"):
        dry(lite, csv_file(tmp_path, text), mapped)
    mapped = replace(DEFAULTS, columns={**meanings, "schoenmaat": ""})
    assert fates(run(lite, csv_file(tmp_path, text), mapped)[0]) == {"new": 1}


@pytest.mark.parametrize(
    ("columns", "why"), [({"nergens": "email"}, "ontbreekt: nergens"), ({"email": "schoenmaat"}, "schoenmaat")]
)
def test_a_meaning_or_a_column_that_is_not_there_is_refused(
    lite: Store, tmp_path: Path, columns: dict[str, str], why: str
) -> None:
    with pytest.raises(ImportFileError, match=why):
        dry(lite, csv_file(tmp_path, "email\na@x.nl\n"), replace(DEFAULTS, columns=columns))


def test_a_value_gets_a_meaning_and_a_wrong_one_is_refused(lite: Store, tmp_path: Path) -> None:
    path = csv_file(tmp_path, f"email,status,taal\n{ANNA},warm,Vlaams\n{BAS},koud,Fries\n")
    meant = {"status:warm": "reads", "status:*": "left", "taal:vlaams": "nl"}
    assert fates(dry(lite, path, replace(DEFAULTS, columns=meant))) == {"asked": 1, "refused": 1}
    meant["taal:*"] = "en"
    assert fates(dry(lite, path, replace(DEFAULTS, columns=meant))) == {"asked": 1, "barred": 1}
    for wrong in ({"status:warm": "lauw"}, {"email:a": "left"}, {"smaak:zoet": "left"}):
        with pytest.raises(ImportFileError):
            dry(lite, path, replace(DEFAULTS, columns=wrong))


def test_consent_of_tomorrow_is_refused(lite: Store, tmp_path: Path) -> None:
    assert fates(dry(lite, csv_file(tmp_path, "email,since\na@x.nl,2999-01-01\n"))) == {"refused": 1}


def test_without_the_words_nobody_counts_as_having_agreed(lite: Store) -> None:
    without = Defaults(DEFAULTS.audiences, "nl", DEFAULTS.locales, DEFAULTS.known_audiences, evidence=False)
    assert fates(run(lite, FILES / "mailchimp-subscribed.csv", without)[0]) == {"asked": 2}
    assert gets(lite) == set()


def test_no_import_ever_brings_back_anybody_who_left(store: Store, tmp_path: Path) -> None:
    leave(store, reader(store, BAS))  # from everything
    anna = reader(store, ANNA, "legal-aid", "noo-national")
    leave(store, anna, "legal-aid")
    suppress(store, "chadia@lezers.example", SuppressedBecause.COMPLAINED)
    text = f"email,since\n{BAS},2020-01-01\n{ANNA.upper()},2020-01-01\nchadia@lezers.example,2020-01-01\n"
    assert fates(run(store, csv_file(tmp_path, text))[0]) == {"suppressed": 2, "left": 1}
    assert gets(store) == set()


def test_a_reader_gets_further_audiences_and_keeps_the_language(lite: Store, tmp_path: Path) -> None:
    uid = reader(lite, ANNA, "legal-aid", locale="en")
    text = f'email,language,audiences,since\n{ANNA},ar,"legal-aid,noo-national",2020-01-01\n'
    assert fates(run(lite, csv_file(tmp_path, text))[0]) == {"changed": 1}
    assert gets(lite, "noo-national") == {uid}


def test_an_unsubscribed_file_takes_a_present_reader_out(lite: Store, tmp_path: Path) -> None:
    reader(lite, ANNA)
    run(lite, csv_file(tmp_path, f"email,status\n{ANNA},unsubscribed\n"))
    assert gets(lite) == set()
    with lite.reading() as session:
        assert session.scalars(select(Suppression.reason)).all() == ["unsubscribed"]


def test_a_row_that_cannot_be_taken_is_named_by_its_line_and_set_aside(lite: Store, tmp_path: Path) -> None:
    rows = [
        "email,since",
        "a@x.nl,2020-01-01",
        "no address,2020-01-01",
        "c@x.nl,gisteren",
        "d@x.nl",
        "a@X.nl,2020-01-01",
    ]
    path = csv_file(tmp_path, "\n".join(rows))
    tally = dry(lite, path)
    assert [line for line, _why in tally.refused] == [3, 4, 5]
    assert not any("no address" in str(why) for _line, why in tally.refused)
    assert fates(run(lite, path)[0]) == {"new": 1, "refused": 3, "repeated": 1}
    assert len(gets(lite)) == 1


def run_aside(store: Store, path: Path, defaults: Defaults = DEFAULTS) -> Tally:
    table = table_from(path)
    with store.transaction() as session, set_aside(table, str) as aside:
        return bring(session, table, defaults, PROVENANCE, ask=lambda _s, _needed: None, aside=aside.put)


def test_what_was_set_aside_is_mended_and_read_in_again(lite: Store, tmp_path: Path) -> None:
    """The file beside it opens in a spreadsheet, is for its owner alone, and is never written over."""
    path = csv_file(tmp_path, "email;naam;since\na@x.nl;A;2020-01-01\n=b@;B;2020-01-01\nc@x.nl;C;2020-01-01;extra\n")
    assert fates(run_aside(lite, path)) == {"new": 1, "refused": 2}
    apart = tmp_path / "readers-apart.csv"
    lines = apart.read_text("utf-8-sig").splitlines()
    assert lines[0] == "regel;waarom;email;naam;since"
    assert [line.split(";")[0] for line in lines[1:]] == ["3", "4"]
    assert "'=b@" in lines[1]
    assert apart.stat().st_mode & 0o777 == 0o600
    mended = lines[1].replace("'=b@", "b@x.nl"), lines[2].removesuffix(";extra")
    apart.write_text("\n".join([lines[0], *mended]) + "\n", "utf-8")
    assert fates(run_aside(lite, apart)) == {"new": 2}
    assert fates(run_aside(lite, path)) == {"unchanged": 1, "refused": 2}
    assert (tmp_path / "readers-apart2.csv").exists()
    assert sorted(file.name for file in tmp_path.glob("*.csv")) == [
        "readers-apart.csv",
        "readers-apart2.csv",
        path.name,
    ]


@pytest.mark.promise("P12", "row 9")
def test_the_name_of_a_column_is_no_formula_beside_the_file(tmp_path: Path) -> None:
    table = table_from(csv_file(tmp_path, "email;=1+1\nx;y\n"))
    with set_aside(table, str) as aside:
        aside.put(2, Text("waarom", {}), ["x", "@y"])
    assert (tmp_path / "readers-apart.csv").read_text("utf-8-sig").split() == [
        "regel;waarom;email;'=1+1",
        "2;waarom;x;'@y",
    ]


def test_an_import_that_fails_sets_nothing_aside(lite: Store, tmp_path: Path) -> None:
    path = csv_file(tmp_path, 'email,regio\nfout,x\nb@x.nl,"Arnhem\n')
    with pytest.raises(ImportFileError):
        run_aside(lite, path)
    assert [file.name for file in tmp_path.iterdir() if "readers" in file.name] == [path.name]


@pytest.mark.parametrize(
    "rows",
    [
        "geen adres,unsubscribed",
        ",unsubscribed",
        "Bas,Fictief,bas,unsubscribed",
    ],
)
def test_a_row_that_says_that_somebody_left_but_not_who_stops_the_file(lite: Store, tmp_path: Path, rows: str) -> None:
    path = csv_file(tmp_path, f"email,status\n{ANNA},subscribed\n{rows}\n")
    assert [line for line, _why in dry(lite, path).stops] == [3]
    with pytest.raises(RefusedRowsError, match="regel 3"):
        run(lite, path)
    assert gets(lite) == set()


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (f"{BAS},unsubscribed", {"barred": 1, "repeated": 1}),
        (f"{BAS},misschien", {"refused": 2}),
        (f"{BAS},Bas,unsubscribed", {"refused": 2}),
        (f"Bas <{BAS}>,unsubscribed", {"refused": 2}),
    ],
)
@pytest.mark.parametrize("is_first", [True, False])
def test_nobody_is_taken_of_whom_another_row_may_say_that_they_left(
    lite: Store, tmp_path: Path, row: str, expected: dict[str, int], *, is_first: bool
) -> None:
    rows = [f"{BAS},subscribed", row]
    text = "\n".join(["email,status", f"{ANNA},subscribed", *(rows if is_first else rows[::-1])])
    assert fates(run(lite, csv_file(tmp_path, text))[0]) == {"asked": 1, **expected}


def test_who_is_never_to_be_mailed_is_named(lite: Store, tmp_path: Path) -> None:
    leave(lite, reader(lite, ANNA, "legal-aid", "noo-national"), "legal-aid")
    suppress(lite, "chadia@lezers.example", SuppressedBecause.COMPLAINED)
    text = f"email,status\n{ANNA},subscribed\nchadia@lezers.example,subscribed\n{BAS},unsubscribed\n"
    kept = dry(lite, csv_file(tmp_path, text)).kept_out
    assert kept == [(2, Fate.LEFT, ANNA), (3, Fate.SUPPRESSED, "chadia@lezers.example"), (4, Fate.BARRED, BAS)]
    assert "chadia" not in repr(dry(lite, csv_file(tmp_path, text)))


def test_whoever_was_mailed_a_button_is_not_mailed_another_by_the_same_file(lite: Store, tmp_path: Path) -> None:
    reader(lite, ANNA)
    text = f"email,audiences\n{ANNA},noo-national\nnieuw@lezers.example,noo-national\n"
    path = csv_file(tmp_path, text)
    assert len(run(lite, path)[1]) == 2
    assert fates(run(lite, path)[0]) == {"unchanged": 2}


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_delimiter_and_encoding_are_found(lite: Store, tmp_path: Path, delimiter: str, encoding: str) -> None:
    text = "E-Mail,Taal,Regio,Since\r\nzoë@x.nl,nl,Curaçao,2020-01-01\r\na@x.nl,nl,Curaçao,2020-01-01\r\n"
    path = csv_file(tmp_path, text.replace(",", delimiter).encode(encoding))
    assert fates(dry(lite, path)) == {"refused": 1, "new": 1}


@pytest.mark.promise("F20")
@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "leeg"),
        (b"\n\n", "leeg"),
        (b"naam\nAnna\n", "geen kolom met e-mailadressen"),
        (b"email,schoenmaat\na@x.nl,42\n", "Onbekende kolommen: schoenmaat"),
        (b"since\n2020-01-01\n", "geen kolom met e-mailadressen"),
        (b"email,v-nummer\na@x.nl,1\n", "v-nummer"),
        (b"email,Email\na@x.nl,b@x.nl\n", "twee keer"),
        (b'email\n"a@x.nl\nb@x.nl\n', "geen CSV meer"),
        (b"email\n" + b"a" * 200_000 + b"\n", "geen CSV meer"),
        (b"email\na@x.nl\0\n", "nulteken"),
        ("email,regio\na@x.nl,Łódź\n".encode("cp1250"), "niet in utf-8"),
        (b"PK\x03\x04\xff\xfe\x00", "werkmap van Excel"),
        ("email\na@x.nl\n".encode("utf-16")[:-1], "niet in utf-16"),
        ("email\na@x.nl\n".encode("utf-16-le"), "nulteken"),
        (b"email,e-mail\na@x.nl,b@x.nl\n", "betekenen hetzelfde: e-mail, email"),
        (b'email,regio\na@x.nl,x\nb@x.nl,"Arnhem\nc@x.nl,x\nd@x.nl,x\n', "Vanaf regel 3 "),
        (b"email,regio\na@x.nl,x\nb@x.nl,x\nc@x.nl," + b"r" * 200_000 + b"\n", "Vanaf regel 4 "),
        (b'email,regio\n"a@x.nl",x\n"b@x.nl" x,x\n', "Vanaf regel 3 "),
    ],
)
def test_a_file_that_cannot_be_trusted_is_refused_whole(lite: Store, tmp_path: Path, data: bytes, why: str) -> None:
    with pytest.raises(ImportFileError, match=why):
        dry(lite, csv_file(tmp_path, data))


def test_a_quote_that_is_closed_lines_later_swallows_no_reader_and_keeps_no_address(
    lite: Store, tmp_path: Path
) -> None:
    """The second row would take the next two with it, into a column that is not sealed."""
    text = 'email,regio\na@x.nl,Zwolle\nb@x.nl,"Arnhem\nc@x.nl,Zwolle\nd@x.nl,Assen"\ne@x.nl,"Ede"\n'
    path = csv_file(tmp_path, text)
    tally = dry(lite, path)
    assert [(line, "aanhalingsteken" in str(why)) for line, why in tally.refused] == [(3, True)]
    assert fates(run(lite, path)[0]) == {"asked": 2, "refused": 1}
    skipped = replace(DEFAULTS, columns={"regio": ""})
    assert fates(dry(lite, path, skipped)) == {"unchanged": 2, "asked": 1}


def test_an_old_encoding_is_read_when_it_is_named(lite: Store, tmp_path: Path) -> None:
    path = csv_file(tmp_path, "email,regio,since\na@x.nl,Curaçao,2020-01-01\n".encode("cp1252"))
    with lite.transaction() as session:
        table = table_from(path, "cp1252")
        bring(session, table, DEFAULTS, PROVENANCE, ask=lambda _s, _needed: None)
        assert session.scalars(select(Subscriber.region)).all() == ["Curaçao"]


FORMULAS = ['=HYPERLINK("https://x.example","klik")', "＝HYPERLINK(1)", "+31", "-1", "@SUM(A1)", "＠x", "\t=1", "007"]


@pytest.mark.promise("P12", "row 9")
def test_what_a_cell_says_stays_what_it_says_and_no_export_calculates_it(lite: Store, tmp_path: Path) -> None:
    """There and back: neither a formula nor a leading zero gets lost, and in the file none of them is one."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(["email", "regio", "rol", "since"])
    writer.writerows([f"a{number}@x.nl", cell, cell, "2020-01-01"] for number, cell in enumerate(FORMULAS))
    for domain in ("x.nl", "y.nl"):
        run(lite, csv_file(tmp_path, written.getvalue().replace("x.nl", domain)))
        with lite.transaction() as session:
            written = io.StringIO()
            export(session, None, "csv", written, "command")
            found = session.execute(select(Subscriber.region, Subscriber.role)).all()
            assert Counter(map(tuple, found)) == Counter((cell, cell) for cell in FORMULAS * (1 + (domain == "y.nl")))
    cells = [row[column] for row in csv.reader(io.StringIO(written.getvalue())) for column in (3, 4)]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "＝", "＠"))]


@pytest.mark.parametrize(
    "row",
    ["=cmd|' /C calc'!A0@x.nl", '=HYPERLINK("x")', "a@x.nl\r", "'=a@", "a@x.nl;b@x.nl", "a%0a@x.nl"],
)
def test_hostile_cells_are_refused_rows(lite: Store, tmp_path: Path, row: str) -> None:
    quoted = '"' + row.replace('"', '""') + '"'
    assert fates(dry(lite, csv_file(tmp_path, f"email\n{quoted}\n")))["refused"] == 1


@pytest.mark.promise("P12", "row 9")
@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "＝1", " =1", "\ufeff=1"])
def test_no_cell_of_an_export_is_a_formula(cell: str) -> None:
    assert safe_cell(cell).startswith("'")


def test_an_export_comes_back_unchanged_and_is_logged(lite: Store, tmp_path: Path) -> None:
    run(lite, FILES / "laposta.csv")
    reader(lite, "=som@lezers.example", "noo-national")
    written = io.StringIO()
    with lite.transaction() as session:
        assert export(session, None, "csv", written, "command") == 2
    assert '"\'=som@lezers.example"' in written.getvalue()
    assert fates(dry(lite, csv_file(tmp_path, written.getvalue()))) == {"unchanged": 2}
    with lite.transaction() as session:
        assert export(session, "noo-national", "json", io.StringIO(), "command") == 1


@pytest.mark.promise("F21")
def test_a_large_file_is_judged_in_flat_memory(lite: Store, tmp_path: Path) -> None:
    with (tmp_path / "large.csv").open("w") as file:
        file.write("email,since\n")
        file.writelines(f"reader{number}@lezers.example,2020-01-01\n" for number in range(5000))
    tracemalloc.start()
    tally = dry(lite, tmp_path / "large.csv")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert tally.fates == Counter({Fate.NEW: 5000})
    assert peak < 12 * 1024 * 1024


def test_a_reader_who_was_erased_while_an_import_waited_is_judged_anew(store: Store, tmp_path: Path) -> None:
    """Also when nobody is left of all whom the file would change."""
    anna = reader(store, ANNA, "noo-national")
    table = table_from(csv_file(tmp_path, f"email,since\n{ANNA},2026-01-02\n"))
    form, found = form_of(table, {}), Survey()
    with store.reading() as session:
        [rows] = judged(session, table, form, found, DEFAULTS)
    assert [row.fate for row in rows] == [Fate.CHANGED]
    with store.transaction() as session:
        erase_subscriber(session, anna, "command")
    with store.transaction() as session:
        [row] = held(session, rows, DEFAULTS)
        assert (row.fate, row.existing) == (Fate.SUPPRESSED, None)
