"""What small organisations send, from the page before it to the mailboxes and the postal desk: a story each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email.message import Message
from pathlib import Path

import pytest

from database.base import now
from mailer.bootstrap import print_options
from mailer.ledger.mailings import mailing_of
from mailer.ledger.states import MailingState
from mailer.organisation import Channel
from mailer.services.office import Office
from mailer.services.post import runs
from mailer.services.publishing import publish, review
from mailer.services.publishing.late import send_late_languages
from mailer.services.publishing.renewing import renew
from mailer.services.readers.audiences import set_rule
from mailer.services.sending import moments, overview
from mailer.services.translating import messages, release
from staff.people import add_person
from staff.roles import Role
from subscribers.audience import Rule
from tests.support.office import WholeOffice, office
from tests.support.people import reader

ADVOCATE = "advocaat@lezers.example"  # legal aid: case law, and nothing for women's organisations
BOTH = "beide@lezers.example"  # of legal aid and of a women's organisation: gets one, that of the first
WOMEN = "vrouwen@lezers.example"  # a women's organisation that reads Dutch
MIGRANTS = "migranten@lezers.example"  # a migrant organisation that reads English


@pytest.fixture
def here(tmp_path: Path) -> Iterator[WholeOffice]:
    with office(tmp_path / "content", f"sqlite:///{tmp_path}/postduif.sqlite") as whole:
        yield whole


def text_of(message: Message) -> str:
    part = next(one for one in message.walk() if one.get_content_type() == "text/plain")
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode("utf-8")


def counted(here: WholeOffice, slug: str) -> dict[str, int]:
    """What the page before the mailing says: readers by audience and language."""
    found = review.review(here.office, here.editor, slug)
    return {f"{one.audience} {one.locale}": one.readers for one in found.editions if one.readers}


def send(here: WholeOffice, slug: str) -> int:
    """As the page said it; returns how many readers that were."""
    published = here.publish(slug)
    assert published.mailing is not None
    here.send(published.mailing)
    return published.deliveries


def test_the_two_weekly_goes_to_three_audiences_with_their_own_sections_and_no_one_gets_two(here: WholeOffice) -> None:
    slug = "los-2026-24"
    here.subscribe(ADVOCATE, "legal-aid", "nl")
    reader(here.parts.store, BOTH, "legal-aid", "womens-orgs")
    here.subscribe(WOMEN, "womens-orgs", "nl")
    here.subscribe(MIGRANTS, "migrant-orgs", "en")
    messages.approve_issue(here.office, here.editor, slug)
    assert counted(here, slug) == {"legal-aid nl": 2, "womens-orgs nl": 1, "migrant-orgs en": 1}
    assert send(here, slug) == 4
    [advocate], [both], [women], [migrants] = (here.received_by(one) for one in (ADVOCATE, BOTH, WOMEN, MIGRANTS))
    assert [one["Content-Language"] for one in (advocate, both, women, migrants)] == ["nl", "nl", "nl", "en"]
    for mail in (advocate, both):
        assert "Jurisprudentie" in text_of(mail)
        assert "Rechten in de praktijk" not in text_of(mail)
    assert "Rechten in de praktijk" in text_of(women)
    assert "Jurisprudentie" not in text_of(women)
    assert "Rechten in de praktijk" not in text_of(migrants), "in English"


def test_the_monthly_goes_to_one_to_three_audiences_by_rule(here: WholeOffice) -> None:
    slug, office_here = "noo-2026-11", here.office
    with here.parts.store.transaction() as session:
        noor = add_person(session, "Noor", "noor@voorbeeld.example", [Role.ADMIN])
    here.subscribe(ADVOCATE, "noo-national", "nl")
    here.subscribe(WOMEN, "noo-rotterdam", "nl")
    assert counted(here, slug) == {"noo-rotterdam nl": 1, "noo-national nl": 1}
    set_rule(office_here, noor, "noo-relations", Rule(("noo-national", "noo-relations")))
    here.subscribe(MIGRANTS, "noo-relations", "nl")
    assert counted(here, slug) == {"noo-rotterdam nl": 1, "noo-national nl": 1, "noo-relations nl": 1}
    set_rule(office_here, noor, "noo-national", Rule(("noo-national",), locales=("en",)))
    assert counted(here, slug) == {"noo-rotterdam nl": 1, "noo-relations nl": 2}, "the rule moved one to the third"
    assert send(here, slug) == 3
    [moved] = here.received_by(ADVOCATE)
    assert str(moved["Feedback-ID"]).split(":")[2] == "noo-relations"


def test_the_helpdesks_goes_in_three_languages_with_arabic_two_days_later(here: WholeOffice) -> None:
    slug, readers = "meldpunt-2026-3", {"nl": WOMEN, "en": MIGRANTS, "ar": BOTH}
    for locale, address in readers.items():
        here.subscribe(address, "detention-friends", locale)
    for name, locale in (("Kofi Bedacht", "en"), ("Samir Voorbeeld", "ar")):
        here.add_addressee(name, locale)
    monday = here.office
    messages.approve_issue(monday, here.editor, slug)
    release.wait(monday, here.editor, slug, "ar", reason="wordt nog nagelezen")
    found = review.review(monday, here.editor, slug)
    assert (found.by_mail, found.by_post, found.waiting) == (2, 1, 2)
    done = publish.publish(monday, here.editor, slug, approved=here.approve(slug))
    assert done.mailing is not None
    assert review.review(monday, here.editor, slug).waiting == 2, "by mail and by post"
    here.send(done.mailing)
    assert [len(here.received_by(readers[locale])) for locale in ("nl", "en", "ar")] == [1, 1, 0]
    assert letters(monday, here, slug) == 1, "the postal desk has the paper of the same page"

    day = now() + timedelta(days=2)
    wednesday = replace(monday, clock=lambda: day)
    assert send_late_languages(wednesday) == [], "no one approved it yet"
    renew(wednesday, slug)
    here.approve(slug)
    [late] = send_late_languages(wednesday)
    with here.parts.store.transaction() as session:  # its moment comes
        row = mailing_of(session, late)
        assert row.scheduled_at == moments.soon(wednesday)
        row.state, row.scheduled_at = MailingState.APPROVED, None
    here.send(late)
    assert [len(here.received_by(one)) for one in readers.values()] == [1, 1, 1]
    assert here.received_by(BOTH)[0]["Content-Language"] == "ar"
    by_post = [
        one.readers for one in overview.mailing(monday, here.editor, late).editions if one.channel is Channel.POST
    ]
    assert sum(by_post) == 1
    assert letters(monday, here, slug) == 1, "those of Monday were not printed yet: the oldest come first"
    runs.order(monday, here.postal, slug, print_options(here.parts))
    assert letters(monday, here, slug) == 1, "and then those of Wednesday"
    assert send_late_languages(wednesday) == []


def letters(office_here: Office, here: WholeOffice, slug: str) -> int:
    """How many letters the postal desk would print now."""
    return runs.quote(office_here, here.postal, slug, print_options(here.parts)).pieces
