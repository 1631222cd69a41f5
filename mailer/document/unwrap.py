"""The form in which a translator sees a text: without the line ends that only wrap it."""

from __future__ import annotations

import re

from mailer.document.inline import spans_of
from mailer.document.markdown import References
from mailer.document.nodes import Emphasis, Link, Plain, SoftBreak, Span, Spans, Strike, Strong

_BACKSLASH_BREAK = re.compile(r"(?<!\\)(?:\\\\)*\\$")


def unwrapped(markdown: str, references: References) -> str:
    r"""One line where lines only wrap, `\` and a line end where the reader sees a new line.

    Where joining the lines would change what the text means (a line end inside code, say) it is returned as it is.
    """
    if "\n" not in markdown:
        return markdown
    joined = _join(markdown.split("\n"))
    same = _ignoring_wraps(spans_of(markdown, references)) == _ignoring_wraps(spans_of(joined, references))
    return joined if same else markdown


def _join(lines: list[str]) -> str:
    return "".join(_line(line) for line in lines[:-1]).lstrip(" ") + lines[-1].strip(" ")


def _line(line: str) -> str:
    if line.endswith("  "):
        return line.strip(" ") + "\\\n"
    return line.lstrip(" ") + "\n" if _BACKSLASH_BREAK.search(line) else line.strip(" ") + " "


def _ignoring_wraps(spans: Spans) -> Spans:
    """The spans with every soft break as a space and runs of text joined, to compare two wrappings of one text."""
    found: list[Span] = []
    for span in map(_ignoring_wrap, spans):
        if isinstance(span, Plain) and found and isinstance(found[-1], Plain):
            found[-1] = Plain(found[-1].value + span.value)
        else:
            found.append(span)
    return tuple(found)


def _ignoring_wrap(span: Span) -> Span:
    match span:
        case SoftBreak():
            return Plain(" ")
        case Link(href, title, children):
            return Link(href, title, _ignoring_wraps(children))
        case Strong(children) | Emphasis(children) | Strike(children):
            return type(span)(_ignoring_wraps(children))
        case _:
            return span
