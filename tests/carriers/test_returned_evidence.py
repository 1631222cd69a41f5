"""A forged or doubtful report costs no one a subscription; what our own server vouches for does."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text, update

from database.base import now
from devtools.returned.corpus import MARK, corpus
from mailer.ledger.returned import ReturnedMessage
from mailer.ledger.states import MailingState
from mailer.ledger.tables import Delivery, Mailing
from mailer.returns.evidence import Case, Outcome, Place, may
from mailer.returns.reasons import Kind
from mailer.services.sending.letters import delivery_mark, public_mark
from mailer.services.sending.returned import count_refusals, read
from subscribers import services
from subscribers.consent import Choice, Evidence
from subscribers.tables import Subscriber
from tests.support.people import ANNA, BAS, gets, reader
from tests.support.returned import KEY, Returns

OURS = b"X-Original-To: bounce+@@MARK@@@voorbeeld.example\n"
ELSEWHERE = b"X-Original-To: klachten@voorbeeld.example\n"
VOUCHED = b"Authentication-Results: mx.post.example; dkim=pass header.d=fbl.lus.example; spf=none\n"
RECEIVED = b"Received: from ergens.example by mx.post.example; Tue, 24 Nov 2026 09:12:00 +0100\n"


@pytest.fixture
def anna(returns: Returns) -> UUID:
    return reader(returns.store, ANNA)


def test_a_complaint_that_only_quotes_our_bounce_address_is_noted(returns: Returns, anna: UUID) -> None:
    """Anyone who was sent the headers can write one."""
    [delivery] = returns.sent("los-1", anna)
    assert returns.read(returns.sample("arf-abuse", delivery, at=ELSEWHERE + RECEIVED)) == {"complaint": 1}
    assert returns.outcomes() == [("complaint", "note")]
    assert gets(returns.store) == {anna}


def test_a_complaint_from_a_feedback_loop_that_we_joined_ends_the_subscription(returns: Returns, anna: UUID) -> None:
    [delivery] = returns.sent("los-1", anna)
    returns.read(returns.sample("arf-abuse", delivery, at=ELSEWHERE + VOUCHED + RECEIVED))
    assert returns.outcomes() == [("complaint", "stop")]
    assert gets(returns.store) == set()


FORMS = ("Outlook's button", "Hotmail's own complaints", "Feedback reports of a large provider")


@pytest.mark.parametrize("form", FORMS)
def test_each_form_of_a_large_provider_counts_when_our_server_vouches_for_it(
    returns: Returns, anna: UUID, form: str
) -> None:
    raw = next(sample.raw for sample in corpus() if sample.family.startswith(form))
    for vouched, expected in ((b"", "note"), (VOUCHED, "stop")):
        [delivery] = returns.sent(f"los-{len(vouched)}", anna)
        mark = delivery_mark(KEY, delivery.id).encode()
        returns.read(vouched + RECEIVED + raw.replace(MARK.encode(), mark))
        assert returns.outcomes()[-1] == ("complaint", expected)
    assert gets(returns.store) == set()


@pytest.mark.parametrize(
    "said",
    [
        VOUCHED.replace(b"mx.post.example", b"mx.vreemd.example"),  # another server's words
        VOUCHED.replace(b"dkim=pass", b"dkim=fail"),
        VOUCHED.replace(b"fbl.lus.example", b"lus.example.vreemd.example"),
        b"Authentication-Results: mx.post.example; dkim=none (x; dkim=pass header.d=lus.example)\n",
        b"Authentication-Results: mx.post.example; dkim=none\n" + VOUCHED,  # what the sender wrote stands below ours
    ],
)
def test_no_one_but_our_own_server_vouches_for_a_sender(returns: Returns, anna: UUID, said: bytes) -> None:
    [delivery] = returns.sent("los-1", anna)
    returns.read(returns.sample("arf-abuse", delivery, at=ELSEWHERE + said + RECEIVED))
    assert returns.outcomes() == [("complaint", "note")]


@pytest.mark.parametrize("name", ["postfix-user-unknown", "arf-abuse"])
def test_the_message_id_of_a_forwarded_newsletter_opens_nothing(returns: Returns, anna: UUID, name: str) -> None:
    for slug, weeks in (("los-1", 1), ("los-2", 0)):
        [delivery] = returns.sent(slug, anna, weeks_ago=weeks)
        forged = returns.sample(name, delivery, b"another key") + public_mark(KEY, delivery.id).encode() + b"@x\n"
        returns.read(OURS.replace(b"@@MARK@@", public_mark(KEY, delivery.id).encode()) + forged)
    assert {outcome for _kind, outcome in returns.outcomes()} == {"note"}
    assert gets(returns.store) == {anna}


def test_mail_from_before_the_two_marks_is_recognised_but_a_complaint_on_it_needs_a_sender_we_know(
    returns: Returns, anna: UUID
) -> None:
    """Its Message-ID shows the bounce address to anyone who was forwarded it."""
    first, second = (returns.sent(slug, anna)[0] for slug in ("los-1", "los-2"))
    with returns.store.transaction() as session:
        session.execute(update(Mailing).values(one_mark=True))
    returns.read(returns.sample("arf-abuse", first, at=OURS + RECEIVED))
    returns.read(returns.sample("postfix-user-unknown", first, at=OURS + RECEIVED))
    assert returns.outcomes() == [("complaint", "note"), ("hard", "count")]
    returns.read(returns.sample("arf-abuse", second, at=OURS + VOUCHED + RECEIVED))
    assert gets(returns.store) == set()


def test_two_issues_in_one_week_suspend_no_one(returns: Returns, anna: UUID) -> None:
    """A server may have a bad day."""
    for slug in ("los-1", "los-2", "los-3"):
        [delivery] = returns.sent(slug, anna)
        returns.read(returns.sample("postfix-user-unknown", delivery))
    assert gets(returns.store) == {anna}


def test_a_report_about_another_address_is_noted(returns: Returns, anna: UUID) -> None:
    """Anna's mail is forwarded; her own mailbox works."""
    for slug, weeks in (("los-1", 1), ("los-2", 0)):
        [delivery] = returns.sent(slug, anna, weeks_ago=weeks)
        elsewhere = returns.sample("postfix-user-unknown", delivery).replace(ANNA.encode(), b"anna@elders.example")
        returns.read(elsewhere)
    assert returns.outcomes() == [("hard", "note")] * 2
    assert gets(returns.store) == {anna}


