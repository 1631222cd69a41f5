"""What would be approved, and whether it is what a person saw.

An approval is bound to a hash over the rendered editions themselves: publishing renders again, compares, and freezes
exactly that. Any change to a text, an image, a translation or a template makes another hash and so voids the approval.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from io import BytesIO
from uuid import UUID

import pikepdf
from sqlalchemy.orm import Session

from database.audit import Event, record
from mailer.ledger import opening
from mailer.ledger.opening import EditionToFreeze
from mailer.organisation import Channel, Copies
from mailer.services.office import Office, deed, look
from mailer.services.publishing.rendering import Finished, rendered
from staff.people import Person
from staff.permissions import Permission, require
from wording import _
from wording.errors import ConflictError, NotAllowedError

_SHORT = 16
"""Hexadecimal digits of an edition's hash in a digest: enough to tell which edition changed."""
COPIES = "copies"
"""What changed when no edition did: how many of them a reader gets."""


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
    """How many people approved exactly this."""


def proposal(office: Office, person: Person, slug: str) -> Proposal:
    """What an approval or a publication would be of. Raises ContentError for an issue that is not finished."""
    require(person, Permission.SEE_ISSUES)
    finished = rendered(office, slug)
    now_hash = content_hash(finished.editions, finished.issue.copies)
    with look(office, person, Permission.SEE_ISSUES) as session:
        last = opening.approved_before(session, slug=slug)
        approvals = len(opening.approvals(session, slug=slug, content_hash=now_hash))
    before = last.editions if last else {}
    here = [_proposed(one, words, before) for one, words in zip(finished.editions, finished.words, strict=True)]
    names = {one.name for one in here}
    return Proposal(
        slug=slug,
        digest=_digest(finished),
        copies=finished.issue.copies,
        editions=tuple(here),
        since=last.at if last else None,
        gone=tuple(sorted(name for name in before if name not in names)),
        approvals=approvals,
    )


def approve(office: Office, person: Person, slug: str, *, seen: str) -> bool:
    """Record that `person` approves the issue as they saw it; False when that was recorded already.

    `seen` is the digest of the proposal that was shown. Raises ConflictError, which names the editions that changed
    since, and ContentError for an issue that is not finished.
    """
    require(person, Permission.APPROVE_ISSUES)
    finished = rendered(office, slug)
    require_seen(seen, finished)
    now_hash = content_hash(finished.editions, finished.issue.copies)
    with deed(office, person, Permission.APPROVE_ISSUES) as session:
        is_new = opening.approve(
            session, slug=slug, content_hash=now_hash, person=person.uid, editions=hashes_of(finished.editions)
        )
        if is_new:
            record(session, Event.APPROVE, person.uid, detail={"issue": slug, "hash": now_hash})
    return is_new


def require_seen(seen: str, finished: Finished) -> None:
    """Raises ConflictError, which names the editions that changed, unless `seen` is the digest of what is there now."""
    if seen == _digest(finished):
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
    before = opening.approved_before(session, slug=slug, but_by=publisher)
    if before is None or not before.editions:
        return NotAllowedError(
            _(
                "Iemand anders moet {slug} eerst goedkeuren zoals het nu is. "
                "Na elke wijziging is een nieuwe goedkeuring nodig.",
                slug=slug,
            )
        )
    return NotAllowedError(
        _(
            "{slug} is veranderd sinds het op {moment} UTC werd goedgekeurd, in: {changed}. "
            "Iemand anders moet het opnieuw goedkeuren.",
            slug=slug,
            moment=f"{before.at:%Y-%m-%d %H:%M}",
            changed=", ".join(_differing(before.editions, hashes_of(finished.editions))),
        )
    )


def content_hash(finished: Iterable[EditionToFreeze], copies: Copies = Copies.ONE) -> str:
    """What an approval is bound to: SHA-256 over the hashes of all editions, and how many copies a reader gets."""
    parts = [each.content_hash() for each in finished]
    return sha256("".join([*parts, *([] if copies is Copies.ONE else [copies])]).encode()).hexdigest()


def hashes_of(finished: Iterable[EditionToFreeze]) -> dict[str, str]:
    """The hash of each edition by its name."""
    return {each.name: each.content_hash() for each in finished}


def is_approved(session: Session, slug: str, digest: str, publisher: UUID) -> bool:
    """True if someone else approved exactly this content."""
    return any(one.person != publisher for one in opening.approvals(session, slug=slug, content_hash=digest))


def _digest(finished: Finished) -> str:
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


def _proposed(one: EditionToFreeze, words: int, before: Mapping[str, str]) -> ProposedEdition:
    own = one.content_hash()
    change = Change.NEW if one.name not in before else Change.SAME if before[one.name] == own else Change.CHANGED
    pages = _pages(one.pdf) if one.pdf else None
    return ProposedEdition(one.audience, one.locale, one.channel, one.subject, words, pages, own, change)


def _pages(pdf: bytes) -> int:
    with pikepdf.open(BytesIO(pdf)) as opened:
        return len(opened.pages)
