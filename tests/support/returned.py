"""A house that mailed readers, and mail that comes back to it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select, update

from database.base import Base, now
from database.keys import KeyRing
from database.session import Store
from mailer.carriers.inbox import Maildir
from mailer.ledger import mailings, opening
from mailer.ledger.opening import EditionToFreeze
from mailer.ledger.returned import ReturnedMessage
from mailer.ledger.states import DeliveryEvent, DeliveryState, MailingEvent
from mailer.ledger.tables import Attempt, Delivery
from mailer.organisation import Channel
from mailer.services.sending.letters import delivery_mark
from mailer.services.sending.returned import ReturnDesk, read
from subscribers.repository import address_of
from subscribers.tables import Subscriber, Suppression
from tests.support.house import ROOT, house

SAMPLES = ROOT / "tests" / "returns" / "samples"
KEY = b"k" * 32
AUTHSERV = "mx.post.example"
HOUSE = house()


@dataclass
class Returns:
    """A house that mailed readers, and the Maildir where answers lie."""

    store: Store
    keys: KeyRing
    folder: Path

    def sent(self, slug: str, *readers: UUID, weeks_ago: int = 0) -> list[Delivery]:
        """Readers were sent an issue and a relay took it."""
        with self.store.transaction() as session:
            mailing = opening.open_mailing(session, slug=slug, publication="los", content_hash="x")
            edition = EditionToFreeze("legal-aid", "nl", Channel.EMAIL, "x", "x", "x", b"x")
            opening.add_deliveries(session, mailing, opening.freeze(session, mailing, edition), readers)
            mailings.change(session, mailing.id, MailingEvent.START)
            at = now() + timedelta(seconds=mailing.id) - timedelta(weeks=weeks_ago)
            done = {"state": DeliveryState.ACCEPTED, "is_open": False, "handed_at": at}
            session.execute(update(Delivery).where(Delivery.mailing_id == mailing.id).values(done))
            return list(session.scalars(select(Delivery).where(Delivery.mailing_id == mailing.id)))

    def refused(self, delivery: Delivery, code: str, words: str) -> None:
        """The relay said 550 to this one."""
        with self.store.transaction() as session:
            mine = update(Delivery).where(Delivery.id == delivery.id)
            session.execute(mine.values(state=DeliveryState.REFUSED, is_open=False))
            facts = {"outcome": DeliveryEvent.REFUSE, "stage": "rcpt", "code": 550, "enhanced": code, "words": words}
            session.add(Attempt(delivery_id=delivery.id, ended_at=now(), **facts))

    def sample(self, name: str, delivery: Delivery, key: bytes = KEY, *, at: bytes = b"") -> bytes:
        """A sample about a delivery, and its reader. `at` is a header that a mail server of ours put on top."""
        mark = delivery_mark(key, delivery.id).encode()
        [path] = SAMPLES.glob(f"*--{name}.eml")
        named = (at + path.read_bytes()).replace(b"lezer@ergens.example", self.address_of(delivery).encode())
        return named.replace(b"@@MARK@@", mark)

    def address_of(self, delivery: Delivery) -> str:
        with self.store.reading() as session:
            return address_of(session, session.get_one(Subscriber, delivery.reader)) or ""

    def read(self, *messages: bytes) -> Counter[str]:
        for number, message in enumerate(messages):
            (self.folder / "new" / f"{number}.test").write_bytes(message)
        return read(self.desk, self.maildir)

    @property
    def maildir(self) -> Maildir:
        return Maildir(self.folder)

    @property
    def desk(self) -> ReturnDesk:
        return ReturnDesk(self.store, self.keys, HOUSE, KEY, AUTHSERV, frozenset({"lus.example"}))

    def rows(self) -> dict[str, int]:
        """How many each table has."""
        with self.store.reading() as session:
            tables = Base.metadata.sorted_tables
            return {one.name: session.scalar(select(func.count()).select_from(one)) or 0 for one in tables}

    def reasons(self) -> list[str]:
        with self.store.reading() as session:
            return list(session.scalars(select(Suppression.reason)))

    def outcomes(self) -> list[tuple[str, str]]:
        """Kind and outcome of each report that was written down, in order."""
        with self.store.reading() as session:
            rows = session.scalars(select(ReturnedMessage).order_by(ReturnedMessage.at))
            return [(row.kind, row.outcome) for row in rows]
