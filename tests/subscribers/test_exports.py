"""Exports of other programs, and lists out of spreadsheets: read as they come, or with what the handbook says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from database.session import Store
from subscribers.importing.source import ImportFileError
from subscribers.importing.statuses import standing_from
from tests.subscribers.test_importing import DEFAULTS, FILES, csv_file, dry, fates, run
from tests.support.people import gets

BEEHIIV = {"created_at": "since", "status:inactive": "left"}
KIT = {"created_at": "since"}
NEWSLETTER = {"status:c": "reads", "status:u": "left", "status:b": "bounced", "status:p": "complained", "date": "since"}

EXPORTS: dict[str, tuple[Mapping[str, str], dict[str, int]]] = {
    "mailchimp-subscribed.csv": ({}, {"new": 1, "asked": 1}),
    "mailchimp-unsubscribed.csv": ({}, {"barred": 1}),
    "mailchimp-cleaned.csv": ({}, {"barred": 1}),
    "mailchimp-excel-nl.csv": ({}, {"new": 1}),
    "laposta.csv": ({}, {"new": 1, "barred": 2}),
    "laposta-excel-nl.csv": ({}, {"new": 2, "barred": 1}),
    "mailerlite.csv": ({}, {"new": 1, "barred": 3, "refused": 1}),
    "brevo.csv": ({"added_time": "since"}, {"new": 1, "barred": 1}),
    "substack.csv": ({}, {"new": 1, "barred": 1}),
    "ghost.csv": ({"created_at": "since"}, {"new": 1, "barred": 2}),
    "kit.csv": (KIT, {"new": 1, "barred": 2, "refused": 1}),
    "beehiiv.csv": (BEEHIIV, {"new": 1, "barred": 1, "refused": 1}),
    "listmonk.csv": ({}, {"new": 1, "barred": 2}),
    "mailpoet.csv": ({}, {"new": 1, "barred": 2, "repeated": 2}),
    "wordpress-newsletter.csv": (NEWSLETTER, {"new": 1, "barred": 1, "refused": 1}),
    "excel-nl.csv": ({}, {"new": 2, "barred": 1}),
    "excel-en.csv": ({}, {"new": 2, "barred": 1}),
    "excel-de.csv": ({}, {"new": 1, "barred": 1}),
    "excel-fr.csv": ({}, {"new": 1, "barred": 1}),
}
"""File, what whoever imports it says of its columns, and what becomes of its rows. The table in docs/readers.md."""


@pytest.mark.parametrize("name", EXPORTS)
def test_an_export_is_understood_and_changes_nothing_a_second_time(lite: Store, name: str) -> None:
    said, expected = EXPORTS[name]
    defaults = replace(DEFAULTS, columns=said)
    assert fates(dry(lite, FILES / name, defaults)) == expected
    assert gets(lite) == set()
    assert fates(run(lite, FILES / name, defaults)[0]) == expected
    assert len(gets(lite)) == expected.get("new", 0)
    again = fates(run(lite, FILES / name, defaults)[0])
    same = {"unchanged": expected.get("new", 0) + expected.get("asked", 0), "suppressed": expected.get("barred", 0)}
    rest = {fate: expected[fate] for fate in ("refused", "repeated") if fate in expected}
    assert again == {fate: count for fate, count in (same | rest).items() if count}


def test_an_export_is_understood_on_either_database(store: Store) -> None:
    assert fates(run(store, FILES / "mailpoet.csv")[0]) == EXPORTS["mailpoet.csv"][1]


@pytest.mark.parametrize("name", EXPORTS)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_an_export_means_the_same_in_another_encoding(lite: Store, tmp_path: Path, name: str, encoding: str) -> None:
    said, expected = EXPORTS[name]
    text = (FILES / name).read_bytes().decode("cp1252" if name == "excel-nl.csv" else "utf-8")
    data = text.encode(encoding, "replace")  # names in Arabic are skipped anyway
    assert fates(dry(lite, csv_file(tmp_path, data), replace(DEFAULTS, columns=said))) == expected


@pytest.mark.parametrize("name", [name for name in EXPORTS if name != "mailpoet.csv"])
def test_an_export_cut_off_anywhere_takes_nobody_who_left(lite: Store, tmp_path: Path, name: str) -> None:
    """Whoever is no reader in the whole file is none in a part of it; of MailPoet a reader's second row may be gone."""
    said, expected = EXPORTS[name]
    defaults = replace(DEFAULTS, columns=said)
    data = (FILES / name).read_bytes()
    most = expected.get("new", 0) + expected.get("asked", 0)
    for end in range(len(data)):
        try:
            found = fates(dry(lite, csv_file(tmp_path, data[:end]), defaults))
        except ImportFileError:
            continue
        assert found.get("new", 0) + found.get("asked", 0) <= most, (end, found)


