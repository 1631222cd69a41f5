"""Readers on the command line: brought in, counted, shown to whoever may see them, and erased."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from sqlalchemy import text

from database.base import now
from database.session import Store
from devtools.mailings import open_mailing
from mailer.ledger import mailings
from mailer.ledger.states import MailingState
from mailer.services.sending import orders
from tests.commands.conftest import Run, store
from tests.support.desk_people import EDITOR
from tests.support.house import ROOT
from tests.support.office import office_of
from tests.support.people import ANNA, BAS, gets, reader
from wording import ExplainedError

FILES = ROOT / "tests" / "subscribers" / "files"


def test_an_import_looks_first_and_does_it_only_when_told(run: Run, folder: Path) -> None:
    words = ["subscribers", "import", str(FILES / "laposta.csv"), "--as", "Noor", "--source", "Laposta 2026-11-24"]
    words += ["--audience", "legal-aid", "--wording", "Ja, graag."]
    assert "niets veranderd" in run(*words).output
    assert gets(store(folder)) == set()
    assert "Ingelezen" in run(*words, "--apply").output
    assert len(gets(store(folder))) == 1


def importing(folder: Path, text: str) -> list[str]:
    (folder / "list.csv").write_text(text)
    words = ["subscribers", "import", str(folder / "list.csv"), "--as", "Noor", "--source", "x"]
    return [*words, "--audience", "legal-aid"]


def test_a_bad_row_is_named_by_its_line_and_set_aside_and_the_rest_is_taken(run: Run, folder: Path) -> None:
    words = importing(folder, "email,taal\nanna@lezers.example,nl\nniemand,nl\nchadia@lezers.example,tlh\n")
    shown = run(*words, fails=True).output
    assert "regel 3" in shown
    assert "regel 4" in shown
    assert "niets veranderd" in shown
    assert "list-apart.csv" in run(*words, "--apply").output
    assert (folder / "list-apart.csv").read_text("utf-8-sig").count("\n") == 3
    default = run(*words, "--map", "taal:*=nl", "--apply").output
    assert "krijgt een mail met een knop" in default


def test_who_must_not_be_mailed_is_named_to_whoever_may_see_it_and_that_is_written_down(run: Run, folder: Path) -> None:
    words = importing(folder, f"email,email_disabled\n{ANNA},false\n{BAS},true\n")
    assert BAS in run(*words, "--apply").output
    assert BAS in run(*words).output
    words[words.index("Noor")] = "Pim"
    assert BAS not in run(*words, fails=True).output
    found = json.loads(
        run("breach", "report", "--from", "2020-01-01", "--to", "2099-01-01", "--as", "Noor", "--json").output
    )
    assert found["seen"]["view_list"] == 2


def test_a_row_that_may_say_that_somebody_left_stops_the_import(run: Run, folder: Path) -> None:
    words = importing(folder, f"email,status\n{ANNA},subscribed\nniemand,unsubscribed\n")
    assert "regel 3" in run(*words, fails=True).output
    assert isinstance(run(*words, "--apply", fails=True).exception, (ExplainedError, SystemExit))
    assert sorted(path.name for path in folder.glob("*.csv")) == ["list.csv"]


def test_only_who_may_sees_readers_and_it_is_written_down(run: Run, folder: Path) -> None:
    reader(store(folder), ANNA)
    run("subscribers", "export", "--as", "Pim", fails=True)
    run("subscribers", "export", "--as", "Niemand", fails=True)
    assert ANNA in run("subscribers", "export", "--as", "Noor").output
    assert ANNA in run("subject", "export", "--as", "Noor", typed=ANNA).output
    found = json.loads(
        run("breach", "report", "--from", "2020-01-01", "--to", "2099-01-01", "--as", "Noor", "--json").output
    )
    assert (found["seen"], found["rows_exported"], found["chain_fits"]) == ({"export": 2}, 2, True)


def test_nobody_else_on_the_machine_may_read_the_database_or_an_export(run: Run, folder: Path) -> None:
    reader(store(folder), ANNA)
    (folder / "out.csv").write_text("of last month")
    (folder / "out.csv").chmod(0o644)
    run("subscribers", "export", "--as", "Noor", "-o", str(folder / "out.csv"))
    with closing(store(folder)), Store(f"sqlite:///{folder}/var/new/postduif.sqlite").transaction() as session:
        session.execute(text("CREATE TABLE one (one)"))
        made = [folder / "out.csv", *(folder / "var" / "new").iterdir()]
        assert len(made) > 2
        assert {oct(path.stat().st_mode & 0o777) for path in made} == {"0o600"}


def test_the_proof_of_consent_is_printed_with_its_words(run: Run, folder: Path) -> None:
    reader(store(folder), ANNA)
    output = run("subscribers", "consent", "--as", "Noor", typed=ANNA).output
    assert "confirmed" in output
    assert "Ja, mail mij." in output


def test_an_audience_is_counted_ruled_picked_and_explained(run: Run, folder: Path) -> None:
    opened = store(folder)
    reader(opened, ANNA, "noo-national")
    reader(opened, BAS, "legal-aid")
    assert json.loads(run("audience", "list", "--as", "Noor", "--json").output)["legal-aid"] == 1
    assert (
        "2 lezers"
        in run(
            "audience", "rule", "legal-aid", "--member", "legal-aid", "--member", "noo-national", "--as", "Noor"
        ).output
    )
    pick = ["audience", "pick", "legal-aid", "--issue", "los-1", "--as", "Noor"]
    assert "1 lezer" in run(*pick, "--exclude", typed=BAS).output
    why = run("audience", "why", "legal-aid", "--issue", "los-1", "--as", "Noor", typed=BAS).output
    assert "weggelaten" in why
    assert "2 lezers" in run(*pick, typed=BAS).output
    run("audience", "why", "nergens", "--as", "Noor", typed=BAS, fails=True)


def test_the_register_and_the_retention_are_readable(run: Run) -> None:
    tables = {entry["table"] for entry in json.loads(run("retention", "register", "--as", "Noor", "--json").output)}
    assert {"subscriber", "addressee", "delivery", "person"} <= tables
    assert json.loads(run("retention", "run", "--dry-run", "--as", "Noor", "--json").output)["unconfirmed"] == 0


def copy_database(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(target)) as other:
        one.backup(other)


def test_whoever_is_erased_is_erased_again_after_a_restore(run: Run, folder: Path) -> None:
    reader(store(folder), ANNA)
    copy_database(folder / "var" / "postduif.sqlite", folder / "backup.sqlite")
    run("subject", "erase", "--as", "Noor", typed=ANNA)
    run("subject", "tombstones", "-o", str(folder / "stones.json"), "--as", "Noor")
    copy_database(folder / "backup.sqlite", folder / "var" / "postduif.sqlite")
    assert "1 lezer" in run("subject", "replay", str(folder / "stones.json"), "--as", "Noor").output
    assert gets(store(folder)) == set()


def test_after_a_restore_what_was_on_its_way_waits_for_a_person(run: Run, folder: Path) -> None:
    """Who got it since the backup is not in the backup; what is planned for later has been sent to nobody."""
    reader(store(folder), ANNA)
    going, planned = open_mailing(store(folder), 3), open_mailing(store(folder), 3, slug="noo-2026-11", sending=False)
    orders.schedule(office_of(store(folder)), EDITOR, planned, now() + timedelta(hours=1))
    run("subject", "tombstones", "-o", str(folder / "stones.json"), "--as", "Noor")
    assert "1 verzending" in run("subject", "replay", str(folder / "stones.json"), "--as", "Noor").output
    with store(folder).reading() as session:
        assert mailings.mailing_of(session, going).state is MailingState.PAUSED
        assert "back-up" in mailings.mailing_of(session, going).reason
        assert mailings.mailing_of(session, planned).state is MailingState.SCHEDULED
