"""The detention issue, all the way: Markdown and a catalog to a message in a mailbox and a page on paper, in Arabic."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.header import decode_header, make_header
from email.message import Message
from pathlib import Path

import pytest
from sqlalchemy import select

from devtools.servers import program
from mailer.bootstrap import print_options
from mailer.ledger.states import DeliveryState
from mailer.ledger.tables import Delivery
from mailer.services.office import Silence
from mailer.services.post import runs
from mailer.services.publishing.approval import proposal
from mailer.services.publishing.publish import publish
from mailer.services.translating import messages
from subscribers.consent import SuppressedBecause
from subscribers.services import suppress
from tests.support.office import WholeOffice, office
from wording.errors import ConflictError, NotAllowedError

SLUG = "meldpunt-2026-3"
HELPLINE = "010-000 0199"
YOUSSEF = "youssef@lezers.example"  # reads Arabic; the one this story is about
NOOR = "noor@lezers.example"  # reads Turkish, which is not offered: gets the fallback, English


@contextmanager
def with_readers(folder: Path, database_url: str) -> Iterator[WholeOffice]:
    with office(folder / "content", database_url) as whole:
        whole.subscribe(YOUSSEF, "detention-friends", "ar")
        whole.subscribe(NOOR, "detention-friends", "tr")
        whole.add_addressee("كريم المثال", "ar")
        yield whole


@pytest.fixture
def opened(tmp_path: Path, database_url: str) -> Iterator[WholeOffice]:
    with with_readers(tmp_path, database_url) as whole:
        yield whole


@dataclass(frozen=True)
class Sent:
    """The issue as it was mailed and printed, for every test that only looks."""

    office: WholeOffice
    deliveries: int
    page: str
    """The text of the Arabic booklet."""


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory, shared_database_url: str) -> Iterator[Sent]:
    with with_readers(tmp_path_factory.mktemp("sent"), shared_database_url) as whole:
        published = whole.publish(SLUG)
        assert published.mailing is not None
        whole.send(published.mailing)
        yield Sent(whole, published.deliveries, printed(whole))


def part(message: Message, kind: str) -> str:
    found = next(one for one in message.walk() if one.get_content_type() == kind)
    payload = found.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode("utf-8")


def test_the_arabic_edition_arrives_in_a_mailbox_and_on_paper(sent: Sent) -> None:
    assert sent.deliveries == 3
    [message] = sent.office.received_by(YOUSSEF)
    subject = str(make_header(decode_header(str(message["Subject"]))))
    assert "قصة السيد" in subject
    assert message["To"] == YOUSSEF
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "<https://nieuws.voorbeeld.example/u/" in str(message["List-Unsubscribe"])
    html, text = part(message, "text/html"), part(message, "text/plain")
    assert 'dir="rtl"' in html
    assert f'<span class="whole" dir="ltr" style="white-space: nowrap;">{HELPLINE}</span>' in html
    for body in (html, text.replace("\u00a0", " ")):
        assert "هذه هي الرسالة الثالثة" in body
        assert HELPLINE in body
        assert "عزيزي" in body
        assert "Beste" not in body
        assert "10 ديسمبر (12) 2026" in body  # as the audience chose: `months = "numbered"`

    assert HELPLINE in sent.page.replace("\u00a0", " ").replace("\u2011", "-")
    assert any("الاحتجاز" in line for line in sent.page.splitlines())


def test_a_reader_of_a_language_that_is_not_offered_gets_the_fallback(sent: Sent) -> None:
    [message] = sent.office.received_by(NOOR)
    assert message["Content-Language"] == "en"
    assert "Dear reader," in part(message, "text/plain")


def test_publishing_again_mails_nobody_twice(sent: Sent) -> None:
    assert sent.office.publish(SLUG).mailing is None
    assert len(sent.office.received_by(YOUSSEF)) == 1


def test_a_section_reaches_its_own_audience_and_no_other(sent: Sent) -> None:
    """What is for people in detention (how to complain) is not in the supporters' mail, and the other way round."""
    [message] = sent.office.received_by(YOUSSEF)
    mailed, page = part(message, "text/plain"), sent.page
    assert "commissie van toezicht" not in mailed
    assert "commissie van toezicht" in " ".join(page.split())
    assert "meldpunt.voorbeeld.example/vrijwilliger" in mailed
    assert "meldpunt.voorbeeld.example/vrijwilliger" not in page


@pytest.mark.promise("P1")
def test_an_approval_is_void_after_any_change(opened: WholeOffice) -> None:
    store = opened.parts.store
    messages.approve_issue(opened.office, opened.editor, SLUG)
    approved = opened.approve(SLUG)
    issue = opened.parts.content.folder / "issues" / SLUG / "issue.md"
    issue.write_text(issue.read_text("utf-8").replace("| **46** | **23** |", "| **46** | **24** |"), "utf-8")
    with pytest.raises(ConflictError, match=r"in: detention \(ar\), .*, detention-friends \(nl\)"):
        publish(opened.office, opened.editor, SLUG, approved=approved)
    seen = proposal(opened.office, opened.editor, SLUG)
    with pytest.raises(NotAllowedError):
        publish(opened.office, opened.editor, SLUG, approved=seen.digest)
    with store.reading() as session:
        assert session.scalars(select(Delivery)).all() == []


def test_who_withdrew_after_the_mailing_opened_gets_nothing(opened: WholeOffice) -> None:
    published = opened.publish(SLUG)
    assert published.mailing is not None
    with opened.parts.store.transaction() as session:
        suppress(session, YOUSSEF, SuppressedBecause.UNSUBSCRIBED, "test")
    opened.send(published.mailing)
    assert opened.received_by(YOUSSEF) == []
    with opened.parts.store.reading() as session:
        states = sorted(session.scalars(select(Delivery.state).where(Delivery.mailing_id == published.mailing)))
    assert states == sorted([DeliveryState.ACCEPTED, DeliveryState.SUPPRESSED, DeliveryState.PENDING])


def printed(opened: WholeOffice) -> str:
    """The text of the Arabic booklet of a print run, page by page."""
    working = opened.parts.office(Silence())
    run = runs.order(working, opened.postal, SLUG, print_options(opened.parts))
    runs.make(working, run)
    booklet = next(one for one in runs.files(working, opened.postal, run) if one.name.startswith("boekje-ar"))
    extract = [program("pdftotext", "poppler-utils"), "-", "-"]
    return subprocess.run(extract, input=booklet.data, capture_output=True, check=True).stdout.decode("utf-8")
