"""After an upgrade it is said which approvals fall, and whether the words are still those that were approved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from commands.__main__ import app
from commands.standing import said_of, standing_as_data, tell_standing
from mailer.content import Content
from mailer.organisation import Look
from mailer.services.publishing.falling import Fallen, all_fallen, fallen
from mailer.services.publishing.renewing import renew_changed, renewed
from mailer.services.sending import orders
from staff.people import Person
from tests.support.office import WholeOffice, office
from tests.support.people import reader
from wording.errors import NotAllowedError

SLUG = "noo-2026-11"
EDITIONS = ("noo-rotterdam (nl)", "noo-national (nl)", "noo-relations (nl)")


@pytest.fixture
def here(tmp_path: Path) -> Iterator[WholeOffice]:
    with office(tmp_path / "content", f"sqlite:///{tmp_path}/postduif.sqlite") as whole:
        reader(whole.parts.store, "anna@lezers.example", "noo-national", locale="nl")
        yield whole


def drawn_anew(here: WholeOffice) -> WholeOffice:
    """The same office with another look, as a new version of the product gives it."""
    house = here.parts.house
    organisation = replace(house.organisation, look=Look(accent="#7b2d4f"))
    house = replace(house, organisation=organisation)
    return replace(here, parts=replace(here.parts, house=house, content=Content(here.parts.content.folder, house)))


def test_it_says_of_which_only_the_look_changed_and_of_which_the_words(
    here: WholeOffice, capsys: pytest.CaptureFixture[str]
) -> None:
    here.approve(SLUG)
    assert fallen(here.office, here.editor, SLUG) == Fallen(SLUG, (), ())
    assert all_fallen(here.office) == ()
    after = drawn_anew(here)
    renew_changed(after.office)
    assert all_fallen(after.office) == (Fallen(SLUG, EDITIONS, ()),)
    found = renewed(after.office, here.editor, SLUG)
    fell = fallen(after.office, here.editor, SLUG)
    tell_standing(after.office, found, fell)
    [said] = said_of(fell)
    assert str(said) in " ".join(capsys.readouterr().out.split())
    assert standing_as_data(found, fell)["only_look"] == EDITIONS
    issue = here.parts.content.folder / f"issues/{SLUG}/issue.md"
    text = issue.read_text("utf-8")
    assert "natte jassen" in text
    issue.write_text(text.replace("natte jassen", "droge jassen"), "utf-8")
    assert fallen(after.office, here.editor, SLUG) == Fallen(SLUG, (), EDITIONS)


def test_upgrade_says_which_approvals_fall_and_why(here: WholeOffice) -> None:
    """Also where the program is new and no table is: the look here is otherwise as a new version makes it."""
    folder = here.parts.content.folder

    def upgraded() -> str:
        words = ["--content", str(folder), "--database", here.parts.store.url, "upgrade"]
        result = CliRunner().invoke(app, words, env={"LANGUAGE": "nl"})
        assert result.exit_code == 0, result.output
        return " ".join(result.output.split())

    here.approve(SLUG)
    assert upgraded() == "De database is al bij."
    settings = folder / "postduif.toml"
    toml = settings.read_text("utf-8")
    assert "#0b5f58" in toml
    settings.write_text(toml.replace("#0b5f58", "#7b2d4f"), "utf-8")
    editions = ", ".join(EDITIONS)
    said = upgraded()
    assert f"{SLUG}: in {editions} is geen woord veranderd, alleen hoe het eruitziet. De goedkeuring" in said
    assert "staat iets anders" not in said
    issue = folder / f"issues/{SLUG}/issue.md"
    issue.write_text(issue.read_text("utf-8").replace("natte jassen", "droge jassen"), "utf-8")
    said = upgraded()
    assert f"{SLUG}: in {editions} staat iets anders dan wat goedgekeurd is" in said
    assert "geen woord veranderd" not in said


def test_what_was_sent_has_nothing_to_lose(here: WholeOffice) -> None:
    opened = here.publish(SLUG).mailing
    assert opened is not None
    orders.start(here.office, here.editor, opened)
    assert all_fallen(drawn_anew(here).office) == ()


def test_it_is_for_who_may_see_issues(here: WholeOffice) -> None:
    nobody = Person(here.editor.uid, "Bram", "bram@voorbeeld.example", frozenset())
    with pytest.raises(NotAllowedError):
        fallen(here.office, nobody, SLUG)
