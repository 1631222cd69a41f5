"""The postal desk with an issue to print: what a test of it does in one word."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from database.session import Store
from devtools.print_editions import DAY
from mailer.artefacts.paper.pieces import PrintOptions
from mailer.ledger import printing
from mailer.ledger.tables import Delivery
from mailer.services.office import Office
from mailer.services.post import runs
from subscribers.addressee import SuspendedBecause
from subscribers.postal import suspend_addressee
from tests.support.desk_people import POSTAL, SLUG


@dataclass(frozen=True)
class Desk:
    """A published issue for twelve addressees, and the desk that prints it."""

    store: Store
    work: Office
    mailing: int

    def at(self, moment: datetime) -> Office:
        """The same work at another moment."""
        return replace(self.work, clock=lambda: moment)

    def order(self, **options: object) -> int:
        return runs.order(self.work, POSTAL, SLUG, PrintOptions(**options))  # type: ignore[arg-type]

    def prepared(self) -> int:
        run = self.order()
        runs.make(self.work, run)
        return run

    def on_paper(self) -> int:
        run = self.prepared()
        runs.printed(self.work, POSTAL, run)
        return run

    def addressee(self, run: int, number: int) -> UUID:
        with self.store.reading() as session:
            return next(piece.reader for piece in printing.pieces(session, run) if piece.number == number)

    def release(self, uid: UUID) -> None:
        with self.store.transaction() as session:
            suspend_addressee(session, uid, SuspendedBecause.DEPARTED, DAY)

    def states(self) -> list[str]:
        with self.store.reading() as session:
            return sorted(session.scalars(select(Delivery.state)))
