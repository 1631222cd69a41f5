"""From a claimed delivery to a letter: the frozen edition with this reader's slots filled."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache
from typing import Protocol
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy.orm import Session

from database.keys import KeyRing
from mailer.carriers.carrier import Letter
from mailer.carriers.mailbox import deliverable
from mailer.ledger.frozen import require_as_approved
from mailer.ledger.handover import Claimed
from mailer.ledger.tables import FrozenEdition, Mailing
from mailer.organisation import House


class Recipient(Protocol):
    """A reader with an opened address, as `subscribers` gives it."""

    @property
    def uid(self) -> UUID: ...
    @property
    def address(self) -> str: ...


class Filled(Protocol):
    """A finished MIME with slots (`mailer.artefacts.email.personal.PersonalMessage`)."""

    def pieces(self, values: Mapping[str, str]) -> list[bytes]: ...


@dataclass(frozen=True)
class EditionFacts:
    """A frozen edition as the letters of one mailing need it."""

    id: int
    mailing_id: int
    issue_slug: str
    publication: str
    audience: str
    locale: str
    message: Filled
    one_mark: bool = False
    """Of a mailing from before Message-ID and bounce address had a mark each: what is sent again keeps its own."""


Personal = Callable[[EditionFacts, Recipient], Mapping[str, str]]
"""The slots that differ per reader, apart from to, message_id and date: greeting, unsubscribe and preference links."""


_MOST_THAWED = 4
"""A mailing goes through its editions one after the other; a message with pictures is a few megabytes."""


@dataclass(frozen=True)
class Letters:
    """Everything that makes a letter personal."""

    thaw: Callable[[bytes], Filled]
    personal: Personal
    key: bytes = field(repr=False)
    """For the HMACs in Message-ID and envelope sender; it never changes, or a re-send could not be recognised."""
    domain: str
    envelope_sender: Callable[[EditionFacts, str], str]
    """The address for bounces, from the edition and the delivery's mark (VERP)."""
    check: Callable[[Session, FrozenEdition], None] = require_as_approved
    """Raises AlteredError for an edition that is not what was approved; asked once for each that is thawed."""
    _thawed: dict[int, EditionFacts] = field(default_factory=dict, init=False, repr=False, compare=False)

    def edition(self, session: Session, edition_id: int) -> EditionFacts:
        """Thaw a frozen edition; the last few stay thawed. Raises LookupError when it has no message, AlteredError."""
        if (known := self._thawed.get(edition_id)) is not None:
            return known
        while len(self._thawed) >= _MOST_THAWED:
            self._thawed.pop(next(iter(self._thawed)), None)
        thawed = self._thawed[edition_id] = self._thaw(session, edition_id)
        return thawed

    def _thaw(self, session: Session, edition_id: int) -> EditionFacts:
        frozen = session.get_one(FrozenEdition, edition_id)
        mailing = session.get_one(Mailing, frozen.mailing_id)
        if frozen.message is None:
            raise LookupError(f"edition {edition_id} is not for e-mail")
        self.check(session, frozen)
        return EditionFacts(
            id=edition_id,
            mailing_id=mailing.id,
            issue_slug=mailing.issue_slug,
            publication=mailing.publication,
            audience=frozen.audience,
            locale=frozen.locale,
            message=self.thaw(frozen.message),
            one_mark=mailing.one_mark,
        )

    def letter(self, edition: EditionFacts, claimed: Claimed, recipient: Recipient, at: datetime) -> Letter:
        """The message of this delivery, ready for a carrier.

        An address that no envelope can hold gets no message: the carrier refuses it, and the batch goes on.
        """
        mark = delivery_mark(self.key, claimed.id)
        values = {
            **self.personal(edition, recipient),
            "to": recipient.address,
            "message_id": message_id(self.key, self.domain, claimed.id, one_mark=edition.one_mark),
            "date": _date(at.replace(microsecond=0)),
        }
        sender = self.envelope_sender(edition, mark)
        pieces = edition.message.pieces(values) if deliverable(recipient.address) else ()
        return Letter(claimed.id, sender, recipient.address, pieces)


@lru_cache(maxsize=2)
def _date(second: datetime) -> str:
    """RFC 5322 §3.3; thousands of letters leave in one second."""
    return format_datetime(second)


def delivery_mark(key: bytes, delivery: int) -> str:
    """Of the bounce address: whoever knows it may say that this letter came back.

    Stable per delivery and not to be guessed: its number and an HMAC-SHA256 of it (128 bits), in hexadecimal.
    """
    return _mark(key, b"delivery", delivery)


def public_mark(key: bytes, delivery: int) -> str:
    """Of the Message-ID, which stands in replies, forwards and archives: it tells which letter, and opens nothing."""
    return _mark(key, b"message-id", delivery)


def _mark(key: bytes, label: bytes, delivery: int) -> str:
    mac = hmac.digest(key, b"%b\0%d" % (label, delivery), "sha256")
    return f"{delivery:x}.{mac[:16].hex()}"


def message_id(key: bytes, domain: str, delivery: int, *, one_mark: bool) -> str:
    """The Message-ID under which relays and readers know a delivery, also when it is sent again."""
    mark = (delivery_mark if one_mark else public_mark)(key, delivery)
    return f"<{mark}@{domain}>"


def signing_key(keys: KeyRing) -> bytes:
    """The oldest key for links signs marks: a re-send must be recognisable."""
    return keys.derive("links", "deliveries", keys.ids("links")[-1])


def domain_of_marks(house: House) -> str:
    """The domain of every Message-ID."""
    return urlsplit(house.base_url).hostname or "localhost"
