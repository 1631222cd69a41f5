"""What `check` finds that would be mailed as it is written: marks of other dialects, slips of people used to Word,
and numbers, dates and signs that are not what they seem. Each family has siblings, once in Arabic.
"""

from __future__ import annotations

import pytest

from tests.document.test_review import FINE, said
from wording.errors import Severity

OTHER_DIALECTS = {
    "a note of GitHub": ("> [!NOTE]\n> Let op\n", 1, "[!NOTE]"),
    "marked text": ("een\ntwee ==drie== vier\n", 2, "==drie=="),
    "marked text in Arabic": ("هذا ==مهم== جدا\n", 1, "==مهم=="),
    "a smile": ("Tot dan :smile:\n", 1, ":smile:"),
    "a template": ("Beste {% if naam %}lezer\n", 1, "{% if naam %}"),
    "a warning of GitHub": ("> [!WARNING]\n> Let op\n", 1, "[!WARNING]"),
    "a tip of GitHub in Arabic": ("> [!TIP]\n> نص\n", 1, "[!TIP]"),
    "marked text at the start": ("==Let op== dit\n", 1, "==Let op=="),
    "a heart": ("met :heart: en :+1:\n", 1, ":heart:"),
    "a smile in Arabic": ("شكرا :smile:\n", 1, ":smile:"),
    "a template in Arabic": ("مرحبا {% if x %} نص\n", 1, "{% if x %}"),
    "a loop of a template": ("een\n{% for a in b %}\n", 2, "{% for a in b %}"),
    "a link of a wiki in Arabic": ("راجع [[المأوى]]\n", 1, "[[المأوى]]"),
    "an entity in Arabic": ("سمير&nbsp;علي\n", 1, "&nbsp;"),
    "an entity in figures": ("een &#x20ac; 5\n", 1, "&#x20ac;"),
    "a definition in Arabic": ("احتجاز\n: بدون عقوبة\n", 2, "- **woord**: uitleg"),
    "a link of a wiki": ("Zie [[Opvang]]\n", 1, "[[Opvang]]"),
    "an entity": ("Jan&nbsp;Jansen\n", 1, "&nbsp;"),
    "an entity by number": ("een &#8364; 5\n", 1, "&#8364;"),
    "a definition": ("Bewaring\n: vastzitten zonder straf\n", 2, "- **woord**: uitleg"),
}
SLIPS = {
    "a heading without a space": ("#Kop\n\nTekst\n", 1, "achter #"),
    "a smaller heading": ("Tekst\n\n###Kop\n", 3, "achter #"),
    "a heading in Arabic": ("##عنوان\n", 1, "achter #"),
    "a list without a space": ("-een\n-twee\n", 2, "achter het streepje"),
    "a list of Word": ("•een\n", 1, "‘•’ maakt hier geen lijst"),
    "a numbered list without a space": ("1.Bel ons\n", 1, "achter het nummer"),
    "a table without its rule": ("| a | b |\n| 1 | 2 |\n", 1, "|---|---|"),
    "a table without its rule in Arabic": ("| الاسم | الهاتف |\n| سمير | 5 |\n", 1, "|---|---|"),
    "a list without a space in Arabic": ("-واحد\n-اثنان\n", 2, "achter het streepje"),
    "a list with a dash of Word": ("–een\n–twee\n", 2, "‘–’ maakt hier geen lijst"),
    "a list of Word with spaces": ("Dit:\n\n•\teen\n•\ttwee\n", 3, "‘•’ maakt hier geen lijst"),
    "a list of Word in Arabic": ("▪ واحد\n▪ اثنان\n", 1, "‘▪’ maakt hier geen lijst"),
    "a numbered list without a space in Arabic": ("1.اتصل بنا\n", 1, "achter het nummer"),
    "a table of one column without its rule": ("| a |\n| 1 |\n", 1, "|---|"),
    "a picture with a space in Arabic": ("![صورة](صورة المركز.png)\n", 1, "spatie in de naam"),
    "a link with a space in Arabic": ("اقرأ [هذا](https://los.example/نص طويل).\n", 1, "spatie in de naam"),
    "a space before the address in Arabic": ("اقرأ [هذا] (https://los.example/a).\n", 1, "haal de spatie"),
    "a space before a mail": ("Mail [ons] (mailto:info@los.example).\n", 1, "haal de spatie"),
    "a bare address in Arabic": ("راجع https://los.example/a اليوم\n", 1, "<https://los.example/a>"),
    "a last heading with nothing under it, in Arabic": ("## أ\n\nنص\n\n### ب\n", 5, "Onder de kop ‘ب’"),
    "bold that is not closed": ("Dit is **vet en meer\n", 1, "sluit het af"),
    "bold with a space inside": ("Dit is **vet ** en meer\n", 1, "sluit het af"),
    "bold in Arabic": ("هذا ** مهم** جدا\n", 1, "sluit het af"),
    "a picture with a space": ("![Foto](mijn foto.png)\n", 1, "spatie in de naam"),
    "a link with a space": ("Lees [dit](https://los.example/mijn stuk.pdf).\n", 1, "spatie in de naam"),
    "a space before the address": ("Lees [dit] (https://los.example/a).\n", 1, "haal de spatie"),
    "a bare address": ("een\nzie https://los.example/a.\n", 2, "<https://los.example/a>"),
    "an address with www": ("zie www.los.example/a\n", 1, "<https://www.los.example/a>"),
    "a bare mailbox": ("mail info@los.example.\n", 1, "<info@los.example>"),
    "a heading with nothing under it": ("## A\n\n### B\n\n### C\n\nTekst\n", 3, "Onder de kop ‘B’"),
    "a last heading with nothing under it": ("## A\n\nTekst\n\n### B\n", 5, "Onder de kop ‘B’"),
}
GUARDED = {
    "a number almost right": ("Bel 010-000 0198.\n", 1, "010-000 0199"),
    "a number with two digits changed": ("اتصل على 010-000 0213\n", 1, "010-000 0123"),
    "a number written otherwise": ("Bel 010 000 01 99.\n", 1, "010-000 0199"),
    "a mailbox almost right": ("Mail <meldpunt@vorbeeld.example>.\n", 1, "meldpunt@voorbeeld.example"),
    "a day that is none": ("Op 31 februari 2027.\n", 1, "‘31 februari 2027’ kan niet"),
    "a day in figures that is none": ("في 31-04-2027\n", 1, "31-04-2027"),
    "an amount that is none": ("Het kost € 1.25,00.\n", 1, "€ 1.25,00"),
    "an amount with a point": ("Het kost € 12.50.\n", 1, "€ 12.50"),
    "a number that costs money": ("Bel 0900-1234567.\n", 1, "kost de beller geld"),
    "a space that no one sees": ("een\ntw\u200bee\n", 2, "U+200B"),
}
ERRORS = {
    "a link that calls another": ("Bel [010-000 0199](tel:+31100000198).\n", 1, "belt tel:+31100000198"),
    "a link that calls another, in Arabic": ("اتصل [010-000 0199](tel:0100000123)\n", 1, "belt tel:0100000123"),
    "a mail with a hidden reader": ("[Mail](mailto:a@los.example?bcc=b%40evil.example)\n", 1, "noem één adres"),
    "a text turned round": ("een \u202edrie\u202c\n", 1, "U+202E"),
    "an isolate in Arabic": ("نص \u2067abc\u2069\n", 1, "U+2067"),
}
SILENT = {
    "code": "`==x==` en `:smile:` en `**`\n\n```\n#Kop\n-lijst\n&nbsp;\n```\n",
    "hashtags and negative numbers": "Volg ons met #1 en\n-5 graden, *schuin* en 1.250 mensen.\n",
    "times and colons": "Van 10:00:00 tot 11:00, a == b, C++ en a:b:c.\n",
    "links as they should be": "<https://los.example/a> [b](https://los.example/b) <info@los.example>\n",
    "days and amounts": "Op 29 februari 2028, 31-12-2026, € 12,50, € 1.250, € 1.250,00, € 1,5 miljoen.\n",
    "a number that is the same": "[010-000 0199](tel:+31100000199) [hulplijn](tel:+31100000199)\n",
    "a dash of someone who speaks": "– Kom terug, zei de rechter.\n\nHij ging.\n",
    "an escaped star": "Drie \\*\\* sterren.\n",
    "headings with text": "## A\n\n### B\n\n#### C\n\nTekst\n",
    "an e-mail with a subject": "[Mail](mailto:a@los.example?subject=Vraag)\n",
}


@pytest.mark.parametrize("name", [*OTHER_DIALECTS, *SLIPS, *GUARDED])
def test_a_slip_is_told_with_its_line_and_what_to_write(name: str) -> None:
    markdown, line, words = (OTHER_DIALECTS | SLIPS | GUARDED)[name]
    told = said(markdown)
    assert any((line, Severity.WARNING) == one[:2] and words in one[2] for one in told), told


@pytest.mark.parametrize("name", ERRORS)
def test_what_would_mislead_a_reader_is_an_error(name: str) -> None:
    markdown, line, words = ERRORS[name]
    told = said(markdown)
    assert any((line, Severity.ERROR) == one[:2] and words in one[2] for one in told), told


@pytest.mark.parametrize("name", SILENT | FINE)
def test_what_is_right_is_passed_in_silence(name: str) -> None:
    assert said((SILENT | FINE)[name]) == []
