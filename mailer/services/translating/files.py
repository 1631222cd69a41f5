"""Translating at home: a PO file to take along, with everything to work from, and its return without loss."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from uuid import UUID

from sqlalchemy.orm import Session

from database.audit import Event, record
from mailer.ledger import translators
from mailer.ledger.translations import Deed, TranslationSnapshot
from mailer.services.office import Office, deed
from mailer.services.translating.catalogs import check_catalog, found_in
from mailer.services.translating.notes import remembered_note, with_notes_in
from mailer.services.translating.sandbox import catalog_from_outside
from mailer.translation.approval import source_hash
from mailer.translation.catalog import Catalog, Entry, catalog_from, digest, new_catalog, po_from
from mailer.translation.memory import Memory
from mailer.translation.merging import Merge, Snapshot, belongs, merge
from staff.people import Person
from staff.permissions import Permission, require
from wording import Text, _
from wording.errors import ContentError, Place, Problem

BASE = "X-Postduif-Base"
"""The header field that says which snapshot a file was made from."""


@dataclass(frozen=True)
class Exported:
    """A file to take home, and what was filled in: equal texts from memory, and likenesses to look at."""

    data: bytes
    remembered: int
    suggested: int


def export(office: Office, person: Person, domain: str, locale: str, *, notes: str = "nl") -> Exported:
    """The PO file of a domain for a translator at home; it names no one. `notes` is the language of what stands beside
    a message.

    What is not translated is filled from memory or from earlier suggestions, as fuzzy with the source it belongs to.
    Raises NotAllowedError, NotFoundError, ContentError for a broken catalog.
    """
    require(person, Permission.TRANSLATE, of=locale)
    check_catalog(office.content, domain, locale)
    ours, _hash = office.content.catalog(domain, locale)
    with deed(office, person, Permission.TRANSLATE, of=locale) as session:
        record(session, Event.EXPORT, person.uid, detail={"domain": domain, "locale": locale})
        filled, remembered, suggested = _filled(office, session, ours)
        filled = with_notes_in(filled, notes)
        exported = po_from(filled)
        named = replace(filled, headers={**filled.headers, BASE: digest(exported)})
        translators.keep_snapshot(
            session,
            TranslationSnapshot(
                hash=digest(exported), domain=domain, locale=locale, ours=po_from(ours), exported=exported
            ),
        )
    return Exported(po_from(named), remembered, suggested)


def memory_of(office: Office, session: Session, locale: str) -> Memory:
    """What was approved in a locale, of all issues."""
    return office.memories.of(locale, partial(translators.approved_since, session, locale))


def _filled(office: Office, session: Session, ours: Catalog) -> tuple[Catalog, int, int]:
    """The catalog with something to begin from for every message that has nothing."""
    memory, offered = (
        memory_of(office, session, ours.locale),
        translators.suggestions(session, ours.domain, ours.locale),
    )
    entries: dict[str, Entry] = {}
    for msgid, entry in ours.entries.items():
        entries[msgid] = entry if entry.msgstr else _beginning(entry, memory, offered.get(source_hash(msgid), []))
    new = [entry for msgid, entry in entries.items() if entry is not ours.entries[msgid]]
    exact = sum(not entry.was for entry in new)
    return replace(ours, entries=entries), exact, len(new) - exact


def _beginning(entry: Entry, memory: Memory, offered: list[str]) -> Entry:
    if offered:
        return replace(entry, msgstr=offered[0], fuzzy=True, was=entry.msgid)
    for found in memory.suggestions(entry.msgid, most=1):
        note = remembered_note(found.percent, found.remembered.where)
        was = "" if found.is_exact else found.remembered.source
        return replace(
            entry, msgstr=found.remembered.translation, fuzzy=True, was=was, comments=(*entry.comments, note)
        )
    return entry


# ── back ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def bring_back(
    office: Office,
    person: Person,
    domain: str,
    locale: str,
    *,
    data: bytes,
    file: str,
    reviewing: bool = False,
) -> Merge:
    """Take a file back, message by message; the merge says what became of each.

    Raises NotAllowedError, NotFoundError, and ContentError for a file that cannot be read or belongs elsewhere; then
    nothing has changed.
    """
    require(person, Permission.TRANSLATE, of=locale)
    check_catalog(office.content, domain, locale)
    theirs = catalog_from_outside(data, domain=domain, locale=locale, file=file)
    with office.store.reading() as session:
        base = _snapshot(session, theirs, office.content.catalog(domain, locale)[0], file)
        approved = translators.judgement(session, locale).approved
    merges: list[Merge] = []

    def change(ours: Catalog) -> Catalog:
        merges.append(merge(ours, theirs, base, approved=approved, reviewing=reviewing))
        return merges[-1].catalog

    with deed(office, person, Permission.TRANSLATE, of=locale) as session:
        office.content.change_catalog(domain, locale, change)
        _write_down(session, merges[-1], theirs, person.uid)
        detail: dict[str, str | int | bool] = {
            "domain": domain,
            "locale": locale,
            "translations": len(merges[-1].written),
        }
        record(session, Event.IMPORT, person.uid, detail=detail)
    return replace(merges[-1], said=theirs.said, warnings=_warnings(office, merges[-1]))


def _warnings(office: Office, done: Merge) -> tuple[tuple[str, Text], ...]:
    """What the checks say of what came into the catalog, whether it stops an approval or not."""
    came = [entry for msgid, _msgstr in done.written if (entry := done.catalog.entries.get(msgid)) is not None]
    with office.store.reading() as session:
        found = found_in(office, session, done.catalog.domain, done.catalog.locale, came)
    return tuple((msgid, one.text) for msgid, all_of_it in found.items() for one in all_of_it)


def _snapshot(session: Session, theirs: Catalog, ours: Catalog, file: str) -> Snapshot:
    """What the file was made from. One that does not say is compared with an empty catalog: that loses nothing.

    Raises ContentError for a file that is about something else.
    """
    wanted = theirs.headers.get(BASE, "")
    row = translators.snapshot(session, wanted, theirs.domain, theirs.locale) if wanted else None
    if wanted and row is None:
        said = _(
            "Dit bestand is gemaakt van een versie die hier niet bekend is; haal de regel {field} weg.", field=BASE
        )
        raise ContentError([Problem(Place(file, 1), said)])
    if row is None and not belongs(theirs, ours):
        said = _(
            "Dit bestand gaat over andere zinnen dan ‘{wanted}’; het noemt zichzelf ‘{found}’.",
            wanted=ours.domain,
            found=theirs.project[:60],
        )
        raise ContentError([Problem(Place(file, 1), said)])
    empty = new_catalog(theirs.domain, theirs.locale, ())
    return Snapshot(empty, empty) if row is None else Snapshot(_stored(row, row.ours), _stored(row, row.exported))


def _stored(row: TranslationSnapshot, data: bytes) -> Catalog:
    catalog, problems = catalog_from(data, domain=row.domain, locale=row.locale, file=row.hash)
    if catalog is None:
        raise ContentError(problems)
    return catalog


def _write_down(session: Session, done: Merge, theirs: Catalog, person: UUID) -> None:
    """History and suggestions of an import."""
    domain, locale = theirs.domain, theirs.locale
    translators.write_down(session, Deed.IMPORTED, domain, locale, done.written, person=person)
    for msgid, msgstr in done.suggestions:
        translators.suggest(session, domain, locale, msgid, msgstr, person=person)
