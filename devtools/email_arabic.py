"""The sample e-mail in Arabic, with every construct there is."""

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
        "كان شهرا حافلا. اتصل بنا على ",
        link("tel:0100000199", "010-000 0199"),
        SoftBreak(),
        "إذا كانت لديكم أسئلة.",
    ),
)

SECTIONS = (
    section(
        "المكالمات",
        "meldingen",
        KeyNumber("31", (paragraph("مكالمة تلقاها خط المساعدة في أكتوبر"),)),
        paragraph(
            "كانت معظمها حول ",
            Strong(words("الرعاية الطبية")),
            " و",
            Emphasis(words("أوقات الانتظار")),
            " و",
            Strike(words("الطعام")),
            ".",
        ),
        BulletList(
            (
                Item((paragraph("15 من Rotterdam"),)),
                Item(
                    (
                        paragraph("9 من Schiphol، وهي:"),
                        OrderedList(
                            3, (Item((paragraph("أربع حول الرعاية"),)), Item((paragraph("خمس حول البريد."),))), True
                        ),
                    )
                ),
            ),
            True,
        ),
        BulletList((Item((paragraph("كتبنا رسالة"),), True), Item((paragraph("تلقينا جوابا"),), False)), True),
        Table(
            ("start", "end"),
            (words("المركز"), words("عدد الأشخاص")),
            ((words("Waterstad"), words(Formatted("number", "1250"))), (words("Oudebrug"), words("12%"))),
        ),
    ),
    section(
        "أحكام قضائية",
        "uitspraken",
        CaseLaw(
            words("العزل الانفرادي دام أطول من اللازم"),
            words("محكمة لاهاي"),
            date(2026, 10, 14),
            "ECLI:NL:RBDHA:2026:99001",
            "https://uitspraken.example/99001",
            (
                paragraph(
                    "رأى القاضي أن 14 يوما مدة أطول من اللازم. حصل الرجل على ", Formatted("amount", "700.00 EUR"), "."
                ),
            ),
        ),
        Quote((paragraph("لم أكن أعرف كم سيدوم ذلك."),), words("رجل عمره 34 سنة")),
    ),
    section(
        "المواعيد",
        "agenda",
        AgendaItem(
            words("لقاء إعلامي حول الرعاية الطبية"),
            date(2026, 12, 3),
            time(14, 0),
            words("Buurthuis De Lindeboom, Rotterdam"),
            (paragraph("لا حاجة إلى التسجيل."),),
        ),
        Action(words("سجلوا أنفسكم"), "https://www.voorbeeld.example/aanmelden?x=1&y=2"),
    ),
    section(
        "بالصورة",
        "in-beeld",
        Figure("foto.jpg", words("حمامة على جدار"), words("الساحة في أكتوبر."), 40),
        Columns(
            (
                (Heading(3, words("للمتطوعين")), paragraph("تعالوا للمساعدة يوم الثلاثاء.")),
                (Heading(3, words("للمتبرعين")), paragraph("كل هبة تساعد.", HardBreak(), "شكرا لكم.")),
            )
        ),
    ),
    section(
        "ختاما",
        "tot-slot",
        paragraph(
            "اكتبوا إلى ",
            link("mailto:meldpunt@voorbeeld.example", "meldpunt@voorbeeld.example"),
            " أو اقرأوا ",
            link("https://www.voorbeeld.example/folder", "المطوية"),
            " برمز ",
            Code("A-12"),
            " بين 10–12 دجنبر.",
        ),
        Rule(),
        CodeBlock("regel 1\nregel 2\n"),
    ),
)
