"""Texts made to hurt: each with what may come of it. They are made when they are needed: some are large."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mailer.intake.lines import Refusal
from tests.support.word import DECLARED, docx, drawing, paragraph, png, relation, zipped


@dataclass(frozen=True)
class Hostile:
    """`refused` is None for one that is read all the same; `told` is a loss that is told then."""

    make: Callable[[], bytes]
    refused: Refusal | None = None
    told: str = ""
    name: str = "tekst.docx"


_TEXT = f"<w:document {DECLARED}><w:body><w:p><w:r><w:t>&x;</w:t></w:r></w:p></w:body></w:document>"
_ENTITY = '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/hostname">]>'


def _with(**parts: bytes | str) -> bytes:
    return docx(paragraph("tekst"), files={f"word/{name}.xml": data for name, data in parts.items()})


def _laughs() -> str:
    more = "".join(f'<!ENTITY {chr(98 + n)} "{("&" + chr(97 + n) + ";") * 10}">' for n in range(9))
    return f'<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa">{more}]>{_TEXT.replace("&x;", "&j;")}'


def _picture(data: bytes, times: int = 1) -> bytes:
    body = "".join(f"<w:p>{drawing('i1')}</w:p>" for _one in range(times))
    return docx(body, relations=[relation("i1", "image", "media/image1.png")], files={"word/media/image1.png": data})


def _locked() -> bytes:
    """A zip file whose parts say that they are encrypted."""
    data = bytearray(docx(paragraph("tekst")))
    for mark, at in ((b"PK\1\2", 8), (b"PK\3\4", 6)):
        place = data.find(mark)
        while place >= 0:
            data[place + at] |= 1
            place = data.find(mark, place + 4)
    return bytes(data)


def _twice() -> bytes:
    """A zip file with one name for two parts."""
    parts = {"word/footnotes.xml": "<none/>", "word/footnotex.xml": "<none/>"}
    return docx(paragraph("tekst"), files=parts).replace(b"footnotex", b"footnotes")


def _html(text: str) -> Callable[[], bytes]:
    return text.encode


def _tables(times: int) -> str:
    return "<w:tbl><w:tr><w:tc>" * times + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * times


def _wide() -> str:
    row = "<w:tr>" + f'<w:tc><w:tcPr><w:gridSpan w:val="999999999"/></w:tcPr>{paragraph("x")}</w:tc>' * 2 + "</w:tr>"
    return f"<w:tbl>{row * 50}</w:tbl>"


def _utf16() -> str:
    return '<?xml version="1.0" encoding="UTF-16"?>' + _ENTITY + _TEXT


_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOOP = f"""<w:styles {DECLARED}><w:style w:styleId="a"><w:name w:val="a"/><w:basedOn w:val="b"/></w:style>
<w:style w:styleId="b"><w:name w:val="b"/><w:basedOn w:val="a"/></w:style></w:styles>"""

FILES: dict[str, Hostile] = {
    "a part of 300 MB": Hostile(lambda: docx(paragraph("A" * 300_000_000)), Refusal.LARGE),
    "a million empty tags": Hostile(lambda: docx("<w:p/>" * 1_500_000), Refusal.LARGE),
    "400,000 tags that say nothing": Hostile(lambda: docx("<w:p><w:r/></w:p>" * 99_000), Refusal.EMPTY),
    "a picture of 300 MB": Hostile(lambda: _picture(png() + b"\0" * 300_000_000), Refusal.LARGE),
    "a picture forty times": Hostile(lambda: _picture(png() + b"\0" * 3_000_000, 40), Refusal.LARGE),
    "ten thousand files": Hostile(lambda: zipped({f"word/{n}": b"" for n in range(10_000)}), Refusal.LARGE),
    "tables in tables": Hostile(lambda: docx(_tables(3_000)), Refusal.BROKEN),
    "tables in tables, fewer": Hostile(lambda: docx(_tables(70)), told="deep"),
    "fields in fields": Hostile(
        lambda: docx("<w:sdt><w:sdtContent>" * 110 + paragraph("diep") + "</w:sdtContent></w:sdt>" * 110), told="deep"
    ),
    "an entity from a file": Hostile(lambda: _with(document=_ENTITY + _TEXT), Refusal.DECLARED),
    "entities in entities": Hostile(lambda: _with(document=_laughs()), Refusal.DECLARED),
    "an entity in UTF-16": Hostile(lambda: _with(document=_utf16().encode("utf-16")), Refusal.DECLARED),
    "an entity in UTF-16 without a mark": Hostile(
        lambda: _with(document=_utf16().encode("utf-16-be")), Refusal.DECLARED
    ),
    "an entity in UTF-7": Hostile(
        lambda: _with(document=('<?xml version="1.0" encoding="UTF-7"?>' + _ENTITY + _TEXT).encode("utf-7")),
        Refusal.DECLARED,
    ),
    "an entity after a long comment": Hostile(
        lambda: _with(document=f"<!--{'x' * 200_000}-->{_ENTITY}{_TEXT}"), Refusal.DECLARED
    ),
    "an entity in the styles": Hostile(lambda: _with(styles=_ENTITY + _LOOP), Refusal.DECLARED),
    "a macro": Hostile(
        lambda: docx(paragraph("tekst"), files={"word/vbaProject.bin": _OLE}), told="macro", name="tekst.docm"
    ),
    "a picture on the web": Hostile(
        lambda: docx(
            f"<w:p>{drawing('i1')}</w:p>{paragraph('tekst')}",
            relations=[relation("i1", "image", "https://127.0.0.1:1/a.png", outside=True)],
        ),
        told="picture",
    ),
    "a text that is elsewhere": Hostile(
        lambda: docx(
            paragraph("tekst"), relations=[relation("t", "attachedTemplate", "https://127.0.0.1:1/", outside=True)]
        )
    ),
    "a part outside the file": Hostile(
        lambda: docx(
            f"<w:p>{drawing('i1')}</w:p>{paragraph('tekst')}",
            relations=[relation("i1", "image", "../../../../etc/hostname")],
        ),
        told="picture",
    ),
    "a table of 20,000 cells": Hostile(
        lambda: docx("<w:tbl>" + ("<w:tr>" + f"<w:tc>{paragraph('x')}</w:tc>" * 50 + "</w:tr>") * 400 + "</w:tbl>"),
        told="big table",
    ),
    "cells that span a billion": Hostile(lambda: docx(_wide()), told="big table"),
    "styles in a circle": Hostile(
        lambda: docx(paragraph("tekst", '<w:pStyle w:val="a"/>'), files={"word/styles.xml": _LOOP})
    ),
    "a list at level a billion": Hostile(
        lambda: docx(paragraph("x", '<w:numPr><w:ilvl w:val="999999999999"/><w:numId w:val="1"/></w:numPr>'))
    ),
    "one name for two parts": Hostile(_twice),
    "no body": Hostile(lambda: _with(document=f"<w:document {DECLARED}/>"), Refusal.BROKEN),
    "no zip": Hostile(lambda: b"PK\3\4 nee", Refusal.BROKEN),
    "cut off": Hostile(lambda: docx(paragraph("tekst"))[:700], Refusal.BROKEN),
    "a byte that is wrong": Hostile(
        lambda: docx(paragraph("tekst" * 90)).replace(b"document.xml", b"dokument.xml", 1), Refusal.BROKEN
    ),
    "nothing": Hostile(lambda: b"", Refusal.EMPTY),
    "a password": Hostile(lambda: _OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), Refusal.PASSWORD),
    "a password on the zip": Hostile(_locked, Refusal.PASSWORD),
    "an old Word file": Hostile(lambda: _OLE + b"\0" * 5_000, Refusal.OLD_WORD, name="oud.doc"),
    "rich text": Hostile(lambda: rb"{\rtf1\ansi tekst}", Refusal.RICH_TEXT, name="a.rtf"),
    "a PDF": Hostile(lambda: b"%PDF-1.7 x", Refusal.PDF, name="a.pdf"),
    "Pages": Hostile(lambda: zipped({"Index/Document.iwa": b"x"}), Refusal.PAGES, name="a.pages"),
    "OpenDocument": Hostile(
        lambda: zipped({"mimetype": "application/vnd.oasis.opendocument.text"}), Refusal.OPEN_DOCUMENT, name="a.odt"
    ),
    "a spreadsheet": Hostile(lambda: zipped({"xl/workbook.xml": b"x"}), Refusal.SHEET, name="a.xlsx"),
    "a picture": Hostile(png, Refusal.PICTURE, name="a.png"),
    "a program": Hostile(lambda: b"\x7fELF\0\0\0", Refusal.UNKNOWN, name="a.docx"),
    "Markdown": Hostile(lambda: b"# tekst", Refusal.UNKNOWN, name="a.md"),
    "25 MB and more": Hostile(lambda: b" " * 25_000_001, Refusal.LARGE),
}
_PAGE = '<p>a<img src="https://127.0.0.1:1/x.png"><iframe src="http://127.0.0.1:1/"></iframe><object data="file:///a">'
_SCRIPT = (
    '<p><a href="javascript&colon;alert(1)">a</a><a href="j&Tab;avascript:alert(1)">b</a><a href="https://x.nl/&quot;'
    '&gt;&lt;script&gt;">c</a><a href="https://x.nl/)[x](javascript:alert(1)">d</a>&lt;script&gt;alert(1)&lt;/script&gt;'
    "<img src=x onerror=alert(1)>"
)
PASTES: dict[str, Hostile] = {
    "10,000 levels": Hostile(_html("<div>" * 10_000 + "diep" + "</div>" * 10_000), told="deep"),
    "10,000 lists": Hostile(_html("<ul><li>x" * 10_000), told="deep"),
    "10,000 marks": Hostile(_html("<b><i>" * 10_000 + "x"), told="deep"),
    "200 quotes": Hostile(_html("<blockquote>" * 200 + "x"), told="deep"),
    "10,000 tables": Hostile(_html("<table><tr><td>" * 10_000 + "x"), told="deep"),
    "100,000 cells": Hostile(_html("<table>" + ("<tr>" + "<td>c" * 100) * 600), Refusal.LARGE),
    "20,000 cells": Hostile(_html("x<table>" + ("<tr>" + "<td>c" * 100) * 200), told="big table"),
    "cells that span": Hostile(
        _html("<table><tr><th>a<th>b</tr>" + '<tr><td colspan="9999999" rowspan="65535">x</td></tr>' * 1_000),
        told="big table",
    ),
    "300,000 paragraphs": Hostile(_html("<p>x" * 300_000), Refusal.LARGE),
    "50,000 paragraphs": Hostile(_html("<p>x" * 50_000), Refusal.LONG),
    "50,000 marks": Hostile(_html("<p>" + "<b>a</b><i>b</i>" * 29_000), told="emphasis"),
    "500,000 new lines": Hostile(_html("<p>" + "<br>" * 500_000 + "x"), Refusal.LARGE),
    "50,000 new lines": Hostile(_html("<p>" + "<br>" * 50_000 + "x")),
    "stars": Hostile(_html("<p>" + "*_[`" * 2_000)),
    "200,000 stars": Hostile(_html("<p>" + "*_[`" * 50_000), Refusal.LONG),
    "5 MB of one word": Hostile(_html("<p>" + "a" * 5_000_000), Refusal.LONG),
    "5 MB of styles": Hostile(_html('<p style="' + "a:b;" * 1_250_000 + '">x')),
    "5 MB of pictures": Hostile(
        _html("x<img src='data:image/png;base64," + "iVBORw0K" * 625_000 + "'>"), told="picture"
    ),
    "20,000 links": Hostile(_html('<a href="https://a.nl/?utm_x=1">x</a> ' * 20_000), Refusal.LARGE),
    "2,000 links": Hostile(_html('<p><a href="https://a.nl/?utm_x=1">x</a> ' * 2_000), told="tracking"),
    "a link of 5 MB": Hostile(_html('<a href="https://a.nl/' + "?a=b&" * 1_000_000 + '">x</a>'), told="link"),
    "comments": Hostile(_html("x<!--[if " * 200_000)),
    "CDATA": Hostile(_html("x" + "<![" * 500_000)),
    "20,000 items": Hostile(_html("<ul>" + "<li>x" * 2_000 + "<ul>" + "<li>y" * 2_000)),
    "lists in lists": Hostile(_html("<ul>" + "<li>x</li><ul><li>y</li></ul>" * 2_000)),
    "2,000 notes": Hostile(
        _html("".join(f'<p><a href="#t{n}" id="r{n}">[1]</a> <a href="#r{n}" id="t{n}">[1]</a> n' for n in range(900)))
    ),
    "from elsewhere": Hostile(_html(_PAGE), told="embedded"),
    "scripts": Hostile(_html(_SCRIPT), told="link"),
    "signs no one may write": Hostile(_html("<p>a\0b\ud7ffc\x1bd&#0;&#x1F;e</p>")),
    "an entity": Hostile(_html('<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/hostname">]><p>a &x;</p>')),
    "nothing": Hostile(_html(""), Refusal.EMPTY),
    "spaces": Hostile(_html(" \n<p>&nbsp;</p>"), Refusal.EMPTY),
}
