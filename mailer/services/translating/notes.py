"""What stands beside each message of a file, in the language of the person who takes it home.

In the catalogs of the content folder it is Dutch, the language that translators read from; what is written there is
read back by nothing but its beginning, so a file in any language may come back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from mailer.document.walking import Kind
from mailer.translation.catalog import Catalog
from wording import Text, _
from wording.interface import Interface, interface

KINDS: Mapping[Kind, Text] = {
    Kind.TITLE: _("titel van het nummer"),
    Kind.SUBJECT: _("onderwerp van de e-mail"),
    Kind.PREHEADER: _("regel onder het onderwerp"),
    Kind.CORRECTION: _("wat er fout was, boven een verbetering"),
    Kind.SECTION: _("kop van een rubriek"),
    Kind.HEADING: _("tussenkop"),
    Kind.PARAGRAPH: _("alinea"),
    Kind.ITEM: _("punt in een lijst"),
    Kind.HEAD: _("kop van een kolom"),
    Kind.CELL: _("cel in een tabel"),
    Kind.QUOTE: _("citaat"),
    Kind.SAID_BY: _("wie het zei"),
    Kind.ALT: _("beschrijving van een afbeelding"),
    Kind.CAPTION: _("bijschrift van een afbeelding"),
    Kind.RULING: _("titel van een uitspraak"),
    Kind.COURT: _("naam van een rechtbank"),
    Kind.AGENDA: _("titel van een agendapunt"),
    Kind.PLACE: _("plaats van een agendapunt"),
    Kind.COUNTED: _("wat een getal telt"),
    Kind.BUTTON: _("tekst op een knop"),
    Kind.NOTE: _("voetnoot"),
    Kind.LINK_TITLE: _("titel van een link"),
}
_BEGINS: Mapping[str, Text] = {
    "Rubriek: ": _("Rubriek: {words}"),
    "Soort: ": _("Soort: {words}"),
    "Voor: ": _("Voor: {words}"),
    "Geheugen: ": _("Geheugen: {words}"),
}


def remembered_note(percent: int, where: str) -> str:
    """Beside a beginning that came from memory: how like it is, and from which issue."""
    return f"Geheugen: {percent} % ({where})"


def with_notes_in(catalog: Catalog, locale: str) -> Catalog:
    """The same messages with what stands beside them in another language; Dutch stays as it is."""
    words = interface(locale)
    if words.locale == "nl":
        return catalog
    entries = {
        msgid: replace(entry, comments=tuple(_in(words, one) for one in entry.comments))
        for msgid, entry in catalog.entries.items()
    }
    return replace(catalog, entries=entries)


def _in(words: Interface, comment: str) -> str:
    for begin, text in _BEGINS.items():
        if comment.startswith(begin):
            said = comment.removeprefix(begin)
            kind = next((one for one in KINDS if begin == "Soort: " and one.value == said), None)
            return words.say(Text(text.msgid, {"words": words.say(KINDS[kind]) if kind else said}))
    return comment
