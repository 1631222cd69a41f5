"""MJML source in, HTML for mail programs out: compiled, styles inlined, right-to-left where it must be.

MJML sees only the layout. Text is `place`d: a token stands for it until after the compilation, because the engine
writes attributes in text content as Rust would print them (a no-break space becomes `\\u{a0}`), and because what an
editor wrote can then never be read as MJML.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import css_inline
import mjml
from markupsafe import Markup, escape

_TOKEN = re.compile(r"@postduif-(\d+)@")
_STYLE = re.compile(r'<mj-style inline="inline">([^<]*)</mj-style>')
_BLOCKS = re.compile(r"<(table|td|th|ul|ol|p|h[1-6]|blockquote)(?![^<>]*\bdir=)(?=[\s>])")
_TEXT_DIVS = re.compile(r"(<div(?![^<>]*\bdir=)(?=[^<>]*?(?:text-align:\s*right|display:\s*none))[^<>]*+)>")
_PREVIEW = re.compile(r'(<div style="display:\s*none;[^"]*?color:\s*)#ffffff')


@dataclass
class Placed:
    """The text of one template while it is compiled; the number of a token is its index."""

    texts: list[Markup] = field(default_factory=list)

    def place(self, text: Markup) -> Markup:
        """A token for `text`, which must be escaped for where it will stand."""
        self.texts.append(escape(text))
        return Markup("@postduif-{}@").format(len(self.texts) - 1)

    def restore(self, html: str) -> str:
        return _TOKEN.sub(lambda token: str(self.texts[int(token[1])]), html)


def html_from(source: str, placed: Placed, direction: str) -> str:
    """Compile, put the text back, inline the styles of `<mj-style inline="inline">`, and turn right-to-left.

    Raises ValueError when the template of the product is not MJML.
    """
    styles = "\n".join(_STYLE.findall(source))
    # fonts={}: or the engine adds a link to Google Fonts, which would tell a third party who reads
    html = placed.restore(mjml.mjml2html(_STYLE.sub("", source), fonts={}))
    html = css_inline.inline(
        html, extra_css=styles, inline_style_tags=False, keep_style_tags=True, load_remote_stylesheets=False
    )
    # white on white, though hidden, is what spam filters look for
    html = _PREVIEW.sub(r"\g<1>#1c2730", html, count=1)
    html = html.replace(' height="auto"', "").replace(' vertical-align="middle"', "")
    return right_to_left(html) if direction == "rtl" else html


def right_to_left(html: str) -> str:
    """The direction as an attribute on everything that holds text, also within Outlook's conditional comments:
    a mail program may drop `<html>` and `<body>`, and Outlook ignores the CSS property. Never on a link.
    """
    return _TEXT_DIVS.sub(r'\1 dir="rtl">', _BLOCKS.sub(r'<\1 dir="rtl"', html))
