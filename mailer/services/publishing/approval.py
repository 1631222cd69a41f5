"""What would be approved, and whether it is what a person saw.

An approval is bound to the hashes of the rendered editions themselves: publishing renders again, compares, and freezes
exactly that. Any change to a text, an image, a translation or a template makes other hashes, and so voids the approval
of the editions it alters, and of no other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from io import BytesIO
from uuid import UUID

import pikepdf
from sqlalchemy.orm import Session

from database.audit import Event, record
from database.wall import said
from mailer.ledger import opening
from mailer.ledger.opening import EditionToFreeze
from mailer.ledger.staff_mail import News, tell
from mailer.ledger.tables import Approval
from mailer.ledger.writing import keep_texts
from mailer.organisation import Channel, Copies
from mailer.services.office import Office, deed, look
from mailer.services.publishing.approvals import COPIES, Now, approvers, as_approved, whole_hash
from mailer.services.publishing.rendering import Finished, hashes_of
from mailer.services.publishing.renewing import rendered_and_kept, rendered_to_look_at
from mailer.services.translating.catalogs import check_issue
from staff.mails import Mail
from staff.people import Person, people
from staff.permissions import Permission, may, require
from wording import _
from wording.errors import ConflictError, InvalidInputError, NotAllowedError, NotFoundError

MOST_WORD = 1000
"""Characters that an approver may write to the editors."""
_SHORT = 16
"""Hexadecimal digits of an edition's hash in a digest: enough to tell which edition changed."""


