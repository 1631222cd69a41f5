"""The commands about people, from the command line: they ask who you are, say what they did, and log it."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text
from typer.testing import CliRunner, Result

from commands.__main__ import app
from commands.telling import exit_code
from database.audit import AuditRow, Event
from database.base import now
from database.keys import KeyRing
from database.session import Store
from devtools.mailings import open_mailing
from mailer.ledger import mailings
from mailer.ledger.states import MailingState
from mailer.places import default_keys
from mailer.services.sending import orders
from tests.commands.test_nonsense import COMMANDS
from tests.support.desk_people import EDITOR
from tests.support.office import office_of
from tests.support.people import ANNA, BAS, gets, reader
from wording import ExplainedError
from wording.interface import interface

ROOT = Path(__file__).resolve().parents[2]
FILES = ROOT / "tests" / "subscribers" / "files"
Run = Callable[..., Result]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "postduif.toml", tmp_path)
    return tmp_path


@pytest.fixture
def run(folder: Path, migrated_file: Path) -> Run:
    """A content folder with keys, an administrator and somebody of the postal desk."""

    def invoke(*words: str, fails: bool = False, typed: str | None = None) -> Result:
        result = CliRunner().invoke(app, ["--content", str(folder), *words], input=typed, env={"LANGUAGE": "nl"})
        told = result.exception is None or isinstance(result.exception, (ExplainedError, SystemExit))
        assert told, result.exception
        assert (result.exit_code != 0) is fails, result.output
        return result

    invoke("keys", "create")
    (folder / "var").mkdir()
    shutil.copy(migrated_file, folder / "var" / "postduif.sqlite")
    invoke("staff", "add", "Noor", "--role", "admin", typed="noor@redactie.example\n")
    invoke("staff", "add", "Pim", "--role", "postal", "--as", "Noor", typed="pim@redactie.example\n")
    return invoke


def store(folder: Path) -> Store:
    return Store(f"sqlite:///{folder}/var/postduif.sqlite", KeyRing.from_folder(default_keys(folder)))


def copy_database(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(target)) as other:
        one.backup(other)


def test_a_colleague_needs_an_address_that_mail_can_go_to(run: Run) -> None:
    """Alarms and reports go there."""
    for wrong in ("noor", "kim@redactie.example Bcc: x@y.example", "Kim <kim@redactie.example>"):
        run("staff", "add", "Kim", "--role", "admin", "--as", "Noor", typed=f"{wrong}\n", fails=True)
    assert "Kim" not in run("staff", "list", "--as", "Noor").output


def test_roles_change_and_people_go_and_come_back(run: Run) -> None:
    assert (
        "editor, translator, ar"
        in run(
            "staff", "roles", "Pim", "--role", "editor", "--role", "translator", "--language", "ar", "--as", "Noor"
        ).output
    )
    assert "niet meer actief" in run("staff", "deactivate", "pim@redactie.example", "--as", "Noor").output
    assert "geen medewerker" in str(run("staff", "list", "--as", "Pim", fails=True).exception)
    [_noor, pim] = json.loads(run("staff", "list", "--as", "Noor", "--json").output)
    assert pim == {"name": "Pim", "roles": ["editor", "translator"], "languages": ["ar"], "active": False}
    assert "Pim  niet actief (editor, translator, ar)" in run("staff", "list", "--as", "Noor").output
    assert "weer actief" in run("staff", "activate", "Pim", "--as", "Noor").output
    assert "Pim  editor, translator, ar" in run("staff", "list", "--as", "Pim").output


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["staff", "add", "Kim", "<PIM@redactie.example", "--role", "editor"], 5, "al een medewerker"),
        (["staff", "add", "K", "<k@x.example", "--role", "editor", "--language", "xx"], 4, "‘xx’ is onbekend"),
        (["staff", "deactivate", "Niemand"], 4, "geen medewerker ‘Niemand’"),
        (["staff", "deactivate", "Noor"], 5, "laatste beheerder"),
        (["staff", "activate", "Pim"], 5, "al zo"),
        (["audience", "rule", "nergens"], 4, "doelgroep ‘nergens’ is onbekend"),
        (["audience", "rule", "legal-aid", "--language", "xx"], 4, "‘xx’ is onbekend"),
        (["audience", "pick", "legal-aid", f"<{ANNA}", "--issue", "krant-1"], 4, "geen nummer van een publicatie"),
        (["audience", "why", "legal-aid", "<niemand@x.example"], 4, "geen lezer"),
        (["subscribers", "consent", "<niemand@x.example"], 4, "geen lezer"),
        (["subscribers", "consent", "<niemand"], 1, "@"),
        (["subscribers", "export", "--audience", "nergens"], 4, "doelgroep ‘nergens’ is onbekend"),
        (["subscribers", "export", "--format", "xls"], 1, "csv of json"),
        (["subscribers", "export", "-o", "/nergens/lijst.csv"], 7, "/nergens kan niet geschreven worden"),
        (["subject", "erase", "<niemand@x.example"], 4, "geen lezer"),
        (["subject", "export"], 1, "Geef op de standaardinvoer"),
        (["subject", "tombstones", "-o", "/nergens/lijst.json"], 7, "/nergens kan niet geschreven worden"),
        (["subject", "replay", "/nergens/lijst.json"], 1, "geen lijst van gewiste lezers"),
        (["subject", "replay", str(FILES / "stones.json")], 1, "geen lijst van gewisten"),
        (["delivery", "find", "<niemand@x.example"], 4, "geen lezer"),
        (["breach", "report", "--from", "2026-02-01", "--to", "2026-01-01"], 1, "einde ligt voor het begin"),
        (["retention", "run", "--dry-run", "--as", "Pim"], 3, "rol ‘beheerder’ nodig"),
    ],
)
def test_what_is_not_there_or_cannot_be_is_a_sentence_and_a_code(
    run: Run, words: list[str], code: int, said: str
) -> None:
    """A script tells by the code who can mend it; nobody reads a traceback."""
    typed = "".join(word[1:] for word in words if word.startswith("<"))
    given = [word for word in words if not word.startswith("<")]
    error = run(*given, *([] if "--as" in words else ["--as", "Noor"]), fails=True, typed=typed).exception
    assert isinstance(error, ExplainedError)
    assert exit_code(error) == code
    assert said in interface("nl").say(error.text)


def test_who_may_not_leaves_the_file_of_last_month_as_it_was(run: Run, folder: Path) -> None:
    (folder / "out.csv").write_text("of last month")
    run("subscribers", "export", "--as", "Pim", "-o", str(folder / "out.csv"), fails=True)
    assert (folder / "out.csv").read_text() == "of last month"
    assert [path.name for path in folder.iterdir() if "out.csv" in path.name] == ["out.csv"]


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


def test_a_breach_is_counted_through_its_last_day(run: Run, folder: Path) -> None:
    """Whoever fills in the days of a leak gets all of the last one, and is told of days in the wrong order."""
    reader(store(folder), ANNA)
    run("subscribers", "export", "--as", "Noor")
    today, before = f"{now():%Y-%m-%d}", f"{now() - timedelta(days=1):%Y-%m-%d}"
    found = json.loads(run("breach", "report", "--from", before, "--to", today, "--as", "Noor", "--json").output)
    assert (found["seen"], found["readable"]["subscribers"]) == ({"export": 1}, 1)
    run("breach", "report", "--from", today, "--to", before, "--as", "Noor", fails=True)


def test_the_proof_of_consent_is_printed_with_its_words(run: Run, folder: Path) -> None:
    reader(store(folder), ANNA)
    output = run("subscribers", "consent", "--as", "Noor", typed=ANNA).output
    assert "confirmed" in output
    assert "Ja, mail mij." in output


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


def test_a_key_is_replaced_checked_retired_and_kept_on_paper(run: Run, folder: Path) -> None:
    reader(store(folder), ANNA)
    run("keys", "rotate", "data", "--as", "Noor")
    keys = {use["key"]: use for use in json.loads(run("keys", "check", "--json").output)["keys"]}
    assert keys["data.1"]["retirable"]
    run("keys", "retire", "data.1", "--as", "Noor")
    assert not (default_keys(folder) / "data.1").exists()
    run("keys", "retire", "data.2", "--as", "Noor", fails=True)
    paper = run("keys", "paper", "--as", "Noor").output
    assert "klopt" in run("keys", "paper", "--verify", "--as", "Noor", typed=paper).output
    run("keys", "paper", "--verify", "--as", "Noor", typed=paper.replace("data.2", "data.3"), fails=True)
    assert len(gets(store(folder))) == 1


def test_keys_are_never_made_twice(run: Run) -> None:
    run("keys", "create", fails=True)


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


def centre(run: Run) -> None:
    run(
        "addressees",
        "centre",
        "duinrand",
        "--name",
        "Duinrand",
        "--line",
        "Kade 7",
        "--line",
        "9999 ZZ Stad",
        "--registration",
        "--as",
        "Pim",
    )
    run("addressees", "centre", "zuid", "--name", "Zuid", "--line", "Kade 8", "--line", "9999 ZZ Stad", "--as", "Pim")


def added(run: Run) -> str:
    words = ["addressees", "add", "--centre", "duinrand", "--language", "ar", "--asked-by", "letter", "--as", "Pim"]
    return run(*words, typed="Samir Voorbeeld\nR-17\n").output.split("code ")[1].strip(" .\n")


def test_the_desk_finds_people_without_showing_their_names_unless_asked(run: Run) -> None:
    centre(run)
    code = added(run)
    masked, whole = (run("addressees", "list", "--as", "Pim", *more).output for more in ([], ["--names"]))
    assert code in masked
    assert "S… V…" in masked
    assert "Samir" not in masked + code
    assert "Samir Voorbeeld" in whole
    assert code in run("addressees", "search", "--as", "Pim", typed="voorbeeld SAM\n").output
    assert code not in run("addressees", "search", "--as", "Pim", typed="Karim\n").output
    run("addressees", "list", "--as", "Noor", fails=True)
    seen = json.loads(
        run("breach", "report", "--from", "2020-01-01", "--to", "2099-01-01", "--as", "Noor", "--json").output
    )["seen"]
    assert seen == {"search": 2, "view_list": 2}


def test_who_is_released_gets_no_post_until_heard_from_again(run: Run) -> None:
    centre(run)
    code = added(run)
    run("addressees", "stop", code, "--because", "departed", "--as", "Pim")
    [row] = json.loads(run("addressees", "list", "--json", "--as", "Pim").output)
    assert row["stopped"] == "departed"
    run("addressees", "confirm", code, "--as", "Pim")
    [row] = json.loads(run("addressees", "list", "--json", "--as", "Pim").output)
    assert row["stopped"] is None
    run("addressees", "stop", code, "ffffffff", "--because", "departed", "--as", "Pim", fails=True)
    [row] = json.loads(run("addressees", "list", "--json", "--as", "Pim").output)
    assert row["stopped"] is None, "one wrong code stops nobody"
    assert "niets gehoord" in run("addressees", "list", "--unheard", "--as", "Pim").output


def test_what_is_wrong_about_somebody_is_put_right_and_a_number_nobody_asks_for_goes(run: Run) -> None:
    centre(run)
    code = added(run)
    run(
        "addressees",
        "change",
        code,
        "--centre",
        "zuid",
        "--language",
        "en",
        "--large",
        "--name",
        "--as",
        "Pim",
        typed="Samira Voorbeeld\n",
    )
    data = json.loads(run("subject", "export", "--addressee", code, "--as", "Pim").output)
    assert (data["name"], data["centre"], data["locale"], data["large_print"], data["registration"]) == (
        "Samira Voorbeeld",
        "zuid",
        "en",
        "yes",
        None,
    )
    warned = run("addressees", "change", code, "--centre", "duinrand", "--as", "Pim", typed="271.234.5678\n").output
    assert "V-nummer lijkt" in warned
    run("addressees", "change", code, "--language", "xx", "--as", "Pim", fails=True)


@pytest.mark.parametrize(("root", "rows"), [("data", "4/?"), ("index", "1/?")])
def test_a_rotation_shows_how_far_it_is_where_no_script_reads(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, root: str, rows: str
) -> None:
    reader(store(folder), ANNA)
    monkeypatch.setenv("FORCE_COLOR", "1")  # to Rich this is a terminal
    told = run("keys", "rotate", root, "--as", "Noor")
    assert "Vernieuwen" in told.stderr
    assert rows in told.stderr
    assert "Vernieuwen" not in told.stdout
    assert "waarden vernieuwd." in told.stdout


def test_no_command_takes_the_address_of_a_reader_as_a_word_or_an_option() -> None:
    """Everyone on the machine may read what stands in the list of processes: it is asked, or read from the input."""
    taking = []
    for name, one in COMMANDS.items():
        for parameter in one.params:
            words = {parameter.name, parameter.metavar, *parameter.opts}
            if any(word and re.search("email|address|password|secret|token", word.lower()) for word in words):
                taking.append((name, parameter.name))
    assert taking == [
        ("subject erase", "addressee"),  # a code
        ("subject export", "addressee"),
    ]


def test_keys_on_paper_ask_who_and_stand_in_the_trail(run: Run, folder: Path) -> None:
    run("keys", "paper", fails=True)
    run("keys", "paper", "--as", "Pim", fails=True)
    paper = run("keys", "paper", "--as", "Noor").output
    run("keys", "paper", "--verify", "--as", "Noor", typed=paper)
    with store(folder).reading() as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.event == Event.KEY).order_by(AuditRow.seq)).all()
    assert [row.detail for row in rows] == [{"step": "printed"}, {"step": "checked"}]


def test_a_trail_that_was_cut_short_shows_by_what_an_export_said(run: Run, folder: Path) -> None:
    reader(store(folder), ANNA)
    said = run("subscribers", "export", "--as", "Noor").output
    seen = re.search(r"\d+:[0-9a-f]{16}", said)
    assert seen is not None, said
    data = json.loads(run("subject", "export", "--as", "Noor", typed=ANNA).output)
    later = f"{data['audit_trail']['row']}:{data['audit_trail']['code']}"
    for one in (seen[0], later):
        assert "klopt" in run("keys", "check", "--seen", one).output
    with store(folder).transaction() as session:
        session.execute(text("DROP TRIGGER audit_no_delete"))
        session.execute(text("DELETE FROM audit WHERE seq = :row"), {"row": int(later.partition(":")[0])})
    assert "klopt" in run("keys", "check", "--seen", seen[0]).output
    run("keys", "check", "--seen", later, fails=True)
    for nonsense in ("", "x", "1", ":", "1:x", f"{'9' * 30}:0123456789abcdef"):
        run("keys", "check", "--seen", nonsense, fails=bool(nonsense))


def test_keys_of_an_earlier_version_are_moved_out_of_the_content_folder_by_a_command(run: Run, folder: Path) -> None:
    """Until then they work, and each command says what to do. A kill halfway loses nothing."""
    reader(store(folder), ANNA)
    new, old = default_keys(folder), folder / "var" / "keys"
    shutil.copytree(new, old)
    shutil.rmtree(new)
    told = run("staff", "list", "--as", "Noor")
    assert "keys move" in told.stderr
    assert "keys move" not in told.stdout
    copy_keys = sorted(path.read_bytes() for path in old.iterdir())
    run("keys", "move", "--as", "Pim", fails=True)
    shutil.copytree(old, new)  # as a kill leaves it, after the copy and before the old ones were taken away
    assert str(new) in run("keys", "move", "--as", "Noor").output
    assert not old.exists()
    assert sorted(path.read_bytes() for path in new.iterdir()) == copy_keys
    assert {path.stat().st_mode & 0o777 for path in new.iterdir()} == {0o400}
    assert "keys move" not in run("staff", "list", "--as", "Noor").output
    assert len(gets(store(folder))) == 1
    assert "geen sleutels in de inhoudsmap" in run("keys", "move", "--as", "Noor").output


def test_a_place_that_was_set_stays_and_keys_of_another_are_never_written_over(run: Run, folder: Path) -> None:
    new, old = default_keys(folder), folder / "var" / "keys"
    shutil.copytree(new, old)
    shutil.rmtree(new)
    KeyRing.create(new)  # of another content folder with this name
    run("keys", "move", "--as", "Noor", fails=True)
    assert KeyRing.from_folder(new).roots != KeyRing.from_folder(old).roots
    settings = folder / "postduif.toml"
    settings.write_text(settings.read_text("utf-8") + '\n[storage]\nkeys = "var/keys"\n', "utf-8")
    told = run("staff", "list", "--as", "Noor")
    assert told.stderr == ""
    run("keys", "move", "--as", "Noor", fails=True)
    assert old.is_dir()
