"""The desk of translators: catalogs that follow the source, saving, approving, and what may go out."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy.orm import Session

from database.session import Store
from mailer.content import ChangedMeanwhileError, Content
from mailer.document.markdown import References
from mailer.document.parse import standing_from
from mailer.ledger import translators
from mailer.ledger.translations import Deed, TranslationApproval
from mailer.organisation import House
from mailer.translation.approval import Standards, open_findings, pair_hash, pair_of
from mailer.translation.carry import Update, update
from mailer.translation.catalog import Catalog, Entry
from mailer.translation.checks.pair import Finding
from mailer.translation.extract import STANDING, extract, extract_standing
from mailer.translation.messages import Message
from staff.people import Person
from staff.roles import Role
from wording import Text, _
from wording.errors import ContentError, NotAllowedError, Problem


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


class MessageChangedError(ChangedMeanwhileError):
    """Somebody else saved this message first; `theirs` is what stands there now."""

    def __init__(self, theirs: str) -> None:
        super().__init__(_("Iemand anders heeft deze zin intussen vertaald: ‘{theirs}’.", theirs=theirs))
        self.theirs = theirs


# ── following the source ──────────────────────────────────────────────────────────────────────────────────────────


def extract_issue(content: Content, slug: str) -> list[Extracted]:
    """Write the templates of an issue and of the standing texts, and bring every catalog up to date with them.

    Raises ContentError, and then has changed no file, when the issue or a catalog cannot be read.
    """
    issue, document = content.issue(slug)
    domains = {slug: extract(issue, document), STANDING: extract_standing(content.standing())}
    locales = locales_of(content.house, issue.audiences)
    _require_readable(content, domains, locales)
    for domain, messages in domains.items():
        content.save_template(domain, messages)
    return [
        _bring_up(content, d, locale, messages) for locale in locales for d, messages in domains.items() if messages
    ]


def update_issue(content: Content, store: Store, slug: str) -> list[Extracted]:
    """As `extract_issue`; approvals follow where only white space or the target of a link changed, and a text that was
    approved before, in whatever issue, gets that translation.

    Raises ContentError.
    """
    extracted = extract_issue(content, slug)
    with store.transaction() as session:
        for one in extracted:
            _carry_approvals(session, one)
    with store.reading() as session:
        known = {one.locale: dict(_oldest_first(session, one.locale)) for one in extracted}
    return [_with_memory(content, one, known[one.locale]) for one in extracted]


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


def _carry_approvals(session: Session, extracted: Extracted) -> None:
    locale = extracted.locale
    moved = {
        pair_hash(one.old.msgid, one.old.msgstr, locale): one
        for one in extracted.update.carried
        if one.keeps_approval and one.new.is_translated
    }
    for old_hash, approval in translators.approvals(session, moved).items():
        entry = moved[old_hash].new
        row = _approved(entry, extracted.domain, locale, author=approval.author, reviewer=approval.reviewer)
        row.carried_from, row.waived = old_hash, approval.waived
        if translators.approve(session, [row]):
            texts = [(entry.msgid, entry.msgstr)]
            translators.write_down(session, Deed.CARRIED, extracted.domain, locale, texts, person=None)


def _approved(entry: Entry, domain: str, locale: str, *, author: UUID | None, reviewer: UUID) -> TranslationApproval:
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


def locales_of(house: House, audiences: Sequence[str]) -> list[str]:
    """The locales of these audiences that need a translation."""
    wanted = dict.fromkeys(locale for key in audiences for locale in house.audiences[key].locales)
    return [locale for locale in wanted if locale != house.source_locale]


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


# ── saving and approving ──────────────────────────────────────────────────────────────────────────────────────────


def save(
    content: Content, store: Store, domain: str, locale: str, *, msgid: str, msgstr: str, seen: str, person: Person
) -> list[Finding]:
    """Save one translation; `seen` is the one the translator saw. Returns what the checks say of the new one.

    Raises MessageChangedError when somebody else was first, NotAllowedError, ContentError.
    """
    require_translator(person, locale)
    written = msgstr.replace("\r\n", "\n").strip()

    def change(catalog: Catalog) -> Catalog:
        entry = catalog.entries.get(msgid)
        if entry is None:
            raise NotAllowedError(GONE)
        if entry.msgstr != seen:
            raise MessageChangedError(entry.msgstr)
        return catalog.with_entry(
            Entry(msgid, written, comments=entry.comments, places=entry.places, notes=entry.notes)
        )

    content.change_catalog(domain, locale, change)
    with store.transaction() as session:
        translators.write_down(session, Deed.SAVED, domain, locale, [(msgid, written)], person=person.uid)
        dismissed = translators.judgement(session, locale).dismissed
    entry = content.catalog(domain, locale)[0].entries[msgid]
    references = references_for(entry, references_of(content, domain))
    return open_findings(pair_of(entry, locale, standards(content), references), dismissed)


@dataclass(frozen=True)
class Approved:
    """What an approval did: how many are newly approved, and why others are not."""

    count: int
    refused: tuple[tuple[str, Text], ...]


def approve(
    content: Content, store: Store, domain: str, locale: str, *, person: Person, msgids: Collection[str] | None = None
) -> Approved:
    """Approve the translations of these messages, or of all; what cannot be approved is returned with the reason.

    Raises NotAllowedError for somebody who may not review this language, ContentError for a broken catalog.
    """
    require_translator(person, locale)
    catalog, _hash = content.catalog(domain, locale)
    wanted = [entry for msgid, entry in catalog.entries.items() if msgids is None or msgid in msgids]
    alone = content.house.locales[locale].reviewer_may_be_author
    blocking = _blocking(content, store, domain, locale, wanted)
    rows: list[TranslationApproval] = []
    refused: list[tuple[str, Text]] = []
    with store.transaction() as session:
        authors = translators.authors(session, locale, [(entry.msgid, entry.msgstr) for entry in wanted])
        for entry in wanted:
            author = authors.get((entry.msgid, entry.msgstr))
            reason = _not_approvable(entry, blocking, is_own=author == person.uid and not alone)
            if reason is not None:
                refused.append((entry.msgid, reason))
            else:
                rows.append(_approved(entry, domain, locale, author=author, reviewer=person.uid))
        new = translators.approve(session, rows)
        texts = [(row.source, row.translation) for row in new]
        translators.write_down(session, Deed.APPROVED, domain, locale, texts, person=person.uid)
    return Approved(len(new), tuple(refused))


def approve_issue(content: Content, store: Store, slug: str, *, person: Person) -> Approved:
    """Approve every language of an issue and of the standing texts, as `approve` does for one."""
    issue, _document = content.issue(slug)
    done = [
        approve(content, store, domain, locale, person=person)
        for locale in locales_of(content.house, issue.audiences)
        for domain in (slug, STANDING)
    ]
    return Approved(sum(one.count for one in done), tuple(refused for one in done for refused in one.refused))


def _not_approvable(entry: Entry, blocking: Mapping[str, Finding], *, is_own: bool) -> Text | None:
    if not entry.is_translated:
        return _("nog niet vertaald") if not entry.msgstr else _("de vertaling moet nog worden nagekeken")
    if is_own:
        return _("Deze vertaling schreef je zelf; iemand anders keurt haar goed.")
    return blocking[entry.msgid].text if entry.msgid in blocking else None


def _blocking(content: Content, store: Store, domain: str, locale: str, entries: Sequence[Entry]) -> dict[str, Finding]:
    """The first blocking finding of each message that has one."""
    with store.reading() as session:
        dismissed = translators.judgement(session, locale).dismissed
    own, references = standards(content), references_of(content, domain)
    found: dict[str, Finding] = {}
    for entry in entries:
        if entry.is_translated:
            pair = pair_of(entry, locale, own, references_for(entry, references))
            blocking = next((one for one in open_findings(pair, dismissed) if one.is_blocking), None)
            if blocking is not None:
                found[entry.msgid] = blocking
    return found


def dismiss(
    content: Content, store: Store, domain: str, locale: str, *, msgid: str, check: str, reason: str, person: Person
) -> None:
    """Say why what a check found may stay, for exactly this translation.

    Raises NotAllowedError without a reason or for somebody of another language.
    """
    require_translator(person, locale)
    if not reason.strip():
        raise NotAllowedError(_("Schrijf op waarom dit zo mag blijven."))
    entry = content.catalog(domain, locale)[0].entries.get(msgid)
    if entry is None:
        raise NotAllowedError(GONE)
    with store.transaction() as session:
        translators.dismiss(session, pair_hash(msgid, entry.msgstr, locale), check, reason.strip(), person.uid)
        texts = [(msgid, entry.msgstr)]
        translators.write_down(session, Deed.DISMISSED, domain, locale, texts, person=person.uid)


# ── what the desk knows ───────────────────────────────────────────────────────────────────────────────────────────


def require_translator(person: Person, locale: str) -> None:
    """Raises NotAllowedError unless this person translates into the locale, or is an editor."""
    is_translator = Role.TRANSLATOR in person.roles and locale in person.languages
    if not is_translator and Role.EDITOR not in person.roles:
        raise NotAllowedError(_("Dit kan alleen een vertaler van ‘{locale}’ of een redacteur.", locale=locale))


def standards(content: Content) -> Standards:
    """What the organisation checks translations against. Raises ContentError for a broken glossary."""
    return Standards(content.house.protected, content.glossary())


def references_of(content: Content, domain: str) -> dict[str, References]:
    """The definitions of reference links by file, for the texts of a domain. Raises ContentError."""
    if domain != STANDING:
        return dict(content.issue(domain)[1].references)
    documents = [standing_from(name, text)[0] for name, text in content.standing().items()]
    return {file: found for document in documents for file, found in document.references.items()}


def references_for(entry: Entry, references: Mapping[str, References]) -> References:
    """The definitions of the file in which a message first stands."""
    return references.get(entry.places[0].file, {}) if entry.places else {}


GONE = _("Deze zin staat niet meer in het nummer; laad de bladzijde opnieuw.")