class Change(StrEnum):
    """How an edition is beside the one that was approved last."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True)
class ProposedEdition:
    """What the readers of one audience and language would get; `pages` of a booklet only."""

    audience: str
    locale: str
    channel: Channel
    subject: str
    words: int
    pages: int | None
    hash: str
    change: Change
    approvals: int
    """How many people approved just this edition."""

    @property
    def name(self) -> str:
        return f"{self.audience} ({self.locale})"


@dataclass(frozen=True)
class Proposal:
    """An issue as it is now. `digest` stands for all that is shown here: hand it back to approve or publish it."""

    slug: str
    digest: str
    copies: Copies
    editions: tuple[ProposedEdition, ...]
    since: datetime | None
    """When it was approved last, as it was then; `change` compares with that."""
    gone: tuple[str, ...]
    """Editions that were approved then, and are no more."""
    approvals: int
    """How many people approved each edition, at the least, exactly as it is."""


def proposal(office: Office, person: Person, slug: str) -> Proposal:
    """What an approval or a publication would be of. Raises ContentError for an issue that is not finished."""
    require(person, Permission.SEE_ISSUES)
    finished = rendered_to_look_at(office, slug)
    now = now_of(finished)
    with look(office, person, Permission.SEE_ISSUES) as session:
        rows = opening.all_approvals(session, slug)
    by = approvers(rows, now)
    before = {name: one for row in rows for name, one in row.editions.items()}
    before |= {name: now.editions[name] for name, people in by.items() if people}
    made = zip(finished.editions, finished.words, strict=True)
    return Proposal(
        slug=slug,
        digest=digest_of(finished),
        copies=finished.issue.copies,
        editions=tuple(_proposed(one, words, before, by[one.name]) for one, words in made),
        since=rows[-1].at if rows else None,
        gone=tuple(sorted(name for name in (rows[-1].editions if rows else ()) if name not in now.editions)),
        approvals=min((len(people) for people in by.values()), default=0),
    )


def approve(office: Office, person: Person, slug: str, *, seen: str, editions: Collection[str] = ()) -> bool:
    """Record that `person` approves the issue as they saw it; False when that was recorded already.

    `seen` is the digest of the proposal that was shown; `editions` names those that are approved, if not all. Raises
    ConflictError, which names the editions that changed since, NotFoundError for an edition that there is not, and
    ContentError for an issue that is not finished.
    """
    require(person, Permission.APPROVE_ISSUES)
    finished = rendered_and_kept(office, slug)
    require_seen(seen, finished)
    hashes = _chosen(hashes_of(finished.editions), editions)
    own_hash = whole_hash(hashes.values(), finished.issue.copies)
    with deed(office, person, Permission.APPROVE_ISSUES) as session:
        is_new = opening.approve(session, slug=slug, content_hash=own_hash, person=person.uid, editions=hashes)
        if is_new:
            keep_texts(session, slug, {name: (one, finished.texts[name]) for name, one in hashes.items()})
            record(session, Event.APPROVE, person.uid, detail={"issue": slug, "hash": own_hash})
    return is_new


def send_back(office: Office, person: Person, slug: str, *, word: str) -> int:
    """Ask the editors to change something before `person` approves; returns how many hear of it by mail.

    Raises NotFoundError, and InvalidInputError without a word.
    """
    require(person, Permission.APPROVE_ISSUES)
    check_issue(office.content, slug)
    if not (asked := word.strip()[:MOST_WORD]):
        raise InvalidInputError(_("Schrijf op wat er anders moet."))
    subject = _("{by} vraagt je iets te veranderen in {slug}", by=person.name, slug=slug)
    said = _("{by} keurt {slug} nog niet goed en schrijft:", by=person.name, slug=slug)
    news = News(Mail.SENT_BACK, slug, subject, [said, asked], f"{office.house.base_url}/staff/issues/{slug}/")
    with deed(office, person, Permission.APPROVE_ISSUES) as session:
        editors = [one for one in people(session) if may(one, Permission.EDIT_ISSUES)]
        count = sum(tell(session, one, news, office.clock()) for one in editors)
        record(session, "send_back", person.uid, detail={"issue": slug, "count": count})
    return count


def _chosen(hashes: Mapping[str, str], editions: Collection[str]) -> dict[str, str]:
    for name in editions:
        if name not in hashes:
            known = ", ".join(hashes)
            raise NotFoundError(_("Er is geen editie ‘{name}’. Wel: {known}.", name=name, known=known))
    return {name: one for name, one in hashes.items() if name in editions or not editions}


def require_seen(seen: str, finished: Finished) -> None:
    """Raises ConflictError, which names the editions that changed, unless `seen` is the digest of what is there now."""
    if seen == digest_of(finished):
        return
    raise ConflictError(
        _(
            "{slug} is veranderd sinds het werd bekeken, in: {changed}. Bekijk het opnieuw.",
            slug=finished.issue.slug,
            changed=", ".join(_differing(_short_hashes_in(seen), _short_hashes(finished))),
        )
    )


def not_approved(session: Session, slug: str, finished: Finished, publisher: UUID) -> NotAllowedError:
    """The error that says what changed since someone else approved the issue, if anyone did."""
    rows = [one for one in opening.all_approvals(session, slug) if one.person != publisher and one.editions]
    if not rows:
        return NotAllowedError(
            _(
                "Iemand anders moet {slug} eerst goedkeuren zoals het nu is. "
                "Na elke wijziging is een nieuwe goedkeuring nodig.",
                slug=slug,
            )
        )
    return NotAllowedError(
        _(
            "{slug} is veranderd sinds het op {moment} werd goedgekeurd, in: {changed}. "
            "Iemand anders moet het opnieuw goedkeuren.",
            slug=slug,
            moment=said(session, rows[-1].at),
            changed=", ".join(_not_held(rows, now_of(finished))),
        )
    )


def _not_held(rows: Sequence[Approval], now: Now) -> list[str]:
    """The editions that no one of these approved as they are now; COPIES when only how many a reader gets changed."""
    alike = {name for row in rows for name in as_approved(row, now)}
    return sorted(set(now.editions) - alike) or [COPIES]


def content_hash(finished: Iterable[EditionToFreeze], copies: Copies = Copies.ONE) -> str:
    """What an approval is bound to: SHA-256 over the hashes of all editions, and how many copies a reader gets."""
    return whole_hash((each.content_hash() for each in finished), copies)


def is_approved(session: Session, slug: str, finished: Finished, publisher: UUID) -> bool:
    """True if each edition was approved by someone else, just as it is."""
    by = approvers(opening.all_approvals(session, slug), now_of(finished))
    return all(set(people) - {publisher} for people in by.values())


def now_of(finished: Finished) -> Now:
    """What approvals are compared with."""
    return Now(hashes_of(finished.editions), finished.issue.copies)


def digest_of(finished: Finished) -> str:
    """The hash that an approval is bound to, and after it the editions, so that a refusal can name those that changed.

    `<sha256>;<name>=<hash>;…`
    """
    whole = content_hash(finished.editions, finished.issue.copies)
    return ";".join([whole, *(f"{name}={short}" for name, short in _short_hashes(finished).items())])


def _short_hashes(finished: Finished) -> dict[str, str]:
    return {name: one[:_SHORT] for name, one in hashes_of(finished.editions).items()}


def _short_hashes_in(digest: str) -> dict[str, str]:
    """Of whatever came back: what is no digest has no editions, and then all of them are new."""
    _whole, *editions = digest.split(";")
    return {name: short for name, _equals, short in (one.partition("=") for one in editions)}


def _differing(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    return sorted({name for name, _hash in before.items() ^ after.items()}) or [COPIES]


def _proposed(one: EditionToFreeze, words: int, before: Mapping[str, str], by: Collection[UUID]) -> ProposedEdition:
    own = one.content_hash()
    change = Change.NEW if one.name not in before else Change.SAME if before[one.name] == own else Change.CHANGED
    pages = _pages(one.pdf) if one.pdf else None
    return ProposedEdition(one.audience, one.locale, one.channel, one.subject, words, pages, own, change, len(by))


def _pages(pdf: bytes) -> int:
    with pikepdf.open(BytesIO(pdf)) as opened:
        return len(opened.pages)
