"""Save an issue in which nothing but typing errors was corrected, and let the approvals of it stand.

An approval outlives it where the edition was approved as it was just before, and its words are still those that were
approved but for typing errors: one correction after another does not lead away from what was read. It then names the
hash of the edition before and after. Each approver gets the difference by mail.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from database.audit import record
from mailer.ledger import opening
from mailer.ledger.staff_mail import News, tell
from mailer.ledger.tables import Approval
from mailer.ledger.writing import approved_text, keep_texts, revisions
from mailer.services.office import Office, deed, look
from mailer.services.publishing.approval import now_of
from mailer.services.publishing.approvals import holds_for
from mailer.services.publishing.rendering import Finished, hashes_of
from mailer.services.publishing.renewing import rendered_and_kept
from mailer.services.translating.typos import follow_typos
from mailer.services.writing.history import Change, Part, words_between
from mailer.services.writing.keys import FileKeys
from mailer.services.writing.merging import plain_text
from mailer.services.writing.saving import Saved, now_saved, save
from mailer.translation.catalog import digest
from mailer.translation.typo import Known, beyond_typo, beyond_typo_in_issue
from staff.mails import Mail
from staff.people import Person, people
from staff.permissions import Permission, require
from wording import Text, _
from wording.errors import ConflictError, ContentError, InvalidInputError, ServiceError

MOST_REASON = 500
"""Characters."""
_OTHERS = 12
"""Other issues from which words are known, the newest."""
_WORD = re.compile(r"[^\W\d_]{2,}(?:['’-][^\W\d_]+)*")
_AROUND = 40
"""Characters of the text that are mailed around what changed."""


class MoreThanTypoError(InvalidInputError):
    """More than typing errors changed; `why` says what, and nothing was saved."""

    def __init__(self, why: tuple[Text, ...]) -> None:
        super().__init__(
            _(
                "Dit is meer dan een tikfout: {why} Er is niets bewaard. Bewaar je het gewoon, "
                "dan is er een nieuwe goedkeuring nodig.",
                why=why[0],
            )
        )
        self.why = why


@dataclass(frozen=True)
class Corrected:
    """What was saved, and how many approvals stand because of it."""

    saved: Saved
    kept: int


def correct_typo(
    office: Office, person: Person, slug: str, text: str, base: str, *, reason: str, over: str | None = None
) -> Corrected:
    """Save a text in which nothing but typing errors was corrected, and let the approvals of the issue stand.

    The translations of the sentences stay as they are. Takes as long as two renderings where the issue is approved.
    Raises InvalidInputError without a reason, MoreThanTypoError, and what `save_issue` raises.
    """
    require(person, Permission.EDIT_ISSUES)
    if not (why := " ".join(reason.split())[:MOST_REASON]):
        raise InvalidInputError(_("Schrijf erbij welke tikfout het is."))
    known = _known(office, slug)
    now = now_saved(office, slug)
    if now.hash == base and (more := beyond_typo_in_issue(plain_text(now.text), plain_text(text), known)):
        raise MoreThanTypoError(more)
    before = _before(office, slug)
    saved = save(office, person, slug, text, base, typo=why, over=over)
    if saved.revision is None:
        return Corrected(saved, 0)
    done = _Correction(office, person, slug, saved, saved.revision, known)
    return Corrected(saved, done.follow(before))


def outlived(office: Office, person: Person, slug: str, number: int) -> tuple[str, ...] | None:
    """The names of those whose approval outlived this version; None for a version that corrected no typing error."""
    with look(office, person, Permission.SEE_ISSUES) as session:
        if not any(one.id == number and one.typo for one in revisions(session, slug)):
            return None
        rows = opening.all_approvals(session, slug)
        names = {one.uid: one.name for one in people(session)}
    kept = (row.person for row in rows if any(number in hashes.values() for hashes in row.kept.values()))
    return tuple(dict.fromkeys(names[uid] for uid in kept if uid in names))


@dataclass(frozen=True)
class _Before:
    """An issue that was approved, as it was."""

    hashes: Mapping[str, str]
    held: Mapping[int, frozenset[str]]
    """The editions for which each approval held, by its id."""
    around: str
    catalogs: Mapping[str, str]


def _known(office: Office, slug: str) -> Known:
    content = office.content
    others = sorted((one for one in content.slugs() if one != slug), key=lambda one: (one[:4] == slug[:4], one))
    texts = [content.text(one) or "" for one in others[-_OTHERS:]]
    words = frozenset(word for text in texts for word in _WORD.findall(text) if not any(map(str.isupper, word)))
    return Known(office.house.source_locale.partition("_")[0], office.house.protected, words)


def _before(office: Office, slug: str) -> _Before | None:
    """None where no approval holds, or what it is of cannot be made or is changing."""
    with office.store.reading() as session:
        if not opening.all_approvals(session, slug):
            return None
    around, catalogs = _surroundings(office, slug)
    finished = _rendered(office, slug)
    if finished is None or _surroundings(office, slug) != (around, catalogs):
        return None
    now = now_of(finished)
    with office.store.reading() as session:
        held = {row.id: frozenset(holds_for(row, now)) for row in opening.all_approvals(session, slug)}
    return _Before(now.editions, held, around, catalogs) if any(held.values()) else None


def _surroundings(office: Office, slug: str) -> tuple[str, dict[str, str]]:
    content = office.content
    others = (one for one in content.house.locales if one != content.house.source_locale)
    files = {one: content.raw(content.catalog_file(slug, one)) for one in others}
    return FileKeys(content).around(slug), {one: digest(data) for one, data in files.items() if data is not None}


def _rendered(office: Office, slug: str) -> Finished | None:
    try:
        return rendered_and_kept(office, slug)
    except (ContentError, ServiceError):
        return None


@dataclass(frozen=True)
class _Correction:
    """A save that is done, and that approvals may outlive."""

    office: Office
    person: Person
    slug: str
    saved: Saved
    version: int
    known: Known

    def follow(self, before: _Before | None) -> int:
        """Let translations and approvals follow; returns how many approvals did."""
        office = self.office
        try:
            with deed(office, self.person, Permission.EDIT_ISSUES) as session:
                bases = before.catalogs if before else None
                hashes = follow_typos(office.content, session, self.slug, self.is_typo, bases)
        except (ContentError, ConflictError):  # it has mistakes, or someone works on its translations
            return 0
        finished = _rendered(office, self.slug) if before else None
        if before is None or finished is None or office.content.issue_hash(self.slug) != self.saved.hash:
            return 0
        if _surroundings(office, self.slug) != (before.around, {**before.catalogs, **hashes}):
            return 0
        with deed(office, self.person, Permission.EDIT_ISSUES) as session:
            rows = opening.all_approvals(session, self.slug)
            kept = [(row, names) for row in rows if (names := self._same(session, row, before, finished))]
            for row, names in kept:
                self._keep(session, row, names, before.hashes, finished)
            _tell(self, session, [(row, _differences(session, row, names, finished)) for row, names in kept])
        office.bell.ring_for_mail()
        return len(kept)

    def is_typo(self, old: str, new: str) -> bool:
        return not beyond_typo(old, new, self.known)

    def _same(self, session: Session, row: Approval, before: _Before, finished: Finished) -> tuple[str, ...]:
        """The editions that this approval held for, and that are other now by nothing but typing errors."""
        now, found = hashes_of(finished.editions), []
        for name in sorted(before.held.get(row.id, ())):
            if now.get(name) in (None, before.hashes[name]):
                continue
            approved = approved_text(session, row.editions.get(name, ""))
            if approved is not None and self.is_typo(approved, finished.texts[name]):
                found.append(name)
        return tuple(found)

    def _keep(
        self, session: Session, row: Approval, names: tuple[str, ...], before: Mapping[str, str], finished: Finished
    ) -> None:
        """Write down that an approval outlived a correction, and the words that it holds for now."""
        now = hashes_of(finished.editions)
        opening.keep_approval(session, row.id, {name: now[name] for name in names}, self.version)
        keep_texts(session, self.slug, {name: (now[name], finished.texts[name]) for name in names})
        for name in names:
            detail: dict[str, str | int | bool] = {"issue": self.slug, "edition": name, "approval": row.id}
            detail |= {"before": before[name], "after": now[name], "version": self.version}
            record(session, "keep_approval", self.person.uid, detail=detail)


def _differences(session: Session, row: Approval, names: tuple[str, ...], finished: Finished) -> dict[str, str]:
    """By edition, the words that are other than they were approved, with some around them."""
    return {
        name: "\n".join(_said(words_between(approved_text(session, row.editions[name]) or "", finished.texts[name])))
        for name in names
    }


def _said(parts: tuple[Part, ...]) -> Iterator[str]:
    """Each change on a line: what stands before it, what was, what is, what stands after it."""
    for number, part in enumerate(parts):
        if part.change is Change.SAME or (number and parts[number - 1].change is Change.REMOVED):
            continue
        old = part.words if part.change is Change.REMOVED else ""
        follows = parts[number + 1 : number + 3]
        new = part.words if not old else "".join(one.words for one in follows[:1] if one.change is Change.ADDED)
        before = parts[number - 1].words[-_AROUND:] if number else ""
        after = next((one.words[:_AROUND] for one in follows if one.change is Change.SAME), "")
        yield " ".join(f"…{before}[{old}→{new}]{after}…".split())


def _tell(done: _Correction, session: Session, kept: list[tuple[Approval, dict[str, str]]]) -> None:
    """Let each approver know but the one who did it, once."""
    there = {one.uid: one for one in people(session)}
    reason = next((one.typo for one in revisions(session, done.slug) if one.id == done.version), "")
    told: dict[UUID, dict[str, str]] = {}
    for row, differences in kept:
        told.setdefault(row.person, {}).update(differences)
    for uid, differences in told.items():
        if uid in there and uid != done.person.uid:
            said = "\n\n".join(f"{name}:\n{lines}" for name, lines in differences.items())
            tell(session, there[uid], _news(done, reason, said), done.office.clock())


def _news(done: _Correction, reason: str, said: str) -> News:
    by, slug = done.person.name, done.slug
    lines = (
        _("{by} verbeterde in {slug} alleen een tikfout, en schrijft erbij:", by=by, slug=slug),
        reason,
        said,
        _("Je goedkeuring blijft staan. Klopt dit niet? Zeg het dan tegen {by}, voordat het wordt verstuurd.", by=by),
    )
    link = f"{done.office.house.base_url}/staff/issues/{slug}/history"
    return News(Mail.TYPOS, slug, _("In {slug} is een tikfout verbeterd", slug=slug), lines, link)
