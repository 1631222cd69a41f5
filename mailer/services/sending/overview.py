"""How mailings are: all of them, one in numbers, what is in doubt, and whether a worker is there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from database.session import Store
from mailer.counted import Count, Going, Tell
from mailer.ledger import answers, control, following, mailings, overview, shunt
from mailer.ledger.answers import Progress
from mailer.ledger.following import Answered
from mailer.ledger.mailings import Accounting
from mailer.ledger.overview import EditionOverview
from mailer.ledger.states import DeliveryState, MailingState
from mailer.ledger.tables import Mailing
from mailer.organisation import Channel
from mailer.services.office import Office, look
from mailer.services.sending.delivering import has_worker
from mailer.services.sending.explaining import explained
from mailer.services.sending.letters import domain_of_marks, message_id, signing_key
from staff.people import Person
from staff.permissions import Permission
from wording import Text

__all__ = [
    "Accounting",
    "Doubt",
    "EditionOverview",
    "MailingLine",
    "MailingOverview",
    "Settled",
    "doubts",
    "mailing",
    "mailings_of",
    "next_try",
    "settled",
    "waiting",
]
"""With the values of the ledger that a door gives, so that whoever shows them need not know it."""


LARGE = 20_000
"""Readers of a mailing; fewer are counted for each page."""
UNBEGUN = (MailingState.APPROVED, MailingState.SCHEDULED, MailingState.PAUSED)


@dataclass(frozen=True)
class MailingLine:
    """One mailing in a list."""

    id: int
    issue: str
    state: MailingState
    scheduled_at: datetime | None
    settled: int
    readers: int


@dataclass(frozen=True)
class MailingOverview:
    """One mailing in numbers; `per_second` and `done_at` only while it is being sent."""

    id: int
    issue: str
    state: MailingState
    why: Text | str
    """Why it is paused or cancelled, or what a person should know of it while it is sent."""
    scheduled_at: datetime | None
    account: Accounting
    per_second: float | None
    done_at: datetime | None
    editions: tuple[EditionOverview, ...]
    aside: tuple[int, ...]
    """Batches that wait for a person, because they killed their workers."""
    may_take_back: bool = False
    """Nothing of it has left: its issue can still be sent to everyone later."""
    opened_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    said: tuple[Answered, ...] = ()
    """What relays said of what is deferred or refused."""
    counted_at: datetime | None = None
    relay: str = ""
    """The one relay it goes through, by order of a person; "" for whichever is well."""
    going: Going | None = None
    """The deliveries are being counted for the first time: of where they are nothing is known yet."""


@dataclass(frozen=True)
class _Counted:
    progress: Progress
    editions: tuple[EditionOverview, ...]
    said: tuple[Answered, ...]


@dataclass(frozen=True)
class Doubt:
    """A delivery that may have arrived, and the Message-ID under which the log of the relay knows it."""

    delivery: int
    handed_at: datetime | None
    relay: str | None
    message_id: str


@dataclass(frozen=True)
class Settled:
    """How many readers by e-mail are settled, of how many."""

    settled: int
    readers: int

    @property
    def waiting(self) -> int:
        return self.readers - self.settled


def mailings_of(office: Office, person: Person) -> tuple[MailingLine, ...]:
    """The mailings, the newest first."""
    with look(office, person, Permission.SEE_MAILINGS) as session:
        return tuple(
            MailingLine(one.id, one.issue_slug, one.state, one.scheduled_at, one.readers - still_open, one.readers)
            for one, still_open in answers.all_mailings(session)
        )


def mailing(office: Office, person: Person, mailing_id: int, *, wait: bool = True) -> MailingOverview:
    """One mailing, edition by edition. Of more readers than LARGE the counts are kept for a moment, which it names.

    Unless someone waits for the first of these, `going` is set until it is there. Raises NotFoundError.
    """
    with look(office, person, Permission.SEE_MAILINGS) as session, explained(mailing_id):
        row = mailings.mailing_of(session, mailing_id)
        aside = tuple(batch.number for batch in shunt.shunted(session, mailing_id))

    found, going = _counts_of(office, row, wait=wait)
    progress = found.value.progress
    return MailingOverview(
        id=mailing_id,
        issue=row.issue_slug,
        state=row.state,
        why=row.why,
        scheduled_at=row.scheduled_at,
        account=progress.account,
        per_second=progress.per_second,
        done_at=progress.done_at,
        editions=found.value.editions,
        aside=aside,
        may_take_back=row.state in UNBEGUN and row.started_at is None,
        opened_at=row.opened_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        said=found.value.said,
        counted_at=found.at,
        relay=row.relay or "",
        going=going,
    )


def _counts_of(office: Office, row: Mailing, *, wait: bool) -> tuple[Count[_Counted], Going | None]:
    """The counts; or nothing but how many readers there are, and how far the count is that was begun for them."""

    def count(_tell: Tell = lambda _going: None) -> Count[_Counted]:
        at = office.clock()
        with office.store.reading() as session:
            editions = tuple(overview.overview(session, row.id))
            states: Counter[DeliveryState] = Counter()
            for edition in editions:
                states.update(edition.states)
            progress = answers.progress(session, row.id, at, states)
            return Count(_Counted(progress, editions, tuple(following.answered(session, row.id))), at)

    if row.readers <= LARGE:
        return count(), None
    key = counted_as(row.id, row.state)
    if wait:
        return office.counts.get(key, count, is_large=lambda _found: True), None
    found = office.counts.soon(key, count)
    if isinstance(found, Count):
        return found, None
    nothing = Accounting(row.readers, dict.fromkeys(DeliveryState, 0))
    return Count(_Counted(Progress(nothing), (), ()), office.clock()), found


def counted_as(mailing_id: int, state: MailingState) -> str:
    """Under which name the counts of a mailing are kept; an order drops them."""
    return f"mailing {mailing_id} {state}"


def doubts(office: Office, person: Person, mailing_id: int) -> tuple[Doubt, ...]:
    """What is uncertain of a mailing, to look up in the log of the relay. Raises NotFoundError."""
    with look(office, person, Permission.SEE_MAILINGS) as session, explained(mailing_id):
        one_mark = mailings.mailing_of(session, mailing_id).one_mark
        found = control.doubts(session, mailing_id)
    name = partial(message_id, signing_key(office.keys), domain_of_marks(office.house), one_mark=one_mark)
    return tuple(Doubt(one.delivery, one.handed_at, one.relay, name(one.delivery)) for one in found)


# ── for the process that sends, which asks for no one ─────────────────────────────────────────────────────────────


def settled(store: Store, mailing_ids: Sequence[int]) -> Settled:
    """How far mailings are together, by e-mail."""
    with store.reading() as session:
        found = [one for each in mailing_ids for one in overview.overview(session, each)]
    editions = [one for one in found if one.channel is Channel.EMAIL]
    readers = sum(one.readers for one in editions)
    return Settled(readers - sum(one.waiting for one in editions), readers)


def waiting(store: Store, mailing_id: int) -> int:
    """How many deliveries wait because no worker is there; 0 when none does, or one is."""
    found = settled(store, [mailing_id]).waiting
    return 0 if has_worker(store) else found


def next_try(store: Store, mailing_id: int) -> datetime | None:
    """When the first of what waits for a moment is tried again; None when nothing does."""
    with store.reading() as session:
        return answers.next_try(session, mailing_id)
