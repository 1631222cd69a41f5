"""Read an e-mail address: text in, an `Address` out, or the reason why it is refused.

Only what every relay carries is taken: a plain ASCII local part (dot-atom, RFC 5321 without quoted strings) and a
domain name with two labels or more, in letters of any script (IDNA 2008, RFC 5891). Nothing is repaired: what looks
almost like an address is a typing mistake or an attack, and both must be seen by whoever typed it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from unicodedata import normalize

import idna

from wording import Text, _
from wording.errors import InvalidInputError

_LOCAL = re.compile(r"[A-Za-z0-9_+'&=/~-]+(\.[A-Za-z0-9_+'&=/~-]+)*")
"""Less than RFC 5321 allows: no `%` and `!` (old routing), no `?`, `*`, `|`, `$` and such (shells, encoded-words)."""
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_MAX_ADDRESS, _MAX_LOCAL = 254, 64
"""Octets; RFC 5321 §4.5.3.1 and its erratum 1690."""
_MAX_TYPED = 320
"""Characters looked at before anything else is done: a domain of 10,000 labels costs nothing."""
_DOTS_IGNORED = {"gmail.com", "googlemail.com"}


class AddressError(InvalidInputError):
    """The text is no address that can be written to; `text` says why."""


@dataclass(frozen=True)
class Address:
    """A mailbox. Kept out of `repr`, so that no traceback or log line shows it."""

    local: str = field(repr=False)
    domain: str = field(repr=False)
    """In ASCII (A-labels), lower case."""

    @property
    def text(self) -> str:
        """As it is written to: the local part as typed."""
        return f"{self.local}@{self.domain}"

    @property
    def canonical(self) -> str:
        """Equal for two spellings of one address: no relay in use tells upper from lower case."""
        return f"{self.local.lower()}@{self.domain}"

    @property
    def mailbox(self) -> str:
        """Equal for all addresses of one mailbox, for counting requests: without +tag, without Gmail's dots."""
        local = self.local.lower().partition("+")[0]
        if self.domain in _DOTS_IGNORED:
            return f"{local.replace('.', '')}@gmail.com"
        return f"{local}@{self.domain}"

    @property
    def masked(self) -> str:
        """Enough to recognise one's own address, too little to learn another's: "a…@e….nl"."""
        name, _dot, ending = self.domain.rpartition(".")
        return f"{self.local[0]}…@{name[0]}….{ending}"


def address_from(typed: str) -> Address:
    """Read one address; spaces around it are forgiven. Raises AddressError."""
    typed = typed.strip(" ")
    if not typed:
        raise AddressError(_("Er is geen e-mailadres ingevuld."))
    if len(typed) > _MAX_TYPED:
        raise AddressError(_("Het e-mailadres is te lang."))
    local, at, domain = typed.rpartition("@")
    if not at or not _LOCAL.fullmatch(local):
        raise AddressError(_("Vóór de @ staat iets wat niet in een gewoon e-mailadres hoort."))
    address = Address(local, _domain(domain))
    if len(local) > _MAX_LOCAL or len(address.text) > _MAX_ADDRESS:
        raise AddressError(_("Het e-mailadres is te lang."))
    return address


@lru_cache(maxsize=4096)  # a list of readers has few domains, and IDNA is the dearest part of an address
def _domain(typed: str) -> str:
    labels = [_label(label) for label in _lower(typed).split(".")]
    if len(labels) < 2:
        raise AddressError(_("Achter de @ hoort een volledige domeinnaam, zoals organisatie.nl."))
    if labels[-1].isdigit():
        raise AddressError(_("Achter de @ hoort een domeinnaam en geen IP-adres."))
    return ".".join(labels)


def _lower(domain: str) -> str:
    """Lower case, but never from outside ASCII into it: the KELVIN SIGN would become a k, and another's domain."""
    if domain.isascii():
        return domain.lower()
    lowered = normalize("NFC", "".join(c.lower() if c.isascii() or not c.lower().isascii() else c for c in domain))
    if lowered.isascii():
        raise AddressError(_bad_domain())
    return lowered


def _label(label: str) -> str:
    try:
        ascii_label = label if label.isascii() else idna.alabel(label).decode()
        if ascii_label.startswith("xn--"):
            idna.ulabel(ascii_label)
    except idna.IDNAError:
        raise AddressError(_bad_domain()) from None
    if not _LABEL.fullmatch(ascii_label):
        raise AddressError(_bad_domain())
    return ascii_label


def _bad_domain() -> Text:
    return _("De domeinnaam achter de @ klopt niet.")
