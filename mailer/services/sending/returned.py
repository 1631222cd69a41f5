"""Read returned mail: suspend who is gone, bar who complained, let go who asks, pause what is refused."""

from __future__ import annotations

import hmac
import logging
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from database.base import now
from database.keys import KeyRing
from database.retrying import retried
from database.session import Store
from mailer.carriers.inbox import Inbox
from mailer.carriers.returns_reader import ReturnsReader
from mailer.ledger import returned
from mailer.ledger.returned import ReturnedMessage
from mailer.ledger.tables import Attempt, Delivery, Mailing
from mailer.organisation import House
from mailer.returns.evidence import IN_TIME, Case, Outcome, Place, about, may, place_of
from mailer.returns.facts import Failure, Form, Stage
from mailer.returns.marks import marks_in
from mailer.returns.masking import masked
from mailer.returns.reading import Reading
from mailer.returns.reasons import PATIENT, Kind
from mailer.returns.verdict import Verdict, verdict_on
from mailer.services.sending.letters import delivery_mark, public_mark
from mailer.services.sending.links import LEAVE_BY_MAIL
from mailer.services.sending.persisting import is_away
from mailer.services.sending.spikes import pause_on_spike
from subscribers import bouncing, services
from subscribers.bouncing import BounceKind, Returned
from subscribers.locking import lock_reader
from subscribers.repository import address_of
from subscribers.tokens import Claim, Purpose, claim_from
from wording.errors import ConflictError

log = logging.getLogger(__name__)

LEFT, UNSIGNED, AGAIN, LATER, FAULTY = "left", "unsigned", "again", "later", "faulty"
"""What `read` counts besides kinds: left by mail, not about a letter of ours, read before, to be read at the next time
because others were at the same rows, and impossible to handle."""
NOT_OURS = (UNSIGNED, FAULTY)
"""They stay in the mailbox."""
MOST_AT_ONCE = 2_000
"""Ten seconds of work; a worker has more to do."""
_STAGES = {"mail": Stage.MAIL, "rcpt": Stage.RCPT, "data": Stage.DATA, "dot": Stage.DATA}


@dataclass(frozen=True)
class ReturnDesk:
    """What is needed to know whose letter came back. `mark_key` is the key of the marks in our letters."""

    store: Store
    keys: KeyRing
    house: House
    mark_key: bytes = field(repr=False)
    authserv: str = ""
    """The name under which our own mail server writes Authentication-Results; empty when it checks nothing."""
    loops: frozenset[str] = frozenset()
    """Domains of the feedback loops that we joined."""


@dataclass(frozen=True)
class _Mark:
    """A genuine one. `public`: that of a Message-ID."""

    delivery: int
    text: str
    public: bool


def read(desk: ReturnDesk, inbox: Inbox, at: datetime | None = None, most: int = MOST_AT_ONCE) -> Counter[str]:
    """Handle messages, each in a transaction of its own, and remove those that are about a letter of ours.

    Returns how many of each kind. What strangers sent stays where it is, and so does what cannot be handled. After
    `most` that bear a mark of ours the rest waits for the next time. A message that is there twice, or was not removed
    because of a crash, changes nothing the second time. Raises DBAPIError when the database is away.
    """
    counted: Counter[str] = Counter()
    with ReturnsReader(desk.authserv) as reader:
        for name, raw in inbox.messages():
            try:
                kind = _handle(desk, reader, raw, at or now())
            except ConflictError:
                kind = LATER
            except Exception as error:
                if isinstance(error, DBAPIError) and is_away(error):
                    raise  # so it will be for the next one
                log.exception("a returned message could not be handled")
                kind = FAULTY
            counted[kind] += 1
            if kind == LATER:
                continue
            if kind in NOT_OURS:
                inbox.leave(name)
            else:
                inbox.done(name)
            if counted.total() - sum(counted[one] for one in (*NOT_OURS, LATER)) >= most:
                break
    return counted


def count_refusals(store: Store, since: datetime) -> Counter[str]:
    """Count what a relay refused while it was handed over as if it had come back; a second look changes nothing."""
    with store.reading() as session:
        refused = [(delivery.id, attempt.id) for delivery, attempt in returned.refused_since(session, since)]
        known = returned.read_of(session, [_name_of(attempt_id) for _delivery, attempt_id in refused])
    refused = [one for one in refused if _name_of(one[1]) not in known]
    return Counter(kind for one in refused if (kind := _count_refusal(store, *one)) is not None)


@retried
def _count_refusal(store: Store, delivery_id: int, attempt_id: int) -> str | None:
    digest = _name_of(attempt_id)
    with store.transaction() as session:
        delivery, attempt = session.get_one(Delivery, delivery_id), session.get_one(Attempt, attempt_id)
        lock_reader(session, delivery.reader)
        if returned.is_read(session, digest):
            return None
        verdict = verdict_on(_refusal(attempt))
        outcome = may(verdict.kind, Case(Place.BOUNCE_ADDRESS, in_time=not _has_counted(session, delivery)))
        _write_down(session, digest, delivery, _Read(verdict, outcome, Form.SMTP))
        return str(verdict.kind)


def _name_of(attempt_id: int) -> str:
    """Under which a refusal is remembered, as a mail is under its hash."""
    return sha256(b"attempt %d" % attempt_id).hexdigest()


def _refusal(attempt: Attempt) -> Failure:
    """In the conversation the stage is known exactly, and no report is needed as a witness."""
    return Failure(
        action="failed",
        codes=(attempt.enhanced,) if attempt.enhanced else (),
        reply=str(attempt.code or ""),
        stage=_STAGES.get(attempt.stage, Stage.CONNECT),
        words=attempt.words,
    )


