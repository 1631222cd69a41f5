"""After an update of the program: the approvals that no longer hold because it makes an edition otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from mailer.ledger.standing import IssueStanding
from mailer.services.office import Office
from mailer.services.publishing.renewing import renew
from mailer.services.publishing.standing import everything, one


@dataclass(frozen=True)
class Fallen:
    """Who approved which editions, that are made otherwise now."""

    slug: str
    by: str
    editions: tuple[str, ...]


def fallen_approvals(office: Office) -> list[Fallen]:
    """Render every issue that is approved and not sent, and say which approvals that voids.

    What was changed in the text before is not named: it had voided the approval already.
    """
    with office.store.reading() as session:
        kept: Mapping[str, Mapping[str, str]] = {
            row.issue_slug: row.editions for row in session.scalars(select(IssueStanding))
        }
    fallen = []
    for before in everything(office):
        if not before.approvals or before.mailings:
            continue
        renew(office, before.slug)
        after = one(office, before.slug)
        hashes = {each.name: each.hash for each in after.editions}
        earlier = kept.get(before.slug) or {}
        otherwise = {name for name in hashes if name in earlier and earlier[name] != hashes[name]}
        for approval in after.approvals:
            names = tuple(name for name in approval.changed if name in otherwise or not earlier)
            if names:
                fallen.append(Fallen(before.slug, approval.by, names))
    return fallen
