"""A whole office for a test: a copy of the example content, its own keys, database and mail server."""

from __future__ import annotations

import mailbox
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from email.message import Message
from pathlib import Path
from typing import Any

from commands.local_mail import maildir_server
from database.base import now
from database.keys import KeyRing, keys_of
from database.session import Store
from devtools.waiting import wait_for
from mailer.artefacts.paper.pieces import PrintOptions
from mailer.bootstrap import Parts, wired
from mailer.content import Content
from mailer.services.office import Office, Policy, Silence
from mailer.services.publishing.approval import approve, proposal
from mailer.services.publishing.publish import Published, publish
from mailer.services.sending import orders
from mailer.services.sending.doorbell import CeleryDoorbell
from mailer.services.sending.overview import settled
from mailer.services.translating import messages
from mailer.services.worker.office import Renewing
from mailer.settings import settings_from
from mailer.typesetting.typesetter import Typesetter
from staff.people import Person, add_person
from staff.roles import Role
from subscribers.address import address_from
from subscribers.addressee import Centre
from subscribers.admission import Newcomer, admit
from subscribers.consent import AgreedWording, Choice, Evidence
from subscribers.postal import NewAddressee, add_addressee, save_centre
from tests.support.desk_people import DESK_PEOPLE, RATES, employ
from tests.support.house import ROOT, content_in, house
from worker.running import embedded

WORDING = AgreedWording("test", "nl", "Ja, stuur mij de nieuwsbrief.")
DE_WADDEN = Centre("wadden", "Centrum De Wadden", ("Verzonnenlaan 7", "1234 AB  NERGENS"), False, now().date())


def office_of(store: Store, folder: Path = ROOT, *, people: Sequence[Person] = DESK_PEOPLE, **changes: Any) -> Office:
    """The office of the example organisation on this database, without relays or a worker; `changes` replace parts.

    `people` work there.
    """
    employ(store, *people)
    with store.reading() as session:
        keys = keys_of(session)
    parts = Office(
        house=house(),
        content=Content(folder, house()),
        typeset=Typesetter().pdfs,
        store=store,
        keys=keys,
        relays=(),
        bell=Silence(),
        policy=Policy(lambda: True, rates=RATES, printing=PrintOptions()),
    )
    return replace(parts, **changes)


@dataclass(frozen=True)
class WholeOffice:
    """The wired parts, the Maildir the relay files into, and two people: one writes, one approves."""

    parts: Parts
    maildir: Path
    editor: Person
    approver: Person
    postal: Person

    def subscribe(self, address: str, audience: str, locale: str) -> None:
        with self.parts.store.transaction() as session:
            evidence = Evidence("test", WORDING)
            admit(session, [Newcomer(address_from(address), Choice((audience,), locale), evidence)])

    def add_addressee(self, name: str, locale: str) -> None:
        with self.parts.store.transaction() as session:
            save_centre(session, DE_WADDEN)
            add_addressee(session, NewAddressee(name, DE_WADDEN.key, locale, audience="detention"), now().date())

    @property
    def office(self) -> Office:
        """What use cases work with; the bell is silent."""
        return self.parts.office(Silence())

    def approve(self, slug: str) -> str:
        """By the approver, as the issue is now; returns the digest of what was approved."""
        seen = proposal(self.office, self.approver, slug).digest
        approve(self.office, self.approver, slug, seen=seen)
        return seen

    def publish(self, slug: str) -> Published:
        """Approved in all its languages and by a second person, then published."""
        messages.approve_issue(self.office, self.editor, slug)
        return publish(self.office, self.editor, slug, approved=self.approve(slug))

    def send(self, mailing: int) -> None:
        """By a real Celery worker in this process; returns when no e-mail waits any more."""
        offices: list[Renewing[Parts]] = []

        def open_office(bell: CeleryDoorbell, stopping: Callable[[], bool]) -> Renewing[Parts]:
            offices.append(self.parts.worker_office(bell, stopping))
            return offices[-1]

        with embedded(open_office) as bell:
            orders.start(self.parts.office(bell), self.editor, mailing)
            wait_for(lambda: not settled(self.parts.store, [mailing]).waiting, every=0.05)
        for one in offices:
            one.close()

    def received_by(self, address: str) -> list[Message]:
        """The messages the relay filed for this address."""
        return [one for one in mailbox.Maildir(self.maildir, create=False) if one["Delivered-To"] == address]


@contextmanager
def office(folder: Path, database_url: str) -> Iterator[WholeOffice]:
    """An office in `folder`, open while the block runs."""
    content_in(folder)
    settings = settings_from(folder)
    with maildir_server(folder / "Maildir") as port:
        smtp = settings.smtp.model_copy(update={"host": "127.0.0.1", "port": port})
        KeyRing.create(folder / "var" / "keys")
        parts = wired(settings.model_copy(update={"smtp": smtp}), folder, database_url)
        with parts.store.transaction() as session:
            hired = [
                add_person(session, name, f"{name}@voorbeeld.example", [role])
                for name, role in (("Bram", Role.EDITOR), ("Amina", Role.APPROVER), ("Sem", Role.POSTAL))
            ]
        yield WholeOffice(parts, folder / "Maildir", *hired)
        parts.store.close()
