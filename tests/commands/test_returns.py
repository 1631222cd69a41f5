"""`postduif returns`: why mail came back, for a person and for a script."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from typer.testing import CliRunner, Result

from commands.__main__ import app
from database.audit import AuditRow
from database.base import now
from database.keys import KeyRing
from database.session import Store
from devtools.returned.corpus import corpus
from mailer.ledger.returned import ReturnedMessage, forget_returned
from mailer.places import default_keys
from tests.support.house import ROOT
from tests.support.people import ANNA, gets, reader
from tests.support.returned import Returns
from wording import ExplainedError

SAMPLES = ROOT / "tests" / "returns" / "samples"
Run = Callable[..., Result]


def invoke(*words: str, fails: bool = False, typed: str | None = None) -> Result:
    result = CliRunner().invoke(app, list(words), input=typed, env={"LANGUAGE": "nl"})
    assert result.exception is None or isinstance(result.exception, (ExplainedError, SystemExit)), result.exception
    assert (result.exit_code != 0) is fails, result.output
    return result


@pytest.fixture
def returns(tmp_path: Path, migrated_file: Path) -> Returns:
    """A content folder with an administrator and an editor; its readers were mailed by the house of the tests."""
    shutil.copy(ROOT / "postduif.toml", tmp_path)
    invoke("--content", str(tmp_path), "keys", "create")
    (tmp_path / "var").mkdir()
    shutil.copy(migrated_file, tmp_path / "var" / "postduif.sqlite")
    for name, role in (("Noor", "admin"), ("Edo", "editor")):
        address = f"{name.lower()}@redactie.example"
        giver = () if role == "admin" else ("--as", "Noor")
        invoke("--content", str(tmp_path), "staff", "add", name, "--role", role, *giver, typed=f"{address}\n")
    keys = KeyRing.from_folder(default_keys(tmp_path))
    for part in ("new", "cur", "tmp"):
        (tmp_path / "returns" / part).mkdir(parents=True)
    return Returns(Store(f"sqlite:///{tmp_path}/var/postduif.sqlite", keys), keys, tmp_path / "returns")


def run(returns: Returns, *words: str, fails: bool = False) -> Result:
    return invoke("--content", str(returns.folder.parent), "returns", *words, fails=fails)


def suspended(returns: Returns) -> None:
    """Anna's last two issues came back."""
    anna = reader(returns.store, ANNA)
    for slug, weeks in (("los-1", 1), ("los-2", 0)):
        [delivery] = returns.sent(slug, anna, weeks_ago=weeks)
        returns.read(returns.sample("postfix-user-unknown", delivery))
    assert gets(returns.store) == set()


@pytest.mark.parametrize(("language", "said"), [("nl", "bestaat niet"), ("en", "does not exist"), ("ar", "غير موجود")])
def test_explain_says_why_in_the_readers_language_without_a_database(language: str, said: str, tmp_path: Path) -> None:
    """In a folder without settings; each in a process of its own, for a shell has one language."""
    command = [sys.executable, "-m", "commands", "returns", "explain", str(SAMPLES / "hard--postfix-user-unknown.eml")]
    env = {**os.environ, "LANGUAGE": language, "PYTHONPATH": str(ROOT)}
    told = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=True).stdout
    assert said in told
    assert "User unknown" in told
    assert "lezer@ergens.example" in told
    assert list(tmp_path.iterdir()) == []


def test_explain_as_json_has_kind_reason_recipient_and_why(tmp_path: Path) -> None:
    files = []
    for number, sample in enumerate(corpus()[:20]):
        files.append(tmp_path / f"{number}.eml")
        files[-1].write_bytes(sample.raw)
    found = json.loads(invoke("returns", "explain", "--json", *map(str, files)).output)
    assert [one["kind"] for one in found] == [sample.kind for sample in corpus()[:20]]
    assert [one["recipient"] for one in found] == [sample.recipient for sample in corpus()[:20]]
    assert all({"kind", "reason", "recipient", "why"} <= one.keys() and one["why"] for one in found)


def test_explain_of_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    result = invoke("returns", "explain", str(tmp_path / "weg.eml"), fails=True)
    assert isinstance(result.exception, ExplainedError)
    assert "weg.eml" in str(result.exception)


def test_list_shows_what_came_back_and_what_followed_to_an_administrator_alone(returns: Returns) -> None:
    suspended(returns)
    [first, second] = json.loads(run(returns, "list", "--as", "Noor", "--json").output)
    assert (first["kind"], first["outcome"], first["reason"]) == ("hard", "count", "unknown-user")
    told = run(returns, "list", "--as", "Noor").output
    assert second["name"] in told
    assert "telt mee" in told
    assert ANNA not in told + json.dumps([first, second])
    run(returns, "list", "--as", "Edo", fails=True)


def test_what_was_read_wrongly_is_put_right_kept_and_given_on_without_a_person(returns: Returns) -> None:
    suspended(returns)
    [newest, _other] = json.loads(run(returns, "list", "--as", "Noor", "--json").output)
    run(returns, "wrong", newest["name"], "--should-be", "soft", "--as", "Edo", fails=True)
    assert gets(returns.store) == set()
    assert "krijgt weer mail" in run(returns, "wrong", newest["name"], "--should-be", "soft", "--as", "Noor").output
    assert len(gets(returns.store)) == 1
    with returns.store.transaction() as session:
        assert "returned_read_wrongly" in session.scalars(select(AuditRow.event)).all()
        forget_returned(session, now() + timedelta(days=1))
        [kept] = session.scalars(select(ReturnedMessage))
        assert (kept.delivery_id, kept.mailing_id) == (None, None)
    [given] = json.loads(run(returns, "export", "--as", "Noor").output)
    assert (given["kind"], given["should_be"]) == ("hard", "soft")
    assert "User unknown" in given["words"]
    assert not any(part in json.dumps(given) for part in ("anna", "@", "los-2"))


def test_a_name_that_no_report_has_is_told(returns: Returns) -> None:
    assert isinstance(
        run(returns, "wrong", "0", "--should-be", "soft", "--as", "Noor", fails=True).exception, ExplainedError
    )
