"""What readers may know of their privacy: the register of processing in plain words, and the organisation's own.

No line of it is written by hand: each is made from what the tables declare, so that nothing that is kept is left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from database import audit, register
from database.declared import WORK
from database.retrying import retried
from database.session import Store
from mailer.organisation import Channel, House
from mailer.services.office import Office, deed, look
from staff import second_factor  # noqa: F401 - the register is made from the tables that are imported
from staff.people import Person
from staff.permissions import Permission, require
from subscribers.offers import keep_privacy_words, privacy_words
from wording import Text, _
from wording.errors import InvalidInputError

MOST_WORDS = 6_000
"""Characters of the organisation's own words: two pages."""
_BROUGHT = _("Uw regel in een lijst die wij inlezen, versleuteld, een dag lang")
_READER = _("Uw e-mailadres, uw taal en welke nieuwsbrieven u koos")
_ASKED = _("De link of de knop die wij u mailden")
_BACK = _("Dat een mail aan u terugkwam, en waarom")
_SENT = _("Welke nummers naar u gingen")
_POSTED = _("Naam en plaats van wie de nieuwsbrief per post krijgt")
WHAT: Mapping[str, Text] = MappingProxyType(
    {
        "subscriber": _READER,
        "membership": _READER,
        "merged_reader": _READER,
        "pick": _READER,
        "consent_event": _("De dag en de zin van uw ja"),
        "import_draft": _BROUGHT,
        "delivery": _SENT,
        "attempt": _SENT,
        "bounce": _BACK,
        "returned_message": _BACK,
        "one_time": _ASKED,
        "notice": _ASKED,
        "asked": _("Een code van uw postvak en van uw netwerk, als u zich aanmeldt"),
        "suppression": _("Een code van een adres dat wij niet meer mailen"),
        "tombstone": _("Dat iemand gewist is, als code"),
        "audit": _("Wie van ons uw gegevens bekeek of veranderde"),
        "addressee": _POSTED,
        "print_file": _POSTED,
        "print_piece": _POSTED,
    }
)
"""What a table holds of a reader, in words for a reader."""
OF_STAFF = frozenset({"print_step"})
"""Tables whose ground is not the work of staff, and that yet say something of them alone."""


@dataclass(frozen=True)
class Kept:
    """One line: what is kept, what for, and until when. Several purposes where several tables say the same thing."""

    what: Text
    purposes: tuple[Text, ...]
    retentions: tuple[Text, ...]


@dataclass(frozen=True)
class Statement:
    """`words`: the organisation's own, by language; empty while no one filled them in."""

    kept: tuple[Kept, ...]
    words: Mapping[str, str]


def statement(store: Store, house: House) -> Statement:
    """For anyone."""
    with store.reading() as session:
        return Statement(tuple(kept_of(house)), privacy_words(session))


def kept_of(house: House) -> list[Kept]:
    """The register of processing as far as it is about readers; lines about the post only where there is post."""
    posts = any(one.channel is Channel.POST for one in house.audiences.values())
    lines: dict[Text, list[register.Entry]] = {}
    order = list(dict.fromkeys(WHAT.values()))
    for entry in about_readers():
        what = WHAT.get(entry.table, entry.declared.purpose)
        if posts or what != _POSTED:
            lines.setdefault(what, []).append(entry)
    known = sorted(lines, key=lambda what: order.index(what) if what in order else len(order))
    return [_kept(what, lines[what]) for what in known]


def about_readers() -> list[register.Entry]:
    """The entries of the register that are not about the people who work here."""
    return [one for one in register.register() if one.declared.ground != WORK and one.table not in OF_STAFF]


def words(office: Office, person: Person) -> Mapping[str, str]:
    """The organisation's own words by language, to be changed."""
    with look(office, person, Permission.CHANGE_SETTINGS) as session:
        return privacy_words(session)


@retried
def change_words(office: Office, person: Person, given: Mapping[str, str]) -> None:
    """Keep the organisation's own words; "" takes a language away. Plain text: an empty line begins a paragraph.

    Raises InvalidInputError for a text that is too long.
    """
    require(person, Permission.CHANGE_SETTINGS)
    kept = {code: _tidy(text) for code, text in given.items() if code in office.house.locales}
    if any(len(text) > MOST_WORDS for text in kept.values()):
        raise InvalidInputError(_("Dit is te lang: hooguit {most} tekens.", most=MOST_WORDS))
    with deed(office, person, Permission.CHANGE_SETTINGS) as session:
        keep_privacy_words(session, kept)
        audit.record(session, audit.Event.CONFIG, person.uid, detail={"privacy": ",".join(sorted(kept))})


def _tidy(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").replace("\0", "").strip().split("\n"))


def _kept(what: Text, entries: Sequence[register.Entry]) -> Kept:
    purposes = tuple(dict.fromkeys(one.declared.purpose for one in entries))
    return Kept(what, purposes, tuple(dict.fromkeys(one.declared.retention for one in entries)))
