"""What postduif.toml says of relays, limits and quiet hours is what a worker does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from database.audit import AuditRow
from database.base import now
from database.session import Store
from devtools.fault_server import Plan, fault_server
from devtools.mailings import HASTY, desk, open_mailing, relay, states
from mailer.bootstrap import relays_from, rules_from
from mailer.ledger import mailings
from mailer.ledger.states import DeliveryState, MailingState
from mailer.services.notices.alarms import sound
from mailer.services.sending import delivering
from mailer.services.sending.relays import Relays
from mailer.services.sending.rules import Desk
from mailer.settings import Settings, settings_from
from staff.people import add_person
from staff.roles import Role
from tests.support.staff_mail import mailed

EXAMPLE = (Path(__file__).resolve().parents[2] / "postduif.toml").read_text("utf-8")
SMTP = EXAMPLE[EXAMPLE.index("[smtp]") : EXAMPLE.index("\n\n", EXAMPLE.index("[smtp]"))]


@pytest.fixture
def settings(tmp_path: Path) -> Callable[[str, str], Settings]:
    """The example's settings with another [smtp], and what is added at the end."""

    def made(smtp: str, more: str = "") -> Settings:
        (tmp_path / "postduif.toml").write_text(f"{EXAMPLE.replace(SMTP, smtp)}\n{more}\n", "utf-8")
        return settings_from(tmp_path)

    return made


def by_settings(store: Store, settings: Settings, at: datetime | None = None) -> Desk:
    rules = replace(rules_from(settings), rest=timedelta(0))
    return replace(desk(store, rules=rules), clock=(lambda: at) if at else desk(store).clock)


def two(first: int, second: int, *, secure: Collection[str] = ()) -> str:
    """Two relays; those in `secure` must offer STARTTLS, or only a person can mend it."""
    table = '[relays.{}]\nhost = "127.0.0.1"\nport = {}\nweight = {}\nsecurity = "{}"\n'
    both = ("eigen", first, 3), ("provider", second, 1)
    return "".join(table.format(*one, "starttls" if one[0] in secure else "none") for one in both)


def test_two_relays_share_a_mailing_by_their_weight(store: Store, settings: Callable[..., Settings]) -> None:
    several = [open_mailing(store, 2, slug=f"los-{number}") for number in range(60)]
    with fault_server(Plan()) as (one, first), fault_server(Plan()) as (other, second):
        relays = Relays(relays_from(settings(two(first, second))))
        for mailing_id in several:
            delivering.deliver_now(by_settings(store, settings(two(first, second))), relays, mailing_id)
        relays.close()
    assert len(one.received) + len(other.received) == 120
    assert len(one.received) > len(other.received) > 0


def test_a_relay_that_is_away_leaves_the_other_to_go_on(store: Store, settings: Callable[..., Settings]) -> None:
    several = [open_mailing(store, 20, slug=f"los-{number}") for number in range(6)]
    with fault_server(Plan()) as (server, port):
        chosen = settings(two(1, port))  # nobody listens on port 1, which has three times the weight
        relays = Relays(relays_from(chosen))
        for mailing_id in several * 2:
            delivering.deliver_now(by_settings(store, chosen), relays, mailing_id)
        relays.close()
    assert len(server.received) == len(set(server.received)) * 6 == 120
    for mailing_id in several:
        assert set(states(store, mailing_id).values()) == {DeliveryState.ACCEPTED}


def test_a_relay_that_only_a_person_can_mend_leaves_the_other_to_go_on_and_is_told_of_once(
    store: Store, settings: Callable[..., Settings]
) -> None:
    several = [open_mailing(store, 20, slug=f"los-{number}") for number in range(8)]
    with store.transaction() as session:
        add_person(session, "Noor", "noor@redactie.example", [Role.ADMIN])
    with fault_server(Plan()) as (_wrong, wrong), fault_server(Plan()) as (server, port):
        chosen = settings(two(wrong, port, secure=["eigen"]))
        for mailing_id in several:
            relays = Relays(relays_from(chosen))  # as another process would, which knows nothing of the fault yet
            delivering.deliver_now(by_settings(store, chosen), relays, mailing_id)
            relays.close()
    assert len(server.received) == 160
    for mailing_id in several:
        assert set(states(store, mailing_id).values()) == {DeliveryState.ACCEPTED}
    with store.transaction() as session:
        told = session.scalars(select(AuditRow).where(AuditRow.event == delivering.RELAY_FAULT)).all()
        assert [row.detail["relay"] for row in told] == ["eigen"]
        known = {str(mailings.mailing_of(session, mailing_id).why) for mailing_id in several}
        assert "Mailserver eigen neemt niets van ons aan (starttls: the relay offers no STARTTLS)." in known
        assert sound(session, chosen.house(), now()) == 1
        assert sound(session, chosen.house(), now()) == 0