def _handle(desk: ReturnDesk, reader: ReturnsReader, raw: bytes, at: datetime) -> str:
    """Strangers fill this mailbox: what bears no mark and no link of ours is neither unpacked nor written down."""
    mark = _genuine(desk, raw)
    if mark is None and f"{LEAVE_BY_MAIL}@".encode() not in raw.lower():
        return UNSIGNED
    digest = sha256(raw).hexdigest()
    with desk.store.reading() as session:
        if returned.is_read(session, digest):
            return AGAIN
    reading = reader.read(raw)
    leaves = any(address.startswith(f"{LEAVE_BY_MAIL}@") for address in (*reading.envelope, *reading.to))
    claim = _claim(desk, reading) if leaves else None
    if claim is not None:
        return _let_go(desk, digest, claim, at)
    if mark is None:
        return UNSIGNED
    return _counted_once(desk, digest, (mark, reading), at)


@retried
def _let_go(desk: ReturnDesk, digest: str, claim: Claim, at: datetime) -> str:
    publication = desk.house.publications.get(claim.scope)
    with desk.store.transaction() as session:
        services.leave(session, claim.subject, "mailto", publication.audiences if publication else None)
        returned.remember(session, ReturnedMessage(hash=digest, kind=LEFT, at=at))
    return LEFT


@dataclass(frozen=True)
class _Read:
    """A verdict, what may follow from it, and from which form it was read."""

    verdict: Verdict
    outcome: Outcome
    form: Form
    address: str = field(default="", repr=False)


@retried
def _counted_once(desk: ReturnDesk, digest: str, found: tuple[_Mark, Reading], at: datetime) -> str:
    with desk.store.transaction() as session:
        return _counted(desk, session, digest, found, at)


def _counted(desk: ReturnDesk, session: Session, digest: str, found: tuple[_Mark, Reading], at: datetime) -> str:
    mark, reading = found
    delivery = session.get(Delivery, mark.delivery, with_for_update=True)  # two workers: the second one waits
    if delivery is None:
        return UNSIGNED  # forgotten by now
    if returned.is_read(session, digest):
        return AGAIN
    row = lock_reader(session, delivery.reader)
    address = (address_of(session, row) if row else None) or ""
    verdict, names_her = about(reading.verdicts, address)
    mailing = session.get_one(Mailing, delivery.mailing_id)
    case = Case(
        _place(mark, reading, mailing, verdict.kind),
        known_sender=any(_within(domain, desk.loops) for domain in reading.vouched),
        names_her=names_her,
        in_time=_in_time(delivery, at) and not _has_counted(session, delivery),
    )
    _write_down(session, digest, delivery, _Read(verdict, may(verdict.kind, case), reading.form, address), at)
    return str(verdict.kind)


def _place(mark: _Mark, reading: Reading, mailing: Mailing, kind: Kind) -> Place:
    """In a mailing of before, a forwarded letter tells its bounce address: no complaint on that alone."""
    place = Place.ELSEWHERE if mark.public else place_of(mark.text, reading)
    shown = mailing.one_mark and kind is Kind.COMPLAINT and place is Place.BOUNCE_ADDRESS
    return Place.RETURN_PATH if shown else place


def _within(domain: str, loops: frozenset[str]) -> bool:
    return any(domain == loop or domain.endswith(f".{loop}") for loop in loops)


def _in_time(delivery: Delivery, at: datetime) -> bool:
    return delivery.handed_at is not None and at - delivery.handed_at <= IN_TIME


def _has_counted(session: Session, delivery: Delivery) -> bool:
    return returned.has_counted(session, delivery.id)


def _genuine(desk: ReturnDesk, raw: bytes) -> _Mark | None:
    """The mark that we made; that of a bounce address before that of a Message-ID. Making one up hurts no one."""
    marks = marks_in(raw)
    for public, made in ((False, delivery_mark), (True, public_mark)):
        for mark in marks:
            number = int(mark.partition(".")[0], 16)
            if hmac.compare_digest(made(desk.mark_key, number), mark):
                return _Mark(number, mark, public)
    return None


def _claim(desk: ReturnDesk, reading: Reading) -> Claim | None:
    """Mail to the address of List-Unsubscribe has the token in its subject (RFC 2369)."""
    claims = (claim_from(desk.keys, Purpose.UNSUBSCRIBE, word) for word in reading.subject.split())
    return next((claim for claim in claims if claim is not None), None)


def _write_down(session: Session, digest: str, delivery: Delivery, what: _Read, at: datetime | None = None) -> None:
    """Keep the report without whose it is, and let follow what may."""
    verdict = what.verdict
    row = ReturnedMessage(
        hash=digest,
        kind=verdict.kind,
        mailing_id=delivery.mailing_id,
        at=at or now(),
        delivery_id=delivery.id,
        outcome=what.outcome,
        reason=verdict.reason,
        form=what.form,
        code=verdict.code[:12],
        why=masked(str(verdict.why), what.address, verdict.recipient, verdict.original)[:120],
        words=masked(verdict.words, what.address, verdict.recipient, verdict.original),
    )
    returned.remember(session, row)
    match what.outcome, verdict.kind:
        case Outcome.STOP, _:
            _stop(session, delivery, what.address)
        case Outcome.COUNT, Kind.POLICY:
            pause_on_spike(session, delivery.mailing_id)
        case Outcome.COUNT, Kind.HARD | Kind.SOFT:
            kind = BounceKind.PATIENT if verdict.reason in PATIENT else BounceKind(verdict.kind)
            told = Returned(delivery.issue_slug, kind, verdict.code)
            bouncing.bounced(session, delivery.reader, told, returned.issues_sent_to(session, delivery))


def _stop(session: Session, delivery: Delivery, address: str) -> None:
    if address:
        services.complained(session, address, delivery.issue_slug)
