"""A mailing of which much is refused for what is about us stands still until a person has looked at the mail server."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from database import audit
from mailer.ledger import mailings, returned
from mailer.ledger.states import MailingEvent, NotPossibleError
from mailer.returns.reasons import Kind
from subscribers.repository import address_of
from subscribers.tables import Subscriber
from wording import _

SPIKE, SPIKE_SHARE = 5, 0.02
"""So many letters refused for policy, and so large a part of what was accepted: then it is about us."""
DOMAINS_TRIED = 200
"""Readers whose domain is looked at to see whether a mailing has more than one."""
AUDIT_SPIKE = "policy_spike"


def pause_on_spike(session: Session, mailing_id: int) -> None:
    """Pause when there is one: each delivery counts once, and one receiving domain of several is not enough."""
    readers = returned.counted_readers(session, mailing_id, Kind.POLICY)
    refused = len(readers)
    if refused < SPIKE or refused < SPIKE_SHARE * returned.accepted_of(session, mailing_id):
        return
    if len(_domains(session, readers[:DOMAINS_TRIED])) < 2 and _has_others(session, mailing_id, readers[0]):
        return  # one provider's quarrel with us; the rest of the mailing goes on
    reason = _("{count} berichten geweigerd vanwege het beleid van de mailserver; kijk daar eerst naar.", count=refused)
    try:
        mailings.change(session, mailing_id, MailingEvent.PAUSE, reason=reason)
    except NotPossibleError:
        return  # finished, or paused already
    audit.record(session, AUDIT_SPIKE, "bounces", detail={"mailing": mailing_id, "refused": refused})


def _has_others(session: Session, mailing_id: int, refused: UUID) -> bool:
    """Whether the mailing goes to a domain beside that of a reader."""
    some = returned.other_readers(session, mailing_id, DOMAINS_TRIED)
    return len(_domains(session, [refused, *some])) > 1


def _domains(session: Session, readers: list[UUID]) -> set[str]:
    rows = (session.get(Subscriber, uid) for uid in readers)
    addresses = (address_of(session, row) for row in rows if row is not None)
    return {address.rpartition("@")[2].lower() for address in addresses if address}
