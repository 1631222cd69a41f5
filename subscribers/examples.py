"""Invented readers for the demonstration and the tests: the same ones every time, and visibly nobody.

Every address ends in `.example` (RFC 2606), every centre and every name is made up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from random import Random
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from database.keys import keys_of
from database.sealed import blind_index
from subscribers.address import Address
from subscribers.addressee import AskedBy, Centre
from subscribers.admission import Newcomer, admit
from subscribers.chunks import chunks
from subscribers.consent import AgreedWording, Choice, ConsentKind, Evidence
from subscribers.postal import NewAddressee, row_of, save_centre
from subscribers.tables import AddresseeRow, Subscriber

_SEED = 24
_FIRST = ("noor", "bram", "zoe", "idris", "fenna", "malik", "lotte", "yara", "sem", "amina", "joost", "tirza")
_LAST = ("voorbeeld", "verzonnen", "testman", "fictief", "bedacht", "demo")
_HOUSES = ("opvang-noord", "buurthuis-de-linde", "advocaten-aan-de-kade", "vrouwenhuis", "thuis", "steunpunt-west")

NAMES = {
    "nl": ("Noor van den Voorbeeld", "Zoë Verzonnen", "Björn Testman", "Joëlle d'Exemple", "Çelik Fictief"),
    "en": ("Ada Specimen", "Kofi Sample", "Grace O'Nobody", "Tesfaye Placeholder", "Ngozi Invented"),
    "ar": ("كريم المثال", "ليلى الخيالية", "يوسف بن تجربة", "Samir El Mithal", "نور الدين النموذج"),
}
_WORDING = AgreedWording("demo", "nl", "Verzonnen lezer van de demonstratie: er is niemand die toestemming gaf.")

EXAMPLE_CENTRES = (
    Centre(
        "duinrand", "Detentiecentrum Duinrand", ("Verzonnenlaan 7", "1234 AB  VOORBEELDSTAD"), True, date(2026, 11, 2)
    ),
    Centre("poldergaard", "Complex Poldergaard", ("Postbus 99999", "1234 XX  NERGENSHUIZEN"), True, date(2026, 11, 2)),
    Centre(
        "heideoord", "Gesloten voorziening Heideoord", ("Fictiefpad 13", "1234 ZZ  DEMODORP"), False, date(2026, 10, 19)
    ),
)


def example_readers(audiences: Mapping[str, Sequence[str]], count: int = 300) -> list[Newcomer]:
    """`count` readers by e-mail over every audience and every language of it; one in five reads a second newsletter.

    `audiences` maps the key of an audience to its locales.
    """
    random = Random(_SEED)  # noqa: S311  the same people every time, and no secret
    places = [(name, locale) for name, locales in audiences.items() for locale in locales]
    readers = []
    for number in range(count):
        audience, locale = places[number % len(places)]
        also = {random.choice(list(audiences))} if random.random() < 0.2 else set()
        readers.append(
            Newcomer(
                Address(f"{random.choice(_FIRST)}.{random.choice(_LAST)}{number}", f"{random.choice(_HOUSES)}.example"),
                Choice(tuple(sorted({audience} | also)), locale),
                Evidence("demonstration", _WORDING),
                uid=_uid(random),
            )
        )
    return readers


def example_addressees(locales: Sequence[str], audience: str, count: int = 40) -> list[tuple[UUID, NewAddressee]]:
    """`count` readers by post in the three example centres, over all locales; one in eight asks for large print."""
    random, people = Random(_SEED + 1), []  # noqa: S311  as above, and other ids than the readers'
    for number in range(count):
        locale, centre = locales[number % len(locales)], EXAMPLE_CENTRES[number % len(EXAMPLE_CENTRES)]
        person = NewAddressee(
            random.choice(NAMES.get(locale, NAMES["en"])),
            centre.key,
            locale,
            f"R-{number:05}" if centre.asks_registration else None,
            large_print=number % 8 == 5,
            asked_by=random.choice(list(AskedBy)),
            audience=audience,
        )
        people.append((_uid(random), person))
    return people


def insert_readers(session: Session, readers: Iterable[Newcomer]) -> int:
    """Write down those whose address is not there yet, with evidence. Returns how many were new."""
    keys, new = keys_of(session), 0
    for some in chunks(readers):
        indexed = {blind_index(keys, "email", one.address.canonical): one for one in some}
        known = set(session.scalars(select(Subscriber.address_index).where(Subscriber.address_index.in_(indexed))))
        new += admit(session, [one for index, one in indexed.items() if index not in known], ConsentKind.CONFIRMED)
    return new


def insert_addressees(session: Session, people: Sequence[tuple[UUID, NewAddressee]], today: date) -> int:
    """Write down the example centres and those addressees who are not there yet. Returns how many were new."""
    for centre in EXAMPLE_CENTRES:
        save_centre(session, centre)
    known = set(session.scalars(select(AddresseeRow.uid).where(AddresseeRow.uid.in_([uid for uid, _one in people]))))
    rows = [row_of(session, uid, one, today) for uid, one in people if uid not in known]
    if rows:
        session.execute(insert(AddresseeRow), rows)
    return len(rows)


def _uid(random: Random) -> UUID:
    return UUID(int=random.getrandbits(128), version=4)
