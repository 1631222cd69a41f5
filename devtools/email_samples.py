"""One edition by hand with every construct there is, in three languages, and the house that sends it."""

from __future__ import annotations

from datetime import date, time
from io import BytesIO

from PIL import Image as Picture

from mailer.artefacts.email.artefact import PICTURE_WIDTH
from mailer.artefacts.email.images import picture_from
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
    Link,
    OrderedList,
    Paragraph,
    Plain,
    Quote,
    Rule,
    Section,
    Slot,
    SoftBreak,
    Span,
    Spans,
    Strike,
    Strong,
    Table,
)
from mailer.document.walking import mapped
from mailer.edition import Edition
from mailer.organisation import (
    Audience,
    Cadence,
    Channel,
    House,
    LocaleSettings,
    Look,
    Organisation,
    Publication,
    Sender,
)

HOUSE = House(
    organisation=Organisation(
        name="Stichting Het Voorbeeld",
        postal_address=("Stichting Het Voorbeeld", "Postbus 99001", "9999 ZZ  VOORBEELDSTAD"),
        return_address="Postbus 99001, 9999 ZZ  VOORBEELDSTAD",
        website="https://www.voorbeeld.example",
        helpline="010-000 0199",
        look=Look(),
    ),
    base_url="https://nieuws.voorbeeld.example",
    source_locale="nl",
    time_zone="Europe/Amsterdam",
    locales={
        "nl": LocaleSettings("nl", "Nederlands", "nl", "ltr"),
        "en": LocaleSettings("en", "English", "en_GB", "ltr"),
        "ar": LocaleSettings("ar", "العربية", "ar_MA", "rtl"),
    },
    audiences={
        "friends": Audience(
            "friends", {"nl": "Vrienden", "en": "Friends", "ar": "الأصدقاء"}, ("nl", "en", "ar"), "nl", Channel.EMAIL
        )
    },
    publications={
        "meldpunt": Publication(
            "meldpunt",
            {"nl": "Bericht van het Meldpunt", "en": "Message from the Helpdesk", "ar": "رسالة مكتب البلاغات"},
            Cadence.MONTHLY,
            Sender(
                {"nl": "Het Meldpunt", "en": "The Helpdesk", "ar": "مكتب البلاغات (Meldpunt)"},
                "nieuws@voorbeeld.example",
                "meldpunt@voorbeeld.example",
            ),
            ("friends",),
        )
    },
    protected=(),
)

FORMATS = {"nl": "nl", "en": "en_GB", "ar": "ar_MA"}


def words(*parts: str | Span) -> Spans:
    return tuple(Plain(part) if isinstance(part, str) else part for part in parts)


def paragraph(*parts: str | Span) -> Paragraph[Spans]:
    return Paragraph(words(*parts))


def link(href: str, label: str) -> Link:
    return Link(href, "", words(label))


def photo(width: int = 1600, height: int = 900) -> bytes:
    """A JPEG with more than 256 colours and a place in its EXIF."""
    image = Picture.effect_mandelbrot((width, height), (-2.2, -1.2, 1.2, 1.2), 80).convert("RGB")
    ramp = Picture.linear_gradient("L").resize((width, height))
    image = Picture.merge("RGB", (image.getchannel(0), ramp, Picture.new("L", (width, height), 150)))
    exif = image.getexif()
    exif[0x010E] = "Taken at Portelabaan"
    data = BytesIO()
    image.save(data, "JPEG", exif=exif.tobytes())
    return data.getvalue()


