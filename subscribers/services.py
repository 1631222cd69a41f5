"""Use cases of readers by e-mail: ask, confirm, change, leave. Each works in the caller's transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from database import onetime
from database.base import new_id, now
from database.keys import keys_of
from database.sealed import blind_index, blind_indexes, seal
from subscribers.address import Address, address_from
from subscribers.consent import Choice, ConsentKind, Evidence, SuppressedBecause
from subscribers.evidence import wording_with, write_consent
from subscribers.limits import count, counts, raise_alarm
from subscribers.locking import lock_reader, lock_reader_with
from subscribers.repository import memberships
from subscribers.suppression import bar, lift, suppressed
from subscribers.tables import ConsentEvent, Membership, MembershipState, Subscriber, SubscriberState

CONFIRM = "confirm"
"""Purpose of the single-use token in a confirmation mail."""
CONFIRM_WITHIN = timedelta(hours=48)
REPORTED = "complaint"
"""Source of a complaint that a provider reports; the issue follows."""


@dataclass(frozen=True)
class ConfirmationNeeded:
    """A mail with a button must go to this address; the reader is not one before it is pressed."""

    subject: UUID
    choice: Choice
    address: str = field(repr=False)
    token: str = field(repr=False)


def subscribe(
    session: Session, typed: str, choice: Choice, evidence: Evidence, *, network: str = ""
) -> ConfirmationNeeded | None:
    """Write down that somebody asks for these audiences. Raises AddressError.

    None when no mail may be sent: the mailbox had its share, or is barred. The page says the same either way.
    `network` is a coarse origin of the request, for the limits; only a keyed hash of it is kept, for 30 days.
    """
    address = address_from(typed)
    row = lock_reader_with(session, address)
    if _barred(session, address, row):
        return None
    asked = counts(session, address, network)
    if not asked.leave_room:
        raise_alarm(session, asked.by_all)
        return None
    count(session, address, network)
    return ask(session, address, choice, evidence)


def _barred(session: Session, address: Address, row: Subscriber | None) -> bool:
    """Whether this address complained, other than by the button of a provider: that one is pressed by mistake too."""
    if suppressed(session, [address.text]).get(address.text) != SuppressedBecause.COMPLAINED:
        return False
    mine = ConsentEvent.event == ConsentKind.COMPLAINED, ConsentEvent.subject == (row and row.uid)
    source = session.scalar(select(ConsentEvent.source).where(*mine).order_by(ConsentEvent.id.desc()).limit(1))
    return source is None or not source.startswith(f"{REPORTED} ")


def ask(session: Session, address: Address, choice: Choice, evidence: Evidence) -> ConfirmationNeeded:
    """As `subscribe`, for an address that staff bring in: without its limits, which are there against strangers."""
    row = lock_reader_with(session, address) or _new_subscriber(session, address, choice.locale)
    write_consent(session, row.uid, ConsentKind.ASKED, choice, evidence)
    payload = {
        "address": address.text,
        "audiences": choice.audiences,
        "locale": choice.locale,
        "welcome": choice.welcome,
        "wording": evidence.wording and evidence.wording.hash,
    }
    token = onetime.issue(session, CONFIRM, row.uid, CONFIRM_WITHIN, payload)
    return ConfirmationNeeded(row.uid, choice, address.text, token)


def awaiting(session: Session, uids: Collection[UUID]) -> dict[UUID, frozenset[str]]:
    """Who was mailed a button and has not pressed it yet, with the audiences it is for."""
    found: dict[UUID, frozenset[str]] = {}
    for one in onetime.open_requests(session, CONFIRM, uids) if uids else ():
        found[one.subject] = found.get(one.subject, frozenset()) | frozenset(one.payload["audiences"])
    return found


def confirm(session: Session, token: str, source: str = "confirmation mail") -> UUID | None:
    """The button in the mail was pressed: now this is a reader. None when the token is unknown, used or late."""
    waiting = onetime.peek(session, CONFIRM, token)
    row = lock_reader(session, waiting.subject) if waiting else None
    redeemed = onetime.redeem(session, CONFIRM, token)
    if redeemed is None or row is None:
        return None
    asked = redeemed.payload
    address, choice = address_from(asked["address"]), Choice(tuple(asked["audiences"]), asked["locale"])
    if not has_address(session, row, address):
        return None  # moved to another address since
    give_address(session, row, address)
    row.state, row.locale = SubscriberState.ACTIVE, choice.locale
    row.bouncing, row.bounce_score = False, 0.0
    join(session, row.uid, choice.audiences)
    lift(session, address)
    evidence = Evidence(source, wording_with(session, asked["wording"] or ""))
    write_consent(session, row.uid, ConsentKind.CONFIRMED, choice, evidence)
    return row.uid


def change(session: Session, uid: UUID, choice: Choice, evidence: Evidence) -> None:
    """Set which audiences a confirmed reader belongs to, and the language. An empty choice is leaving.

    Someone who left meanwhile stays away. Raises LookupError for an unknown id.
    """
    row = _kept(session, uid)
    uid = row.uid
    if row.state != SubscriberState.ACTIVE:
        return
    now_in = {name for name, state in memberships(session, uid).items() if state == MembershipState.ACTIVE}
    if choice.audiences:
        row.locale = choice.locale
        join(session, uid, set(choice.audiences) - now_in)
        write_consent(session, uid, ConsentKind.CHANGED, choice, evidence)
    if gone := now_in - set(choice.audiences):
        leave(session, uid, evidence.source, gone)  # last: whoever is in no audience for a moment would be forgotten


def every_second(session: Session, uid: UUID, audiences: Mapping[str, int | None]) -> None:
    """Let a reader get only issues with an even (0) or odd (1) number of these audiences, or all again (None).

    Of an audience they are not in nothing is kept. Raises LookupError for an unknown id.
    """
    row = _kept(session, uid)
    uid = row.uid
    if row.state != SubscriberState.ACTIVE:
        return
    active = Membership.subscriber == uid, Membership.state == MembershipState.ACTIVE
    for one in session.scalars(select(Membership).where(*active, Membership.audience.in_(audiences))):
        one.only_parity = audiences[one.audience]
    session.flush()


def pause(session: Session, uid: UUID, until: date | None, source: str) -> None:
    """Send nothing before this day; None ends the pause. Raises LookupError for an unknown id."""
    row = _kept(session, uid)
    uid = row.uid
    if row.state != SubscriberState.ACTIVE:
        return
    row.paused_until = until
    write_consent(session, uid, ConsentKind.PAUSED, Choice((), row.locale), Evidence(f"{source}, until {until}"))


def leave(session: Session, uid: UUID, source: str, audiences: Collection[str] | None = None) -> None:
    """Leave some audiences, or all (None). Who is left in none is forgotten: the address goes, a keyed hash stays.

    Links that were mailed and not used yet open nothing any more. Doing it twice changes nothing. An id that is unknown
    (erased already) is no error.
    """
    row = lock_reader(session, uid)
    if row is None:
        return
    uid = row.uid
    left = _walk_out(session, uid, audiences)
    if left:
        onetime.end(session, uid)
        write_consent(session, uid, ConsentKind.LEFT, Choice(tuple(left), row.locale), Evidence(source))
    if row.state != SubscriberState.LEFT and MembershipState.ACTIVE not in memberships(session, uid).values():
        forget_address(session, row, SuppressedBecause.UNSUBSCRIBED)


def suppress(session: Session, typed: str, because: SuppressedBecause, source: str) -> None:
    """Never write to this address again, whether or not it is a reader's. Raises AddressError."""
    address = address_from(typed)
    row = lock_reader_with(session, address)
    if row is None:
        bar(session, blind_index(keys_of(session), "email", address.canonical), because)
        return
    kind = ConsentKind.COMPLAINED if because is SuppressedBecause.COMPLAINED else ConsentKind.LEFT
    left = _walk_out(session, row.uid, None)
    write_consent(session, row.uid, kind, Choice(tuple(left), row.locale), Evidence(source))
    forget_address(session, row, because)


