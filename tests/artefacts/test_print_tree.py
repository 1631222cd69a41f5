"""Step 5 for paper, at the door `print_tree_from`: what an edition becomes before a typesetter sees it."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

import pytest

from devtools.print_editions import edition, house
from mailer.artefacts.paper.tree import print_job_from, print_tree_from
from mailer.artefacts.paper.unbroken import runs
from mailer.document import nodes as n
from wording.interface import interface


def tree(locale: str = "nl", *blocks: n.Block[n.Spans]) -> dict[str, object]:
    return print_tree_from(edition(locale, extra=blocks), house(), interface(locale))


def test_a_tree_is_plain_json_and_text_in_it_is_only_text() -> None:
    code = '#eval("1") $x$ <b>*bold*</b> \\u{41}'
    made = tree("nl", n.Paragraph((n.Plain(code),)))
    assert json.loads(json.dumps(made)) == made
    assert made["lead"][-1] == {"t": "p", "c": [{"t": "text", "v": code}]}  # type: ignore[index]


def test_a_node_that_paper_does_not_know_is_an_error() -> None:
    @dataclass(frozen=True)
    class Video:
        src: str

    with pytest.raises(ValueError, match="Video"):
        tree("nl", Video("film.mp4"))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="Image"):
        tree("nl", n.Paragraph((n.Image("a.png", "", ""),)))
    with pytest.raises(ValueError, match="Slot"):
        tree("nl", n.Paragraph((n.Slot("iban"),)))


@pytest.mark.parametrize("href", ["http://x.example", "javascript:alert(1)", "file:///etc/passwd", "data:text/html,x"])
def test_a_link_has_one_of_three_schemes(href: str) -> None:
    with pytest.raises(ValueError, match="scheme"):
        tree("nl", n.Paragraph((n.Link(href, "", (n.Plain("x"),)),)))


def test_an_address_becomes_a_footnote_unless_the_reader_sees_it_already() -> None:
    shown = {
        ("https://www.los.example/a", "lees meer"): "https://www.los.example/a",
        ("https://www.los.example/a", "los.example/a"): None,
        ("https://los.example/", "https://los.example"): None,
        ("mailto:post@los.example", "post@los.example"): None,
        ("mailto:post@los.example", "schrijf ons"): "post@los.example",
        ("tel:+31100000199", "+31 10 000 01 99"): None,
    }
    for (href, words), note in shown.items():
        made = tree("nl", n.Paragraph((n.Link(href, "", (n.Plain(words),)),)))
        assert made["lead"][-1]["c"][0]["note"] == note, href  # type: ignore[index]


def test_a_phone_number_is_one_piece_in_every_language() -> None:
    assert runs("Bel 0800-000 0199, gratis.", rtl=False) == [
        {"t": "text", "v": "Bel "},
        {"t": "whole", "v": "0800\u2011000\u00a00199", "ltr": True},
        {"t": "text", "v": ", gratis."},
    ]
    assert {"t": "whole", "v": "0800\u2011000\u00a00199", "ltr": True} in runs("اتصل على 0800-000 0199 مجانًا", rtl=True)
    assert {"t": "whole", "v": "+31\u00a010\u00a0000\u00a001\u00a099", "ltr": True} in runs(
        "Bel +31 10 000 01 99", rtl=False
    )


def test_a_date_a_decimal_and_a_score_are_no_phone_numbers() -> None:
    for text in ("0,5 procent", "op 01-12 of 02-12", "ECLI:NL:RBDHA:2026:99001", "het werd 0-4", "in 2026"):
        assert not any("\u00a0" in run["v"] or "\u2011" in run["v"] for run in runs(text, rtl=False)), text


def test_an_address_is_never_divided_with_a_hyphen() -> None:
    assert runs(
        "Mail meldpunt@voorbeeld.example. Of zie https://www.los.example/klacht-indienen, punt 3.", rtl=False
    ) == [
        {"t": "text", "v": "Mail "},
        {"t": "address", "v": "meldpunt@voorbeeld.example"},
        {"t": "text", "v": ". Of zie "},
        {"t": "address", "v": "https://www.los.example/klacht-indienen"},
        {"t": "text", "v": ", punt 3."},
    ]


def test_a_bidi_override_does_not_reach_an_arabic_page() -> None:
    assert "\u202e" not in json.dumps(runs("نص \u202eabc\u202c نص", rtl=True), ensure_ascii=False)


def test_the_title_of_the_publication_falls_back_to_the_source_language() -> None:
    small = house()
    publication = replace(small.publications["meldpunt"], title={"nl": "Nieuws"})
    made = print_tree_from(edition("en"), replace(small, publications={"meldpunt": publication}), interface("en"))
    assert made["meta"]["document_title"].startswith("Nieuws – ")


def test_a_print_job_takes_along_the_images_that_stand_in_the_edition_and_no_other() -> None:
    inner: n.Columns[n.Spans] = n.Columns(((n.Quote((n.Figure("inner.jpg", (), None, 1),)),),))
    job = print_job_from(
        edition("nl", extra=(inner,)),
        house(),
        interface("nl"),
        {"photo.jpg": b"1", "inner.jpg": b"2", "logo.png": b"3"},
    )
    assert job.images == {"inner.jpg": b"2", "photo.jpg": b"1"}
    with pytest.raises(KeyError):
        print_job_from(edition("nl"), house(), interface("nl"), {})


def test_no_heading_on_paper_skips_a_level() -> None:
    """PDF/UA-1 would refuse the whole edition."""
    deep: n.Heading[n.Spans] = n.Heading(4, (n.Plain("diep"),))
    made = tree("nl", deep, deep, n.Heading(3, (n.Plain("hoger"),)))
    assert [block["level"] for block in made["lead"] if block["t"] == "heading"] == [1, 2, 2]  # type: ignore[attr-defined]
