"""Following a mailing: every number has its list, and what does not move says why and until when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from database.base import now
from mailer import counted
from mailer.carriers.relay import Relay
from mailer.ledger.slots import take_moment
from mailer.ledger.states import DeliveryState, MailingState
from mailer.ledger.tables import Attempt, Delivery, Mailing
from mailer.planning import QuietHours
from mailer.services.notices.mailing_news import write_news
from mailer.services.sending import following, orders, overview
from mailer.services.sending.delivering import SWEEP
from mailer.services.sending.following import Still
from tests.support.people import reader
from tests.support.queries import queries
from tests.web.staff.conftest import SENT, Desks, desks_in, fill
from wording.errors import NotFoundError


@pytest.fixture(scope="module")
def sent(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    """Two readers of a mailing: one server answered nothing, and one said that there is no such mailbox."""
    with desks_in(tmp_path_factory.mktemp("followed") / "desks", migrated_file) as desks:
        fill(desks)
        at = now()
        with desks.store.transaction() as session:
            doubted, refused = session.scalars(select(Delivery.id).order_by(Delivery.id)).all()
            for one, state in ((doubted, DeliveryState.UNCERTAIN), (refused, DeliveryState.REFUSED)):
                values = {"state": state, "is_open": False, "handed_at": at, "relay": "smtp"}
                session.execute(update(Delivery).where(Delivery.id == one).values(values))
            answer = {"code": 550, "enhanced": "5.1.1", "words": "user unknown", "stage": "rcpt"}
            session.add(Attempt(delivery_id=refused, ended_at=at, outcome="refuse", relay="smtp", **answer))
            session.add(Attempt(delivery_id=doubted, ended_at=at, outcome="lose_answer", relay="smtp", handed_at=at))
        yield desks


def page(desks: Desks, path: str, who: str = "Bram") -> str:
    answer = desks.as_(who).get(f"/staff/mailings/{desks.made['number']}{path}", base_url=desks.base)
    assert answer.status_code == 200, answer.status
    return answer.get_data(as_text=True)


def test_what_is_uncertain_and_what_relays_said_stands_on_the_page(sent: Desks) -> None:
    shown = page(sent, "/")
    for words in ("Onzeker: beslis zelf", "l…@l….example", "Bestaat niet", "550 5.1.1 user unknown", "Stuur opnieuw"):
        assert words in shown
    assert 'http-equiv="refresh"' in shown, "without script it renews itself too"


def test_a_hundred_who_follow_one_mailing_ask_little_and_count_it_once(
    sent: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overview, "LARGE", 0)  # as of a mailing to many, whose counts are kept
    monkeypatch.setattr(counted, "RENEWED_AFTER", 1e9)
    path, clients = f"/staff/mailings/{sent.made['number']}/", [sent.as_(name) for name in ("Bram", "Amina", "Noor")]
    follow = {"headers": {"HX-Request": "true"}, "base_url": sent.base}
    overview.mailing(sent.staff.office, sent.people["Bram"], int(sent.made["number"]))
    with queries() as asked:
        answers = [clients[number % 3].get(path, **follow) for number in range(100)]
    assert {one.status_code for one in answers} == {200}
    assert max(len(one.data) for one in answers) < 12_000, "octets of a poll, before they are compressed"
    assert len(asked) <= 100 * 17
    assert not [one for one in asked if "count(" in one and "FROM delivery" in one and "GROUP BY" in one]


def test_every_number_opens_its_list_with_the_history_and_no_address(sent: Desks) -> None:
    shown = page(sent, "/deliveries?state=refused")
    assert "550 5.1.1 user unknown" in shown
    assert "lezer0" not in shown + page(sent, "/deliveries?after=99999999999")
    assert shown.count("l…@l….example") == 1
    assert page(sent, "/deliveries", "Noor").count("l…@l….example") == 2


def test_why_it_does_not_move_is_said_with_until_when(sent: Desks) -> None:
    office, bram, number = sent.staff.office, sent.people["Bram"], int(sent.made["number"])
    reader(sent.store, "later@lezers.example", "noo-national")
    at = now()
    with sent.store.transaction() as session:
        one = session.scalars(select(Delivery)).first()
        assert one is not None
        one.state, one.is_open, one.next_at = DeliveryState.DEFERRED, True, at + timedelta(minutes=17)
    found = following.still(office, bram, number)
    assert found is not None
    assert found.why is Still.NO_WORKER
    with sent.store.transaction() as session:
        take_moment(session, SWEEP, at, at)
    found = following.still(office, bram, number)
    assert found is not None
    assert (found.why, found.until) == (Still.LATER, at + timedelta(minutes=17))
    always = QuietHours(time(0, 0), time(23, 59, 59, 999999), "UTC")
    quiet = replace(office, policy=replace(office.policy, quiet=always))
    found = following.still(quiet, bram, number)
    assert found is not None
    assert found.why is Still.QUIET


def test_a_person_chooses_another_relay_for_the_rest(sent: Desks) -> None:
    bram, number = sent.people["Bram"], int(sent.made["number"])
    relays = tuple(Relay("127.0.0.1", name=name) for name in ("first", "second"))
    two = replace(sent.staff.office, relays=relays)
    with pytest.raises(NotFoundError, match="first, second"):
        orders.use_relay(two, bram, number, "third")
    orders.use_relay(two, bram, number, "second")
    assert overview.mailing(two, bram, number).relay == "second"
    orders.use_relay(two, bram, number, "")
    assert overview.mailing(two, bram, number).relay == ""


def test_whoever_sent_it_gets_one_mail_when_it_is_done_and_one_when_it_stands_still(sent: Desks) -> None:
    number, house, at = int(sent.made["number"]), sent.staff.office.house, now()
    for state, words in ((MailingState.PAUSED, "staat stil"), (MailingState.DONE, "is verstuurd")):
        with sent.store.transaction() as session:
            changed = {"state": state, "reason": "de mailserver weigert", "finished_at": at}
            session.execute(update(Mailing).where(Mailing.id == number).values(changed))
        with sent.store.transaction() as session:
            assert [write_news(session, house, at) for _again in range(2)] == [1, 0]
        mail = sent.mails()[-1]
        assert (mail.to, SENT in mail.subject, words in mail.subject) == (sent.people["Bram"].email, True, True)
        assert f"/staff/mailings/{number}/" in mail.text
