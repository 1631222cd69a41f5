"""What several doors of this desk look up: a reader by address, an audience by key."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.orm import Session

from mailer.organisation import Channel, House
from subscribers.address import address_from
from subscribers.repository import reader_by_id, subscriber_with
from subscribers.tables import Subscriber
from wording import _
from wording.errors import InvalidInputError, NotFoundError


def no_reader() -> NotFoundError:
    """No reader has the address."""
    return NotFoundError(_("Met dit adres is er geen lezer."))


def reader_with(session: Session, email: str) -> Subscriber:
    """The reader with this address, whatever their state. Raises NotFoundError, AddressError."""
    row = subscriber_with(session, address_from(email))
    if row is None:
        raise no_reader()
    return row


def reader_by(session: Session, uid: UUID) -> Subscriber:
    """The reader with this id, whatever their state. Raises NotFoundError for one who is unknown or was erased."""
    row = reader_by_id(session, uid)
    if row is None:
        raise NotFoundError(_("Deze lezer is er niet (meer)."))
    return row


def reader_called(session: Session, who: str | UUID) -> Subscriber:
    """The reader with this address or id. Raises NotFoundError, AddressError."""
    return reader_by(session, who) if isinstance(who, UUID) else reader_with(session, who)


def check_audiences(house: House, keys: Iterable[str], channel: Channel | None = None) -> None:
    """Raises NotFoundError for an audience the organisation does not have, or not on this channel."""
    known = [key for key, one in house.audiences.items() if channel in (None, one.channel)]
    for key in keys:
        if key not in known:
            raise NotFoundError(
                _("De doelgroep ‘{key}’ is onbekend. Bekend: {known}.", key=key, known=", ".join(known))
            )


def check_offered(house: House, audiences: Iterable[str], locale: str, hidden: Iterable[str] = ()) -> None:
    """Raises InvalidInputError for what no form offers: a newsletter not sent by e-mail or `hidden`, a language none
    is in."""
    mailed = {key: one for key, one in house.audiences.items() if one.channel is Channel.EMAIL}
    if not set(audiences) <= set(mailed) - set(hidden) or not any(locale in one.locales for one in mailed.values()):
        raise InvalidInputError(_("Kies uit de lijst."))


def check_locale(house: House, code: str) -> None:
    """Raises NotFoundError for a language the organisation does not have."""
    if code not in house.locales:
        known = ", ".join(sorted(house.locales))
        raise NotFoundError(_("De taal ‘{code}’ is onbekend. Bekend: {known}.", code=code, known=known))
