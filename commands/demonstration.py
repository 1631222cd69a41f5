"""The story of the demo: people, approvals, a mailing by a worker, a print run, and a count of both sides."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from commands.demo_pages import write_pages
from commands.demo_table import Row, demo_table
from commands.local_mail import recipients
from commands.mailing import equation
from commands.moments import euros
from commands.progress import watch
from commands.words import say
from database.wall import today
from mailer.artefacts.paper.quotes import QuoteLine
from mailer.artefacts.word_count import word_count
from mailer.bootstrap import Parts, print_options
from mailer.ledger.overview import EditionOverview, readers_in
from mailer.ledger.states import DeliveryState
from mailer.organisation import Channel
from mailer.services.office import Silence
from mailer.services.post import runs
from mailer.services.post.exporting import save_files
from mailer.services.publishing.approval import approve, proposal
from mailer.services.publishing.publish import publish
from mailer.services.sending import orders
from mailer.services.sending.overview import MailingOverview, mailing, settled
from mailer.services.translating import messages
from mailer.services.writing import editions
from staff.people import Person, add_person
from staff.roles import Role
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
        opened = [self._publish(slug, editor, approver) for slug in self.parts.content.slugs()]
        self._send(opened, editor)
        mailings = [mailing(self.parts.office(Silence()), editor, one) for one in opened]
        lines = [line for one in mailings if _is_posted(one) for line in self._print(one.issue, postal)]
        self.console.print(demo_table(self._rows(mailings, lines)))
        is_right = self._agrees(mailings)
        page = write_pages(self.parts.house, self.folder, mailings)
        self._say(_("Open {page} in een browser: elke editie, elke mail en elk bestand om te printen.", page=page))
        self._say(_("Klaar in {seconds} seconden.", seconds=round(time.monotonic() - began, 1)))
        return is_right

    def _people(self) -> tuple[Person, Person, Person]:
        """Bram writes, Amina approves, Sem prints; Yasmin translates and Noor keeps the rest. None of them exists."""
        with self.parts.store.transaction() as session:
            add_person(session, "Yasmin", "yasmin@voorbeeld.example", [Role.TRANSLATOR], ["ar"])
            add_person(session, "Noor", "noor@voorbeeld.example", [Role.ADMIN])
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
                insert_addressees(
                    session, example_addressees(audience.locales, audience.key, addressees), today(session)
                )
        self._say(
            _("{readers} verzonnen lezers en {addressees} geadresseerden.", readers=readers, addressees=addressees)
        )

    def _publish(self, slug: str, editor: Person, approver: Person) -> int:
        office = self.parts.office(Silence())
        messages.approve_issue(office, editor, slug)
        seen = proposal(office, approver, slug).digest
        approve(office, approver, slug, seen=seen)
        done = publish(office, editor, slug, approved=seen)
        self._say(_("{slug}: goedgekeurd, bevroren, {count} bezorgingen.", slug=slug, count=done.deliveries))
        assert done.mailing is not None, "the tables were empty"  # noqa: S101
        return done.mailing

    def _send(self, mailings: list[int], editor: Person) -> None:
        deadline = time.monotonic() + _PATIENCE
        with embedded(self.parts.worker_office) as bell:
            for mailing in mailings:
                orders.start(self.parts.office(bell), editor, mailing)
            watch(self.parts.store, mailings, self.console, lambda: self._is_sent(mailings, deadline))

    def _is_sent(self, mailings: list[int], deadline: float) -> bool:
        return not settled(self.parts.store, mailings).waiting or time.monotonic() > deadline

    def _print(self, slug: str, postal: Person) -> Sequence[QuoteLine]:
        """Order a print run, make it, and write its files where the desk of the demo can open them."""
        office, options = self.parts.office(Silence()), print_options(self.parts)
        asked = runs.quote(office, postal, slug, options, self.parts.content.issue(slug)[0].day)
        run = runs.order(office, postal, slug, options)
        save_files(runs.files(office, postal, run), self.folder / "print" / slug)
        self._say(
            _(
                "{slug}: printopdracht van {pieces} stuks, {grams} gram, {stamps} postzegels, {cost}.",
                slug=slug,
                pieces=asked.pieces,
                grams=asked.grams,
                stamps=asked.stamps,
                cost=euros(asked.cost),
            )
        )
        return asked.lines

    def _rows(self, mailings: Sequence[MailingOverview], printed: Sequence[QuoteLine]) -> Iterator[Row]:
        press = self.parts.press
        words = {}
        for slug in self.parts.content.slugs():
            for cut in editions.editions(press, editions.load(press, slug)):
                words[slug, cut.audience, cut.locale] = word_count(cut)
        for one in mailings:
            for each in one.editions:
                yield _row(one.issue, each, words[one.issue, each.audience, each.locale], printed)

    def _agrees(self, mailings: Sequence[MailingOverview]) -> bool:
        """The Maildir must hold one message per accepted delivery, each to another reader of that issue."""
        filed = recipients(self.folder / "Maildir")
        accepted = self._accepted([one.id for one in mailings])
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
        for one in mailings:
            self.console.print(f"{one.issue}: {equation(one.account)}", highlight=False)
        return is_right and all(one.account.balances for one in mailings)

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


def _is_posted(one: MailingOverview) -> bool:
    """True for an issue that has readers by post."""
    return any(edition.channel is Channel.POST for edition in one.editions)


def _row(slug: str, one: EditionOverview, words: int, printed: Sequence[QuoteLine]) -> Row:
    if one.channel is Channel.EMAIL:
        accepted = one.states.get(DeliveryState.ACCEPTED, 0)
        html_kb = round(one.html_bytes / 1000, 1)
        return Row(slug, one.audience, one.locale, one.channel, one.readers, accepted, words, html_kb=html_kb)
    lines = [line for line in printed if line.edition.locale == one.locale]
    booklets = [line for line in lines if not line.edition.large]
    return Row(
        slug,
        one.audience,
        one.locale,
        one.channel,
        one.readers,
        sum(line.copies for line in lines),
        words,
        pages=booklets[0].pages if booklets else None,
        grams=sum(line.copies * line.grams for line in lines),
        stamps=sum(line.copies * line.each.stamps for line in lines if line.each),
    )
