"""Who of a batch may receive: asked at each claim, and once more as a condition when an intent is written down."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import ColumnElement, literal_column, or_
from sqlalchemy.orm import Session

from mailer.ledger.handover import Claimed
from mailer.services.sending.letters import EditionFacts, Recipient
from mailer.services.sending.rules import Desk


class Receivers:
    """Of one batch, with the editions that it hands over."""

    def __init__(self, desk: Desk) -> None:
        self.editions: dict[int, EditionFacts] = {}
        self.still: ColumnElement[bool] | None = None
        """Whether the reader of a row of `delivery` may still receive; None when that is not asked of rows."""
        self.in_sql = "TRUE"
        """`still`, for a statement that is written by hand."""
        self._desk = desk

    def of(self, session: Session, claimed: Sequence[Claimed]) -> dict[int, Recipient | None]:
        """Who is behind these deliveries, by id; None for whoever may not receive at this moment.

        Raises AlteredError for an edition that is not what was approved.
        """
        by_audience: dict[tuple[str, str], list[Claimed]] = defaultdict(list)
        for one in claimed:
            if one.edition_id not in self.editions:
                self.editions[one.edition_id] = self._desk.letters.edition(session, one.edition_id)
            edition = self.editions[one.edition_id]
            by_audience[edition.audience, edition.issue_slug].append(one)
        found: dict[int, Recipient | None] = {}
        for (audience, issue), those in by_audience.items():
            recipients = self._desk.may_receive(session, [one.reader for one in those], audience, issue)
            found |= {one.id: recipients.get(one.reader) for one in those}
        return found

    def renew(self, session: Session) -> None:
        """Read the rules of the audiences anew for `still`, once per claim: a round has no time to."""
        if self._desk.still is None or not self.editions:
            return
        self.still = or_(
            *(
                (literal_column("delivery.edition_id") == number)
                & self._desk.still(session, edition.audience, edition.issue_slug)
                for number, edition in sorted(self.editions.items())
            )
        )
        dialect = self._desk.store.engine.dialect
        self.in_sql = f"({self.still.compile(dialect=dialect, compile_kwargs={'literal_binds': True})})"