def test_a_report_that_comes_late_is_noted(returns: Returns, anna: UUID) -> None:
    [delivery] = returns.sent("los-1", anna)
    (returns.folder / "new" / "late").write_bytes(returns.sample("postfix-user-unknown", delivery))
    read(returns.desk, returns.maildir, now() + timedelta(days=11))
    assert returns.outcomes() == [("hard", "note")]


def test_a_delivery_counts_once_however_many_reports_come(returns: Returns, anna: UUID) -> None:
    [delivery] = returns.sent("los-1", anna)
    names = ("postfix-expired", "postfix-user-unknown", "exchange-not-found")
    returns.read(*(returns.sample(name, delivery) for name in names))
    assert [outcome for _kind, outcome in returns.outcomes()] == ["count", "note", "note"]


def test_a_full_mailbox_suspends_no_one_for_a_year(returns: Returns, anna: UUID) -> None:
    for week in range(52):
        [delivery] = returns.sent(f"los-{week}", anna)
        returns.read(returns.sample("gmail-out-of-storage", delivery))
    assert gets(returns.store) == {anna}
    with returns.store.reading() as session:
        assert session.get_one(Subscriber, anna).bounce_score == 0


def test_five_copies_of_one_report_do_not_pause_a_mailing(returns: Returns) -> None:
    readers = [reader(returns.store, f"reader{number}@lezers.example") for number in range(8)]
    [delivery, *_others] = returns.sent("los-1", *readers)
    copies = [b"X-Copy: %d\n" % number + returns.sample("gmail-unauthenticated", delivery) for number in range(8)]
    assert returns.read(*copies) == {"policy": 8}
    assert state(returns, delivery) == MailingState.SENDING


