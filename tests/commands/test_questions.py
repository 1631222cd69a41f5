"""Questions of translators on the command line: asked, listed, answered once, closed for good."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import update

from mailer.ledger.translations import TranslationComment
from tests.commands.conftest import Run, store
from tests.support.house import ROOT

SLUG = "los-2026-24"
TITLE = "Recht en opvang, nummer 24"


def listed(run: Run) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run("translation", "questions", SLUG, "--as", "Bram", "--json").stdout)
    return found


def test_a_question_is_answered_once_and_closed_for_good(run: Run, folder: Path) -> None:
    for part in ("issues", "translations"):
        shutil.copytree(ROOT / part, folder / part)
    run("staff", "add", "Bram", "--role", "editor", "--as", "Noor", typed="bram@redactie.example\n")
    run("staff", "add", "Emma", "--role", "translator", "--language", "en", "--as", "Noor", typed="emma@home.example\n")
    for words in ("Is dit een naam?", "Welk nummer?"):
        run("translation", "comment", SLUG, "en", TITLE, words, "--question", "--as", "Emma")
    first, second = listed(run)
    assert [one["state"] for one in (first, second)] == ["open", "open"]
    assert "wacht op antwoord" in run("translation", "questions", SLUG, "--as", "Bram").output
    run("translation", "answer", str(first["number"]), "Ja, een naam.", "--as", "Bram")
    run("translation", "close", str(second["number"]), "--as", "Bram")
    assert [one["state"] for one in listed(run)] == ["answered", "closed"]
    with store(folder).transaction() as session:
        session.execute(update(TranslationComment).values(at=datetime(2026, 6, 30, 22, 30, tzinfo=UTC)))
    for listing in (("questions", SLUG), ("comments", SLUG, "en")):
        assert "2026-07-01" in run("translation", *listing, "--as", "Bram").output, "the day it was on the wall"
    told = run("translation", "questions", SLUG, "--as", "Bram").output
    assert "→ Ja, een naam." in told
    assert "emma@home.example" not in told
    run("translation", "answer", str(second["number"]), "Toch 24.", "--as", "Bram", fails=True)
    run("translation", "answer", "999", "Ja.", "--as", "Bram", fails=True)
    run("translation", "answer", str(first["number"]), "Ja.", "--as", "Emma", fails=True)
    assert [one["state"] for one in listed(run)] == ["answered", "closed"]
