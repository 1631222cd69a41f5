"""Read returned mail: suspend who is gone, bar who complained, let go who asks, pause what is refused."""

from __future__ import annotations

import hmac
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from sqlalchemy.orm import Session

from database import audit
from database.keys import KeyRing
from database.session import Store
from mailer.carriers.bounces import Report, report_from
from mailer.carriers.inbox import Inbox
from mailer.carriers.verdicts import Kind, verdict
from mailer.ledger import mailings, returned
from mailer.ledger.states import MailingEvent, NotPossibleError
from mailer.ledger.tables import Delivery
from mailer.organisation import House
from mailer.services.letters import delivery_mark
from mailer.services.links import LEAVE_BY_MAIL
from subscribers import bouncing, services
from subscribers.bouncing import BounceKind, Returned
from subscribers.consent import SuppressedBecause
from subscribers.repository import address_of
from subscribers.tables import Subscriber
from subscribers.tokens import Purpose, claim_from
from wording import _

LEFT, UNSIGNED, AGAIN = "left", "unsigned", "again"
"""What `read` counts besides kinds: left by mail, not about a letter of ours, and read before."""
SPIKE, SPIKE_SHARE = 5, 0.02
"""So many refusals for policy, and so large a part of what was accepted: then it is about us, and sending stops."""
AUDIT_SPIKE = "policy_spike"


@dataclass(frozen=True)
class ReturnDesk:
    """What is needed to know whose letter came back. `mark_key` is the key of `delivery_mark`."""

    store: Store
    keys: KeyRing
    house: House
    mark_key: bytes = field(repr=False)


def read(desk: ReturnDesk, inbox: Inbox) -> Counter[str]:
    """Handle every message, each in a transaction of its own, and remove it. Returns how many of each kind.

    A message that is there twice, or was not removed because of a crash, changes nothing the second time.
    """
    counted: Counter[str] = Counter()
    for name, raw in inbox.messages():
        with desk.store.transaction() as session:
            counted[_handle(desk, session, raw)] += 1
        inbox.done(name)
    return counted


def count_refusals(store: Store, since: datetime) -> Counter[str]:
    """Count what the relay refused while it was handed over as if it had come back; a second look changes nothing."""
    counted: Counter[str] = Counter()
    with store.transaction() as session:
        for delivery, code, words in returned.refused_since(session, since):
            kind, decided = verdict(code, words)
            if kind in (Kind.HARD, Kind.SOFT):
                what = Returned(delivery.issue_slug, BounceKind(kind), decided)
                bouncing.bounced(session, delivery.reader, what, returned.issues_sent_to(session, delivery))
                counted[kind] += 1
    return counted


def _handle(desk: ReturnDesk, session: Session, raw: bytes) -> str:
    digest = sha256(raw).hexdigest()
    if returned.is_read(session, digest):
        return AGAIN
    report = report_from(raw)
    if any(address.startswith(f"{LEAVE_BY_MAIL}@") for address in report.recipients):
        outcome, mailing = (LEFT if _leave(desk, session, report) else UNSIGNED), None
    elif (delivery := _delivery(desk, session, report)) is None:
        outcome, mailing = UNSIGNED, None
    else:
        _apply(session, report, delivery)
        outcome, mailing = str(report.kind), delivery.mailing_id
    returned.remember(session, digest, outcome, mailing)
    if outcome == Kind.POLICY and mailing is not None:
        _pause_on_spike(session, mailing)
    return outcome


def _delivery(desk: ReturnDesk, session: Session, report: Report) -> Delivery | None:
    """The delivery whose mark is genuine. Whoever makes one up hurts nobody."""
    for mark in report.marks[:20]:
        number = int(mark.partition(".")[0], 16)
        if hmac.compare_digest(delivery_mark(desk.mark_key, number), mark):
            return session.get(Delivery, number)
    return None


def _leave(desk: ReturnDesk, session: Session, report: Report) -> bool:
    """Mail to the address of List-Unsubscribe, with the token in its subject (RFC 2369)."""
    for word in report.subject.split():
        claim = claim_from(desk.keys, Purpose.UNSUBSCRIBE, word)
        if claim is not None:
            publication = desk.house.publications.get(claim.scope)
            services.leave(session, claim.subject, "mailto", publication.audiences if publication else None)
            return True
    return False


def _apply(session: Session, report: Report, delivery: Delivery) -> None:
    if report.kind is Kind.COMPLAINT:
        row = session.get(Subscriber, delivery.reader)
        address = address_of(session, row) if row else None
        if address is not None:
            services.suppress(session, address, SuppressedBecause.COMPLAINED, f"complaint {delivery.issue_slug}")
    elif report.kind in (Kind.HARD, Kind.SOFT):
        what = Returned(delivery.issue_slug, BounceKind(report.kind), report.code)
        bouncing.bounced(session, delivery.reader, what, returned.issues_sent_to(session, delivery))


def _pause_on_spike(session: Session, mailing_id: int) -> None:
    refused = returned.count_of(session, mailing_id, Kind.POLICY)
    if refused < SPIKE or refused < SPIKE_SHARE * returned.accepted_of(session, mailing_id):
        return
    reason = _("{count} berichten geweigerd om beleid; kijk eerst naar de mailserver.", count=refused)
    try:
        mailings.change(session, mailing_id, MailingEvent.PAUSE, reason=reason)
    except NotPossibleError:
        return  # finished, or paused already
    audit.record(session, AUDIT_SPIKE, "bounces", detail={"mailing": mailing_id, "refused": refused})
