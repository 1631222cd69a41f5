"""What came back and what followed: to look at, to put right where it was read wrongly, and to give on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from database import audit
from database.retrying import retried
from mailer.ledger import returned
from mailer.ledger.returned import ReturnedMessage
from mailer.ledger.tables import Delivery
from mailer.returns.evidence import Outcome
from mailer.returns.reasons import REASONS, Kind
from mailer.services.office import Office, deed, look
from staff.people import Person
from staff.permissions import Permission
from subscribers.bouncing import unbounced
from wording import Text, _
from wording.errors import NotFoundError

LATEST = 50
"""Reports on one screen."""
NAME = 10
"""Signs by which a person calls a report; a million of them still have different ones."""
AUDIT_WRONG = "returned_read_wrongly"


@dataclass(frozen=True)
class CameBack:
    """One report. No address and no reader: whose it was, only the ledger knows."""

    name: str
    at: datetime
    kind: str
    reason: str
    outcome: str
    mailing: int | None
    code: str
    why: str
    words: str
    should_be: str

    @property
    def sentence(self) -> Text:
        """The reason, for a person."""
        return REASONS[self.reason][1] if self.reason in REASONS else _("De reden is niet bewaard.")


@dataclass(frozen=True)
class PutRight:
    """What was done about a report that was read wrongly. `goes_on`: a suspended reader gets mail again."""

    report: CameBack
    goes_on: bool


@dataclass(frozen=True)
class ReadWrongly:
    """A report that was read wrongly, for the people who keep the tables: no moment, no mailing, no names."""

    form: str
    kind: str
    reason: str
    code: str
    why: str
    words: str
    should_be: str


def latest(office: Office, person: Person, most: int = LATEST) -> list[CameBack]:
    """The reports that were read last, the newest first. Raises NotAllowedError."""
    with look(office, person, Permission.SEE_READERS) as session:
        return [came_back(row) for row in returned.latest(session, most)]


@retried
def read_wrongly(office: Office, person: Person, called: str, should_be: Kind) -> PutRight:
    """Say what a report should have been; what it did to a reader is undone, as far as that can be.

    A subscription that a complaint ended stays ended: the address is gone. Raises NotAllowedError, NotFoundError.
    """
    with deed(office, person, Permission.CHANGE_READERS) as session:
        row = returned.called(session, called.strip().lower())
        if row is None:
            raise NotFoundError(_("Er is geen bericht ‘{name}’, of meer dan een.", name=called))
        row.should_be = should_be
        delivery = session.get(Delivery, row.delivery_id) if row.delivery_id is not None else None
        goes_on = False
        if delivery is not None and row.outcome == Outcome.COUNT and should_be != row.kind:
            row.outcome = Outcome.NOTE
            sent = returned.issues_sent_to(session, delivery)
            goes_on = unbounced(session, delivery.reader, delivery.issue_slug, sent)
        detail = {"report": row.hash[:NAME], "was": row.kind, "should_be": str(should_be)}
        audit.record(session, AUDIT_WRONG, person.uid, detail=detail)
        return PutRight(came_back(row), goes_on)


def to_give_on(office: Office, person: Person) -> list[ReadWrongly]:
    """All that was read wrongly, without anything of a person. Raises NotAllowedError."""
    with look(office, person, Permission.SEE_READERS) as session:
        rows = returned.latest(session, LATEST, wrong=True)
        return [
            ReadWrongly(row.form, row.kind, row.reason, row.code, row.why, row.words, row.should_be) for row in rows
        ]


def came_back(row: ReturnedMessage) -> CameBack:
    """A row of the ledger, as a value."""
    return CameBack(
        row.hash[:NAME],
        row.at,
        row.kind,
        row.reason,
        row.outcome,
        row.mailing_id,
        row.code,
        row.why,
        row.words,
        row.should_be,
    )
