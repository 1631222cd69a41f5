"""Who gets an issue by post, and who does not: some hundreds, of whom everything but the audience is sealed.

What an editor sees of them is the first letter of a name and the language: less than the postal desk does, for whom the
map of rights keeps the list (decision 0126).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Session

from mailer.ledger.opening import posted_to
from mailer.organisation import Audience, Channel
from mailer.services.office import Office, look
from mailer.services.translating.catalogs import check_issue
from staff.people import Person
from staff.permissions import Permission, require
from subscribers import reviewing
from subscribers.reader import ReaderRef
from subscribers.repository import addressees_of
from subscribers.reviewing import PAGE, Masked


class Apart(StrEnum):
    """Why someone of an audience by post gets nothing now."""

    HAD = "had"
    """They have this issue, or it is being printed for them."""
    STOPPED = "stopped"
    """Their post stands still: it came back, or nothing was heard of them."""


@dataclass(frozen=True)
class Posted:
    """One reader, and the edition for them."""

    audience: str
    locale: str
    reader: ReaderRef
    is_new: bool
    """They did not get the number before this one."""

    @property
    def is_instead(self) -> bool:
        """It is not in their own language."""
        return self.reader.locale != self.locale


def posted(session: Session, slug: str, audiences: Mapping[str, Audience], before: str | None) -> Iterator[Posted]:
    """Everyone who would get the issue by post now, each once, in the order of the audiences."""
    by_post = [key for key, audience in audiences.items() if audience.channel is Channel.POST]
    if not by_post:
        return
    seen = posted_to(session, slug)
    earlier = posted_to(session, before) if before else set()
    for key in by_post:
        for one in addressees_of(session, key):
            if one.uid not in seen:
                seen.add(one.uid)
                is_new = before is not None and one.uid not in earlier
                yield Posted(key, audiences[key].locale_for(one.locale), one, is_new)


def apart_counts(office: Office, person: Person, slug: str) -> dict[Apart, int]:
    """How many get nothing by post now, by why; only what there is. Raises NotFoundError, ContentError."""
    require(person, Permission.PUBLISH_ISSUES)
    check_issue(office.content, slug)
    with look(office, person, Permission.PUBLISH_ISSUES) as session:
        counts = {why: len(_apart(office, session, slug, why)) for why in Apart}
    return {why: count for why, count in counts.items() if count}


def apart(office: Office, person: Person, slug: str, why: Apart, *, after: UUID | None = None) -> tuple[Masked, ...]:
    """One page of them, masked. Raises NotFoundError, ContentError."""
    require(person, Permission.PUBLISH_ISSUES)
    check_issue(office.content, slug)
    with look(office, person, Permission.PUBLISH_ISSUES) as session:
        return page_after(_apart(office, session, slug, why), after)


def page_after(rows: Sequence[Masked], after: UUID | None) -> tuple[Masked, ...]:
    """One page of a whole list, from the first after that reader; from its start if they are not in it any more."""
    start = next((at for at, one in enumerate(rows, 1) if one.uid == after), 0)
    return tuple(rows[start : start + PAGE])


def _apart(office: Office, session: Session, slug: str, why: Apart) -> list[Masked]:
    keys = office.content.issue(slug)[0].audiences
    by_post = [key for key in keys if office.house.audiences[key].channel is Channel.POST]
    if why is Apart.STOPPED:
        return reviewing.stopped_post(session, by_post)
    has = posted_to(session, slug) if by_post else set()
    return reviewing.posted_of(session, [one.uid for key in by_post for one in addressees_of(session, key)], among=has)
