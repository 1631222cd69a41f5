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
from mailer.carriers.bounces import Head, Report, head_from, marks_in, report_from
from mailer.carriers.inbox import Inbox
from mailer.carriers.verdicts import Kind, verdict
from mailer.ledger import mailings, returned
from mailer.ledger.states import MailingEvent, NotPossibleError
from mailer.ledger.tables import Delivery
from mailer.organisation import House
from mailer.services.sending.letters import delivery_mark
from mailer.services.sending.links import LEAVE_BY_MAIL
from subscribers import bouncing, services
from subscribers.bouncing import BounceKind, Returned
from subscribers.consent import SuppressedBecause
from subscribers.repository import address_of
from subscribers.tables import Subscriber
from subscribers.tokens import Claim, Purpose, claim_from
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
        counted[_handle(desk, raw)] += 1
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


def _handle(desk: ReturnDesk, raw: bytes) -> str:
    """Strangers fill this mailbox: what bears no mark and no link of ours is neither unpacked nor written down."""
    number = _genuine(desk, raw)
    if number is None and LEAVE_BY_MAIL.encode() not in raw.lower():
        return UNSIGNED
    head = head_from(raw)
    leaves = any(address.startswith(f"{LEAVE_BY_MAIL}@") for address in head.recipients)
    claim = _claim(desk, head) if leaves else None
    if claim is None and (leaves or number is None):
        return UNSIGNED
    said = claim or report_from(raw)
    with desk.store.transaction() as session:
        digest = sha256(raw).hexdigest()
        if returned.is_read(session, digest):
            return AGAIN
        outcome, mailing = _acted(desk, session, said, number)
        if outcome != UNSIGNED:
            returned.remember(session, digest, outcome, mailing)
        if outcome == Kind.POLICY and mailing is not None:
            _pause_on_spike(session, mailing)
        return outcome


def _acted(desk: ReturnDesk, session: Session, said: Claim | Report, number: int | None) -> tuple[str, int | None]:
    """What it was, and about which mailing; a delivery may be forgotten by now."""
    if isinstance(said, Claim):
        publication = desk.house.publications.get(said.scope)
        services.leave(session, said.subject, "mailto", publication.audiences if publication else None)
        return LEFT, None
    delivery = None if number is None else session.get(Delivery, number)
    if delivery is None:
        return UNSIGNED, None
    _apply(session, said, delivery)
    return str(said.kind), delivery.mailing_id


def _genuine(desk: ReturnDesk, raw: bytes) -> int | None:
    """The number of the delivery whose mark is genuine. Making one up hurts no one."""
    for mark in marks_in(raw)[:20]:
        number = int(mark.partition(".")[0], 16)
        if hmac.compare_digest(delivery_mark(desk.mark_key, number), mark):
            return number
    return None


def _claim(desk: ReturnDesk, head: Head) -> Claim | None:
    """Mail to the address of List-Unsubscribe has the token in its subject (RFC 2369)."""
    claims = (claim_from(desk.keys, Purpose.UNSUBSCRIBE, word) for word in head.subject.split())
    return next((claim for claim in claims if claim is not None), None)


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
