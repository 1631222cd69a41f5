"""The sample e-mail in Dutch, with every construct there is."""

from __future__ import annotations

from datetime import date, time

from devtools.email_nodes import link, paragraph, section, words
from mailer.document.nodes import (
    Action,
    AgendaItem,
    Blocks,
    BulletList,
    CaseLaw,
    Code,
    CodeBlock,
    Columns,
    Emphasis,
    Figure,
    Formatted,
    HardBreak,
    Heading,
    Item,
    KeyNumber,
    OrderedList,
    Quote,
    Rule,
    Slot,
    SoftBreak,
    Spans,
    Strike,
    Strong,
    Table,
)

LEAD: Blocks[Spans] = (
    paragraph(Slot("greeting")),
    paragraph(
        "Het was een drukke maand. Bel ", link("tel:0100000199", "010-000 0199"), SoftBreak(), "als u vragen hebt."
    ),
)

SECTIONS = (
    section(
        "Meldingen",
        "meldingen",
        KeyNumber("31", (paragraph("telefoontjes kreeg de hulplijn in oktober"),)),
        paragraph(
            "De meeste gingen over ",
            Strong(words("medische zorg")),
            ", ",
            Emphasis(words("wachttijden")),
            " en ",
            Strike(words("eten")),
            ".",
        ),
        BulletList(
            (
                Item((paragraph("15 uit Rotterdam"),)),
                Item(
                    (
                        paragraph("9 uit Schiphol, namelijk:"),
                        OrderedList(
                            3, (Item((paragraph("vier over zorg"),)), Item((paragraph("vijf over post."),))), True
                        ),
                    )
                ),
            ),
            True,
        ),
        BulletList(
            (Item((paragraph("brief geschreven"),), True), Item((paragraph("antwoord gekregen"),), False)), True
        ),
        Table(
            ("start", "end"),
            (words("Centrum"), words("Mensen")),
            ((words("Waterstad"), words(Formatted("number", "1250"))), (words("Oudebrug"), words("12%"))),
        ),
    ),
    section(
        "Uitspraken & recht",
        "uitspraken",
        CaseLaw(
            words("Eenzame opsluiting duurde te lang"),
            words("Rechtbank Den Haag"),
            date(2026, 10, 14),
            "ECLI:NL:RBDHA:2026:99001",
            "https://uitspraken.example/99001",
            (paragraph("De rechter vond 14 dagen te lang. De man kreeg ", Formatted("amount", "700.00 EUR"), "."),),
        ),
        Quote((paragraph("Ik wist niet hoe lang het zou duren."),), words("een man van 34")),
    ),
    section(
        "Agenda",
        "agenda",
        AgendaItem(
            words("Informatiemiddag medische zorg"),
            date(2026, 12, 3),
            time(14, 0),
            words("Buurthuis De Lindeboom, Rotterdam"),
            (paragraph("Aanmelden hoeft niet."),),
        ),
        Action(words("Meld u aan"), "https://www.voorbeeld.example/aanmelden?x=1&y=2"),
    ),
    section(
        "In beeld",
        "in-beeld",
        Figure("foto.jpg", words("Een duif op een muur"), words("De binnenplaats in oktober."), 40),
        Columns(
            (
                (Heading(3, words("Voor vrijwilligers")), paragraph("Kom helpen op dinsdag.")),
                (Heading(3, words("Voor donateurs")), paragraph("Een gift helpt.", HardBreak(), "Dank u wel.")),
            )
        ),
    ),
    section(
        "Tot slot",
        "tot-slot",
        paragraph(
            "Schrijf naar ",
            link("mailto:meldpunt@voorbeeld.example", "meldpunt@voorbeeld.example"),
            " of lees de ",
            link("https://www.voorbeeld.example/folder", "folder"),
            " met code ",
            Code("A-12"),
            ".",
        ),
        Rule(),
        CodeBlock("regel 1\nregel 2\n"),
    ),
)
