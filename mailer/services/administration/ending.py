"""What cannot end yet: a newsletter or an audience to which a mailing is planned or on its way."""

from __future__ import annotations

from sqlalchemy.orm import Session

from mailer.ledger import mailings
from mailer.organisation import House
from wording import _
from wording.errors import ConflictError


def require_idle(session: Session, before: House, after: House) -> None:
    """Raises ConflictError, which names the mailing, when something that is to be sent would have no one left."""
    for mailing, audience in mailings.under_way(session):
        if _goes(before, mailing.publication, audience) and not _goes(after, mailing.publication, audience):
            raise ConflictError(
                _(
                    "Er is nog een verzending onderweg of gepland: {mailing}, nummer {issue}, aan ‘{audience}’. "
                    "Wacht tot die klaar is, of neem haar terug bij Verzendingen.",
                    mailing=mailing.id,
                    issue=mailing.issue_slug,
                    audience=audience,
                )
            )


def _goes(house: House, publication: str, audience: str) -> bool:
    """Whether this newsletter goes to this audience."""
    series, own = house.publications.get(publication), house.audiences.get(audience)
    if series is None or own is None or series.ended or own.ended:
        return False
    return audience in series.audiences
