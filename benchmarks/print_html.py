"""A print tree as an HTML page of the same words on the same paper, for the peers of the benchmark."""

from __future__ import annotations

from html import escape
from typing import Any

import fontpkg  # type: ignore[import-untyped] # the wheel carries no types

STYLE = """
{faces}
@page {{ size: 148mm 210mm; margin: 17mm 14mm 18mm 17mm;
  @bottom-center {{ content: counter(page) "/" counter(pages); }} }}
body {{ font: {size} "{family}", "IBM Plex Sans", "Amiri"; line-height: 1.4; hyphens: auto; margin: 0; }}
h1, h2, h3 {{ break-after: avoid; hyphens: none; line-height: 1.15; }}
h2 {{ border-top: 2.5pt solid; padding-top: .5em; }}
p, li {{ orphans: 2; widows: 2; }}
table {{ width: 100%; border-collapse: collapse; }} td, th {{ border-bottom: .5pt solid; text-align: start; }}
blockquote {{ border-inline-start: 2.5pt solid; margin-inline: 0; padding-inline-start: 1em; }}
img {{ width: 100%; filter: grayscale(1); }} .note {{ float: footnote; font-size: .82em; }}
.box {{ border: 1.2pt solid; padding: .8em; break-inside: avoid; }} bdi {{ direction: ltr; unicode-bidi: isolate; }}
"""
INLINE = {"strong": "strong", "em": "em", "strike": "s"}
BOXES = {"number": "value", "action": "label", "case-law": "title", "agenda": "title"}


def html_of(tree: dict[str, Any]) -> str:
    """The page; its image is `photo.jpg` beside it."""
    meta = tree["meta"]
    rtl = meta["dir"] == "rtl"
    style = STYLE.format(faces=_faces(), size="15pt" if rtl else "11.5pt", family="Amiri" if rtl else "IBM Plex Sans")
    body = "".join(f"<h2>{_inline(one['heading'])}</h2>{_blocks(one['blocks'])}" for one in tree["sections"])
    head = f"<meta charset=utf-8><title>{escape(meta['document_title'])}</title><style>{style}</style>"
    title = f"<h1>{_inline(meta['publication'])}</h1><h1>{_inline(meta['title'])}</h1>"
    return (
        f"<!doctype html><html lang={meta['lang']} dir={meta['dir']}>{head}<body>{title}{_blocks(tree['lead'])}{body}"
    )


def _faces() -> str:
    files = [(name, file) for name in ("Amiri", "IBM Plex Sans") for file in fontpkg.family(name).files]
    return "".join(
        f'@font-face {{ font-family: "{name}"; src: url("{file.path.as_uri()}"); font-style: {file.style}; '
        f"font-weight: {f'{file.wght_min} {file.wght_max}' if file.variable else file.weight}; }}"
        for name, file in files
    )


def _inline(nodes: list[dict[str, Any]]) -> str:
    return "".join(_span(node) for node in nodes)


def _span(node: dict[str, Any]) -> str:
    kind = node["t"]
    if kind in INLINE:
        return f"<{INLINE[kind]}>{_inline(node['c'])}</{INLINE[kind]}>"
    if kind == "link":
        note = f"<span class=note>{escape(node['note'])}</span>" if node["note"] else ""
        return f"<a href='{escape(node['href'])}'>{_inline(node['c'])}</a>{note}"
    text = escape(node.get("v", ""))
    return "<br>" if kind == "br" else text if kind == "text" else f"<bdi>{text}</bdi>"


def _blocks(blocks: list[dict[str, Any]]) -> str:
    return "".join(_block(block) for block in blocks)


def _block(block: dict[str, Any]) -> str:
    kind = block["t"]
    if kind in BOXES:
        return f"<div class=box><strong>{_inline(block[BOXES[kind]])}</strong>{_blocks(block.get('c', []))}</div>"
    if kind in ("ul", "ol"):
        items = "".join(f"<li>{_blocks(item['c'])}</li>" for item in block["items"])
        return f"<{kind}>{items}</{kind}>"
    if kind == "table":
        rows = "".join(f"<tr>{''.join(f'<td>{_inline(cell)}</td>' for cell in row)}</tr>" for row in block["rows"])
        head = "".join(f"<th>{_inline(cell)}</th>" for cell in block["head"])
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    if kind == "figure":
        caption = f"<figcaption>{_inline(block['caption'])}</figcaption>"
        return f"<figure><img src='photo.jpg' alt='{escape(block['alt'])}'>{caption}</figure>"
    if kind == "columns":
        return "".join(_blocks(column) for column in block["columns"])
    if kind == "quote":
        return f"<blockquote>{_blocks(block['c'])}<p>{_inline(block['by'])}</p></blockquote>"
    if kind == "heading":
        return f"<h3>{_inline(block['c'])}</h3>"
    return f"<p>{_inline(block['c'])}</p>" if kind == "p" else "<hr>"
