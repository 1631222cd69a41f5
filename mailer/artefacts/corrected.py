"""An edition becomes its correction: a word before the subject, and above the text what was wrong with the old one."""

from __future__ import annotations

from dataclasses import replace

from mailer.document.nodes import Block, Paragraph, Plain, Spans, Strong
from mailer.edition import Edition
from wording import Text, _
from wording.interface import Interface


def corrected(edition: Edition, words: Interface) -> Edition:
    """The whole text anew, marked for whoever got it with a mistake in it."""
    told = _("U kreeg dit nummer al, met een fout erin. Dit is de verbeterde tekst.")
    return replace(edition, subject=_marked(edition, words), lead=(*_note(edition, words, told), *edition.lead))


def correction_leaf(edition: Edition, words: Interface) -> Edition:
    """Only what was wrong, on one sheet, for someone who keeps the booklet they have."""
    told = _("U kreeg dit nummer al, met een fout erin.")
    return replace(edition, subject=_marked(edition, words), lead=_note(edition, words, told), sections=())


def _marked(edition: Edition, words: Interface) -> str:
    return words.say(_("Verbetering: {subject}", subject=edition.subject))


def _note(edition: Edition, words: Interface, told: Text) -> tuple[Block[Spans], ...]:
    first: Block[Spans] = Paragraph((Strong((Plain(words.say(_("Verbetering"))),)), Plain(f". {words.say(told)}")))
    return (first, Paragraph((Plain(edition.correction),))) if edition.correction else (first,)
