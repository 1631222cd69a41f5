"""Take back the last save of a message, put an older text back, and let names stand as they are."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from mailer.ledger import boxes, translators
from mailer.ledger.translations import Deed
from mailer.services.office import Office, deed
from mailer.services.translating.catalogs import check_catalog, entry_of
from mailer.services.translating.messages import MessageChangedError
from mailer.services.translating.rows import key_of
from mailer.translation.approval import source_hash
from mailer.translation.catalog import Catalog, Entry
from mailer.translation.checks.words import is_name
from staff.people import Person
from staff.permissions import Permission, require
from wording import _
from wording.errors import ConflictError, NotFoundError


def undo(office: Office, person: Person, domain: str, locale: str, *, key: str) -> str:
    """Take back this person's last save of the message of this key; returns what stands there again.

    Raises NotAllowedError, NotFoundError, ConflictError when the last save is another's, or was taken back already.
    """
    require(person, Permission.TRANSLATE)
    check_catalog(office.content, domain, locale)
    there = office.content.catalog(domain, locale)[0].entries
    msgid = next((one for one in there if key and key_of(one) == key), "")
    with deed(office, person, Permission.TRANSLATE, of=locale) as session:
        last = boxes.last_save(session, domain, locale, msgid)
        if last is None or last.deed != Deed.SAVED or last.person != person.uid or last.before is None:
            raise ConflictError(_("Hier is geen eigen laatste keer bewaren om terug te nemen."))
        text, was, written = last.before, last.before_was, last.translation

        def change(catalog: Catalog) -> Catalog:
            entry = entry_of(catalog, msgid)
            if entry.msgstr != written:
                raise MessageChangedError(entry.msgstr)
            return catalog.with_entry(replace(entry, msgstr=text, fuzzy=was is not None, was=was or ""))

        office.content.change_catalog(domain, locale, change)
        translators.write_down(session, Deed.UNDONE, domain, locale, [(msgid, text)], person=person.uid)
    return text


def past_text(office: Office, person: Person, domain: str, locale: str, *, msgid: str, number: int) -> str:
    """A text that once stood at a message, to be saved again. Raises NotAllowedError, NotFoundError."""
    require(person, Permission.TRANSLATE)
    check_catalog(office.content, domain, locale)
    with deed(office, person, Permission.TRANSLATE, of=locale) as session:
        for one in translators.history(session, msgid, locale):
            if one.id == number:
                return one.translation
    raise NotFoundError(_("Deze versie is er niet (meer)."))


def let_stand(office: Office, person: Person, domain: str, locale: str, *, msgids: Collection[str]) -> int:
    """Let names be the same as in the source, where nothing stands yet; returns how many.

    Raises NotAllowedError, NotFoundError, ContentError.
    """
    require(person, Permission.TRANSLATE)
    check_catalog(office.content, domain, locale)
    wanted = {source_hash(one) for one in msgids if is_name(one)}
    before: dict[str, Entry] = {}

    def change(catalog: Catalog) -> Catalog:
        before.update(
            {one.msgid: one for one in catalog.entries.values() if not one.msgstr and source_hash(one.msgid) in wanted}
        )
        same = {msgid: replace(one, msgstr=msgid, fuzzy=False, was="") for msgid, one in before.items()}
        return replace(catalog, entries={**catalog.entries, **same})

    with deed(office, person, Permission.TRANSLATE, of=locale) as session:
        office.content.change_catalog(domain, locale, change)
        texts = [(one, one) for one in before]
        translators.write_down(session, Deed.SAVED, domain, locale, texts, person=person.uid, before=before)
    return len(before)
