"""Whom a visitor of the demo may be. No other command knows how to open a session without proof."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from database.base import now
from database.session import Store
from staff import people, sessions
from staff.people import Person

_ALWAYS = timedelta(hours=12)
"""As long as a session lasts: in the demo no one has a phone to prove themselves with again."""


@dataclass(frozen=True)
class DemoPeople:
    """The people of one demo, in its own database."""

    store: Store

    def everyone(self) -> list[Person]:
        """All who work in the demo, by name."""
        with self.store.reading() as session:
            return people.people(session)

    def enter(self, uid: UUID, device: str) -> str | None:
        """A new session of one of them, past the second step; None when there is no such person."""
        with self.store.transaction() as session:
            who = people.person(session, uid)
            if who is None:
                return None
            token = sessions.begin(session, who, device)
            opened = sessions.open_session(session, token)
            if opened is not None:
                sessions.second_step_made(session, opened.uid, now() + _ALWAYS)
        return token
