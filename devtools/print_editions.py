"""Editions of one invented issue in three languages, with every construct that paper knows, and their house.

The words stand in print_words.json, so that a reader of Arabic can check them without reading Python.
"""

from __future__ import annotations

import json
from datetime import date, time
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from mailer.document import nodes as n
from mailer.edition import Edition
from mailer.organisation import (
    Audience,
    Cadence,
    Channel,
    House,
    LocaleSettings,
    Organisation,
    Publication,
    Sender,
)

WORDS: dict[str, dict[str, Any]] = json.loads((Path(__file__).parent / "print_words.json").read_text(encoding="utf-8"))
LOCALES = ("nl", "en", "ar")
DAY = date(2026, 11, 26)
FORMATS = {"nl": "nl", "en": "en_GB", "ar": "ar_MA"}


def house() -> House:
    """A small house that sends letters to detention in three languages."""
    title = {locale: words["publication"] for locale, words in WORDS.items()}
    locales = {
        locale: LocaleSettings(locale, words["language"], FORMATS[locale], words["direction"])
        for locale, words in WORDS.items()
    }
    return House(
        organisation=Organisation(
            name="Stichting Het Voorbeeld",
            postal_address=("Postbus 99001", "9999 ZZ  VOORBEELDSTAD"),
            return_address="Postbus 99001, 9999 ZZ  VOORBEELDSTAD",
            website="https://www.voorbeeld.example",
            helpline="0800-000 0199",
        ),
        base_url="https://nieuws.voorbeeld.example",
        source_locale="nl",
        time_zone="Europe/Amsterdam",
        locales=locales,
        audiences={"detention": Audience("detention", title, LOCALES, "en", Channel.POST)},
        publications={
            "meldpunt": Publication(
                "meldpunt",
                title,
                Cadence.IRREGULAR,
                Sender(title, "meldpunt@voorbeeld.example", "meldpunt@voorbeeld.example"),
                ("detention",),
            )
        },
        protected=("0800-000 0199",),
    )


def edition(locale: str, *, times: int = 1, extra: tuple[n.Block[n.Spans], ...] = ()) -> Edition:
    """The edition in `locale`; `times` repeats its sections, for a longer one; `extra` blocks stand in its lead."""
    words = WORDS[locale]
    return Edition(
        slug="meldpunt-2026-3",
        publication="meldpunt",
        number="2026-3",
        audience="detention",
        locale=locale,
        formats=FORMATS[locale],
        direction=words["direction"],
        title=words["title"],
        subject=words["title"],
        preheader="",
        day=DAY,
        lead=(
            n.Paragraph((n.Slot("greeting"),)),
            *_paragraphs(words["lead"]),
            *extra,
        ),
        sections=tuple(section for _ in range(times) for section in _sections(words)),
    )


def photograph(width: int = 900, height: int = 500) -> bytes:
    """A JPEG in colour, with the metadata of a camera."""
    image = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    draw = ImageDraw.Draw(image)
    draw.ellipse((width // 3, height // 5, 2 * width // 3, 4 * height // 5), fill=(30, 90, 200))
    draw.rectangle((width // 12, height // 2, width // 4, height - 20), fill=(200, 60, 30))
    exif = Image.Exif()
    exif[0x010F] = "Camera of somebody"
    file = BytesIO()
    image.save(file, "JPEG", exif=exif)
    return file.getvalue()


def plain(text: str) -> n.Spans:
    """Running text; `**` around strong words, `[words](address)` for a link, `{kind:value}` for a formatted value."""
    return tuple(_spans(text))


def _spans(text: str) -> list[n.Span]:
    for opening, closing, made in (("**", "**", _strong), ("[", ")", _link), ("{", "}", _formatted)):
        start = text.find(opening)
        if start < 0:
            continue
        end = text.index(closing, start + len(opening))
        inside = text[start + len(opening) : end]
        return [*_spans(text[:start]), made(inside), *_spans(text[end + len(closing) :])]
    return [n.Plain(text)] if text else []


def _strong(inside: str) -> n.Span:
    return n.Strong(plain(inside))


def _link(inside: str) -> n.Span:
    words, _, address = inside.partition("](")
    return n.Link(address, "", plain(words))


def _formatted(inside: str) -> n.Span:
    kind, _, value = inside.partition(":")
    return n.Formatted(kind, value)


def _paragraphs(texts: list[str]) -> tuple[n.Block[n.Spans], ...]:
    return tuple(n.Paragraph(plain(text)) for text in texts)


def _items(texts: list[Any], done: bool | None = None) -> tuple[n.Item[n.Spans], ...]:
    """A list in the list is one level deeper, under the item before it."""
    items: list[n.Item[n.Spans]] = []
    for text in texts:
        if isinstance(text, list):
            nested = n.BulletList(_items(text), tight=True)
            items[-1] = n.Item((*items[-1].blocks, nested), items[-1].done)
        else:
            items.append(n.Item(_paragraphs([text]), done))
    return tuple(items)


def _sections(words: dict[str, Any]) -> list[n.Section[n.Spans]]:
    s = words["sections"]
    blocks: list[tuple[n.Block[n.Spans], ...]] = [
        (
            n.KeyNumber("31", _paragraphs([s[0]["number"]])),
            *_paragraphs(s[0]["paragraphs"]),
            n.Table(("start", "end", "end"), *_table(s[0]["table"])),
            n.Heading(3, plain(s[0]["subheading"])),
            n.BulletList(_items(s[0]["list"]), tight=False),
        ),
        (
            *_paragraphs(s[1]["paragraphs"]),
            n.Quote(_paragraphs(s[1]["quote"]), plain(s[1]["by"])),
            n.Figure("photo.jpg", plain(s[1]["alt"]), plain(s[1]["caption"]), 1),
            *_paragraphs(s[1]["after"]),
        ),
        (
            *_paragraphs(s[2]["paragraphs"]),
            n.CaseLaw(
                plain(s[2]["ruling"]),
                plain(s[2]["court"]),
                date(2026, 10, 14),
                "ECLI:NL:RBDHA:2026:99001",
                "https://uitspraken.voorbeeld.example/inziendocument?id=ECLI:NL:RBDHA:2026:99001",
                _paragraphs(s[2]["summary"]),
            ),
            n.OrderedList(1, _items(s[2]["steps"]), tight=False),
        ),
        (
            n.AgendaItem(
                plain(s[3]["title"]), date(2026, 12, 3), time(14, 0), plain(s[3]["place"]), _paragraphs(s[3]["text"])
            ),
            n.BulletList((*_items(s[3]["done"], True), *_items(s[3]["open"], False)), tight=True),
            n.Columns(tuple(_paragraphs(column) for column in s[3]["columns"])),
            n.Rule(),
            n.Action(plain(s[3]["action"]), "https://www.voorbeeld.example/klacht-indienen"),
        ),
    ]
    return [
        n.Section(plain(text["heading"]), f"s{number}", None, made, 1)
        for number, (text, made) in enumerate(zip(s, blocks, strict=True))
    ]


def _table(rows: list[list[str]]) -> tuple[tuple[n.Spans, ...], tuple[tuple[n.Spans, ...], ...]]:
    cells = [tuple(plain(cell) for cell in row) for row in rows]
    return cells[0], tuple(cells[1:])
