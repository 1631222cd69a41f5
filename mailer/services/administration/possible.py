"""Whether a value may stand in postduif.toml: what a person who types it can be told at the field. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from urllib.parse import urlsplit

from mailer.artefacts.colours import is_colour
from mailer.organisation import House
from mailer.services.administration.toml_changes import Change, Key, Value
from subscribers.address import AddressError, address_from
from wording import Text, _
from wording.errors import InvalidInputError

MOST = 300
"""Characters of one line."""
MOST_LINES = 8
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class UnusableError(InvalidInputError):
    """A value that cannot be; `key` says which."""

    def __init__(self, key: Key, text: Text) -> None:
        super().__init__(text)
        self.key = key


def require_possible(house: House, changes: Sequence[Change]) -> None:
    """Raises UnusableError for the first that cannot be. What the file as a whole refuses, its reader says."""
    for one in changes:
        if one.value != one.was and (why := _why_not(house, one)) is not None:
            raise UnusableError(one.key, why)


def domains_of(house: House) -> tuple[str, ...]:
    """The domains that are the organisation's: of its website, its pages and those it sends from."""
    hosts = [urlsplit(one).hostname or "" for one in (house.organisation.website, house.base_url)]
    senders = [one.sender.address.rpartition("@")[2] for one in house.publications.values()]
    found = [one.lower().removeprefix("www.") for one in (*hosts, *senders)]
    return tuple(dict.fromkeys(one for one in found if "." in one))


def _why_not(house: House, one: Change) -> Text | None:
    texts = one.value if isinstance(one.value, list) else [one.value] if isinstance(one.value, str) else []
    if any(_CONTROL.search(text) for text in texts):
        return _("Hier staat een teken dat in geen tekst hoort; haal het weg.")
    if any(len(text) > MOST for text in texts):
        return _("Een regel heeft hier hoogstens {most} tekens.", most=MOST)
    if len(texts) > MOST_LINES and one.key == ("organisation", "postal_address"):
        return _("Een adres heeft hier hoogstens {most} regels.", most=MOST_LINES)
    check = _CHECKS.get(_shape(one.key))
    return check(house, one.value) if check is not None else None


def _shape(key: Key) -> Key:
    """The key without the name of a table of its kind."""
    return (key[0], "*", *key[2:]) if key[0] in {"publications", "audiences", "locales"} else key


def _needed(_house: House, value: Value) -> Text | None:
    return None if value else _("Vul dit in.")


def _some(_house: House, value: Value) -> Text | None:
    return None if value else _("Kies er minstens één.")


def _website(_house: House, value: Value) -> Text | None:
    try:
        parts = urlsplit(str(value or ""))
        is_good = parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.username
    except ValueError:
        is_good = False
    return None if is_good else _("Vul het hele webadres in, zoals https://www.voorbeeld.example.")


def _colour(_house: House, value: Value) -> Text | None:
    return None if is_colour(str(value or "")) else _("Een kleur is een # met zes cijfers of letters, zoals #0b5f58.")


def _address(_house: House, value: Value) -> Text | None:
    try:
        address_from(str(value or ""))
    except AddressError as error:
        return error.text
    return None


def _sender(house: House, value: Value) -> Text | None:
    if (wrong := _address(house, value)) is not None:
        return wrong
    domain = address_from(str(value)).domain
    ours = domains_of(house)
    if any(domain == one or domain.endswith(f".{one}") for one in ours):
        return None
    return _(
        "{domain} is niet van jullie: mailservers weigeren post die daarvandaan lijkt te komen. Kies een adres bij "
        "{ours}, of zet eerst jullie website bij Organisatie op {domain}.",
        domain=domain,
        ours=_listed(ours),
    )


def _listed(ours: Iterable[str]) -> str:
    return ", ".join(ours)


_CHECKS: Mapping[Key, Callable[[House, Value], Text | None]] = {
    ("organisation", "name"): _needed,
    ("organisation", "postal_address"): _needed,
    ("organisation", "return_address"): _needed,
    ("organisation", "website"): _website,
    ("publications", "*", "audiences"): _some,
    ("audiences", "*", "locales"): _some,
    ("organisation", "look", "accent"): _colour,
    ("organisation", "look", "accent_dark"): _colour,
    ("publications", "*", "sender", "address"): _sender,
    ("publications", "*", "sender", "reply_to"): _address,
}
