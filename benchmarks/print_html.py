"""A print tree as an HTML page of the same words on the same paper, for the peers of the benchmark."""

from __future__ import annotations

import json
import re
from html import escape
from typing import Any

import fontpkg  # type: ignore[import-untyped] # the wheel carries no types

STYLE = """
{faces}
@page {{ size: 148mm 210mm; margin: 17mm 14mm 18mm 17mm; font-size: .8em;
  @bottom-left {{ content: {first}; }} @bottom-center {{ content: {number}; }} @bottom-right {{ content: {last}; }}
  @top-left {{ content: {left}; }} @top-right {{ content: {right}; }} }}
@page :first {{ @top-left {{ content: none; }} @top-right {{ content: none; }} }}
body {{ font: {size} "{family}", "IBM Plex Sans", "Amiri"; line-height: {line}; hyphens: auto; margin: 0; }}
h1, h2, h3 {{ break-after: avoid; hyphens: none; line-height: 1.15; }}
h2 {{ border-top: 2.5pt solid; padding-top: .5em; }}
p, li {{ orphans: 2; widows: 2; margin-block: .6em; }}
table {{ width: 100%; border-collapse: collapse; }} td, th {{ border-bottom: .5pt solid; text-align: start; }}
blockquote {{ border-inline-start: 2.5pt solid; margin-inline: 0; padding-inline-start: 1em; }}
img {{ width: 100%; }} .note {{ float: footnote; font-size: .82em; }}
.box {{ border: 1.2pt solid; padding: .8em; break-inside: avoid; }} bdi {{ direction: ltr; unicode-bidi: isolate; }}
nav a {{ display: block; }} nav a::after {{ content: leader(".") target-counter(attr(href), page); }}
"""
INLINE = {"strong": "strong", "em": "em", "strike": "s"}
BOXES = {"number": "value", "action": "label", "case-law": "title", "agenda": "title"}


def html_of(tree: dict[str, Any]) -> str:
    """The page, without its style; its image is `photo.jpg` beside it."""
    meta, sections = tree["meta"], list(enumerate(tree["sections"]))
    body = "".join(f"<h2 id=s{at}>{_inline(one['heading'])}</h2>{_blocks(one['blocks'])}" for at, one in sections)
    entries = "".join(f"<a href='#s{at}'>{_inline(one['heading'])}</a>" for at, one in sections)
    head = f"<meta charset=utf-8><title>{escape(meta['document_title'])}</title>"
    title = f"<h1>{_inline(meta['publication'])}</h1><p>{_inline(meta['number'])}</p><h1>{_inline(meta['title'])}</h1>"
    helpline = f"<div class=box>{_inline(meta['helpline_label'])} <strong>{_ltr(meta['helpline'])}</strong></div>"
    contents = f"<nav><strong>{_inline(meta['contents'])}</strong>{entries}</nav>"
    colophon = " · ".join(_inline(line) for line in meta["colophon"])
    return (
        f"<!doctype html><html lang={meta['lang']} dir={meta['dir']}>{head}<body>{title}{helpline}{contents}"
        f"{_blocks(tree['lead'])}{body}{helpline}<p>{_inline(meta['stop'])}<p>{colophon}"
    )


def style_of(tree: dict[str, Any]) -> str:
    """The style sheet of `html_of`, the same for every edition in that language."""
    meta = tree["meta"]
    rtl = meta["dir"] == "rtl"
    before, between, after = re.fullmatch(r"(.*){page}(.*){pages}(.*)", meta["page"]).groups()  # type: ignore[union-attr]
    head = [_quoted("".join(node.get("v", "") for node in meta["publication"])), _quoted(meta["number"])]
    foot = [_quoted(meta["language"]), _quoted(meta["helpline"])]
    (left, right), (first, last) = (head[::-1], foot[::-1]) if rtl else (head, foot)
    number = f"{_quoted(before)} counter(page) {_quoted(between)} counter(pages) {_quoted(after)}"
    size, line, family = ("15pt", 1.2, "Amiri") if rtl else ("11.5pt", 1.36, "IBM Plex Sans")
    places = {"left": left, "right": right, "first": first, "last": last, "number": number}
    return STYLE.format(faces=_faces(), size=size, line=line, family=family, **places)


def _quoted(words: str) -> str:
    return json.dumps(words, ensure_ascii=False)


def _ltr(words: str) -> str:
    return f"<bdi>{escape(words)}</bdi>"


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
        return f"<h3>{_inline(block['heading'])}</h3>"
    return f"<p>{_inline(block['c'])}</p>" if kind == "p" else "<hr>"
