"""`postduif translation`, as a translator and an editor type it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from commands.__main__ import app
from database.keys import ROOTS, write_key
from mailer.places import default_keys
from tests.support.house import ROOT

SLUG = "meldpunt-2026-3"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A content folder with keys, an editor and two translators into Arabic."""
    for name in (f"issues/{SLUG}", "issues/standing", "translations"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "postduif.toml", tmp_path)
    for root in ROOTS:
        write_key(default_keys(tmp_path), root, 1)
    for name, role, *language in (("Bram", "editor"), ("Layla", "translator", "ar"), ("Yusuf", "translator", "ar")):
        languages = [part for code in language for part in ("--language", code)]
        done(tmp_path, "staff", "add", name, "--role", role, *languages, typed=f"{name}@voorbeeld.example\n")
    return tmp_path


def run(folder: Path, *arguments: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(app, ["--content", str(folder), *arguments], input=typed)


def done(folder: Path, *arguments: str, typed: str | None = None) -> str:
    result = run(folder, *arguments, typed=typed)
    assert result.exit_code == 0, (result.output, result.exception)
    return result.output


def test_from_an_assignment_to_a_language_that_may_go_out(folder: Path) -> None:
    """Assign, remind, take home, bring back, approve, and see how far it is."""
    done(folder, "translation", "assign", SLUG, "ar", "--to", "Layla", "--due", "2027-01-04", "--as", "Bram")
    done(folder, "translation", "remind", "--as", "Bram")
    home = folder / "home.po"
    done(folder, "translation", "export", SLUG, "ar", "--as", "Layla", "-o", str(home))
    home.write_text(home.read_text("utf-8").replace('msgstr "الأبواب"', 'msgstr "أبواب الغرف"'), "utf-8")
    assert "De deuren" in done(folder, "translation", "import", SLUG, "ar", str(home), "--as", "Layla")
    refused = run(folder, "translation", "approve", SLUG, "ar", "--as", "Layla")
    assert refused.exit_code == 1
    assert "De deuren" in refused.output
    done(folder, "translation", "approve", SLUG, "ar", "--as", "Yusuf")
    done(folder, "translation", "approve", "standing", "ar", "--as", "Yusuf")
    arabic = next(
        one
        for one in json.loads(done(folder, "translation", "status", SLUG, "--as", "Bram", "--json"))
        if one["locale"] == "ar"
    )
    assert (arabic["problems"], list(arabic["states"]), arabic["due"]) == ([], ["approved"], "2027-01-04")


def test_what_asks_for_a_look_is_told_at_import_at_approval_and_in_the_status(folder: Path) -> None:
    """A Latin comma in Arabic, in a file with the header of another program."""
    home = folder / "home.po"
    done(folder, "translation", "export", SLUG, "ar", "--as", "Layla", "-o", str(home))
    text = (
        home.read_text("utf-8")
        .replace('msgstr "الأبواب"', 'msgstr "أبواب, الغرف"')
        .replace("Language: ar", "Language: ar_SA")
    )
    home.write_text("\ufeff" + text, "utf-8")
    told = done(folder, "translation", "import", SLUG, "ar", str(home), "--as", "Layla")
    assert "ar_SA" in told
    assert "BOM" in told
    for output in (
        told,
        done(folder, "translation", "status", SLUG, "--as", "Bram"),
        done(folder, "translation", "approve", SLUG, "ar", "--as", "Yusuf"),
    ):
        assert "let op" in output
        assert "in het Arabisch is dat" in output
    arabic = json.loads(done(folder, "translation", "status", SLUG, "--as", "Bram", "--json"))[1]
    assert (arabic["locale"], arabic["warnings"]) == ("ar", [])  # approved as it is


def test_a_file_that_is_right_for_another_issue_is_refused(folder: Path) -> None:
    """The standing texts, which are whole and in the same language."""
    catalogs = folder / "translations" / "ar" / "LC_MESSAGES"
    before = (catalogs / f"{SLUG}.po").read_bytes()
    refused = run(folder, "translation", "import", SLUG, "ar", str(catalogs / "standing.po"), "--as", "Layla")
    assert refused.exit_code != 0
    assert (catalogs / f"{SLUG}.po").read_bytes() == before


def test_an_editor_decides_and_takes_it_back(folder: Path) -> None:
    done(folder, "translation", "hold", SLUG, "ar", "--reason", "ziek", "--as", "Bram")
    states = {
        one["locale"]: one["held"]
        for one in json.loads(done(folder, "translation", "status", SLUG, "--as", "Bram", "--json"))
    }
    assert states == {"en": False, "ar": True}
    assert "1" in done(folder, "translation", "undo", SLUG, "ar", "--as", "Bram")
    done(folder, "translation", "override", SLUG, "ar", "--reason", "moet", "--as", "Bram")
    assert "0 van" not in done(folder, "translation", "status", SLUG, "--as", "Bram")


def test_a_question_a_dismissal_and_a_message_that_is_not_there(folder: Path) -> None:
    done(folder, "translation", "comment", SLUG, "ar", "Bellen en", "Welke telefoons?", "--question", "--as", "Layla")
    done(
        folder,
        "translation",
        "dismiss",
        SLUG,
        "ar",
        "Bellen en",
        "--check",
        "numbers",
        "--reason",
        "x",
        "--as",
        "Layla",
    )
    assert run(folder, "translation", "comment", SLUG, "ar", "bestaat niet", "x", "--as", "Layla").exit_code != 0


def test_update_says_what_became_of_each_catalog(folder: Path) -> None:
    path = folder / "issues" / SLUG / "issue.md"
    path.write_text(path.read_text("utf-8").replace("Er komen acht", "Er komen negen"), "utf-8")
    assert "fuzzy: Er komen negen" in done(folder, "update", SLUG, "--as", "Bram")
