"""A proof: one edition to colleagues, with [TEST] before its subject. It is no delivery and touches no ledger."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from email.utils import format_datetime, make_msgid

from mailer.artefacts.email.message import TEST, message_from
from mailer.artefacts.email.personal import PersonalMessage, greeting
from mailer.carriers.carrier import Answer, Carrier, Letter, Outcome, RelayFault, nothing
from mailer.edition import Edition
from mailer.organisation import House
from mailer.services.office import Press
from mailer.services.writing.editions import edition, email_of, load
from staff.people import Person
from wording import _
from wording.errors import CarrierError
from wording.interface import interface


def send_proof(
    press: Press,
    carrier: Carrier,
    people: Sequence[Person],
    *,
    slug: str,
    audience: str,
    locale: str,
    clock: Callable[[], datetime],
) -> list[Outcome]:
    """Send an edition, finished or not, to members of staff; an outcome for each, in their order.

    Its links lead to the pages of the house without anybody's token. Raises CarrierError when the relay fails, and
    what `publishing.edition` raises.
    """
    loaded = load(press, slug)
    cut = edition(press, loaded, audience, locale)
    message = message_from(email_of(press, loaded, cut), cut, press.house, prefix=TEST)
    tray = _Tray([_letter(key, message, cut, one, house=press.house, at=clock()) for key, one in enumerate(people)])
    fault = carrier.hand_over(tray)
    if fault is not None or len(tray.outcomes) < len(people):
        raise CarrierError(_("De mailserver nam de proef niet aan: {answer}", answer=_words(fault)))
    return [tray.outcomes[key] for key in range(len(people))]


class _Tray:
    """A carrier's desk without a ledger: each letter is handed over once, and how it ended is kept."""

    def __init__(self, letters: list[Letter]) -> None:
        self._waiting = letters
        self.outcomes: dict[int, Outcome] = {}

    def prepare(self, most: int) -> None:
        """They lie ready."""

    def next_letter(self) -> Letter | None:
        return self._waiting.pop(0) if self._waiting else None

    def turn(
        self, outcomes: Sequence[tuple[int, Outcome]], ready: Sequence[int], meanwhile: Callable[[], object] = nothing
    ) -> Collection[int]:
        self.outcomes.update(outcomes)
        return ready


def _letter(key: int, message: PersonalMessage, cut: Edition, person: Person, *, house: House, at: datetime) -> Letter:
    sender = house.publications[cut.publication].sender
    host = sender.address.partition("@")[2]
    values = {
        "to": person.email,
        "message_id": make_msgid(domain=host),  # a new one: a proof may be sent as often as someone likes
        "date": format_datetime(at),
        "greeting": greeting(person.name, interface(cut.locale)),
        "unsubscribe_url": f"{house.base_url}/u/",
        "unsubscribe_mailto": f"mailto:afmelden@{host}",
        "preferences_url": f"{house.base_url}/{cut.locale}/voorkeuren/",
    }
    return Letter(key, sender.reply_to, person.email, message.pieces(values))


def _words(fault: RelayFault | None) -> str:
    answer = fault.answer if fault else Answer("")
    return f"{answer.code or ''} {answer.words or answer.stage}".strip()
