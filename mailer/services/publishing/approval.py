"""Is this what was approved? An approval is bound to a hash over all editions of an issue."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from uuid import UUID

from sqlalchemy.orm import Session

from mailer.ledger import opening
from mailer.ledger.opening import EditionToFreeze
from mailer.organisation import Copies
from wording import _
from wording.errors import NotAllowedError


def content_hash(finished: Iterable[EditionToFreeze], copies: Copies = Copies.ONE) -> str:
    """What an approval is bound to: SHA-256 over the hashes of all editions, and how many copies a reader gets."""
    parts = [each.content_hash() for each in finished]
    return sha256("".join([*parts, *([] if copies is Copies.ONE else [copies])]).encode()).hexdigest()


def hashes_of(finished: Iterable[EditionToFreeze]) -> dict[str, str]:
    """The hash of each edition by its name."""
    return {each.name: each.content_hash() for each in finished}


def is_approved(session: Session, slug: str, digest: str, publisher: UUID) -> bool:
    """True if somebody else approved exactly this content."""
    return any(one.person != publisher for one in opening.approvals(session, slug=slug, content_hash=digest))


def not_approved(session: Session, slug: str, finished: Iterable[EditionToFreeze], publisher: UUID) -> NotAllowedError:
    """The error that says what changed since somebody else approved the issue, if anybody did."""
    before = opening.approved_before(session, slug=slug, but_by=publisher)
    if before is None or not before.editions:
        return NotAllowedError(
            _(
                "Iemand anders moet {slug} eerst goedkeuren zoals het nu is: `postduif approve {slug} --as NAAM`. "
                "Na elke wijziging is een nieuwe goedkeuring nodig.",
                slug=slug,
            )
        )
    changed = sorted({name for name, _hash in before.editions.items() ^ hashes_of(finished).items()})
    return NotAllowedError(
        _(
            "{slug} is veranderd sinds het op {moment} UTC werd goedgekeurd, in: {changed}. "
            "Iemand anders moet het opnieuw goedkeuren: `postduif approve {slug} --as NAAM`.",
            slug=slug,
            moment=f"{before.at:%Y-%m-%d %H:%M}",
            changed=", ".join(changed) or "copies",
        )
    )
