"""Bring waiting notices to the relay."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from database.base import now
from database.session import Store
from mailer.carriers.carrier import Accepted, Letter, Outcome, Refused, nothing
from mailer.carriers.mailbox import deliverable
from mailer.ledger import notices
from mailer.ledger.notices import Notice
from mailer.organisation import House
from mailer.services.notices.letters import message_of, sender_of
from mailer.services.sending.delivering import OpenCarrier
from subscribers.reading import tell_unreadable


def deliver_notices(store: Store, house: House, carriers: OpenCarrier, at: datetime | None = None) -> int:
    """Hand over what waits. Returns how many a relay took.

    Two workers at once send each once: a notice is taken in the turn in which it goes on the line. One that is in doubt
    is sent again.
    """
    at = at or now()
    unreadable: list[UUID] = []
    with store.reading() as session:
        waiting = notices.due(session, at, unreadable=unreadable.append)
    if unreadable:
        with store.transaction() as session:
            tell_unreadable(session, "notice", notices.set_aside(session, unreadable, at))
    if not waiting:
        return 0
    desk = _NoticesOnTheirWay(store, house, waiting)
    with carriers() as carrier:
        carrier.hand_over(desk)
    desk.settle()
    return desk.taken


class _NoticesOnTheirWay:
    """The carrier's other side (`mailer.carriers.carrier.Desk`)."""

    def __init__(self, store: Store, house: House, waiting: Sequence[Notice]) -> None:
        self.taken = 0
        self._store, self._house = store, house
        self._waiting = dict(enumerate(waiting))
        self._left = iter(list(self._waiting.items()))

    def prepare(self, most: int) -> None:
        """They lie ready."""

    def next_letter(self) -> Letter | None:
        key, notice = next(self._left, (0, None))
        if notice is None:
            return None
        sender = sender_of(notice, self._house).reply_to
        # To an address that no envelope can hold nothing is written: the carrier refuses it, and the rest goes on.
        pieces = [message_of(notice, self._house)] if deliverable(notice.to) else []
        return Letter(key, sender, notice.to, pieces)

    def turn(
        self, outcomes: Sequence[tuple[int, Outcome]], ready: Sequence[int], meanwhile: Callable[[], object] = nothing
    ) -> Collection[int]:
        with self._store.transaction() as session:
            for key, outcome in outcomes:
                notice = self._waiting.pop(key)
                if isinstance(outcome, Accepted | Refused):
                    notices.gone(session, notice.uid)
                    self.taken += isinstance(outcome, Accepted)
                else:
                    notices.postpone(session, notice, now())
            taken = notices.claim(session, [self._waiting[key] for key in ready], now())
        mine = [key for key in ready if self._waiting[key].uid in taken]
        for key in set(ready) - set(mine):  # taken by another, or its reader left, moved or was erased since
            del self._waiting[key]
        for key in mine:
            self._waiting[key] = replace(self._waiting[key], next_at=taken[self._waiting[key].uid])
        return mine

    def settle(self) -> None:
        """What the relay never answered waits for the next time."""
        with self._store.transaction() as session:
            for notice in self._waiting.values():
                notices.postpone(session, notice, now())
