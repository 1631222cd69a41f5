"""A reader in several audiences of one issue gets one copy, or one for each: a setting of the issue."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailer.content import Content
from mailer.ledger import mailings
from mailer.services.publishing.approval import proposal
from mailer.services.publishing.publish import publish
from subscribers.address import address_from
from subscribers.admission import Newcomer, admit
from subscribers.consent import Choice, Evidence
from subscribers.repository import subscriber_with
from subscribers.rules import pick
from tests.support.office import WORDING, WholeOffice, office
from wording.errors import ConflictError, NotAllowedError

SLUG = "noo-2026-11"
DORA = "dora@lezers.example"  # in two audiences of the issue
EMIL = "emil@lezers.example"  # in the second of them only
FIEN = "fien@lezers.example"


def join(here: WholeOffice, address: str, *audiences: str) -> None:
    with here.parts.store.transaction() as session:
        admit(session, [Newcomer(address_from(address), Choice(audiences, "nl"), Evidence("test", WORDING))])


def say(folder: Path, copies: str) -> None:
    issue = folder / "issues" / SLUG / "issue.md"
    head = [line for line in issue.read_text("utf-8").split("\n") if not line.startswith("copies:")]
    issue.write_text("\n".join([head[0], f"copies: {copies}", *head[1:]]), "utf-8")


@pytest.mark.parametrize(("copies", "count"), [("one", 1), ("each", 2)])
def test_a_reader_of_two_audiences_gets_as_many_copies_as_the_issue_says(
    tmp_path: Path, copies: str, count: int
) -> None:
    with office(tmp_path, f"sqlite:///{tmp_path}/var/postduif.sqlite") as here:
        join(here, DORA, "noo-national", "noo-rotterdam")
        join(here, EMIL, "noo-national")
        say(tmp_path, copies)
        published = here.publish(SLUG)
        assert (published.deliveries, published.mailing is None) == (1 + count, False)
        here.send(published.mailing or 0)
        mails = here.received_by(DORA)
        assert len(mails) == count
        assert len(here.received_by(EMIL)) == 1
        feedback = {str(mail["Feedback-ID"]).split(":")[2] for mail in mails}
        assert feedback == {"noo-rotterdam", "noo-national"} if count == 2 else {"noo-rotterdam"}
        # publishing again mails nobody a copy that they had
        assert here.publish(SLUG).deliveries == 0
        join(here, FIEN, "noo-rotterdam", "noo-national")
        assert here.publish(SLUG).deliveries == count


def test_what_was_approved_and_what_was_sent_hold_the_setting(tmp_path: Path) -> None:
    with office(tmp_path, f"sqlite:///{tmp_path}/var/postduif.sqlite") as here:
        join(here, DORA, "noo-national", "noo-rotterdam")
        approved = here.approve(SLUG)
        say(tmp_path, "each")
        with pytest.raises(ConflictError, match="in: copies"):  # another number of mails is another thing
            publish(here.office, here.editor, SLUG, approved=approved)
        with pytest.raises(NotAllowedError, match="goedkeuren"):
            publish(here.office, here.editor, SLUG, approved=proposal(here.office, here.editor, SLUG).digest)
        assert here.publish(SLUG).deliveries == 2
        say(tmp_path, "one")
        with pytest.raises(ConflictError, match="copies: each"):
            here.publish(SLUG)


def test_a_word_that_is_no_setting_is_named_with_its_line(tmp_path: Path) -> None:
    with office(tmp_path, f"sqlite:///{tmp_path}/var/postduif.sqlite") as here:
        say(tmp_path, "alle")
        problems = Content(tmp_path, here.parts.house).read(SLUG).problems
    assert [(one.place.line, "one, each" in str(one.text)) for one in problems] == [(2, True)]


def test_who_is_left_out_after_the_mailing_was_opened_is_not_mailed_and_who_was_put_in_is(tmp_path: Path) -> None:
    with office(tmp_path, f"sqlite:///{tmp_path}/var/postduif.sqlite") as here:
        join(here, DORA, "noo-national")
        join(here, EMIL, "noo-national")
        join(here, FIEN, "noo-rotterdam")
        with here.parts.store.transaction() as session:
            fien = subscriber_with(session, address_from(FIEN))
            assert fien is not None
            pick(session, SLUG, "noo-national", fien.uid, included=True)
        published = here.publish(SLUG)
        with here.parts.store.transaction() as session:
            dora = subscriber_with(session, address_from(DORA))
            assert dora is not None
            pick(session, SLUG, "noo-national", dora.uid, included=False)
        here.send(published.mailing or 0)
        assert here.received_by(DORA) == []
        assert (len(here.received_by(EMIL)), len(here.received_by(FIEN))) == (1, 1)
        with here.parts.store.reading() as session:
            states = mailings.accounting(session, published.mailing or 0).states
        assert {state: count for state, count in states.items() if count} == {"accepted": 2, "suppressed": 1}
