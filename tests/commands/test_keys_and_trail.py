"""Keys and the audit trail on the command line: made, replaced, moved, printed, and checked."""

from __future__ import annotations

import json
import re
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from database.audit import AuditRow, Event
from database.base import now
from database.keys import KeyRing
from mailer.places import default_keys
from tests.commands.conftest import Run, store
from tests.support.people import ANNA, gets, reader


def test_keys_are_never_made_twice(run: Run) -> None:
    run("keys", "create", fails=True)


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


def test_keys_on_paper_ask_who_and_stand_in_the_trail(run: Run, folder: Path) -> None:
    run("keys", "paper", fails=True)
    run("keys", "paper", "--as", "Pim", fails=True)
    paper = run("keys", "paper", "--as", "Noor").output
    run("keys", "paper", "--verify", "--as", "Noor", typed=paper)
    run("keys", "paper", "--verify", "--as", "Noor", typed="data.1 AAAA", fails=True)
    with store(folder).reading() as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.event == Event.KEY).order_by(AuditRow.seq)).all()
    assert [row.detail for row in rows] == [
        {"step": "printed"},
        {"step": "checked", "wrong": 0},
        {"step": "checked", "wrong": 5},
    ]


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


def test_a_breach_is_counted_through_its_last_day(run: Run, folder: Path) -> None:
    """Whoever fills in the days of a leak gets all of the last one, and is told of days in the wrong order."""
    reader(store(folder), ANNA)
    run("subscribers", "export", "--as", "Noor")
    today, before = f"{now():%Y-%m-%d}", f"{now() - timedelta(days=1):%Y-%m-%d}"
    found = json.loads(run("breach", "report", "--from", before, "--to", today, "--as", "Noor", "--json").output)
    assert (found["seen"], found["readable"]["subscribers"]) == ({"export": 1}, 1)
    run("breach", "report", "--from", today, "--to", before, "--as", "Noor", fails=True)


def test_a_breach_is_asked_by_the_clock_of_the_organisation_and_told_in_utc_too(run: Run) -> None:
    """In winter the wall is an hour ahead, in summer two; what has a Z behind it is UTC already."""
    for typed, wall, utc in (
        ("2026-01-02T09:30", "2026-01-02 09:30", "2026-01-02 08:30"),
        ("2026-07-02 09:30", "2026-07-02 09:30", "2026-07-02 07:30"),
        ("2026-07-02T09:30Z", "2026-07-02 11:30", "2026-07-02 09:30"),
    ):
        asked = "breach", "report", "--from", typed, "--to", "2026-08-01", "--as", "Noor"
        told = run(*asked).output
        assert f"Van {wall} tot en met 2026-08-01 23:59, op de klok van Europe/Amsterdam." in told
        assert f"In UTC: van {utc} tot en met 2026-08-01 21:59." in told
        assert json.loads(run(*asked, "--json").output)["from"] == f"{utc.replace(' ', 'T')}:00Z"


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
