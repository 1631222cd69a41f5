"""The addresses in a mail that belong to one reader: leave, preferences, confirm. Built from the settings only.

A Host header never reaches a link: anyone who could write it would get the clicks.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from database.keys import KeyRing
from mailer.organisation import House
from subscribers.tokens import Purpose, token_for

LEAVE_BY_MAIL = "afmelden"
"""Local part of the address that takes a token in its subject: a token is longer than a local part may be (64)."""


def personal_links(keys: KeyRing, house: House, publication: str, reader: UUID) -> Mapping[str, str]:
    """The slots `unsubscribe_url`, `unsubscribe_mailto` and `preferences_url` of a newsletter (RFC 8058, RFC 2369)."""
    leave = token_for(keys, Purpose.UNSUBSCRIBE, reader, publication)
    domain = house.publications[publication].sender.address.partition("@")[2]
    return {
        "unsubscribe_url": f"{house.base_url}/u/{leave}",
        "unsubscribe_mailto": f"mailto:{LEAVE_BY_MAIL}@{domain}?subject={leave}",
        "preferences_url": f"{house.base_url}/p/{token_for(keys, Purpose.PREFERENCES, reader, publication)}",
    }


def confirm_link(house: House, locale: str, token: str) -> str:
    """Where the button is that makes someone a reader."""
    return f"{house.base_url}/{locale}/bevestigen/{token}"


def privacy_url(house: House, locale: str) -> str:
    """Where a reader reads what is kept of them; in the source language for one that has no pages."""
    return f"{house.base_url}/{locale if locale in house.locales else house.source_locale}/privacy"


def manage_link(house: House, locale: str, token: str) -> str:
    """Where someone who proved to own the mailbox can see, move or erase what is kept."""
    return f"{house.base_url}/{locale}/beheer/{token}"
