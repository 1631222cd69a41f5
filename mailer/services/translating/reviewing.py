"""A second person reads: what an approval would rest on, and what goes back to be looked at again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from mailer.ledger import translators
from mailer.ledger.translations import Deed, TranslationComment
from mailer.services.office import Office, deed, look
from mailer.services.translating.catalogs import check_catalog, entry_of
from mailer.services.translating.messages import MessageChangedError
from mailer.services.translating.remarks import LONGEST
from mailer.services.translating.rows import Row, Stand, counted
from mailer.translation.approval import source_hash
from mailer.translation.catalog import Catalog
from mailer.translation.checks.pair import Finding
from staff.people import Person, people
from staff.permissions import Permission, require
from wording import _
from wording.errors import InvalidInputError


@dataclass(frozen=True)
class Unread:
    """A translation that waits for a second reader, and what an approval of it rests on."""

    row: Row
    target: str
    found: tuple[Finding, ...]
    """Nothing of this stops it."""
    author: str = field(repr=False)
    """Empty for who is not known here: a file that came through git has no author."""
    may_approve: bool
    """False: this person wrote it, and the language asks for another."""


@dataclass(frozen=True)
class Review:
    """The translations of a language that wait for a second reader."""

    unread: Sequence[Unread]
    ready: int
    todo: int
    alone: bool
    """The organisation chose that who writes in this language may approve it too."""


def review(office: Office, person: Person, domain: str, locale: str) -> Review:
    """What waits for a second reader. Raises NotAllowedError, NotFoundError, ContentError."""
    require(person, Permission.TRANSLATE)
    check_catalog(office.content, domain, locale)
    alone = office.house.locales[locale].reviewer_may_be_author
    with look(office, person, Permission.TRANSLATE, of=locale) as session:
        whole = counted(office, session, person, domain, locale)
        names = {one.uid: one.name for one in people(session)}
        waiting = [(row, whole.catalog.entries[row.msgid]) for row in whole.rows if row.stand is Stand.UNREAD]
        authors = translators.authors(session, locale, [(entry.msgid, entry.msgstr) for _row, entry in waiting])
    unread = []
    for row, entry in waiting:
        author = authors.get((entry.msgid, entry.msgstr))
        by = names.get(author, "") if author else ""
        found = tuple(whole.found.get(row.msgid, ()))
        unread.append(Unread(row, entry.msgstr, found, by, may_approve=alone or author != person.uid))
    ready = sum(row.stand is Stand.READY for row in whole.rows)
    return Review(unread, ready, len(whole.rows) - ready - len(unread), alone)


def send_back(office: Office, person: Person, domain: str, locale: str, *, msgid: str, seen: str, words: str) -> None:
    """Have a translation looked at again, with a word for who wrote it; an approval of it ends by itself.

    Raises NotAllowedError, NotFoundError, InvalidInputError without a word, MessageChangedError when it is another
    text by now, ConflictError for a message that is no longer there.
    """
    require(person, Permission.TRANSLATE)
    check_catalog(office.content, domain, locale)
    if not words.strip():
        raise InvalidInputError(_("Schrijf erbij wat er anders moet."))

    def change(catalog: Catalog) -> Catalog:
        entry = entry_of(catalog, msgid)
        if entry.msgstr != seen:
            raise MessageChangedError(entry.msgstr)
        return catalog.with_entry(replace(entry, fuzzy=True, was=msgid))

    with deed(office, person, Permission.TRANSLATE, of=locale) as session:
        office.content.change_catalog(domain, locale, change)
        translators.write_down(session, Deed.RETURNED, domain, locale, [(msgid, seen)], person=person.uid)
        session.add(
            TranslationComment(
                domain=domain,
                locale=locale,
                source_hash=source_hash(msgid),
                source=msgid,
                words=words.strip()[:LONGEST],
                person=person.uid,
                at=office.clock(),
            )
        )