def test_a_wrong_password_pauses_nothing_while_the_other_relay_is_only_away_and_is_not_tried_again(
    store: Store,
) -> None:
    """With a wrong password again and again we would be locked out."""
    mailing_id = open_mailing(store, 20)
    away = Plan({"banner": {"421": 1.0}})
    with fault_server(Plan(auth="PLAIN")) as (wrong, first), fault_server(away) as (server, second):
        relays = Relays([relay(first, name="eigen", user="bode", password="fout"), relay(second, name="provider")])
        for _time in range(4):
            delivering.deliver_now(desk(store, rules=HASTY), relays, mailing_id)
        with store.reading() as session:
            mailing = mailings.mailing_of(session, mailing_id)
        assert mailing.state is MailingState.SENDING
        assert str(mailing.why) == "Mailserver eigen neemt niets van ons aan (auth: 535 wrong password)."
        away.faults.clear()
        delivering.deliver_now(desk(store, rules=HASTY), relays, mailing_id)
        relays.close()
    assert (len(server.received), wrong.received) == (20, [])
    assert wrong.commands["AUTH"] == 1


def test_when_no_relay_works_the_mailing_stands_still_and_a_person_hears_of_it(
    store: Store, settings: Callable[..., Settings]
) -> None:
    mailing_id = open_mailing(store, 20)
    with store.transaction() as session:
        add_person(session, "Noor", "noor@redactie.example", [Role.ADMIN])
    with fault_server(Plan()) as (_one, first), fault_server(Plan()) as (_other, second):
        chosen = settings(two(first, second, secure=["eigen", "provider"]))
        relays = Relays(relays_from(chosen))
        delivering.deliver_now(by_settings(store, chosen), relays, mailing_id)
        relays.close()
    assert set(states(store, mailing_id).values()) == {DeliveryState.PENDING}
    with store.reading() as session:
        mailing = mailings.mailing_of(session, mailing_id)
        assert mailing.state is MailingState.PAUSED
        assert "STARTTLS" in mailing.reason
    with store.transaction() as session:
        assert sound(session, chosen.house(), now()) == 2, "one relay was broken, and then the other was the last"
    told = [notice.text for notice in mailed(store, chosen.house()) if notice.to == "noor@redactie.example"]
    assert any(f"Verzending {mailing_id} staat stil om mailserver" in text for text in told)


def test_a_limit_for_domains_holds_for_those_domains(store: Store, settings: Callable[..., Settings]) -> None:
    mailing_id = open_mailing(store, 12)
    with fault_server(Plan()) as (server, port):
        limit = '[limits.groot]\ndomains = ["Lezers.example"]\nper_hour = 5\n'
        chosen = settings(f'[smtp]\nhost = "127.0.0.1"\nport = {port}', limit)
        relays = Relays(relays_from(chosen))
        delivering.deliver_now(by_settings(store, chosen), relays, mailing_id)
        relays.close()
    assert len(server.received) == 5
    assert Counter(states(store, mailing_id).values()) == {"accepted": 5, "pending": 7}


def test_a_limit_of_the_relay_holds(store: Store, settings: Callable[..., Settings]) -> None:
    mailing_id = open_mailing(store, 12)
    with fault_server(Plan()) as (server, port):
        chosen = settings(f'[smtp]\nhost = "127.0.0.1"\nport = {port}\nper_minute = 7\nper_day = 4')
        relays = Relays(relays_from(chosen))
        delivering.deliver_now(by_settings(store, chosen), relays, mailing_id)
        relays.close()
    assert len(server.received) == 4


@pytest.mark.parametrize(
    ("at", "ends"),
    [
        ("2026-11-25 21:30", "2026-11-26 06:00"),  # half past ten in the evening; seven o'clock is 06:00 UTC
        ("2027-03-28 00:30", "2027-03-28 05:00"),  # the night in which the clock goes forward
        ("2027-10-31 00:30", "2027-10-31 06:00"),  # 02:30 for the first time, and once more an hour later
        ("2027-10-31 01:30", "2027-10-31 06:00"),
    ],
)
def test_quiet_hours_end_when_the_clock_on_the_wall_says_so(
    store: Store, settings: Callable[..., Settings], at: str, ends: str
) -> None:
    mailing_id = open_mailing(store, 3)
    night, morning = (datetime.fromisoformat(moment).replace(tzinfo=UTC) for moment in (at, ends))
    with fault_server(Plan()) as (server, port):
        chosen = settings(f'[smtp]\nhost = "127.0.0.1"\nport = {port}', '[quiet]\nstart = "22:00"\nend = "07:00"')
        relays = Relays(relays_from(chosen))
        delivered = delivering.deliver_batch(by_settings(store, chosen, night), relays, mailing_id, 1)
        assert (server.received, delivered.again_at) == ([], morning)
        delivering.deliver_batch(by_settings(store, chosen, morning - timedelta(seconds=1)), relays, mailing_id, 1)
        assert server.received == []
        delivering.deliver_batch(by_settings(store, chosen, morning), relays, mailing_id, 1)
        relays.close()
    assert len(server.received) == 3
