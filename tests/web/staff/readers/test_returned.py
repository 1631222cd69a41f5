"""What came back is read out, for whom (masked) and with what followed; a mailbox that is away is told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from database.base import now
from mailer.ledger.returned import COUNTED, ReturnedMessage
from mailer.ledger.states import DeliveryState
from mailer.ledger.tables import Delivery
from mailer.services.readers import privacy
from mailer.services.sending.returned import ReturnDesk
from mailer.services.worker.chores import Chores
from tests.web.staff.conftest import Desks, desks_in, fill
from tests.web.staff.readers.conftest import plain
from wording import Text
from wording.errors import CarrierError


@pytest.fixture(scope="module")
def back(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desks]:
    """Two readers were mailed: of one the address does not exist, of the other a machine answered."""
    with desks_in(tmp_path_factory.mktemp("back") / "desks", migrated_file) as desks:
        fill(desks)
        number = int(desks.made["number"])
        with desks.store.transaction() as session:
            session.execute(update(Delivery).values(state=DeliveryState.ACCEPTED, is_open=False))
            first, second = session.scalars(select(Delivery).order_by(Delivery.id))
            hard = {"kind": "hard", "reason": "unknown-user", "outcome": COUNTED, "code": "5.1.1"}
            said = {"why": 'server-words "user <b>unknown</b>" rcpt', "words": "550 <script>alert(1)</script>"}
            session.add(
                ReturnedMessage(hash="a" * 64, at=now(), mailing_id=number, delivery_id=first.id, **hard, **said)
            )
            note = {"kind": "ignored", "reason": "answer", "outcome": "note"}
            session.add(ReturnedMessage(hash="b" * 64, at=now(), mailing_id=number, delivery_id=second.id, **note))
            session.add(ReturnedMessage(hash="c" * 64, at=now(), **note))
        yield desks


@pytest.mark.promise("row 10")
def test_it_says_what_it_was_read_as_why_and_for_whom(back: Desks) -> None:
    noor = back.as_("Noor")
    answer = noor.get("/staff/returned", base_url=back.base)
    page = plain(answer)
    assert "Teruggekomen: 1 telt, 2 betekent niets" in page
    assert "Dit adres bestaat niet (meer)." in page
    assert "l…@l….example · Onder dak, nummer 2026-11" in page
    assert "woorden van de server die weigerde “user &lt;b&gt;unknown" in page
    assert "Telt één keer." in page
    assert "<script>alert" not in answer.get_data(as_text=True)
    assert "automatisch antwoord." not in page, "only what counts"
    every = plain(noor.get("/staff/returned?all=1", base_url=back.base))
    assert "Een automatisch antwoord." in every
    assert "van wie, is niet bekend" in every


def test_what_was_read_wrongly_is_put_right_and_what_is_not_there_is_refused(back: Desks) -> None:
    noor = back.as_("Noor")
    csrf = back.csrf(noor)
    for fields in (
        {"report": "a" * 10, "kind": "vreemd"},
        {"report": "zzz", "kind": "soft"},
        {"report": "", "kind": "soft"},
    ):
        assert back.post(noor, "/staff/returned", csrf=csrf, **fields).status_code == 422
    done = back.post(noor, "/staff/returned?all=1", csrf=csrf, report="a" * 10, kind="soft")
    assert "Verkeerd gelezen. Het was: Tijdelijk" in plain(done)


def test_a_mailbox_that_does_not_open_is_told_to_the_administrator(back: Desks) -> None:
    noor = back.as_("Noor")
    office = back.staff.office
    desk = ReturnDesk(back.store, office.keys, office.house, b"k" * 32, "", frozenset())

    def away() -> None:
        raise CarrierError(Text("away"))

    def look() -> str:
        return plain(noor.get("/staff/returned", base_url=back.base))

    assert "geen mailbox voor teruggekomen mail ingesteld" in look()
    chores = Chores(desk, None, inbox=away)  # type: ignore[arg-type]
    with pytest.raises(CarrierError):
        chores._read_returns()
    assert "ging niet open" in look()
    today = plain(noor.get("/staff/", base_url=back.base))
    assert "De mailbox voor teruggekomen mail gaat niet open" in today


def test_a_privacy_statement_that_was_never_filled_in_is_told_and_then_is_not(back: Desks) -> None:
    noor = back.as_("Noor")
    csrf = back.csrf(noor)
    assert "De privacyverklaring is nog niet ingevuld" in plain(noor.get("/staff/", base_url=back.base))
    assert "ontbreken nog" in plain(noor.get("/staff/privacy", base_url=back.base))
    long = {"words-nl": "x" * 6001}
    assert back.post(noor, "/staff/privacy", csrf=csrf, **long).status_code == 422
    words = {"words-nl": "Wij zijn <klein>.\r\n\r\nMail ons.  ", "words-xx": "Niets"}
    assert back.post(noor, "/staff/privacy", csrf=csrf, **words).status_code == 303
    assert privacy.words(back.staff.office, back.people["Noor"]) == {"nl": "Wij zijn <klein>.\n\nMail ons."}
    assert "De privacyverklaring is ingevuld" in plain(noor.get("/staff/", base_url=back.base))
    assert back.post(noor, "/staff/privacy", csrf=csrf).status_code == 303
    assert privacy.words(back.staff.office, back.people["Noor"]) == {}


def test_every_table_that_holds_something_of_a_reader_is_in_the_statement() -> None:
    """A new one asks for words: what a reader is told is made from what is kept."""
    assert {one.table for one in privacy.about_readers()} == set(privacy.WHAT)