def edition(locale: str = "nl", *, subject: str | None = None, sections: int = 5, lead: Blocks[Spans] = ()) -> Edition:
    """The sample in one language."""
    title = {
        "nl": "Nieuws van november: wat speelt er in de centra?",
        "en": "News of November: what is happening in the centres?",
        "ar": "نشرة نونبر: ماذا يحدث في المراكز؟",
    }[locale]
    return Edition(
        slug="meldpunt-2026-3",
        publication="meldpunt",
        number="2026-3",
        audience="friends",
        locale=locale,
        formats=FORMATS[locale],
        direction="rtl" if locale == "ar" else "ltr",
        title=title,
        subject=subject or title,
        preheader={
            "nl": "31 telefoontjes en één uitspraak",
            "en": "31 calls and one ruling",
            "ar": "31 مكالمة وحكم واحد",
        }[locale],
        day=date(2026, 11, 26),
        lead=lead or LEAD[locale],
        sections=SECTIONS[locale][:sections],
    )


def _section(heading: str, anchor: str, *blocks: object) -> Section[Spans]:
    return Section(words(heading), anchor, None, blocks, 1)  # type: ignore[arg-type]


LEAD: dict[str, Blocks[Spans]] = {
    "nl": (
        paragraph(Slot("greeting")),
        paragraph(
            "Het was een drukke maand. Bel ", link("tel:0100000199", "010-000 0199"), SoftBreak(), "als u vragen hebt."
        ),
    ),
    "ar": (
        paragraph(Slot("greeting")),
        paragraph(
            "كان شهرا حافلا. اتصل بنا على ",
            link("tel:0100000199", "010-000 0199"),
            SoftBreak(),
            "إذا كانت لديكم أسئلة.",
        ),
    ),
}

_NL = (
    _section(
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
    _section(
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
    _section(
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
    _section(
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
    _section(
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
_AR = (
    _section(
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
    _section(
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
    _section(
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
    _section(
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
    _section(
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
_ENGLISH = {
    "Het was een drukke maand. Bel ": "It was a busy month. Call ",
    "als u vragen hebt.": "if you have questions.",
    "Meldingen": "Reports",
    "telefoontjes kreeg de hulplijn in oktober": "calls came in on the helpline in October",
    "De meeste gingen over ": "Most were about ",
    "medische zorg": "medical care",
    "wachttijden": "waiting times",
    " en ": " and ",
    "eten": "food",
    "15 uit Rotterdam": "15 from Rotterdam",
    "9 uit Schiphol, namelijk:": "9 from Schiphol, namely:",
    "vier over zorg": "four about care",
    "vijf over post.": "five about mail.",
    "brief geschreven": "letter written",
    "antwoord gekregen": "answer received",
    "Centrum": "Centre",
    "Mensen": "People",
    "Uitspraken & recht": "Rulings & law",
    "Eenzame opsluiting duurde te lang": "Solitary confinement lasted too long",
    "Rechtbank Den Haag": "District Court of The Hague",
    "De rechter vond 14 dagen te lang. De man kreeg ": "The judge found 14 days too long. The man received ",
    "Ik wist niet hoe lang het zou duren.": "I did not know how long it would last.",
    "een man van 34": "a man of 34",
    "Agenda": "Events",
    "Informatiemiddag medische zorg": "Information afternoon on medical care",
    "Aanmelden hoeft niet.": "No need to sign up.",
    "Meld u aan": "Sign up",
    "In beeld": "In pictures",
    "Een duif op een muur": "A pigeon on a wall",
    "De binnenplaats in oktober.": "The courtyard in October.",
    "Voor vrijwilligers": "For volunteers",
    "Kom helpen op dinsdag.": "Come and help on Tuesday.",
    "Voor donateurs": "For donors",
    "Een gift helpt.": "A gift helps.",
    "Dank u wel.": "Thank you.",
    "Tot slot": "Finally",
    "Schrijf naar ": "Write to ",
    " of lees de ": " or read the ",
    "folder": "leaflet",
    " met code ": " with code ",
}


def _in_english(node: object) -> Plain | None:
    return Plain(_ENGLISH.get(node.value, node.value)) if isinstance(node, Plain) else None


LEAD["en"] = mapped(LEAD["nl"], _in_english)
SECTIONS = {"nl": _NL, "en": mapped(_NL, _in_english), "ar": _AR}
IMAGES = {"foto.jpg": picture_from(photo(), max_width=PICTURE_WIDTH)}