def complained(session: Session, typed: str, issue: str) -> None:
    """A provider reports that its reader calls our mail unwanted: no mail until a new sign-up is confirmed."""
    suppress(session, typed, SuppressedBecause.COMPLAINED, f"{REPORTED} {issue}")


def has_address(session: Session, row: Subscriber, address: Address) -> bool:
    """Whether this is the address by which the reader is known, under whatever key."""
    return row.address_index in blind_indexes(keys_of(session), "email", address.canonical)


def give_address(session: Session, row: Subscriber, address: Address) -> None:
    """Set the sealed address and the hash by which it is found, which belong together."""
    keys = keys_of(session)
    row.address = seal(keys, Subscriber.address, row.uid, address.text)
    row.address_index = blind_index(keys, "email", address.canonical)
    session.flush()


def _kept(session: Session, uid: UUID) -> Subscriber:
    row = lock_reader(session, uid)
    if row is None:
        raise LookupError(uid)
    return row


def _new_subscriber(session: Session, address: Address, locale: str) -> Subscriber:
    keys, uid = keys_of(session), new_id()
    row = Subscriber(
        uid=uid,
        address=seal(keys, Subscriber.address, uid, address.text),
        address_index=blind_index(keys, "email", address.canonical),
        state=SubscriberState.PENDING,
        locale=locale,
        created_at=now(),
    )
    session.add(row)
    session.flush()
    return row


def join(session: Session, uid: UUID, audiences: Collection[str]) -> None:
    """Make a reader a member; the caller writes down on what ground."""
    for audience in audiences:
        session.merge(Membership(subscriber=uid, audience=audience, state=MembershipState.ACTIVE, since=now()))
    session.flush()


_MEMBER = select(Membership).where(Membership.subscriber == bindparam("uid"), Membership.state != MembershipState.LEFT)


def _walk_out(session: Session, uid: UUID, audiences: Collection[str] | None) -> list[str]:
    rows = session.scalars(_MEMBER, {"uid": uid})
    gone = [row for row in rows if audiences is None or row.audience in audiences]
    for row in gone:
        row.state, row.since = MembershipState.LEFT, now()
    session.flush()
    return sorted(row.audience for row in gone)


def forget_address(session: Session, row: Subscriber, because: SuppressedBecause) -> None:
    """The address goes, and its keyed hash is barred."""
    row.state, row.address, row.paused_until = SubscriberState.LEFT, None, None
    session.flush()
    onetime.end(session, row.uid)
    bar(session, row.address_index, because)