@pytest.mark.parametrize("name", EXPORTS)
def test_an_export_with_a_column_moved_takes_nobody(lite: Store, tmp_path: Path, name: str) -> None:
    """A cell too many at the beginning of every row: every cell stands under the name of its neighbour."""
    said, _expected = EXPORTS[name]
    text = (FILES / name).read_bytes().decode("cp1252" if name == "excel-nl.csv" else "utf-8")
    head, *rows = text.splitlines()
    if head.startswith("sep="):
        head, *rows = rows
    sign = ";" if ";" in head else ","
    moved = "\n".join([head, *(sign + row for row in rows if row.strip(sign))]) + "\n"
    try:
        tally = dry(lite, csv_file(tmp_path, moved), replace(DEFAULTS, columns=said))
    except ImportFileError:
        return
    assert not {"new", "asked", "changed"} & set(fates(tally))


def test_yes_and_no_mean_what_whoever_imports_says(lite: Store, tmp_path: Path) -> None:
    text = "email,post\na@x.nl,ja\nb@x.nl,nee\nc@x.nl,\n"
    path = csv_file(tmp_path, text)
    with pytest.raises(ImportFileError, match="post"):
        dry(lite, path)
    assert fates(dry(lite, path, replace(DEFAULTS, columns={"post": "reads"}))) == {
        "asked": 1,
        "barred": 1,
        "refused": 1,
    }
    said = {"post": "reads", "post:": "left"}
    assert fates(dry(lite, path, replace(DEFAULTS, columns=said))) == {"asked": 1, "barred": 2}
    assert fates(dry(lite, path, replace(DEFAULTS, columns={"post": "left"}))) == {"barred": 1, "asked": 2}


def test_a_file_of_those_who_left_bars_them_whatever_it_says(lite: Store, tmp_path: Path) -> None:
    path = csv_file(tmp_path, "email,status\na@x.nl,warm\ngeen adres,actief\n")
    left = replace(DEFAULTS, columns={"status": ""}, standing=standing_from("Uitgeschreven"))
    assert fates(run(lite, path, left)[0]) == {"barred": 1, "refused": 1}


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Telefoonnummer vast", True),
        ("FNAME", True),
        ("Prénom", True),
        ("Straße", True),
        ("Geburtsdatum", True),
        ("Naam van de organisatie", True),
        ("Naam voor e-mail", False),
        ("Abonnement telefonisch opgezegd", False),
        ("Wil post", False),
    ],
)
def test_names_and_telephones_are_skipped_under_any_name_but_never_a_no(
    lite: Store, tmp_path: Path, name: str, *, kept: bool
) -> None:
    path = csv_file(tmp_path, f"email;{name};{name}\na@x.nl;x;y\n")
    if kept:
        assert fates(dry(lite, path)) == {"asked": 1}
        return
    with pytest.raises(ImportFileError, match="Onbekende kolommen"):
        dry(lite, path)


def test_letters_of_an_address_in_an_encoding_that_nobody_said_are_not_guessed(lite: Store, tmp_path: Path) -> None:
    path = csv_file(tmp_path, "email,regio\na@exämple.nl,Curaçao\nb@x.nl,Curaçao\n".encode("cp1252"))
    tally = dry(lite, path)
    assert (fates(tally), tally.is_guessed) == ({"refused": 1, "asked": 1}, True)


def test_a_row_without_a_name_above_one_of_its_cells_is_set_aside(lite: Store, tmp_path: Path) -> None:
    path = csv_file(tmp_path, "email;taal;\na@x.nl;nl;\nb@x.nl;nl;afgemeld\n")
    assert fates(dry(lite, path)) == {"asked": 1, "refused": 1}
