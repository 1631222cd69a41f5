"""Footnotes: their texts, gathered from where they were written, under the section that refers to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from mailer.document.nodes import Blocks, Body, Note, Notes, NoteText, Section, Spans
from mailer.document.walking import all_blocks, mapped


def texts_of(body: Body[Any]) -> dict[str, Any]:
    """The text of each footnote by its label, wherever it was written; of two the first."""
    found: dict[str, Any] = {}
    for blocks in (body.lead, *(section.blocks for section in body.sections)):
        for block in all_blocks(blocks):
            if isinstance(block, NoteText):
                found.setdefault(block.label, block.words)
    return found


@dataclass
class Numbering:
    """Numbers for the footnotes of one edition, in the order of reading. A label without a text loses its place."""

    texts: Mapping[str, Spans]
    numbers: dict[str, int] = field(default_factory=dict)

    def section(self, section: Section[Spans]) -> Section[Spans]:
        heading, noted = self._numbered(section.heading)
        blocks, more = self._numbered(section.blocks)
        return replace(section, heading=heading, blocks=_with_notes(blocks, noted | more))

    def lead(self, blocks: Blocks[Spans]) -> Blocks[Spans]:
        return _with_notes(*self._numbered(blocks))

    def _numbered(self, tree: Any) -> tuple[Any, dict[int, Spans]]:
        seen: dict[int, Spans] = {}

        def change(node: Any) -> Any | None:
            if isinstance(node, tuple) and any(isinstance(one, Note | NoteText) for one in node):
                kept = (self._placed(one, seen) for one in node if not isinstance(one, NoteText))
                return tuple(mapped(one, change) for one in kept if one is not None)
            return None

        return mapped(tree, change), seen

    def _placed(self, node: Any, seen: dict[int, Spans]) -> Any | None:
        if not isinstance(node, Note):
            return node
        if node.label not in self.texts:
            return None
        words = mapped(self.texts[node.label], _without_notes)
        first = node.label not in self.numbers
        number = self.numbers.setdefault(node.label, len(self.numbers) + 1)
        if first:
            seen[number] = words
        return Note(node.label, number, words, first)


def _without_notes(node: Any) -> Any | None:
    """A footnote in a footnote is refused by `check`; in a preview it is left out."""
    if isinstance(node, tuple) and any(isinstance(one, Note) for one in node):
        return tuple(mapped(one, _without_notes) for one in node if not isinstance(one, Note))
    return None


def _with_notes(blocks: Blocks[Spans], noted: Mapping[int, Spans]) -> Blocks[Spans]:
    return (*blocks, Notes(tuple(sorted(noted.items())))) if noted else blocks
