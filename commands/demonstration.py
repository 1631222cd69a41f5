"""The story of the demo: people, approvals, a mailing by a worker, a print run, and a count of both sides."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass

from pathlib import Path

from rich.console import Console

from commands.local_mail import recipients
from commands.progress import counted, watch
from commands.words import say
from database.base import now
from database.people import Person, Role, add_person
from mailer.bootstrap import Parts
from mailer.ledger.overview import readers_in
from mailer.ledger.states import DeliveryState
from mailer.organisation import Channel
from mailer.services import publishing, sending
from subscribers.examples import example_addressees, example_readers, insert_addressees, insert_readers
from subscribers.repository import may_receive
from wording import Text, _
from worker.running import embedded

_PATIENCE = 120
"""Seconds before the demo says that the worker hangs."""


@dataclass(frozen=True)
class Demonstration:
    """One run on empty tables; everything it makes stands in `folder`."""

    parts: Parts
    folder: Path
    console: Console

    def run(self, readers: int, addressees: int) -> bool:
        """The whole story; False when the Maildir and the database do not agree."""
        began = time.monotonic()
        editor, approver, postal = self._people()
        self._readers(readers, addressees)
        mailings = [self._publish(slug, editor, approver) for slug in self.parts.content.slugs()]
        self._send(mailings)
        is_right = self._agrees(mailings)
        self._say(_("Klaar in {seconds} seconden.", seconds=round(time.monotonic() - began, 1)))
        return is_right

    def _people(self) -> tuple[Person, Person, Person]:
        """Bram writes, Amina approves, Sem prints: three people who do not exist."""
        with self.parts.store.transaction() as session:
            return (
                add_person(session, "Bram", "bram@voorbeeld.example", [Role.EDITOR]),
                add_person(session, "Amina", "amina@voorbeeld.example", [Role.APPROVER]),
                add_person(session, "Sem", "sem@voorbeeld.example", [Role.POSTAL]),
            )

    def _readers(self, readers: int, addressees: int) -> None:
        audiences = self.parts.house.audiences.values()
        mailed = {one.key: one.locales for one in audiences if one.channel is Channel.EMAIL}
        posted = [one for one in audiences if one.channel is Channel.POST]
        with self.parts.store.transaction() as session:
            insert_readers(session, example_readers(mailed, readers))
            for audience in posted:
                insert_addressees(session, example_addressees(audience.locales, audience.key, addressees), now().date())
        self._say(
            _("{readers} verzonnen lezers en {addressees} geadresseerden.", readers=readers, addressees=addressees)
        )

    def _publish(self, slug: str, editor: Person, approver: Person) -> int:
        press, store = self.parts.press, self.parts.store
        publishing.approve(press, store, slug, approver)
        four_eyes = self.parts.settings.approval.four_eyes
        done = publishing.publish(press, store, slug, editor, four_eyes=four_eyes)
        self._say(_("{slug}: goedgekeurd, bevroren, {count} bezorgingen.", slug=slug, count=done.deliveries))
        assert done.mailing is not None, "the tables were empty"  # noqa: S101
        return done.mailing

    def _send(self, mailings: list[int]) -> None:
        deadline = time.monotonic() + _PATIENCE
        with embedded(self.parts.office) as bell:
            for mailing in mailings:
                sending.start(self.parts.store, bell, mailing)
            watch(self.parts.store, mailings, self.console, lambda: self._is_sent(mailings, deadline))

    def _is_sent(self, mailings: list[int], deadline: float) -> bool:
        settled, readers = counted(self.parts.store, mailings)
        return settled == readers or time.monotonic() > deadline

    def _agrees(self, mailings: list[int]) -> bool:
        """The Maildir must hold one message per accepted delivery, each to another reader of that issue."""
        filed = recipients(self.folder / "Maildir")
        accepted = self._accepted(mailings)
        is_right = Counter(filed) == accepted
        text = (
            _("De Maildir en de database zijn het eens: {count} berichten, elk precies één keer.", count=len(filed))
            if is_right
            else _(
                "De Maildir telt {filed} berichten en de database {accepted}.",
                filed=len(filed),
                accepted=accepted.total(),
            )
        )
        self._say(text)
        return is_right

    def _accepted(self, mailings: list[int]) -> Counter[str]:
        """How many messages the ledger says each address got."""
        addresses: Counter[str] = Counter()
        with self.parts.store.reading() as session:
            for mailing in mailings:
                for audience, uid in readers_in(session, mailing, DeliveryState.ACCEPTED, Channel.EMAIL):
                    addresses[may_receive(session, [uid], audience)[uid].address] += 1
        return addresses

    def _say(self, text: Text) -> None:
        self.console.print(say(text), highlight=False)
