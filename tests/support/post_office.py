"""An office with print runs, without a typesetter: pages of a frozen edition are blank, and so are files of a run."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from uuid import UUID

import pikepdf

from mailer.artefacts.paper.pieces import PrintOptions
from mailer.ledger import opening, printing
from mailer.ledger.opening import EditionToFreeze
from mailer.ledger.print_states import RunEvent
from mailer.ledger.states import MailingState
from mailer.ledger.tables import FrozenEdition, Mailing
from mailer.organisation import Channel
from mailer.services.office import Office
from mailer.services.post import runs
from staff.people import Person
from subscribers.addressee import AskedBy, Centre
from subscribers.examples import EXAMPLE_CENTRES
from subscribers.postal import NewAddressee, add_addressee, save_centre

SLUG = "meldpunt-2026-3"
AUDIENCE = "detention"
LOCALES = ("nl", "en", "ar")
FILES = ("boekje-nl-1x.pdf", "uitleg-nl-1x.pdf", "etiketten-L7163.pdf", "paklijst.pdf")


@cache
def blank(pages: int = 8) -> bytes:
    """A PDF of that many A5 pages with nothing on them."""
    made = BytesIO()
    with pikepdf.new() as pdf:
        for _page in range(pages):
            pdf.add_blank_page(page_size=(420, 595))
        pdf.save(made)
    return made.getvalue()


@dataclass
class PostOffice:
    """A mailing by post on its way, in an office of any test."""

    office: Office
    person: Person
    mailing: int = 0
    editions: dict[str, int] = field(default_factory=dict)

    def open(self) -> PostOffice:
        """The example centres, and a mailing in three languages that no one gets yet."""
        with self.office.store.transaction() as session:
            for centre in EXAMPLE_CENTRES:
                save_centre(session, centre)
            mailing = opening.open_mailing(session, slug=SLUG, publication="meldpunt", content_hash="0" * 64)
            mailing.state = MailingState.SENDING
            self.mailing = mailing.id
            for locale in LOCALES:
                to_freeze = EditionToFreeze(AUDIENCE, locale, Channel.POST, "Nieuws", pdf=blank(), large_pdf=blank(12))
                self.editions[locale] = opening.freeze(session, mailing, to_freeze).id
        return self

    def add(self, *names: str, locale: str = "nl", centre: str = "", large: bool = False) -> list[UUID]:
        """People who get this issue."""
        key = centre or EXAMPLE_CENTRES[0].key
        number = "R-1" if self.centre(key).asks_registration else None
        with self.office.store.transaction() as session:
            new = [NewAddressee(name, key, locale, number, large, AskedBy.PHONE, audience=AUDIENCE) for name in names]
            uids = [add_addressee(session, one, self.office.today()) for one in new]
            frozen = session.get_one(FrozenEdition, self.editions[locale])
            mailing = session.get_one(Mailing, self.mailing)
            mailing.state, mailing.finished_at = MailingState.SENDING, None  # it was done once all were posted
            opening.add_deliveries(session, mailing, frozen, uids)
        return uids

    def order(self, **options: object) -> int:
        """A run of all who wait."""
        return runs.order(self.office, self.person, SLUG, PrintOptions(**options))  # type: ignore[arg-type]

    def prepared(self) -> int:
        """A run whose files are there."""
        run = self.order()
        with self.office.store.transaction() as session:
            row = printing.run_of(session, run)
            assert row is not None
            printing.change(session, row, RunEvent.MAKE)
            for name in FILES:
                personal = name.startswith(("etiketten", "paklijst"))
                printing.keep_file(session, run, name, blank(2), copies=1, personal=personal)
        return run

    def printed(self) -> int:
        """A run that is on paper."""
        run = self.prepared()
        runs.printed(self.office, self.person, run)
        return run

    def posted(self) -> int:
        """A run that is in the post."""
        run = self.printed()
        runs.posted(self.office, self.person, run)
        return run

    def centre(self, key: str) -> Centre:
        """One of the example centres."""
        return next(one for one in EXAMPLE_CENTRES if one.key == key)


LIST = """naam;centrum;taal;extra
Hanna Voorbeeld;heideoord;nl;x
Ibo Voorbeeld;Heide;Nederlands;y
Ada Voorbeeld;duinrand;nl;z
"""
"""A list with a column that means nothing, a centre by a name of its own, and someone without a number."""
