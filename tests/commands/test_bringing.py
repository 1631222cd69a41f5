"""`postduif issue from FILE`: an issue from a Word file, with what fell away on standard error."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mailer.intake import reading
from tests.commands.conftest import Run
from tests.intake.sampled import SAMPLES, data_of
from wording.errors import InvalidInputError


@pytest.fixture
def word(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Word file with a title and a text box; and Bram, who may begin an issue."""
    monkeypatch.setattr(reading, "SECONDS", 240.0)
    run("staff", "add", "Bram", "--role", "editor", "--as", "Noor", typed="bram@redactie.example\n")
    file = tmp_path / "contact.docx"
    file.write_bytes(data_of(SAMPLES / "docx-textbox.xml"))
    return file


def test_an_issue_begins_with_a_word_file(run: Run, folder: Path, word: Path) -> None:
    asked = ("issue", "from", str(word), "--publication", "los", "--slug", "los-2026-30", "--as", "Bram")
    shown = run(*asked, "--dry-run")
    assert shown.stdout.startswith("## Contact\n\nBel ons.\n")
    assert "1 tekstvak onder ‘Contact’: “Open van 9 tot 5.”" in shown.stderr
    assert not (folder / "issues").exists()
    begun = run(*asked)
    assert "los-2026-30 is begonnen" in begun.stdout
    assert "## Contact\n\nBel ons.\n\nOpen van 9 tot 5.\n" in (folder / "issues/los-2026-30/issue.md").read_text()
    assert "is er al" in str(run(*asked, fails=True).exception)


def test_a_script_reads_what_became_of_it(run: Run, folder: Path, word: Path) -> None:
    answer = run("issue", "from", str(word), "--publication", "los", "--slug", "los-2026-31", "--json", "--as", "Bram")
    told = json.loads(answer.stdout)
    assert told["issue"] == "los-2026-31"
    assert told["losses"] == [
        {"what": "text box", "times": 1, "under": "Contact", "words": ["Open van 9 tot 5."]},
    ]


def test_what_cannot_be_done_is_said(run: Run, word: Path, tmp_path: Path) -> None:
    (tmp_path / "oud.doc").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    refused = {
        ("issue", "from", str(tmp_path / "oud.doc"), "--publication", "los", "--as", "Bram"): "oud Word-bestand",
        ("issue", "from", str(word), "--as", "Bram"): "Kies een nieuwsbrief met --publication: los",
        ("issue", "from", str(word), "--publication", "los", "--slug", "x", "--as", "Bram"): "begint met ‘los-’",
        ("issue", "from", str(word), "--publication", "niets", "--as", "Bram"): "‘niets’ is onbekend",
    }
    for words, said in refused.items():
        assert said in str(run(*words, fails=True).exception)
    denied = run("issue", "from", str(word), "--publication", "los", "--as", "Pim", fails=True)
    assert not isinstance(denied.exception, InvalidInputError)
