"""PO bytes ⇄ `Catalog`: all messages of one domain in one locale.

Written through Babel without wrapping, in document order and without a creation date, so that equal catalogs are equal
bytes. Read through a strict gate first, because Babel repairs broken files without a word.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from io import BytesIO

from babel.messages.catalog import Catalog as BabelCatalog
from babel.messages.catalog import Message as BabelMessage
from babel.messages.pofile import PoFileError, normalize, read_po, write_po

from mailer.translation.gate import MAX_BYTES, gate
from mailer.translation.headers import DEFAULTS, KEPT, header_text, revision_date
from mailer.translation.messages import Message
from wording import Text, _
from wording.errors import Place, Problem

WAS = "Was: "
"""Began the comment with the old source of a fuzzy message, before we wrote gettext's own `#| msgid`; files of then
are still out in the world, and read."""

_LINE_END = "⏎"


@dataclass(frozen=True)
class Entry:
    """A message in one locale. `fuzzy` needs work and is never published; `was` is the source it was made from."""

    msgid: str
    msgstr: str = ""
    fuzzy: bool = False
    was: str = ""
    comments: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()
    notes: tuple[str, ...] = ()
    """What translators wrote beside it."""

    @property
    def is_translated(self) -> bool:
        return bool(self.msgstr) and not self.fuzzy


@dataclass(frozen=True)
class Catalog:
    """Entries by msgid, in document order. `obsolete` are those that left the source and may come back."""

    domain: str
    locale: str
    entries: Mapping[str, Entry] = field(default_factory=dict)
    obsolete: Mapping[str, Entry] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    """Header fields other than ours that a translator's program wrote; they are kept."""
    project: str = field(default="", compare=False)
    """What a file that was read calls itself."""
    said: tuple[Text, ...] = field(default=(), compare=False)
    """What of a file was read otherwise than it was written."""

    def translation(self, msgid: str) -> str | None:
        """The text to publish; None when there is none, or one that needs work."""
        entry = self.entries.get(msgid)
        return entry.msgstr if entry is not None and entry.is_translated else None

    def with_entry(self, entry: Entry) -> Catalog:
        return replace(self, entries={**self.entries, entry.msgid: entry})


def new_catalog(domain: str, locale: str, messages: Sequence[Message]) -> Catalog:
    """A catalog in which nothing is translated yet."""
    return Catalog(domain, locale, {m.msgid: Entry(m.msgid, comments=m.comments, places=m.places) for m in messages})


def catalog_from(
    data: bytes, *, domain: str, locale: str, file: str, most: int = MAX_BYTES
) -> tuple[Catalog | None, list[Problem]]:
    """Read a PO file. A file with any problem is refused whole; each problem has its line."""
    passed, problems = gate(data, domain=domain, locale=locale, file=file, most=most)
    if passed is None:
        return None, problems
    try:
        read = read_po(BytesIO(passed.text.encode()), locale=locale, abort_invalid=True)
    except (PoFileError, ValueError) as error:
        line = getattr(error, "lineno", None)
        return None, [Problem(Place(file, 0 if line is None else line + 1), _("Dit is geen geldig PO-bestand."))]
    entries = [_entry(message, passed.previous) for message in read if message.id]
    obsolete = [_entry(message, {}) for message in read.obsolete.values()]
    project = passed.header.get("Project-Id-Version", "")
    kept = _kept(passed.header)
    return Catalog(domain, locale, _by_msgid(entries), _by_msgid(obsolete), kept, project, passed.said), []


def _kept(header: Mapping[str, str]) -> dict[str, str]:
    dated = {"PO-Revision-Date": revision_date(header.get("PO-Revision-Date", "")) or ""}
    fields = {name: (dict(header) | dated).get(name, "") for name in KEPT}
    return {name: value for name, value in fields.items() if value and value != DEFAULTS.get(name)}


def po_from(catalog: Catalog) -> bytes:
    """The PO file of a catalog: LF line ends, no wrapping, its own header."""
    written = BabelCatalog(locale=catalog.locale, fuzzy=False)
    for entry in catalog.entries.values():
        _add(written, entry)
    for entry in catalog.obsolete.values():
        written.obsolete[entry.msgid] = _message(entry)
    was = {entry.msgid: entry.was for entry in catalog.entries.values() if entry.was}
    return _bytes(written, header_text(catalog.domain, catalog.locale, catalog.headers), was)


def pot_from(domain: str, messages: Sequence[Message]) -> bytes:
    """The template of a domain: what there is to translate."""
    written = BabelCatalog(fuzzy=False)
    for message in messages:
        _add(written, Entry(message.msgid, comments=message.comments, places=message.places))
    return _bytes(written, header_text(domain, None, {}))


def digest(data: bytes) -> str:
    """SHA-256 in hexadecimal: which version of a file someone saw."""
    return sha256(data).hexdigest()


def _bytes(catalog: BabelCatalog, header: str, was: Mapping[str, str] | None = None) -> bytes:
    out = BytesIO()
    write_po(out, catalog, width=0, omit_header=True)
    return header.encode() + (_with_previous(out.getvalue(), was) if was else out.getvalue())


def _with_previous(data: bytes, was: Mapping[str, str]) -> bytes:
    """The old source right before its message, on one line of its own (gettext manual, "PO Files": `#|`)."""
    before = {f"msgid {normalize(msgid, width=0)}\n".encode(): old for msgid, old in was.items()}
    for line, old in before.items():
        previous = f"#| msgid {_quoted(old)}\n".encode()
        data = data.replace(b"\n" + line + b"msgstr ", b"\n" + previous + line + b"msgstr ", 1)
    return data


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t").replace("\r", "\\r")
    return '"' + escaped.replace("\n", "\\n") + '"'


def _add(catalog: BabelCatalog, entry: Entry) -> None:
    catalog[entry.msgid] = _message(entry)
    # Babel takes "100% donateur" for a Python format (python-babel #865), and msgfmt would then refuse translations.
    catalog[entry.msgid].flags -= {"python-format", "python-brace-format"}


def _message(entry: Entry) -> BabelMessage:
    message = BabelMessage(
        entry.msgid,
        entry.msgstr,
        locations=[(place.file, place.line) for place in entry.places],
        flags={"fuzzy"} if entry.fuzzy else set(),
        auto_comments=entry.comments,
        user_comments=entry.notes,
    )
    message.flags -= {"python-format", "python-brace-format"}
    return message


def _entry(message: BabelMessage, previous: Mapping[str, str]) -> Entry:
    was = [comment.removeprefix(WAS) for comment in message.auto_comments if comment.startswith(WAS)]
    return Entry(
        msgid=str(message.id),
        msgstr=str(message.string or ""),
        fuzzy=message.fuzzy,
        was=(previous.get(str(message.id)) if message.fuzzy else "")
        or (was[0].replace(_LINE_END, "\n") if was else ""),
        comments=tuple(comment for comment in message.auto_comments if not comment.startswith(WAS)),
        places=tuple(Place(file, line or 0) for file, line in message.locations),
        notes=tuple(note for note in message.user_comments if not note.startswith("|")),
    )


def _by_msgid(entries: Sequence[Entry]) -> dict[str, Entry]:
    return {entry.msgid: entry for entry in entries}
