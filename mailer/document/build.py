"""Branches of block tokens to blocks of the document, one function per kind."""

from __future__ import annotations

import re

from markdown_it.common.utils import unescapeAll

from mailer.document.containers import container
from mailer.document.markdown import MAX_NESTING
from mailer.document.nodes import (
    Block,
    Blocks,
    BulletList,
    CodeBlock,
    Figure,
    Heading,
    Item,
    NoteText,
    OrderedList,
    Paragraph,
    Quote,
    Rule,
    Source,
    Table,
)
from mailer.document.tree import Branch, Reading, html_refused
from wording import _

_TASK = re.compile(r"\[([ xX])\][ \t]+(?=\S)")
_SAID_BY = "— "
_ALIGN = {"text-align:left": "start", "text-align:center": "center", "text-align:right": "end"}


def blocks(reading: Reading, branches: tuple[Branch, ...]) -> Blocks[Source]:
    """The blocks of these branches; a standing text puts several in the place of one."""
    return tuple(block for branch in branches for block in _blocks(reading, branch))


def _blocks(reading: Reading, branch: Branch) -> Blocks[Source]:
    if branch.token.nesting > 0 and branch.token.level >= MAX_NESTING - 1:
        reading.problem(reading.line(branch), _("Dit staat te diep in elkaar; gebruik minder lijsten in lijsten."))
    match branch.token.type:
        case "container_open":
            return container(reading, branch, blocks)
        case "html_block":
            reading.problem(reading.line(branch), html_refused(branch.token.content))
            return ()
        case _:
            return (_block(reading, branch),)


def _block(reading: Reading, branch: Branch) -> Block[Source]:
    match branch.token.type:
        case "paragraph_open":
            return _paragraph(reading, branch)
        case "heading_open":
            return _heading(reading, branch)
        case "bullet_list_open":
            return BulletList(_items(reading, branch), _is_tight(branch))
        case "ordered_list_open":
            start = branch.token.attrGet("start")
            return OrderedList(1 if start is None else int(start), _items(reading, branch), _is_tight(branch))
        case "blockquote_open":
            return _quote(blocks(reading, branch.children))
        case "table_open":
            return _table(reading, branch)
        case "code_block" | "fence":
            return CodeBlock(branch.token.content, unescapeAll(branch.token.info.strip()))
        case "note_text_open":
            return NoteText(branch.token.meta["label"], reading.source(branch.text, reading.line(branch)))
        case "hr":
            return Rule()
        case unknown:  # a rule was enabled in markdown.py and not here
            raise ValueError(unknown)


def _paragraph(reading: Reading, branch: Branch) -> Paragraph[Source] | Figure[Source]:
    figure = None if branch.token.hidden else _figure(reading, branch)
    return figure or Paragraph(reading.source(branch.text, reading.line(branch)))


def _figure(reading: Reading, branch: Branch) -> Figure[Source] | None:
    """An image that is alone in its paragraph."""
    if not branch.text.startswith("!["):
        return None
    match reading.inline(branch.text):
        case [token] if token.type == "image":
            line = reading.line(branch)
            title = str(token.attrGet("title") or "")
            caption = reading.source(title, line) if title else None
            return Figure(str(token.attrGet("src") or ""), reading.source(token.content, line), caption, line)
        case _:
            return None


def _heading(reading: Reading, branch: Branch) -> Heading[Source]:
    level, line = int(branch.token.tag[1]), reading.line(branch)
    if level == 1:
        reading.problem(line, _("Een kop met één # kan niet: de titel staat bovenaan bij `title`. Begin met ##."))
    elif level == 2:
        reading.problem(
            line, _("Een kop met ## begint een rubriek en kan niet in een lijst, citaat of blok staan. Gebruik ###.")
        )
    elif level > 4:
        reading.problem(line, _("Koppen gaan tot ####; dieper raakt de lezer de draad kwijt."))
    return Heading(level, reading.source(branch.text, line))


def _is_tight(branch: Branch) -> bool:
    """Tight unless a paragraph directly in an item is shown as one (markdown-it hides those of a tight list)."""
    directly = (block.token for item in branch.children for block in item.children)
    return all(token.hidden for token in directly if token.type == "paragraph_open")


def _items(reading: Reading, branch: Branch) -> tuple[Item[Source], ...]:
    return tuple(_item(reading, item) for item in branch.children)


def _item(reading: Reading, branch: Branch) -> Item[Source]:
    first = branch.children[0] if branch.children else None
    if first is None or first.token.type != "paragraph_open" or not (task := _TASK.match(first.text)):
        return Item(blocks(reading, branch.children))
    first.children[0].token.content = first.text[task.end() :]
    return Item(blocks(reading, branch.children), done=task[1] != " ")


def _quote(inside: Blocks[Source]) -> Quote[Source]:
    match inside:
        case (_, *_, Paragraph(words)) if words.markdown.startswith(_SAID_BY):
            said_by = Source(words.markdown.removeprefix(_SAID_BY).lstrip(), words.line, words.file, words.standing)
            return Quote(inside[:-1], said_by)
        case _:
            return Quote(inside)


def _table(reading: Reading, branch: Branch) -> Table[Source]:
    head_row, *rows = [row for part in branch.children for row in part.children]
    alignments = tuple(_ALIGN.get(str(cell.token.attrGet("style")), "") for cell in head_row.children)
    return Table(alignments, _cells(reading, head_row), tuple(_cells(reading, row) for row in rows))


def _cells(reading: Reading, row: Branch) -> tuple[Source, ...]:
    return tuple(reading.source(cell.text, reading.line(row)) for cell in row.children)
