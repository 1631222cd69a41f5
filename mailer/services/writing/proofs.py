"""A proof: one edition to colleagues, with [TEST] before its subject. It is no delivery and touches no ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime, make_msgid
from uuid import UUID

from database.audit import record
from mailer.artefacts.email.message import TEST, message_from
from mailer.artefacts.email.personal import PersonalMessage
from mailer.artefacts.greeting import greeting
from mailer.carriers.carrier import Accepted, Answer, Letter, Outcome
from mailer.carriers.smtp import SmtpCarrier
from mailer.edition import Edition
from mailer.ledger.trail import rows_of
from mailer.organisation import House
from mailer.returns.vocabulary import in_known_words
from mailer.services.office import Office, deed, look
from mailer.services.sending.tray import Tray, in_short
from mailer.services.writing.editions import edition, email_of, load
from staff.people import Person, everyone
from staff.permissions import Permission, require
from wording import _
from wording.errors import CarrierError
from wording.interface import interface

_TAKEN = "proof_taken"
_LATELY = timedelta(days=92)
_MOST = 80


@dataclass(frozen=True)
class Proof:
    """What became of the proof for one colleague; `answer` is what the relay said when it did not take it."""

    name: str
    accepted: bool
    answer: str = ""


def send_proof(
    office: Office, person: Person, slug: str, *, audience: str, locale: str, to: Sequence[Person]
) -> tuple[Proof, ...]:
    """Send an edition, finished or not, to members of staff through the first relay; what became of each, in order.

    Its links lead to the pages of the house without anyone's token. Raises NotFoundError for an issue, audience or
    locale that is not there, ContentError, and CarrierError when the relay fails.
    """
    require(person, Permission.SEND_PROOFS)
    loaded = load(office, slug)
    cut = edition(office, loaded, audience, locale)
    message = message_from(email_of(office, loaded, cut), cut, office.house, prefix=TEST)
    at = office.clock()
    tray = Tray([_letter(key, message, cut, one, house=office.house, at=at) for key, one in enumerate(to)])
    about = {"issue": slug, "audience": audience, "locale": locale}
    with deed(office, person, Permission.SEND_PROOFS) as session:  # ends before the relay is asked
        record(session, "proof", person.uid, detail={**about, **_whom(to), "outcome": True})
    with closing(SmtpCarrier(office.relays[0])) as carrier:
        fault = carrier.hand_over(tray)
    if taken := [one for key, one in enumerate(to) if isinstance(tray.outcomes.get(key), Accepted)]:
        _note_taken(office, person.uid, {**about, **_whom(taken)})
    if fault is not None or len(tray.outcomes) < len(to):
        raise CarrierError(
            _("De mailserver nam de proef niet aan: {answer}", answer=in_short(fault.answer if fault else Answer("")))
        )
    return tuple(_proof(one, tray.outcomes[key]) for key, one in enumerate(to))


@dataclass(frozen=True)
class Seen:
    """A proof that a relay took for someone: of which edition, to whom, when."""

    to: str
    audience: str
    locale: str
    at: datetime


def proofs_of(office: Office, person: Person, slug: str) -> tuple[Seen, ...]:
    """Who got which proof of an issue lately, the newest first; not those that no relay took."""
    with look(office, person, Permission.SEE_ISSUES) as session:
        found = rows_of(session, slug, ["proof", _TAKEN], office.clock() - _LATELY, _MOST)
        rows = [one for one in found if "outcome" not in one.detail]  # a row of before has no second one
        names = {str(one.uid): one.name for one in everyone(session)}
    return tuple(
        Seen(names[uid], str(row.detail["audience"]), str(row.detail["locale"]), row.at)
        for row in rows
        for uid in str(row.detail.get("to", "")).split(",")
        if uid in names
    )


def _whom(people: Sequence[Person]) -> dict[str, str | int]:
    return {"count": len(people), "to": ",".join(str(one.uid) for one in people)}


def _note_taken(office: Office, actor: UUID, detail: Mapping[str, str | int]) -> None:
    """Apart from the deed: whoever lost the right while the relay worked has sent it all the same."""
    with office.store.transaction() as session:
        record(session, _TAKEN, actor, detail=detail)


def _proof(person: Person, outcome: Outcome) -> Proof:
    if isinstance(outcome, Accepted):
        return Proof(person.name, accepted=True)
    return Proof(person.name, accepted=False, answer=in_known_words(outcome.answer.words, person.email))


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
