"""The form as a weapon: what one victim, many victims and whoever guesses get to see, under bounded load."""

from __future__ import annotations

from collections import Counter
from itertools import cycle, islice

import pytest
from sqlalchemy import func, select

from database.audit import AuditRow
from database.base import now
from database.onetime import OneTime
from mailer.ledger import notices
from mailer.ledger.notices import NoticeRow
from mailer.services.notices import alarms
from mailer.services.notices.digests import write_digests
from staff.people import add_person
from staff.roles import Role
from subscribers.limits import FLOOD, PER_HOUR
from subscribers.tables import Asked, ConsentEvent, Subscriber
from tests.support.loads import load
from tests.web.conftest import HOST, Pages
from web.public import subscribing

SUBSCRIBE, BASE = "/nl/aanmelden", f"https://{HOST}"
BOMBS, VICTIMS, NETWORKS = load(10_000, 1_000), load(10_000, 1_000), 50
"""Well past every limit: one mail a day for a mailbox, 20 for a network, 60 in an hour for all, 120 at most."""


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pause before every answer has a test of its own."""
    monkeypatch.setattr(subscribing, "ANSWER_SECONDS", 0.0)


def spellings() -> list[str]:
    """The ways in which one Gmail address can be written: dots, tags and capitals."""
    plain = ["victim.name", "victimname", "v.i.c.t.i.m.name", "Victim.Name", "VICTIMNAME"]
    tagged = [f"{one}+{tag}" for one in plain for tag in ("news", "a.b", "1")]
    return [f"{one}@{domain}" for one in (*plain, *tagged) for domain in ("gmail.com", "GMail.com", "googlemail.com")]


def waiting(pages: Pages) -> Counter[str]:
    with pages.store.reading() as session:
        return Counter(one.to for one in notices.due(session, now(), most=BOMBS))


@pytest.mark.promise("P5", "row 18")
@pytest.mark.load
def test_thousands_of_requests_for_one_mailbox_mail_it_once(pages: Pages) -> None:
    client, bodies = pages.client(), set()
    form = pages.form()
    for number, email in enumerate(islice(cycle(spellings()), BOMBS)):
        address = {"REMOTE_ADDR": f"198.{18 + number // 65_536}.{number // 256 % 256}.{number % 256}"}
        data = {**form, "email": email}
        answer = client.post(SUBSCRIBE, data=data, base_url=BASE, environ_overrides=address)
        bodies.add((answer.status_code, answer.data))
    assert sum(waiting(pages).values()) == 1
    assert len(bodies) == 1
    with pages.store.reading() as session:
        assert session.scalar(select(func.count()).select_from(Asked)) == 1
        assert session.scalar(select(func.count()).select_from(Subscriber)) == 1


@pytest.mark.promise("row 18")
@pytest.mark.load
def test_a_bombardment_of_many_is_capped_told_and_lets_a_real_reader_through(pages: Pages) -> None:
    with pages.store.transaction() as session:
        add_person(session, "Noor", "noor@redactie.example", [Role.ADMIN])
    client, form = pages.client(), pages.form()
    for number in range(VICTIMS):
        address = {"REMOTE_ADDR": f"198.51.{number % NETWORKS}.{number % 250}"}
        data = {**form, "email": f"victim{number}@lezers.example"}
        assert client.post(SUBSCRIBE, data=data, base_url=BASE, environ_overrides=address).status_code == 200
    with pages.store.reading() as session:
        for table in (Subscriber, Asked, OneTime, ConsentEvent, NoticeRow):
            assert session.scalar(select(func.count()).select_from(table)) == PER_HOUR, table
        assert session.scalars(select(AuditRow.event)).all() == [FLOOD]
    assert sum(waiting(pages).values()) == PER_HOUR
    client.post(SUBSCRIBE, data=form, base_url=BASE, environ_overrides={"REMOTE_ADDR": "203.0.113.9"})
    assert waiting(pages)["anna@lezers.example"] == 1
    with pages.store.transaction() as session:
        assert alarms.sound(session, pages.house, now()) == 1
    write_digests(pages.store, pages.house, None, now())
    assert waiting(pages)["noor@redactie.example"] == 1


@pytest.mark.parametrize("page", ["/u/{}", "/p/{}", "/nl/bevestigen/{}", "/nl/beheer/{}", "/nl/verhuizen/{}"])
def test_whatever_is_guessed_the_answer_is_the_same_page(pages: Pages, page: str) -> None:
    client = pages.client()
    guesses = ["A", "A" * 22, "A" * 43, "A" * 64, "A" * 300, "x.y", "0" * 43]
    for method in (client.get, client.post):
        answers = {method(page.format(guess), base_url=BASE).data for guess in guesses}
        assert len(answers) == 1