def test_one_domain_that_refuses_us_does_not_pause_a_mailing_to_several(returns: Returns) -> None:
    readers = [reader(returns.store, f"reader{number}@lezers.example") for number in range(6)]
    others = [reader(returns.store, f"reader{number}@elders.example") for number in range(2)]
    deliveries = {one.reader: one for one in returns.sent("los-1", *readers, *others)}
    returns.read(*(returns.sample("gmail-unauthenticated", deliveries[uid]) for uid in readers))
    assert state(returns, deliveries[readers[0]]) == MailingState.SENDING
    returns.read(returns.sample("gmail-unauthenticated", deliveries[others[0]]))
    assert state(returns, deliveries[readers[0]]) == MailingState.PAUSED


def test_refusals_in_the_conversation_pause_like_reports_that_come_back(returns: Returns) -> None:
    readers = [reader(returns.store, f"reader{number}@domein{number}.example") for number in range(6)]
    deliveries = returns.sent("los-1", *readers)
    for delivery in deliveries:
        returns.refused(delivery, "5.7.1", "Client host blocked using a list")
    for _twice in range(2):
        count_refusals(returns.store, now() - timedelta(days=1))
    assert returns.outcomes() == [("policy", "count")] * 6
    assert state(returns, deliveries[0]) == MailingState.PAUSED


def test_a_new_sign_up_that_is_confirmed_lifts_the_bar_of_a_complaint(returns: Returns, anna: UUID) -> None:
    [delivery] = returns.sent("los-1", anna)
    returns.read(returns.sample("arf-abuse", delivery))
    assert gets(returns.store) == set()
    with returns.store.transaction() as session:
        session.execute(text("DELETE FROM asked"))
        needed = services.subscribe(session, ANNA, Choice(("legal-aid",), "nl"), Evidence("form"))
        assert needed is not None
    assert gets(returns.store) == set()  # asking alone lifts nothing
    with returns.store.transaction() as session:
        assert services.confirm(session, needed.token) == anna
    assert gets(returns.store) == {anna}


def test_what_is_kept_of_a_report_names_no_one(returns: Returns) -> None:
    bas = reader(returns.store, BAS)
    [delivery] = returns.sent("los-1", bas)
    sample = returns.sample("postfix-user-unknown", delivery)
    returns.read(sample.replace(b"User unknown", b"User unknown: Bas de Boer, mailbox bas77"))
    with returns.store.reading() as session:
        [row] = session.scalars(select(ReturnedMessage))
    kept = f"{row.words} {row.why} {row.code}".lower()
    assert row.reason == "unknown-user"
    assert not any(part in kept for part in ("bas", "boer", "lezers.example", "@"))


def state(returns: Returns, delivery: Delivery) -> MailingState:
    with returns.store.reading() as session:
        return session.get_one(Mailing, delivery.mailing_id).state


CASES = [
    (Kind.COMPLAINT, Case(Place.BOUNCE_ADDRESS, in_time=False), Outcome.STOP),
    (Kind.COMPLAINT, Case(Place.RETURN_PATH, known_sender=True), Outcome.STOP),
    (Kind.COMPLAINT, Case(Place.RETURN_PATH), Outcome.NOTE),
    (Kind.COMPLAINT, Case(Place.ELSEWHERE, known_sender=True), Outcome.NOTE),
    (Kind.HARD, Case(Place.BOUNCE_ADDRESS), Outcome.COUNT),
    (Kind.HARD, Case(Place.BOUNCE_ADDRESS, names_her=False), Outcome.NOTE),
    (Kind.HARD, Case(Place.BOUNCE_ADDRESS, in_time=False), Outcome.NOTE),
    (Kind.HARD, Case(Place.RETURN_PATH, known_sender=True), Outcome.NOTE),
    (Kind.SOFT, Case(Place.BOUNCE_ADDRESS, names_her=False), Outcome.COUNT),
    (Kind.POLICY, Case(Place.BOUNCE_ADDRESS), Outcome.COUNT),
    (Kind.POLICY, Case(Place.ELSEWHERE), Outcome.NOTE),
    (Kind.IGNORED, Case(Place.BOUNCE_ADDRESS), Outcome.NOTE),
    (Kind.UNKNOWN, Case(Place.BOUNCE_ADDRESS), Outcome.NOTE),
]


@pytest.mark.parametrize(("kind", "case", "outcome"), CASES)
def test_the_table_of_evidence(kind: Kind, case: Case, outcome: Outcome) -> None:
    assert may(kind, case) == outcome
