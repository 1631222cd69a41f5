"""Word files made of their parts, so that a sample is the XML that it is about."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from io import BytesIO

_SCHEMAS = "http://schemas.openxmlformats.org"
NAMES = {
    "w": f"{_SCHEMAS}/wordprocessingml/2006/main",
    "r": f"{_SCHEMAS}/officeDocument/2006/relationships",
    "m": f"{_SCHEMAS}/officeDocument/2006/math",
    "wp": f"{_SCHEMAS}/drawingml/2006/wordprocessingDrawing",
    "a": f"{_SCHEMAS}/drawingml/2006/main",
    "c": f"{_SCHEMAS}/drawingml/2006/chart",
    "mc": f"{_SCHEMAS}/markup-compatibility/2006",
    "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
    "v": "urn:schemas-microsoft-com:vml",
}
DECLARED = " ".join(f'xmlns:{name}="{address}"' for name, address in NAMES.items())
STYLES = {
    "Kop1": "heading 1",
    "Kop2": "heading 2",
    "Kop3": "heading 3",
    "Kop5": "heading 5",
    "Titel": "Title",
    "Lijst": "List Paragraph",
    "Citaat": "Quote",
}
"""As a Dutch Word keeps them: by ids of its own, under their English names."""
_LEVEL = '<w:lvl w:ilvl="{0}"><w:start w:val="1"/><w:numFmt w:val="{1}"/><w:pPr><w:ind w:left="{2}"/></w:pPr></w:lvl>'
_FORMS = ("bullet", "decimal", "lowerLetter")


def _styles() -> str:
    made = (
        f'<w:style w:type="paragraph" w:styleId="{key}"><w:name w:val="{name}"/></w:style>'
        for key, name in STYLES.items()
    )
    strong = '<w:style w:type="character" w:styleId="Zwaar"><w:name w:val="Strong"/><w:rPr><w:b/></w:rPr></w:style>'
    own = '<w:style w:type="paragraph" w:styleId="Eigen"><w:name w:val="Onze kop"/><w:basedOn w:val="Kop2"/></w:style>'
    return f"<w:styles {DECLARED}>{''.join(made)}{strong}{own}</w:styles>"


def _numbering() -> str:
    """List 1 has bullets, list 2 numbers with letters below, list 3 goes on with list 2 from 4."""
    bullets = "".join(_LEVEL.format(level, "bullet", 720 * (level + 1)) for level in range(9))
    numbers = "".join(_LEVEL.format(level, _FORMS[1 + level % 2], 720 * (level + 1)) for level in range(9))
    restart = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="4"/></w:lvlOverride>'
    return (
        f"<w:numbering {DECLARED}>"
        f'<w:abstractNum w:abstractNumId="0">{bullets}</w:abstractNum>'
        f'<w:abstractNum w:abstractNumId="1">{numbers}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>'
        f'<w:num w:numId="3"><w:abstractNumId w:val="1"/>{restart}</w:num></w:numbering>'
    )


def relation(key: str, kind: str, target: str, *, outside: bool = False) -> str:
    mode = ' TargetMode="External"' if outside else ""
    return f'<Relationship Id="{key}" Type="{NAMES["r"]}/{kind}" Target="{target}"{mode}/>'


def docx(
    body: str,
    *,
    footnotes: str = "",
    comments: str = "",
    relations: Iterable[str] = (),
    files: Mapping[str, bytes | str] | None = None,
) -> bytes:
    """A file with this body; `files` are parts besides, or take the place of one."""
    own = [
        relation(key, f"{name}s", f"{name}s.xml") for key, name in (("s", "style"), ("f", "footnote"), ("c", "comment"))
    ]
    own.append(relation("n", "numbering", "numbering.xml"))
    relationships = f'xmlns="{_SCHEMAS}/package/2006/relationships"'
    parts: dict[str, bytes | str] = {
        "[Content_Types].xml": f'<Types xmlns="{_SCHEMAS}/package/2006/content-types"/>',
        "_rels/.rels": f"<Relationships {relationships}>{relation('d', 'officeDocument', 'word/document.xml')}"
        "</Relationships>",
        "word/document.xml": f"<w:document {DECLARED}><w:body>{body}</w:body></w:document>",
        "word/_rels/document.xml.rels": f"<Relationships {relationships}>{''.join((*own, *relations))}</Relationships>",
        "word/styles.xml": _styles(),
        "word/numbering.xml": _numbering(),
        "word/footnotes.xml": f"<w:footnotes {DECLARED}>{footnotes}</w:footnotes>",
        "word/comments.xml": f"<w:comments {DECLARED}>{comments}</w:comments>",
    }
    return zipped(parts | dict(files or {}))


def zipped(parts: Mapping[str, bytes | str]) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in parts.items():
            made.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def paragraph(text: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t xml:space='preserve'>{text}</w:t></w:r></w:p>"


def drawing(key: str, alt: str = "") -> str:
    """A run with the picture that a relation leads to."""
    return (
        f'<w:r><w:drawing><wp:inline><wp:docPr id="1" name="x" descr="{alt}"/><a:graphic><a:graphicData>'
        f'<a:blip r:embed="{key}"/></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>'
    )


def png(width: int = 8, height: int = 8) -> bytes:
    """A picture of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    rows = zlib.compress((b"\0" + b"\x30\x60\x90" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
