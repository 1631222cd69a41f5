"""What paper shows first and how: a cover that invites, whole words, few weights of rule, lists that say what for."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from devtools.print_editions import DAY, edition, house, photograph
from devtools.print_tools import places_on, sizes_on, words_on
from mailer.artefacts.paper.job import PrintJob
from mailer.artefacts.paper.labels import SHEETS, AddressBlock, labels, letters
from mailer.artefacts.paper.pick_list import Row, pick_list
from mailer.artefacts.paper.pieces import EditionKey
from mailer.artefacts.paper.tree import print_tree_from
from mailer.document import nodes as n
from mailer.edition import Edition
from mailer.organisation import House
from mailer.typesetting.typesetter import TEMPLATES, Typesetter
from subscribers.addressee import Centre
from tests.support.written import MAILED, PRINTED, edition_of, mail_of
from wording.interface import interface

Blocks = tuple[n.Block[n.Spans], ...]
PICTURE: n.Block[n.Spans] = n.Figure("photo.jpg", (n.Plain("Een tekening"),), (n.Plain("Bijschrift."),), 5)
CENTRE = Centre("duin", "Centrum Duinrand", ("Laan 7", "9999 ZZ  VOORBEELDSTAD"), True, date(2026, 11, 2))


def whole_words(*, kept: bool) -> House:
    made = house()
    return replace(made, publications={"meldpunt": replace(made.publications["meldpunt"], hyphenation=not kept)})


def job(one: Edition, among: House, picture: bytes = b"") -> PrintJob:
    tree = print_tree_from(one, among, interface(one.locale))
    return PrintJob("newsletter", tree, DAY, {"photo.jpg": picture or photograph()}, fitted=False)


def file_of(job: PrintJob, folder: Path) -> Path:
    pdf = folder / "made.pdf"
    pdf.write_bytes(Typesetter().pdf(job))
    return pdf


def test_the_cover_has_the_title_once_the_picture_the_helpline_and_what_is_inside(tmp_path: Path) -> None:
    made = edition("nl", times=2, extra=(PICTURE,))
    made = replace(made, title="Nieuws van het Meldpunt, nummer 3", subject="Wat er verandert in de winter")
    pdf = file_of(job(made, house(), photograph(900, 360)), tmp_path)
    cover = " ".join(words_on(pdf, page=1).replace("\u2011", "-").split())
    order = ["Nieuws van het Meldpunt", "Nummer 3 · 26 november 2026", made.subject, "Bijschrift.", "0800-000 0199"]
    places = [cover.index(part) for part in [*order, "In dit nummer"]]
    assert places == sorted(places)
    assert cover.count("Nieuws van het Meldpunt") == cover.count("ummer 3") == cover.count("2026") == 1
    assert words_on(pdf).count("Bijschrift.") == 1
    sizes = sizes_on(pdf)
    assert sum(sizes[size] for size in sizes if 16 < size < 17) > len(made.subject)
    assert [size for size in sizes if 25 < size < 38] == []  # points; the title was larger than the name above it


def test_a_high_picture_stays_where_it_is(tmp_path: Path) -> None:
    made = edition("nl", times=2, extra=(PICTURE,))
    pdf = file_of(job(made, house(), photograph(400, 900)), tmp_path)
    words = " ".join(words_on(pdf).split())
    assert words.index("Beste lezer,") < words.index("Bijschrift.")


LONG = "De vreemdelingenbewaring veroorzaakt gezondheidsklachten en verantwoordingsverplichtingen in detentiecentra. "


def test_words_stay_whole_where_a_publication_says_so(tmp_path: Path) -> None:
    blocks: Blocks = tuple(n.Paragraph((n.Plain("a" * size + " " + LONG * 3),)) for size in range(1, 12))
    made = replace(edition("nl", extra=blocks), sections=())
    divided, kept = (
        [word.text for word in places_on(file_of(job(made, whole_words(kept=kept)), tmp_path))]
        for kept in (False, True)
    )
    assert [word for word in kept if word.endswith(("-", "\u2010", "\u00ad"))] == []
    assert [word for word in divided if word.endswith(("-", "\u2010", "\u00ad"))]


def test_what_announces_a_number_or_a_table_stands_on_its_page(tmp_path: Path) -> None:
    table: n.Block[n.Spans] = n.Table(
        ("start", "end"), ((n.Plain("Wat"),), (n.Plain("Hoeveel"),)), (((n.Plain("x"),), (n.Plain("1"),)),)
    )
    for lines in range(6, 30, 3):
        filler: Blocks = tuple(n.Paragraph((n.Plain(f"Regel {at} van de vulling."),)) for at in range(lines))
        told: Blocks = (
            n.Paragraph((n.Plain("Aankondiging1"),)),
            n.KeyNumber("46", (n.Paragraph((n.Plain("Telling"),)),)),
        )
        shown: Blocks = (*filler[:9], n.Paragraph((n.Plain("Aankondiging2"),)), table)
        made = replace(edition("nl", extra=(*filler, *told, *shown)), sections=())
        pages = {word.text: word.page for word in places_on(file_of(job(made, house()), tmp_path))}
        assert pages["Aankondiging1"] == pages["Telling"], lines
        assert pages["Aankondiging2"] == pages["Hoeveel"], lines


def test_there_are_three_weights_of_rule() -> None:
    files = ["newsletter.typ", "explanation.typ", "picklist.typ"]
    found = {one for name in files for one in re.findall(r"([\d.]+)pt \+ black", (TEMPLATES / name).read_text("utf-8"))}
    assert found == {"3", "1", "0.5"}


@pytest.mark.parametrize("text", ["{{greeting}}", "{{greeting}},", "{{greeting}} ،"])
def test_the_greeting_is_the_same_on_every_channel_whatever_an_editor_typed_behind_it(text: str) -> None:
    tree = print_tree_from(edition_of(text, audience=PRINTED), house(), interface("nl"))
    assert tree["lead"][0]["c"] == [{"t": "text", "v": "Beste lezer,"}]
    [first] = edition_of(text, audience=MAILED).lead
    assert isinstance(first, n.Paragraph)
    assert first.words == (n.Slot("greeting"),)
    assert "," not in mail_of(text).text.partition("\ue001")[2].partition("\n")[0]


def test_a_word_behind_the_greeting_stays() -> None:
    [first] = edition_of("{{greeting}}, welkom").lead
    assert isinstance(first, n.Paragraph)
    assert first.words == (n.Slot("greeting"), n.Plain(" welkom"))


def test_the_pick_list_says_what_it_is_and_tells_people_of_one_name_apart(tmp_path: Path) -> None:
    people = [("Ömer Noord", "R-1"), ("ömer noord", ""), ("Ömer Noord", ""), ("Zoë", "R-2")]
    rows = [Row(at, CENTRE, name, "nl", number) for at, (name, number) in enumerate(people, start=1)]
    listed = pick_list(rows, "Nieuws, nummer 3 · printopdracht 4", DAY, interface("nl"))
    [centre] = listed.data["centres"]
    names = [name for _number, name, _edition in centre["rows"]]
    assert names == ["Ömer Noord · R-1", "ömer noord · naamgenoot 2 van 3", "Ömer Noord · naamgenoot 3 van 3", "Zoë"]
    words = words_on(file_of(listed, tmp_path))
    assert words.split("\n")[0].startswith("Paklijst")
    assert "Nieuws, nummer 3 · printopdracht 4" in words


@pytest.mark.parametrize("sheet", sorted(SHEETS))
def test_the_language_stands_at_the_edge_of_a_label_and_beside_no_address(sheet: str, tmp_path: Path) -> None:
    keys = (EditionKey("ar", large=True, audience="detention"), EditionKey("nl"))
    lines = ("Wolfgang van den Voorbeeld-Verzonnen", "Kade 7", "Derde gang", "Kamer 12", "9999 ZZ  VOORBEELDSTAD")
    blocks = [AddressBlock(at, lines, key.at_the_edge) for at, key in enumerate(keys, start=1)]
    words = places_on(file_of(labels(blocks, DAY, sheet=sheet), tmp_path))
    [large] = [word for word in words if word.text == "groot"]
    first = SHEETS[sheet]
    right = (first.left + first.width) / 25.4 * 72
    assert right - 50 < large.left < large.right < right
    mine = [word for word in words if word.page == large.page and word.left < right]
    over = [word.text for word in mine if word is not large and word.top < large.bottom and large.left < word.right]
    assert set(over) & {word for line in lines for word in line.split()} == set()
    assert "nl" in [word.text for word in words]


def test_an_address_sheet_says_its_language_outside_the_window(tmp_path: Path) -> None:
    block = AddressBlock(7, ("Zoë", "Kade 7", "9999 ZZ  STAD"), "ar groot")
    words = places_on(file_of(letters([block], DAY, return_line=""), tmp_path))
    [large] = [word for word in words if word.text == "groot"]
    assert large.top > 148.5 / 25.4 * 72
