"""Catalogs that follow the source: templates, new and changed messages, approvals that move along, memory."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from database.audit import Event, record
from mailer.content import Content
from mailer.ledger import translators
from mailer.ledger.translations import Deed
from mailer.services.office import Office, Press, deed
from mailer.services.translating.asking import tell_of_changes
from mailer.services.translating.catalogs import check_issue, locales_of
from mailer.services.translating.messages import approval_of
from mailer.translation.approval import pair_hash
from mailer.translation.carry import Update, update
from mailer.translation.catalog import Catalog
from mailer.translation.extract import STANDING, extract, extract_standing
from mailer.translation.messages import Message
from staff.people import Person
from staff.permissions import Permission
from wording.errors import ContentError, Problem


@dataclass(frozen=True)
class Extracted:
    """A catalog as it is now: messages in all, those without a translation to publish, and what was carried over."""

    file: str
    total: int
    missing: int
    domain: str
    locale: str
    update: Update
    remembered: int = 0
    """Filled in from memory: the same text was approved before, so that this is approved too."""


def extract_issue(press: Press, slug: str) -> list[Extracted]:
    """Write the templates of an issue and of the standing texts, and bring every catalog up to date with them.

    It needs no person: it writes files only, and approves nothing. Raises NotFoundError, or ContentError when the issue
    or a catalog cannot be read; then no file has changed.
    """
    content = press.content
    check_issue(content, slug)
    issue, document = content.issue(slug)
    domains = {slug: extract(issue, document), STANDING: extract_standing(content.standing())}
    locales = locales_of(content.house, issue.audiences)
    _require_readable(content, domains, locales)
    for domain, messages in domains.items():
        content.save_template(domain, messages)
    return [
        _bring_up(content, d, locale, messages) for locale in locales for d, messages in domains.items() if messages
    ]


def update_issue(office: Office, person: Person, slug: str) -> list[Extracted]:
    """As `extract_issue`; approvals follow where only white space or the target of a link changed, and a text that was
    approved before, in whatever issue, gets that translation. Whoever translates it hears of what changed under them.

    Raises NotAllowedError, NotFoundError, ContentError.
    """
    with deed(office, person, Permission.EDIT_ISSUES) as session:
        extracted = extract_issue(office, slug)
        for one in extracted:
            carry_approvals(session, one)
            if one.domain == slug and _asks_for_work(one.update):
                tell_of_changes(session, office.house, (slug, one.locale), by=person, at=office.clock())
        record(session, Event.EDIT, person.uid, detail={"issue": slug, "step": "update"})
        known = {one.locale: dict(_oldest_first(session, one.locale)) for one in extracted}
        return [_with_memory(office.content, one, known[one.locale]) for one in extracted]


def _asks_for_work(update: Update) -> bool:
    """Whether a catalog that was there before has sentences that are new, or changed in more than space or links."""
    if len(update.new) == len(update.catalog.entries):
        return False
    return bool(update.new) or any(not one.keeps_approval for one in update.carried)


def _oldest_first(session: Session, locale: str) -> Iterator[tuple[str, str]]:
    """(source, translation) of everything approved; the newest comes last, so that a dict keeps it."""
    for source, translation, _domain in reversed(translators.approved_pairs(session, locale)):
        yield source, translation


def _with_memory(content: Content, extracted: Extracted, known: Mapping[str, str]) -> Extracted:
    """Fill in what is remembered word for word, and say how many that were."""
    filled: list[str] = []

    def change(catalog: Catalog) -> Catalog:
        entries = dict(catalog.entries)
        for msgid, entry in catalog.entries.items():
            if not entry.is_translated and msgid in known:
                entries[msgid] = replace(entry, msgstr=known[msgid], fuzzy=False, was="")
                filled.append(msgid)
        return replace(catalog, entries=entries)

    if any(not entry.is_translated and msgid in known for msgid, entry in extracted.update.catalog.entries.items()):
        content.change_catalog(extracted.domain, extracted.locale, change)
    return replace(extracted, missing=extracted.missing - len(filled), remembered=len(filled))


def carry_approvals(session: Session, extracted: Extracted) -> None:
    """Let the approval of a translation follow where it came along as it was."""
    locale = extracted.locale
    moved = {
        pair_hash(one.old.msgid, one.old.msgstr, locale): one
        for one in extracted.update.carried
        if one.keeps_approval and one.new.is_translated
    }
    for old_hash, approval in translators.approvals(session, moved).items():
        entry = moved[old_hash].new
        row = approval_of(entry, extracted.domain, locale, author=approval.author, reviewer=approval.reviewer)
        row.carried_from, row.waived = old_hash, approval.waived
        if translators.approve(session, [row]):
            texts = [(entry.msgid, entry.msgstr)]
            translators.write_down(session, Deed.CARRIED, extracted.domain, locale, texts, person=None)


def _require_readable(content: Content, domains: Collection[str], locales: Sequence[str]) -> None:
    problems = [problem for domain in domains for locale in locales for problem in _unreadable(content, domain, locale)]
    if problems:
        raise ContentError(problems)


def _unreadable(content: Content, domain: str, locale: str) -> Iterator[Problem]:
    try:
        content.catalog(domain, locale)
    except ContentError as error:
        yield from error.problems


def _bring_up(content: Content, domain: str, locale: str, messages: Sequence[Message]) -> Extracted:
    done: list[Update] = []

    def change(catalog: Catalog) -> Catalog:
        done.append(update(catalog, messages))
        return done[-1].catalog

    content.change_catalog(domain, locale, change)
    entries = done[-1].catalog.entries.values()
    missing = sum(not entry.is_translated for entry in entries)
    return Extracted(content.catalog_file(domain, locale), len(entries), missing, domain, locale, done[-1])
