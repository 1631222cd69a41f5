"""The text of one message as a reader sees it: its emphasis, links and dates, as HTML of our own making."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from mailer.artefacts.formats import words
from mailer.document.inline import spans_of
from mailer.document.markdown import is_endless
from mailer.document.nodes import (
    Code,
    Emphasis,
    Formatted,
    HardBreak,
    Image,
    Link,
    Plain,
    Slot,
    Span,
    Strike,
    Strong,
)
from mailer.translation.differences import Fate, Part
from web.staff.here import Here
from wording import _

_AROUND = {Strong: Markup("<strong>{}</strong>"), Emphasis: Markup("<em>{}</em>"), Strike: Markup("<s>{}</s>")}


def shown(text: str, formats: str) -> Markup:
    """A message as HTML; what is written by itself stands apart. A text that is too long is shown as it is typed."""
    return escape(text) if is_endless(text) else _all(spans_of(text), formats)


def _all(spans: Sequence[Span], formats: str) -> Markup:
    return Markup("").join(_one(span, formats) for span in spans)


def _one(span: Span, formats: str) -> Markup:
    match span:
        case Plain(value):
            return escape(value)
        case Strong(children) | Emphasis(children) | Strike(children):
            return _AROUND[type(span)].format(_all(children, formats))
        case Link(href, _title, children):
            return Markup('<span class="u-like" title="{}">{}</span>').format(href, _all(children, formats))
        case Code(value):
            return Markup("<code>{}</code>").format(value)
        case Image(src, alt, _title):
            return Markup('<span class="keep" title="{}">{}</span>').format(src, alt or src)
        case Slot(name):
            return Markup('<span class="keep" dir="ltr">{}</span>').format("{{" + name + "}}")
        case Formatted(kind, value):
            written = f"{{{kind}:{value}}}"
            return Markup('<span class="keep" title="{}">{}</span>').format(written, _formatted(span, formats, written))
        case HardBreak():
            return Markup("<br>")
        case _:
            return Markup(" ")


def _formatted(value: Formatted, formats: str, written: str) -> str:
    try:
        return words(value, formats)
    except ValueError:
        return written


def difference(here: Here, parts: Sequence[Part]) -> Markup:
    """Words that went and came, each said too, not in colour alone."""
    gone, new = here.say(_("weg:")), here.say(_("nieuw:"))
    return Markup("").join(_part(part, gone, new) for part in parts)


def _part(part: Part, gone: str, new: str) -> Markup:
    if part.fate is Fate.SAME or not part.text.strip():
        return escape(part.text) if part.fate is not Fate.GONE else Markup("")
    if part.fate is Fate.GONE:
        return Markup('<del><span class="unseen">{} </span>{}</del>').format(gone, part.text)
    return Markup('<ins><span class="unseen">{} </span>{}</ins>').format(new, part.text)
