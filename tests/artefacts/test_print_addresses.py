"""An addressee becomes lines on an envelope, and an envelope gets a weight and stamps."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest

from devtools.print_tools import words_on
from mailer.artefacts.paper.addresses import AddressError, address_lines, clean_name
from mailer.artefacts.paper.labels import SHEETS, AddressBlock, labels, letters, proof_sheet
from mailer.artefacts.paper.postage import PostageError, Rate, grams, postage, rate_on
from mailer.typesetting.typesetter import Typesetter, TypesettingError
from subscribers.addressee import Addressee, Centre

DAY = date(2026, 11, 26)
CENTRE = Centre("zuid", "Centrum Zuid", ("Kade  7", "9999zz  Voorbeeldstad"), asks_registration=False, checked_on=DAY)
STRICT = Centre(
    "noord", "Centrum Noord", ("Postbus 99002", "9998 ZZ Verzonnen"), asks_registration=True, checked_on=DAY
)


def addressee(name: str, centre: Centre = CENTRE, registration: str | None = None) -> Addressee:
    return Addressee(UUID(int=1), name, centre, registration, "ar", large_print=False)


def test_an_address_is_written_as_postnl_asks() -> None:
    assert address_lines(addressee("  Samir   Voorbeeld ")) == ("Samir Voorbeeld", "Kade 7", "9999 ZZ  VOORBEELDSTAD")


def test_a_registration_number_stands_there_only_where_the_centre_asks_it() -> None:
    assert "R-17" not in address_lines(addressee("Samir Voorbeeld", CENTRE, "R-17"))
    assert address_lines(addressee("Samir Voorbeeld", STRICT, "R-17"))[1] == "R-17"
    with pytest.raises(AddressError, match="registratienummer"):
        address_lines(addressee("Samir Voorbeeld", STRICT))


@pytest.mark.parametrize("name", ["", "   ", "\u202e\u2066", "\u200f\u00ad\ufeff", "\x00\x07"])
def test_a_name_of_nothing_visible_is_refused(name: str) -> None:
    with pytest.raises(AddressError, match="geen naam"):
        address_lines(addressee(name))


def test_a_name_of_three_hundred_characters_is_refused() -> None:
    with pytest.raises(AddressError, match="300"):
        address_lines(addressee("x" * 300))


def test_a_name_keeps_its_script_and_loses_what_turns_it_round() -> None:
    assert clean_name("\u202eمحمد\u202c بن\u2067 علي\n") == "محمد بن علي"
    assert clean_name("Zoe\u0308 Öz\tTürk") == "Zoë Öz Türk"
    assert clean_name("می\u200cخواهم") == "می\u200cخواهم"


@pytest.mark.parametrize("last", ["Voorbeeldstad", "0999 ZZ Stad", "9999 ZZ", ""])
def test_an_address_without_a_postcode_and_a_city_is_refused(last: str) -> None:
    with pytest.raises(AddressError, match="postcode"):
        address_lines(addressee("A", Centre("x", "X", ("Kade 7", last), asks_registration=False, checked_on=DAY)))


@pytest.mark.parametrize("sheet", sorted(SHEETS))
def test_names_in_any_script_of_the_fonts_stand_on_the_labels_in_order(sheet: str, tmp_path: Path) -> None:
    names = ("Zoë Öztürk", "Łukasz Nowak", "Иван Иванов", "#set page(fill: red)", "<b>x</b>", "Nguyễn Thị")
    blocks = [AddressBlock(number, address_lines(addressee(name))) for number, name in enumerate(names, start=1)]
    pdf = tmp_path / "labels.pdf"
    pdf.write_bytes(Typesetter().pdf(labels(blocks, DAY, sheet=sheet)))
    found = words_on(pdf)
    assert all(name in found for name in names)
    assert found.count("9999 ZZ") == len(names)


def test_an_arabic_name_is_printed_with_arabic_letters(tmp_path: Path) -> None:
    pdf = tmp_path / "labels.pdf"
    pdf.write_bytes(Typesetter().pdf(labels([AddressBlock(1, address_lines(addressee("سمير علي")))], DAY)))
    assert {"سمير", "علي"} <= set(words_on(pdf).replace("\u202b", " ").replace("\u202c", " ").split())


@pytest.mark.parametrize(("name", "sign"), [("ꦏꦗ", "ꦏ"), ("Samir 𐎀", "𐎀"), ("ᚠᚢᚦ", "ᚠ")])
def test_a_name_that_no_font_has_is_an_error_that_names_the_sign_and_the_piece(name: str, sign: str) -> None:
    blocks = [
        AddressBlock(at, address_lines(addressee(whose))) for at, whose in ((16, "Zoë"), (17, name), (18, "Samir"))
    ]
    for job in (labels(blocks, DAY), letters(blocks, DAY, return_line="")):
        with pytest.raises(TypesettingError, match=rf"{sign}.*stuk 17\)"):
            Typesetter().pdf(job)


def test_an_address_that_does_not_fit_names_the_piece() -> None:
    wide = AddressBlock(17, address_lines(addressee("Wolfeschlegelsteinhausenbergerdorff" * 2)))
    long = AddressBlock(18, address_lines(addressee("Samir ben Voorbeeld " * 5, STRICT, "R-17" * 3)))
    for job in (labels([wide], DAY), letters([wide], DAY, return_line=""), labels([wide], DAY, sheet="L7160")):
        with pytest.raises(TypesettingError, match="17"):
            Typesetter().pdf(job)
    Typesetter().pdf(labels([long], DAY))


def test_the_proof_sheet_shows_every_label_of_the_sheet(tmp_path: Path) -> None:
    pdf = tmp_path / "proof.pdf"
    pdf.write_bytes(Typesetter().pdf(proof_sheet(DAY, sheet="L7160", offset=(1.5, -1.0))))
    assert words_on(pdf).count("Proefblad") == 21


def test_eight_pages_with_a_label_cost_one_stamp_and_with_an_address_sheet_two() -> None:
    rate = Rate(date(2026, 1, 1), Decimal("1.40"))
    assert postage(grams(2, label=True), rate).stamps == 1
    with_sheet = postage(grams(3, label=False), rate)
    assert (with_sheet.grams, with_sheet.band, with_sheet.stamps, with_sheet.cost) == (22, 50, 2, Decimal("2.80"))


def test_a_rate_holds_from_its_day_on() -> None:
    rates = [Rate(date(2027, 1, 1), Decimal("1.50")), Rate(date(2026, 1, 1), Decimal("1.40"))]
    assert rate_on(date(2026, 12, 31), rates).stamp == Decimal("1.40")
    assert rate_on(date(2027, 1, 1), rates).stamp == Decimal("1.50")
    with pytest.raises(PostageError, match="2025-12-31"):
        rate_on(date(2025, 12, 31), rates)
    with pytest.raises(PostageError, match="te zwaar"):
        postage(351, rates[0])
