"""Step 7 by post, at the doors `pieces_of` and `run_files`: what the desk gets for one print run."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from uuid import UUID

import pikepdf
import pytest

from devtools.print_editions import DAY, LOCALES, edition, house, photograph
from devtools.print_tools import check, words_on
from mailer.artefacts.paper.addresses import AddressError
from mailer.artefacts.paper.job import PrintJob
from mailer.artefacts.paper.pieces import (
    LETTERS,
    Copy,
    EditionKey,
    PrintedEdition,
    PrintFile,
    PrintOptions,
    pieces_of,
    weight,
)
from mailer.artefacts.paper.postage import Rate
from mailer.artefacts.paper.quotes import quote_for
from mailer.artefacts.paper.run_files import RunPlan, run_files
from mailer.artefacts.paper.tree import print_tree_from
from mailer.typesetting.typesetter import Typesetter
from subscribers.addressee import Addressee, Centre
from wording.interface import interface

NORTH = Centre(
    "noord", "Centrum Noord", ("Postbus 99002", "9998 ZZ  VERZONNEN"), asks_registration=True, checked_on=DAY
)
SOUTH = Centre("zuid", "Centrum Zuid", ("Kade 7", "9999 ZZ  VOORBEELDSTAD"), asks_registration=False, checked_on=DAY)

PEOPLE = (
    Addressee(UUID(int=1), "Zoë Zuid", SOUTH, None, "nl"),  # sorts last: centre before name
    Addressee(UUID(int=2), "Ömer Noord", NORTH, "R-2", "nl"),  # the accent does not send him behind the z
    Addressee(UUID(int=3), "Peter Noord", NORTH, "R-3", "nl"),
    Addressee(UUID(int=4), "سمير علي", NORTH, "R-4", "ar"),  # another language comes before another name
    Addressee(UUID(int=5), "Peter Noord", NORTH, "R-5", "nl"),  # the same name: the order must not vary
    Addressee(UUID(int=6), "Ayşe Noord", NORTH, "R-6", "tr"),  # reads a language without an edition: gets English
    Addressee(UUID(int=7), "Bea Zuid", SOUTH, None, "nl", large_print=True),  # needs large letters
)


def wanted(people: Iterable[Addressee] = PEOPLE) -> list[Copy]:
    """Ömer gets his first issue; who reads a language without an edition gets English."""
    return [
        Copy(person, person.locale if person.locale in LOCALES else "en", first=person.uid.int == 2)
        for person in people
    ]


@pytest.fixture(scope="module")
def editions() -> dict[EditionKey, PrintedEdition]:
    keys = [EditionKey("nl"), EditionKey("en"), EditionKey("ar"), EditionKey("nl", large=True)]
    jobs = [
        PrintJob(
            "newsletter",
            print_tree_from(edition(key.locale), house(), interface(key.locale), large=key.large),
            DAY,
            {"photo.jpg": photograph()},
        )
        for key in keys
    ]
    made = Typesetter().pdfs(jobs)
    return {key: PrintedEdition(pdf, key.locale == "ar") for key, pdf in zip(keys, made, strict=True)}


def run(editions: dict[EditionKey, PrintedEdition], **options: object) -> dict[str, PrintFile]:
    plan = RunPlan("Nieuws 2026-3", DAY, pieces_of(wanted()), editions, PrintOptions(**options))  # type: ignore[arg-type]
    return {file.name: file for file in run_files(plan, house(), Typesetter().pdfs)}


def test_pieces_are_numbered_by_centre_then_language_then_name_whatever_the_order_of_the_list() -> None:
    pieces = pieces_of(wanted())
    assert pieces == pieces_of(wanted(reversed(PEOPLE)))
    assert [piece.addressee.uid.int for piece in pieces] == [4, 6, 2, 3, 5, 1, 7]
    assert [piece.number for piece in pieces] == [1, 2, 3, 4, 5, 6, 7]


def test_a_run_has_a_booklet_per_language_with_its_count_and_addresses_and_a_pick_list(
    editions: dict[EditionKey, PrintedEdition],
) -> None:
    files = run(editions)
    assert {name: file.copies for name, file in files.items()} == {
        "boekje-ar-1x.pdf": 1,
        "boekje-en-1x.pdf": 1,
        "boekje-nl-4x.pdf": 4,
        "boekje-nl-groot-1x.pdf": 1,
        "etiketten-L7163.pdf": 1,
        "paklijst.pdf": 1,
        "uitleg-nl-1x.pdf": 1,
    }
    assert [name for name, file in files.items() if file.personal] == ["etiketten-L7163.pdf", "paklijst.pdf"]
    with pikepdf.open(BytesIO(files["boekje-ar-1x.pdf"].data)) as arabic:
        assert len(arabic.pages) * 2 == editions[EditionKey("ar")].pages
        assert arabic.Root.ViewerPreferences.Direction == "/R2L"


@pytest.mark.parametrize("addressing", ["L7163", "L7160", LETTERS])
def test_label_or_letter_and_pick_list_have_the_same_numbers_in_the_same_order(
    editions: dict[EditionKey, PrintedEdition], addressing: str, tmp_path: Path
) -> None:
    files = run(editions, addressing=addressing, return_line="Postbus 99001, 9999 ZZ  VOORBEELDSTAD")
    addresses, listed = (tmp_path / "addresses.pdf", tmp_path / "list.pdf")
    addresses.write_bytes(next(file.data for name, file in files.items() if name.startswith(("etik", "adres"))))
    listed.write_bytes(files["paklijst.pdf"].data)
    written = words_on(addresses, drawn=True)
    expected = [
        ("Ayşe Noord", 2),
        ("Ömer Noord", 3),
        ("Peter Noord", 4),
        ("Peter Noord", 5),
        ("Zoë Zuid", 6),
        ("Bea Zuid", 7),
    ]
    on_paper = [
        (name, int(number))
        for name, number in re.findall(
            r"(\w+ (?:Noord|Zuid))\n(?:.*\n)+?\w\w(?: groot)? · (\d)$", written, re.MULTILINE
        )
    ]
    on_list = [
        (name, int(number))
        for number, name in re.findall(r"^(\d) (\w+ (?:Noord|Zuid))", words_on(listed, drawn=True), re.MULTILINE)
    ]
    assert on_paper == on_list == expected
    assert re.findall(r"^\w\w(?: groot)? · (\d)$", written, re.MULTILINE) == list("1234567")


def test_no_file_without_names_names_anyone_and_no_label_names_the_newsletter(
    editions: dict[EditionKey, PrintedEdition], tmp_path: Path
) -> None:
    for name, file in run(editions).items():
        (tmp_path / name).write_bytes(file.data)
        text = words_on(tmp_path / name)
        assert ("Peter Noord" in text) == file.personal
        assert not name.startswith("etiketten") or "Nieuws" not in text


def test_a_run_is_the_same_bytes_each_time(editions: dict[EditionKey, PrintedEdition]) -> None:
    assert run(editions) == run(editions)


def test_a_language_without_a_printed_edition_stops_the_run(editions: dict[EditionKey, PrintedEdition]) -> None:
    with pytest.raises(AddressError, match="nl-groot"):
        run({key: edition for key, edition in editions.items() if not key.large})


def test_an_address_sheet_makes_the_letter_heavier_and_the_explanation_does_not_cost_a_stamp(
    editions: dict[EditionKey, PrintedEdition],
) -> None:
    key = EditionKey("nl")
    rate = Rate(date(2026, 1, 1), Decimal("1.40"))
    labelled = weight(editions[key], key, PrintOptions(), rate, first=True)
    lettered = weight(editions[key], key, PrintOptions(addressing=LETTERS), rate, first=False)
    assert (labelled.grams, labelled.stamps, lettered.grams, lettered.stamps) == (20, 1, 22, 2)


def test_the_quote_counts_what_the_run_will_print(editions: dict[EditionKey, PrintedEdition]) -> None:
    quote = quote_for(pieces_of(wanted()), editions, PrintOptions(), [Rate(date(2026, 1, 1), Decimal("1.40"))], DAY)
    assert [(str(line.edition), line.first, line.copies) for line in quote.lines] == [
        ("ar", False, 1),
        ("en", False, 1),
        ("nl", False, 3),
        ("nl", True, 1),
        ("nl-groot", False, 1),
    ]
    assert quote.pieces == 7
    assert quote.stamps
    assert quote.cost == quote.stamps * Decimal("1.40")


def test_without_a_rate_for_the_day_weights_stand_and_costs_are_unknown(
    editions: dict[EditionKey, PrintedEdition],
) -> None:
    later, past = (Rate(date(year, 1, 1), Decimal("1.99")) for year in (2099, 2020))
    unknown = quote_for(pieces_of(wanted()), editions, PrintOptions(), [later], DAY)
    assert (unknown.rate, unknown.stamps, unknown.cost) == (None, None, None)
    assert unknown.grams == quote_for(pieces_of(wanted()), editions, PrintOptions(), [past, later], DAY).grams > 0
    assert quote_for(pieces_of(wanted()), editions, PrintOptions(), [past, later], DAY).rate == past


def test_the_explanation_goes_with_the_first_issue_and_says_how_to_stop(
    editions: dict[EditionKey, PrintedEdition], tmp_path: Path
) -> None:
    files = run(editions)
    leaf, listed = tmp_path / "leaf.pdf", tmp_path / "list.pdf"
    leaf.write_bytes(files["uitleg-nl-1x.pdf"].data)
    listed.write_bytes(files["paklijst.pdf"].data)
    text = words_on(leaf)
    assert text.count("Wilt u de brief niet meer krijgen?") == 2  # two leaves on a sheet
    assert "Autoriteit Persoonsgegevens" in " ".join(text.split())
    assert re.search(r"3 Ömer Noord nl \+ uitleg", words_on(listed, drawn=True))


def test_who_reads_large_letters_gets_the_explanation_in_large_letters_too(
    editions: dict[EditionKey, PrintedEdition],
) -> None:
    [bea] = [person for person in PEOPLE if person.large_print]
    plan = RunPlan("Nieuws", DAY, pieces_of([Copy(bea, "nl", first=True)]), editions, PrintOptions())
    files = {file.name: file for file in run_files(plan, house(), Typesetter().pdfs)}
    with pikepdf.open(BytesIO(files["uitleg-nl-groot-1x.pdf"].data)) as leaf:
        assert [_millimetres(page.mediabox) for page in leaf.pages] == [[0, 0, 210, 297]]
    rate = Rate(date(2026, 1, 1), Decimal("1.40"))
    key = EditionKey("nl", large=True)
    with_leaf, without = (weight(editions[key], key, PrintOptions(), rate, first=first) for first in (True, False))
    assert with_leaf.grams - without.grams == 5


def test_one_file_holds_everything_in_the_order_of_the_pieces(
    editions: dict[EditionKey, PrintedEdition], tmp_path: Path
) -> None:
    everything = tmp_path / "everything.pdf"
    everything.write_bytes(run(editions, addressing=LETTERS, merged=True)["alles-dubbelzijdig.pdf"].data)
    check(everything)
    pages = words_on(everything, drawn=True).split("\f")
    numbers = [re.findall(r"^\w\w(?: groot)? · (\d)$", page, re.MULTILINE) for page in pages if page.count("\n") < 7]
    assert [number for found in numbers for number in found] == list("1234567")
    with pikepdf.open(everything) as pdf:
        assert len(pdf.pages) % 2 == 0  # every booklet begins on a front
        booklets = sum(
            -(-editions[piece.edition].pages // (2 if piece.edition.large else 4)) for piece in pieces_of(wanted())
        )
        assert len(pdf.pages) == 2 * (7 + booklets)


def test_a_print_shop_gets_trim_and_bleed_and_crop_marks_outside_them(
    editions: dict[EditionKey, PrintedEdition], tmp_path: Path
) -> None:
    shop = tmp_path / "shop.pdf"
    shop.write_bytes(run(editions, shop=True)["drukkerij-nl-4x.pdf"].data)
    check(shop)
    with pikepdf.open(shop) as pdf:
        for page in pdf.pages:
            assert _millimetres(page.trimbox) == [0, 0, 148, 210]
            assert _millimetres(pikepdf.Array(page.obj.BleedBox)) == [-3, -3, 151, 213]
            assert _millimetres(page.mediabox) == [-9, -9, 157, 219]


def _millimetres(box: pikepdf.Array) -> list[int]:
    return [round(float(side) / 72 * 25.4) for side in box]
