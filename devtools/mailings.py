"""Small mailings for the tests of sending: readers whose address is their number, and a message of a few lines."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from database.base import now
from database.session import Store
from mailer.carriers.carrier import Carrier, Desk, Limit, RelayFault, Standing
from mailer.carriers.relay import STAGES, Relay
from mailer.carriers.smtp import SmtpCarrier
from mailer.ledger import opening
from mailer.ledger.states import DeliveryState, MailingState
from mailer.ledger.tables import Attempt, Delivery
from mailer.organisation import Channel
from mailer.services.sending.letters import Letters
from mailer.services.sending.retries import Patience
from mailer.services.sending.rules import Desk as LedgerDesk
from mailer.services.sending.rules import Rules

START = datetime.fromisoformat("2026-11-26T09:00:00+00:00")


def reader(number: int) -> UUID:
    return UUID(int=number + 1)


def address(uid: UUID) -> str:
    return f"lezer{uid.int - 1}@lezers.example"


@dataclass(frozen=True)
class Someone:
    address: str


@dataclass
class Readers:
    """Stands where `subscribers` stands: everybody may receive, apart from who is `gone`."""

    gone: set[UUID] = field(default_factory=set)

    def may_receive(
        self, _session: Session, uids: Collection[UUID], _audience: str, _issue: str
    ) -> dict[UUID, Someone]:
        return {uid: Someone(address(uid)) for uid in uids if uid not in self.gone}


@dataclass(frozen=True)
class Plain:
    """A message with the slots that matter here, and a body that is as long as asked."""

    body: bytes

    def pieces(self, values: Mapping[str, str]) -> list[bytes]:
        head = f"To: <{values['to']}>\r\nMessage-ID: {values['message_id']}\r\nDate: {values['date']}\r\n\r\n"
        return [head.encode(), self.body]


def letters() -> Letters:
    return Letters(
        thaw=Plain,
        personal=lambda _edition, _recipient: {},
        key=b"k" * 32,
        domain="post.example",
        envelope_sender=lambda _edition, mark: f"retour+{mark}@post.example",
        check=lambda _session, _edition: None,  # in the processes of the chaos there are no keys
    )


def desk(store: Store, readers: Readers | None = None, **changes: object) -> LedgerDesk:
    may_receive = (readers or Readers()).may_receive
    return LedgerDesk(store=store, may_receive=may_receive, letters=letters(), **changes)  # type: ignore[arg-type]


def open_mailing(
    store: Store, readers: int, *, slug: str = "los-2026-24", sending: bool = True, size: int = 100
) -> int:
    """A mailing with this many readers; returns its id."""
    body = b"Beste lezer,\r\n" + b"Hier staat het nieuws van deze maand, in gewone taal.\r\n" * (size // 55)
    with store.transaction() as session:
        mailing = opening.open_mailing(session, slug=slug, publication="los", content_hash="a" * 64)
        edition = opening.EditionToFreeze("legal-aid", "nl", Channel.EMAIL, "Nieuws", message=body)
        frozen = opening.freeze(session, mailing, edition)
        opening.add_deliveries(session, mailing, frozen, (reader(number) for number in range(readers)))
        mailing.state = MailingState.SENDING if sending else mailing.state
        mailing.started_at = now() if sending else None
        return mailing.id


def states(store: Store, mailing_id: int) -> dict[str, DeliveryState]:
    """The state of every delivery, by address."""
    with store.reading() as session:
        rows = session.execute(select(Delivery.reader, Delivery.state).where(Delivery.mailing_id == mailing_id))
        return {address(uid): state for uid, state in rows}


def deliveries(store: Store, mailing_id: int) -> list[Delivery]:
    with store.reading() as session:
        return list(session.scalars(select(Delivery).where(Delivery.mailing_id == mailing_id).order_by(Delivery.id)))


def attempts(store: Store) -> list[Attempt]:
    with store.reading() as session:
        return list(session.scalars(select(Attempt).order_by(Attempt.id)))


QUICK = {**STAGES, **dict.fromkeys(STAGES, 2.0)}
"""Seconds per stage in tests: a server that hangs is given up soon."""


def relay(port: int, **changes: object) -> Relay:
    return Relay(**{"host": "127.0.0.1", "port": port, "seconds": QUICK, "name": "proef", **changes})  # type: ignore[arg-type]


class OneRelay:
    """There is no other."""

    def best_beside(self, _name: str) -> Standing:
        return Standing.BROKEN


class Only(OneRelay):
    """Lends one carrier, always the same."""

    def __init__(self, carrier: Carrier) -> None:
        self.carrier = carrier

    def __call__(self, _only: str | None = None) -> AbstractContextManager[Carrier]:
        return nullcontext(self.carrier)


class Through(OneRelay):
    """Lends a new carrier to each batch, and says goodbye after it."""

    def __init__(self, to: Relay) -> None:
        self.to = to

    @contextmanager
    def __call__(self, _only: str | None = None) -> Iterator[Carrier]:
        carrier = SmtpCarrier(self.to)
        try:
            yield carrier
        finally:
            carrier.close()


class Recorded:
    """A carrier made of a function, for what happens between a claim and an outcome."""

    name = "proef"
    limits: Sequence[Limit] = ()

    def __init__(self, hand_over: object) -> None:
        self._hand_over = hand_over

    def hand_over(self, desk: Desk) -> RelayFault | None:
        return self._hand_over(desk)  # type: ignore[operator,no-any-return]

    def close(self) -> None:
        pass


HASTY = Rules(rest=timedelta(0), patience=Patience(first=timedelta(0), most=timedelta(0), jitter=0))
"""Deferred deliveries, and what a fault gave back, are due again at once."""
