"""Test people, each with a reason to be here, and the short words with which tests speak of them."""

from __future__ import annotations

from uuid import UUID

from database.session import Store
from subscribers import services
from subscribers.consent import AgreedWording, Choice, Evidence, SuppressedBecause
from subscribers.repository import may_receive, readers_of

WORDS = AgreedWording("2026-11", "nl", "Ja, mail mij.")
FORM = Evidence("form", WORDS)

ANNA = "anna@lezers.example"  # an ordinary reader
BAS = "bas@lezers.example"  # withdrew consent: must never get anything
CHADIA = "chadia@lezers.example"  # reads Arabic


def ask(store: Store, address: str, *audiences: str, locale: str = "nl") -> services.ConfirmationNeeded | None:
    with store.transaction() as session:
        return services.subscribe(session, address, Choice(audiences or ("legal-aid",), locale), FORM)


def reader(store: Store, address: str, *audiences: str, locale: str = "nl") -> UUID:
    """Somebody who asked and pressed the button."""
    needed = ask(store, address, *audiences, locale=locale)
    assert needed is not None
    with store.transaction() as session:
        uid = services.confirm(session, needed.token)
    assert uid is not None
    return uid


def leave(store: Store, uid: UUID, *audiences: str) -> None:
    with store.transaction() as session:
        services.leave(session, uid, "one-click", audiences or None)


def suppress(store: Store, address: str, because: SuppressedBecause) -> None:
    with store.transaction() as session:
        services.suppress(session, address, because, "report")


def gets(store: Store, audience: str = "legal-aid") -> set[UUID]:
    """Who would be put on the next mailing; the claim of each delivery must say the same."""
    with store.reading() as session:
        listed = {ref.uid for ref in readers_of(session, audience)}
        assert set(may_receive(session, listed, audience)) == listed
    return listed
