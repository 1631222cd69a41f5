"""Put an example issue in the archive of the pages, as if it had been mailed."""

from __future__ import annotations

from mailer.ledger import opening
from mailer.ledger.opening import EditionToFreeze
from mailer.organisation import Channel
from mailer.services.publishing import archive
from mailer.services.translating import messages
from staff.people import add_person
from staff.roles import Role
from tests.support.office import office_of
from tests.web.conftest import Pages

SLUG, AUDIENCE = "meldpunt-2026-3", "detention-friends"
"""In Dutch, English and Arabic, with a picture."""


def on_show(pages: Pages, slug: str = SLUG, audience: str = AUDIENCE) -> None:
    """The issue was mailed to this audience in all its languages, and anyone may read it."""
    office = office_of(pages.store, house=pages.house)
    with pages.store.transaction() as session:
        editor = add_person(session, "Bram", "bram@voorbeeld.example", [Role.EDITOR])
        publication = slug.partition("-")[0]
        mailing = opening.open_mailing(session, slug=slug, publication=publication, content_hash="x")
        for locale in pages.house.audiences[audience].locales:
            edition = EditionToFreeze(audience, locale, Channel.EMAIL, "x", "<p>", "x", b"x")
            opening.freeze(session, mailing, edition)
    messages.approve_issue(office, editor, slug)
    archive.show(office, editor, slug, audience)
