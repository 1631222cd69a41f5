"""The Markdown dialect: CommonMark 0.31.2, GFM tables and strikethrough, containers, slots and formatted values.

Two parsers of one dialect, because translation happens between them: `block_tokens` stops before inline parsing,
`inline_tokens` runs nothing else. A translated sentence therefore cannot become a list, a heading or a table.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from mailer.document.formats import MARK

References = Mapping[str, Mapping[str, Any]]
"""Reference definitions as markdown-it keeps them: label → href, title and map (0-based lines).

`tree.read` adds `line` (1-based in the file) and `standing`.
"""

SLOTS = frozenset({"greeting"})
"""What an editor may write between double braces."""

MAX_NESTING = 20
"""Deeper blocks are refused: markdown-it drops them without a word, and a reader cannot follow them either."""

MAX_TEXT = 8_000
"""Characters in one paragraph, cell or heading: four printed pages."""

MAX_BRACKETS = 300
"""In one text: markdown-it looks for the end of each anew."""

_CONTAINER = re.compile(r"(:{3,})[ \t]*([^:\s].*)?$")
_FENCE = re.compile(r"(`{3,}|~{3,})")
_SECTION = re.compile(r"##(?!#)")
_NOTE = re.compile(r"\[\^([\w-]{1,40})\]")
_NOTE_TEXT = re.compile(r"\[\^([\w-]{1,40})\]:[ \t]*(.*)")
_SLOT = re.compile(r"\{\{ ?([a-z_]+) ?\}\}")


def block_tokens(markdown: str) -> tuple[list[Token], dict[str, Any]]:
    """Block tokens whose inline text is still source, and the reference definitions found."""
    env: dict[str, Any] = {}
    tokens = _block_parser().parse(markdown, env)
    return tokens, env.get("references", {})


def inline_tokens(markdown: str, references: References) -> list[Token]:
    """The inline tokens of one block's text. `references` are those of the file it stands in."""
    env: MutableMapping[str, Any] = {"references": references}
    return _inline_parser().parseInline(markdown, env)[0].children or []


def is_endless(markdown: str) -> bool:
    """Whether a text is too long, or too full of brackets, to parse in a short time."""
    return len(markdown) > MAX_TEXT or markdown.count("[") > MAX_BRACKETS


def _dialect() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": MAX_NESTING}).enable(["table", "strikethrough"])
    # Every link must come out as one, so that `review` can name a forbidden scheme instead of leaving odd brackets.
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    return parser


@cache
def _block_parser() -> MarkdownIt:
    parser = _dialect()
    parser.core.ruler.enableOnly(["normalize", "block"])
    parser.block.ruler.before(
        "fence", "container", _container, {"alt": ["paragraph", "reference", "blockquote", "list"]}
    )
    parser.block.ruler.before("reference", "note_text", _note_text, {"alt": ["paragraph", "reference"]})
    return parser


@cache
def _inline_parser() -> MarkdownIt:
    parser = _dialect()
    parser.inline.ruler.before("escape", "slot", _slot)
    parser.inline.ruler.before("escape", "formatted", _formatted)
    parser.inline.ruler.before("link", "note", _note)
    return parser


def _container(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """`::: name title {attributes}` … `:::`, nested by counting, so that equal numbers of colons may nest too."""
    opening = None if state.is_code_block(start) else _CONTAINER.fullmatch(_line(state, start).rstrip())
    if opening is None or opening[2] is None:
        return False
    if silent:
        return True
    last, closed = _closing_line(state, start, end)
    token = state.push("container_open", "div", 1)
    token.info, token.map, token.markup = opening[2], [start, last], opening[1]
    token.meta["closed"] = closed
    parent, state.parentType = state.parentType, "container"
    line_max, state.lineMax = state.lineMax, last
    state.md.block.tokenize(state, start + 1, last)
    state.parentType, state.lineMax = parent, line_max
    state.line = last + closed
    state.push("container_close", "div", -1)
    return True


def _closing_line(state: StateBlock, start: int, end: int) -> tuple[int, bool]:
    """The line at which the container opened at `start` ends, and whether it was closed there.

    Colons inside a code fence do not count. One that is never closed ends where the next section begins: the rest
    of the issue is read as it would be without that mistake.
    """
    depth, fence, section = 1, "", end
    for line in range(start + 1, end):
        text = _line(state, line).rstrip()
        if text and state.sCount[line] < state.blkIndent:
            return min(section, line), False
        if fence_here := _FENCE.match(text):
            fence = fence_here[1] if not fence else "" if text.startswith(fence) else fence
        elif not fence and section == end and _SECTION.match(text):
            section = line
        elif not fence and (colons := _CONTAINER.fullmatch(text)):
            depth += 1 if colons[2] else -1
            if depth == 0:
                return line, True
    return section, False


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


def _slot(state: StateInline, silent: bool) -> bool:
    return _mark(state, silent, _SLOT, "slot", SLOTS)


def _formatted(state: StateInline, silent: bool) -> bool:
    return _mark(state, silent, MARK, "formatted", None)


def _mark(state: StateInline, silent: bool, pattern: re.Pattern[str], kind: str, known: frozenset[str] | None) -> bool:
    """Read one `{…}` mark at the present position; an unknown name stays text."""
    found = pattern.match(state.src, state.pos, state.posMax) if state.src[state.pos] == "{" else None
    if found is None or (known is not None and found[1] not in known):
        return False
    if not silent:
        token = state.push(kind, "", 0)
        token.content = found[0]
        token.meta["groups"] = found.groups()
    state.pos = found.end()
    return True


def _note(state: StateInline, silent: bool) -> bool:
    """`[^1]` in running text."""
    found = _NOTE.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    if not silent:
        token = state.push("note", "", 0)
        token.content, token.meta["label"] = found[0], found[1]
    state.pos = found.end()
    return True


def _note_text(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """`[^1]: …` and the lines that go on with it, up to an empty one or the next footnote."""
    opening = None if state.is_code_block(start) else _NOTE_TEXT.fullmatch(_line(state, start).rstrip())
    if opening is None:
        return False
    if silent:
        return True
    last, lines = start + 1, [opening[2]]
    while last < end and _line(state, last).strip() and state.sCount[last] >= state.blkIndent:
        if _NOTE_TEXT.match(_line(state, last)) or _CONTAINER.fullmatch(_line(state, last).rstrip()):
            break
        lines.append(_line(state, last).strip())
        last += 1
    token = state.push("note_text_open", "div", 1)
    token.map, token.meta["label"] = [start, last], opening[1]
    inline = state.push("inline", "", 0)
    inline.content, inline.map, inline.children = "\n".join(lines), [start, last], []
    state.push("note_text_close", "div", -1)
    state.line = last
    return True
