"""Mail that comes back changes what it should, once, and only when it is about a letter of ours."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Connection, event, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from database import audit
from database.base import now
from database.session import Store
from mailer.carriers.inbox import ImapAccount, imap_inbox
from mailer.ledger.states import MailingState
from mailer.ledger.tables import Mailing
from mailer.returns.reasons import Kind
from mailer.services.sending.links import personal_links
from mailer.services.sending.returned import count_refusals, read
from subscribers import services
from subscribers.bouncing import BounceKind, suspends
from subscribers.tables import Subscriber
from tests.support.imap_server import Mailbox, dovecot
from tests.support.loads import load
from tests.support.people import ANNA, BAS, gets, reader
from tests.support.returned import HOUSE, Returns
from tests.support.standby import read_only
from wording.errors import CarrierError


@pytest.fixture(scope="module")
def mailbox() -> Iterator[Mailbox]:
    with dovecot() as running:
        yield running


def test_a_hard_bounce_of_two_issues_suspends_and_of_one_does_not(returns: Returns) -> None:
    anna = reader(returns.store, ANNA)
    for slug, weeks, still in (("los-1", 1, {anna}), ("los-2", 0, set())):
        [delivery] = returns.sent(slug, anna, weeks_ago=weeks)
        assert returns.read(returns.sample("postfix-user-unknown", delivery)) == {"hard": 1}
        assert gets(returns.store) == still
    assert returns.reasons() == ["bounced"]


@pytest.mark.parametrize(("apart", "stops"), [({"days": 6, "hours": 12}, True), ({"days": 6, "hours": 11}, False)])
def test_two_issues_suspend_only_when_they_were_sent_a_week_apart(apart: dict[str, int], stops: bool) -> None:
    last = now()
    sent = {"los-2": last, "los-1": last - timedelta(**apart)}
    assert suspends(dict.fromkeys(sent, BounceKind.HARD), sent) is stops


def test_a_refusal_in_the_conversation_counts_like_one_that_comes_back(returns: Returns) -> None:
    anna, bas = reader(returns.store, ANNA), reader(returns.store, BAS)
    for slug, weeks in (("los-1", 1), ("los-2", 0)):
        for delivery in returns.sent(slug, anna, bas, weeks_ago=weeks):
            words = ("5.1.1", "User unknown") if delivery.reader == anna else ("5.7.1", "blocked for spam")
            returns.refused(delivery, *words)
        for fresh in (2, 0):
            with written(returns.store) as transactions:
                count_refusals(returns.store, now() - timedelta(days=1))
            assert len(transactions) == fresh
    assert gets(returns.store) == {bas}
    assert returns.reasons() == ["bounced"]


@contextmanager
def written(store: Store) -> Iterator[list[object]]:
    """The transactions that write, or might."""
    found: list[object] = []

    def begun(connection: Connection) -> None:
        found.append(connection)

    event.listen(store.engine, "begin", begun)
    yield found
    event.remove(store.engine, "begin", begun)


@pytest.mark.promise("F28")
def test_the_same_issue_bouncing_twice_counts_once(returns: Returns) -> None:
    anna = reader(returns.store, ANNA)
    [delivery] = returns.sent("los-1", anna)
    names = ("postfix-user-unknown", "gmail-does-not-exist", "exchange-not-found")
    returns.read(*(returns.sample(name, delivery) for name in names))
    assert gets(returns.store) == {anna}


@pytest.mark.promise("F28")
def test_a_message_read_twice_changes_nothing_the_second_time(returns: Returns) -> None:
    [delivery] = returns.sent("los-1", reader(returns.store, ANNA))
    message = returns.sample("postfix-user-unknown", delivery)
    assert returns.read(message, message) == {"hard": 1, "again": 1}
    assert returns.read(message) == {"again": 1}
    assert not list((returns.folder / "new").iterdir())


def test_soft_bounces_suspend_after_ten_in_a_row_and_an_issue_that_arrives_clears_them(returns: Returns) -> None:
    anna, bas = reader(returns.store, ANNA), reader(returns.store, BAS)
    for number in range(10):
        for delivery in returns.sent(f"los-{number}", anna, bas):
            if delivery.reader == anna or number != 5:  # issue 5 reached Bas
                returns.read(returns.sample("postfix-expired", delivery))
    assert gets(returns.store) == {bas}
    with returns.store.reading() as session:
        assert session.get_one(Subscriber, anna).bounce_score == 5.0
        assert session.get_one(Subscriber, bas).bounce_score == 2.0


def test_a_complaint_bars_at_once(returns: Returns) -> None:
    [delivery] = returns.sent("los-1", reader(returns.store, ANNA))
    assert returns.read(returns.sample("arf-abuse", delivery)) == {"complaint": 1}
    assert gets(returns.store) == set()
    assert returns.reasons() == ["complained"]


@pytest.mark.parametrize("name", ["postfix-delayed", "auto-reply-dutch", "arf-not-spam", "exchange-spam"])
def test_what_is_not_about_the_reader_costs_no_reader(returns: Returns, name: str) -> None:
    anna = reader(returns.store, ANNA)
    for slug in ("los-1", "los-2", "los-3"):
        returns.read(*(returns.sample(name, delivery) for delivery in returns.sent(slug, anna)))
    assert gets(returns.store) == {anna}


def test_a_spike_of_policy_refusals_pauses_the_mailing_and_writes_it_down(returns: Returns) -> None:
    readers = [reader(returns.store, f"reader{number}@lezers.example") for number in range(8)]
    deliveries = returns.sent("los-1", *readers)
    messages = [returns.sample("gmail-unauthenticated", delivery) for delivery in deliveries]
    states = []
    for some in (messages[:4], messages[4:]):
        returns.read(*some)
        with returns.store.reading() as session:
            states.append(session.get_one(Mailing, deliveries[0].mailing_id).state)
            events = session.scalars(select(audit.AuditRow.event)).all()
    assert states == [MailingState.SENDING, MailingState.PAUSED]
    assert events.count("policy_spike") == 1
    assert gets(returns.store) == set(readers)


@pytest.mark.promise("row 10")
def test_forged_reports_mark_nobody(returns: Returns) -> None:
    anna = reader(returns.store, ANNA)
    for slug in ("los-1", "los-2", "los-3"):
        [delivery] = returns.sent(slug, anna)
        forged = [returns.sample(name, delivery, b"another key") for name in ("postfix-user-unknown", "arf-abuse")]
        assert returns.read(*forged) == {"unsigned": 2}
    assert gets(returns.store) == {anna}
    assert returns.reasons() == []


FORGED = load(20_000, 3_000)
MEASURED = FORGED // 2
"""The last of them: to follow every piece of memory makes the rest three times slower. Each may leave 400 octets."""


@pytest.mark.promise("F28")
@pytest.mark.load
def test_thousands_of_forged_reports_cost_a_look_and_leave_nothing(returns: Returns) -> None:
    """None is unpacked, scored or written down, and the mailbox is empty after it. A genuine one among them counts."""
    anna = reader(returns.store, ANNA)
    genuine = []
    for slug, weeks in (("los-1", 1), ("los-2", 0)):
        [delivery] = returns.sent(slug, anna, weeks_ago=weeks)
        genuine.append(returns.sample("postfix-user-unknown", delivery))
    made_up = [returns.sample(name, delivery, b"another key") for name in ("postfix-user-unknown", "arf-abuse")]
    made_up.append(leave_by_mail(returns, anna, "A" * 60).replace(b"\n", b"\r\n"))
    before = returns.rows()

    def flood() -> Iterator[tuple[str, bytes]]:
        for number in range(FORGED):
            if number == FORGED - MEASURED:
                tracemalloc.start()
            yield f"{number}", b"X-Number: %d\r\n" % number + made_up[number % 3]

    left: set[str] = set()
    try:
        assert read(returns.desk, Flooded(flood, left.add)) == {"unsigned": FORGED}
        peak = tracemalloc.get_traced_memory()[1]
        assert peak > 0
        assert peak < 400 * MEASURED
    finally:
        tracemalloc.stop()
    assert len(left) == FORGED  # not ours, so nothing is removed
    assert (returns.rows(), gets(returns.store)) == (before, {anna})
    assert returns.read(*genuine) == {"hard": 2}
    assert gets(returns.store) == set()


@dataclass(frozen=True)
class Flooded:
    """A mailbox with more in it than is good for a disk."""

    messages: Callable[[], Iterator[tuple[str, bytes]]]
    leave: Callable[[str], None]

    def done(self, name: str) -> None:
        raise AssertionError(name)


def leave_by_mail(returns: Returns, uid: UUID, subject: str | None = None) -> bytes:
    mailto = personal_links(returns.keys, HOUSE, "los", uid)["unsubscribe_mailto"]
    message = EmailMessage()
    message["From"], message["To"] = ANNA, mailto.removeprefix("mailto:").partition("?")[0]
    message["Subject"] = mailto.partition("=")[2] if subject is None else subject
    return message.as_bytes()


def test_mail_to_the_unsubscribe_address_unsubscribes(returns: Returns) -> None:
    anna = reader(returns.store, ANNA, "legal-aid", "noo-national")
    assert returns.read(leave_by_mail(returns, anna, "haal mij eraf"), leave_by_mail(returns, anna)) == {
        "unsigned": 1,
        "left": 1,
    }
    assert (gets(returns.store), gets(returns.store, "noo-national")) == (set(), {anna})


def test_mail_that_comes_while_the_database_is_only_read_waits_for_it(store: Store, tmp_path: Path) -> None:
    """A standby that is not promoted yet: who asks to leave leaves when it is, and no restart is needed."""
    for part in ("new", "cur", "tmp"):
        (tmp_path / "returns" / part).mkdir(parents=True)
    with store.reading() as session:
        returns = Returns(store, session.info["keys"], tmp_path / "returns")
    anna = reader(returns.store, ANNA)
    inbox = returns.maildir
    (inbox.folder / "new" / "1.test").write_bytes(leave_by_mail(returns, anna))
    with read_only(returns.store), pytest.raises(DBAPIError):
        read(returns.desk, inbox)
    assert read(returns.desk, inbox) == {"left": 1}
    assert gets(returns.store) == set()


def test_mail_about_a_reader_whom_others_keep_changing_is_read_later_and_the_rest_now(
    returns: Returns, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna, bas = reader(returns.store, ANNA), reader(returns.store, BAS)
    inbox = returns.maildir
    for number, uid in enumerate((anna, bas)):
        (inbox.folder / "new" / f"{number}.test").write_bytes(leave_by_mail(returns, uid))

    def met(session: Session, uid: UUID, *others: object) -> None:
        if uid == anna:
            raise StaleDataError("someone else was faster")
        leave(session, uid, *others)  # type: ignore[arg-type]

    leave = services.leave
    with monkeypatch.context() as patched:
        patched.setattr(services, "leave", met)
        patched.setattr("database.retrying.TRIES", 2)
        assert read(returns.desk, inbox) == {"later": 1, "left": 1}
    assert gets(returns.store) == {anna}
    assert read(returns.desk, inbox) == {"left": 1}
    assert gets(returns.store) == set()


def test_a_mailbox_on_a_server_is_read_and_emptied(returns: Returns, mailbox: Mailbox) -> None:
    anna, bas = reader(returns.store, ANNA), reader(returns.store, BAS)
    for slug, weeks in (("los-1", 1), ("los-2", 0)):
        for delivery in returns.sent(slug, anna, bas, weeks_ago=weeks):
            name = "postfix-user-unknown" if delivery.reader == anna else "postfix-delayed"
            mailbox.drop(f"{slug}.{delivery.id}", returns.sample(name, delivery))
    with imap_inbox(mailbox.account) as inbox:
        assert read(returns.desk, inbox) == {"hard": 2, "ignored": 2}
    assert gets(returns.store) == {bas}
    with imap_inbox(mailbox.account) as inbox:
        assert read(returns.desk, inbox) == {}


@pytest.mark.promise("F28")
def test_a_crash_between_reading_and_removing_changes_nothing_twice(returns: Returns, mailbox: Mailbox) -> None:
    [delivery] = returns.sent("los-1", reader(returns.store, ANNA))
    mailbox.drop("crash", returns.sample("postfix-user-unknown", delivery))
    with imap_inbox(mailbox.account) as inbox:
        [(_name, raw)] = inbox.messages()
        assert returns.read(raw) == {"hard": 1}  # handled, and then the machine died
    with imap_inbox(mailbox.account) as inbox:
        assert read(returns.desk, inbox) == {"again": 1}
    with imap_inbox(mailbox.account) as inbox:
        assert list(inbox.messages()) == []


def test_an_inbox_removes_nothing_that_is_not_ours(returns: Returns, mailbox: Mailbox) -> None:
    """Neither a letter of a stranger, nor what its owner marked as deleted and may still want back."""
    [delivery] = returns.sent("los-1", reader(returns.store, ANNA))
    mailbox.drop("ours", returns.sample("postfix-user-unknown", delivery))
    mailbox.drop("stranger", b"From: x@y.example\r\nSubject: Vraag\r\n\r\nHallo")
    mailbox.drop("marked", b"From: x@y.example\r\nSubject: Weg\r\n\r\nDag")
    account = mailbox.account
    with imap_inbox(account) as inbox:
        for name, raw in inbox.messages():
            if b"Weg" in raw:
                inbox._connection.uid("STORE", name, "+FLAGS.SILENT", r"(\Deleted)")
    with imap_inbox(account) as inbox:
        assert read(returns.desk, inbox) == {"hard": 1, "unsigned": 1}
    with imap_inbox(account) as inbox:
        assert read(returns.desk, inbox) == {}  # what was left is not read again and again
        _kind, [found] = inbox._connection.uid("SEARCH", "ALL")
        assert len(found.split()) == 2
        inbox._connection.uid("STORE", found.decode().replace(" ", ","), "+FLAGS.SILENT", r"(\Deleted)")
        inbox._connection.expunge()


def test_a_password_never_goes_in_clear_to_another_machine() -> None:
    with (
        pytest.raises(CarrierError, match="onversleuteld"),
        imap_inbox(ImapAccount("mail.example", 143, "x", "y", "none")),
    ):
        pass


def test_a_mailbox_that_someone_filled_is_read_bit_by_bit(returns: Returns) -> None:
    """A worker has more to do than read what strangers send."""
    [delivery] = returns.sent("los-1", reader(returns.store, ANNA))
    for number in range(5):
        raw = b"X-Copy: %d\n" % number + returns.sample("postfix-delayed", delivery)
        (returns.folder / "new" / f"{number}.test").write_bytes(raw)
    assert [read(returns.desk, returns.maildir, most=2).total() for _each in range(4)] == [2, 2, 1, 0]


def test_a_wrong_password_is_told_without_showing_it(mailbox: Mailbox) -> None:
    wrong = ImapAccount(mailbox.account.host, mailbox.account.port, "retour", "verkeerd-woord", "none")
    with pytest.raises(CarrierError) as refused, imap_inbox(wrong):
        pass
    assert "verkeerd-woord" not in str(refused.value) + repr(wrong)


def test_every_kind_of_message_is_counted_under_its_own_name() -> None:
    assert {str(kind) for kind in Kind}.isdisjoint({"left", "unsigned", "again", "later", "faulty"})
