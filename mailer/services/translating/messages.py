"""The messages of translators: saving, approving, and dismissing what a check found."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy.orm import Session

from database.audit import Event, record
from mailer.content import ChangedMeanwhileError
from mailer.ledger import boxes, translators
from mailer.ledger.translations import Deed, TranslationApproval
from mailer.services.office import Office, deed
from mailer.services.translating.catalogs import (
    check_catalog,
    check_issue,
    checker,
    entry_of,
    found_in,
    locales_of,
    warnings_of,
)
from mailer.translation.approval import pair_hash
from mailer.translation.catalog import Catalog, Entry
from mailer.translation.checks.pair import Finding
from mailer.translation.extract import STANDING
from staff.people import Person
from staff.permissions import Permission, require, require_now
from wording import Text, _, ngettext
from wording.errors import InvalidInputError, NotFoundError

_LONGEST_CHECK = 20
"""Characters of the name of a check, as the column has them."""


class MessageChangedError(ChangedMeanwhileError):
    """Someone else saved this message first; `theirs` is what stands there now."""

    def __init__(self, theirs: str) -> None:
        super().__init__(_("Iemand anders heeft deze zin intussen vertaald: ‘{theirs}’.", theirs=theirs))
        self.theirs = theirs


def save(
    office: Office, person: Person, domain: str, locale: str, *, msgid: str, msgstr: str, seen: str
) -> list[Finding]:
    """Save one translation; `seen` is the one the translator saw. Returns what the checks say of the new one.

    The history of the message keeps who saved it, so the audit trail has no row of every sentence. Raises
    MessageChangedError when someone else was first,
    NotAllowedError, NotFoundError, ConflictError for a message that is no longer there, ContentError.
    """
    require(person, Permission.TRANSLATE, of=locale)
    check_catalog(office.content, domain, locale)
    written = msgstr.replace("\r\n", "\n").strip()
    before: dict[str, Entry] = {}

    def change(catalog: Catalog) -> Catalog:
        entry = entry_of(catalog, msgid)
        if entry.msgstr != seen:
            raise MessageChangedError(entry.msgstr)
        before[msgid] = entry
        return catalog.with_entry(replace(entry, msgstr=written, fuzzy=False, was=""))

    with deed(office, person, Permission.TRANSLATE, of=locale) as session:
        office.content.change_catalog(domain, locale, change)
        texts = [(msgid, written)]
        translators.write_down(session, Deed.SAVED, domain, locale, texts, person=person.uid, before=before)
        boxes.drop(session, domain, locale, msgid, person.uid)
        entry = replace(before[msgid], msgstr=written, fuzzy=False, was="")
        if not written:
            return list(checker(office, domain, locale)(entry))
        return found_in(office, session, domain, locale, [entry])[msgid]


def message_called(office: Office, person: Person, domain: str, locale: str, begin: str) -> str:
    """The one message that is `begin`, or begins so. Raises NotAllowedError, NotFoundError for none or several."""
    require(person, Permission.TRANSLATE, of=locale)
    check_catalog(office.content, domain, locale)
    entries = office.content.catalog(domain, locale)[0].entries
    found = [begin] if begin in entries else [msgid for msgid in entries if msgid.startswith(begin)]
    if len(found) != 1:
        raise NotFoundError(
            ngettext("{count} zin begint zo.", "{count} zinnen beginnen zo; schrijf er meer van.", len(found))
        )
    return found[0]


@dataclass(frozen=True)
class Approved:
    """What an approval did: how many are newly approved, why others are not, and what to look at in those that are."""

    count: int
    refused: tuple[tuple[str, Text], ...]
    warnings: tuple[tuple[str, Text], ...] = ()


def approve(
    office: Office, person: Person, domain: str, locale: str, *, msgids: Collection[str] | None = None
) -> Approved:
    """Approve the translations of these messages, or of all; what cannot be approved is returned with the reason.

    Raises NotAllowedError, NotFoundError, ContentError for a broken catalog.
    """
    require(person, Permission.TRANSLATE, of=locale)
    judged = _judged(office, domain, locale, msgids)
    with deed(office, person, Permission.TRANSLATE, of=locale) as session:
        return _approve(session, office, person, judged)


@dataclass(frozen=True)
class _Judged:
    """The messages that are to be approved, and what the checks found in each."""

    domain: str
    locale: str
    entries: Sequence[Entry]
    found: Mapping[str, list[Finding]]


def _judged(office: Office, domain: str, locale: str, msgids: Collection[str] | None = None) -> _Judged:
    check_catalog(office.content, domain, locale)
    catalog, _hash = office.content.catalog(domain, locale)
    entries = [entry for msgid, entry in catalog.entries.items() if msgids is None or msgid in msgids]
    with office.store.reading() as session:
        return _Judged(domain, locale, entries, found_in(office, session, domain, locale, entries))


def _approve(session: Session, office: Office, person: Person, judged: _Judged) -> Approved:
    locale = judged.locale
    alone = office.house.locales[locale].reviewer_may_be_author
    rows: list[TranslationApproval] = []
    refused: list[tuple[str, Text]] = []
    authors = translators.authors(session, locale, [(entry.msgid, entry.msgstr) for entry in judged.entries])
    for entry in judged.entries:
        author = authors.get((entry.msgid, entry.msgstr))
        reason = _not_approvable(entry, judged.found.get(entry.msgid, []), is_own=author == person.uid and not alone)
        if reason is not None:
            refused.append((entry.msgid, reason))
        else:
            rows.append(approval_of(entry, judged.domain, locale, author=author, reviewer=person.uid))
    new = _keep_approvals(session, person, judged.domain, locale, rows)
    return Approved(len(new), tuple(refused), warnings_of(judged.found, [row.source for row in new]))


def _keep_approvals(
    session: Session, person: Person, domain: str, locale: str, rows: Sequence[TranslationApproval]
) -> Sequence[TranslationApproval]:
    """Write down those that are new, and return them."""
    new = translators.approve(session, rows)
    if new:
        texts = [(row.source, row.translation) for row in new]
        translators.write_down(session, Deed.APPROVED, domain, locale, texts, person=person.uid)
        detail: dict[str, str | int | bool] = {"domain": domain, "locale": locale, "translations": len(new)}
        if waived := sum(row.waived for row in new):
            detail["waived"] = waived
        record(session, Event.APPROVE, person.uid, detail=detail)
    return new


def approve_issue(office: Office, person: Person, slug: str) -> Approved:
    """Approve every language of an issue and of the standing texts, as `approve` does for one.

    Raises NotAllowedError, and then has approved nothing, when there is a language that the person may not approve;
    NotFoundError, ContentError.
    """
    require(person, Permission.TRANSLATE)
    check_issue(office.content, slug)
    locales = locales_of(office.house, office.content.issue(slug)[0].audiences)
    for locale in locales:
        require(person, Permission.TRANSLATE, of=locale)
    judged = [_judged(office, domain, locale) for locale in locales for domain in (slug, STANDING)]
    with deed(office, person, Permission.TRANSLATE) as session:
        for locale in locales:
            require_now(session, person, Permission.TRANSLATE, of=locale)
        done = [_approve(session, office, person, one) for one in judged]
    refused, warnings = ([each for one in done for each in getattr(one, what)] for what in ("refused", "warnings"))
    return Approved(sum(one.count for one in done), tuple(refused), tuple(warnings))


def _not_approvable(entry: Entry, found: Sequence[Finding], *, is_own: bool) -> Text | None:
    if not entry.is_translated:
        return _("nog niet vertaald") if not entry.msgstr else _("de vertaling moet nog worden nagekeken")
    if is_own:
        return _("Deze vertaling schreef je zelf; iemand anders keurt haar goed.")
    return next((one.text for one in found if one.is_blocking), None)


def dismiss(office: Office, person: Person, domain: str, locale: str, *, msgid: str, check: str, reason: str) -> None:
    """Say why what a check found may stay, for exactly this translation.

    Raises NotAllowedError, NotFoundError, InvalidInputError without a reason, ConflictError for a message that is no
    longer there.
    """
    require(person, Permission.TRANSLATE, of=locale)
    check_catalog(office.content, domain, locale)
    if len(check) > _LONGEST_CHECK:
        raise NotFoundError(_("Er is geen controle ‘{check}’.", check=check))
    if not reason.strip():
        raise InvalidInputError(_("Schrijf op waarom dit zo mag blijven."))
    entry = entry_of(office.content.catalog(domain, locale)[0], msgid)
    with deed(office, person, Permission.TRANSLATE, of=locale) as session:
        translators.dismiss(session, pair_hash(msgid, entry.msgstr, locale), check, reason.strip(), person.uid)
        texts = [(msgid, entry.msgstr)]
        translators.write_down(session, Deed.DISMISSED, domain, locale, texts, person=person.uid)
        record(session, Event.WAIVE, person.uid, detail={"domain": domain, "locale": locale, "check": check})


def approval_of(entry: Entry, domain: str, locale: str, *, author: UUID | None, reviewer: UUID) -> TranslationApproval:
    return TranslationApproval(
        pair_hash=pair_hash(entry.msgid, entry.msgstr, locale),
        locale=locale,
        domain=domain,
        source=entry.msgid,
        translation=entry.msgstr,
        author=author,
        reviewer=reviewer,
        waived=author == reviewer,
    )
