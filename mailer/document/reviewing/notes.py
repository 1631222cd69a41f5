"""Footnotes: each has its text, each text its footnote."""

from __future__ import annotations

from collections.abc import Iterator

from mailer.document.inline import walk
from mailer.document.nodes import Note, NoteText
from mailer.document.reviewing.looking import Looking, spans
from wording import _
from wording.errors import Problem


def footnotes_whole(it: Looking) -> Iterator[Problem]:
    texts = [block for block in it.blocks if isinstance(block, NoteText)]
    labels = [text.label for text in texts]
    used = set()
    for text, span in spans(it):
        if isinstance(span, Note):
            used.add(span.label)
            if span.label not in labels:
                said = _("De voetnoot [^{label}] heeft geen tekst; schrijf onderaan ‘[^{label}]: …’.", label=span.label)
                yield text.problem(said, f"[^{span.label}]")
    for at, note in enumerate(texts):
        place = it.document.place(note.words, f"[^{note.label}]:")
        if note.label in labels[:at]:
            yield Problem(place, _("De tekst van voetnoot [^{label}] staat er twee keer.", label=note.label))
        elif note.label not in used:
            said = _("Naar voetnoot [^{label}] wijst niets; zet [^{label}] in de tekst, of haal de noot weg.",
                     label=note.label)  # fmt: skip
            yield Problem(place, said)


def headings_without_footnotes(it: Looking) -> Iterator[Problem]:
    """A heading is repeated in the list of contents, where a footnote has no place."""
    headings = {section.heading for section in it.document.body.sections}
    for text in it.texts:
        if text.source in headings and any(isinstance(span, Note) for span in walk(text.spans)):
            yield text.problem(_("Een kop kan geen voetnoot hebben; zet haar in de eerste zin eronder."))


def footnotes_flat(it: Looking) -> Iterator[Problem]:
    words = {block.words for block in it.blocks if isinstance(block, NoteText)}
    for text in it.texts:
        if text.source in words and any(isinstance(span, Note) for span in walk(text.spans)):
            yield text.problem(_("In een voetnoot kan geen voetnoot staan."))
