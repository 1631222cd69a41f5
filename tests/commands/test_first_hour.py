"""The first hour of an editor, a translator and the postal desk, typed as their pages of docs/ write it."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from commands.__main__ import app
from staff.people import add_person
from staff.roles import Role
from tests.support.house import ROOT
from tests.support.office import office

SLUG = "los-2026-24"


def typed(page: str, heading: str) -> list[str]:
    """Every command in the blocks under a heading of a page, as it is written, without its comment."""
    under = (ROOT / "docs" / page).read_text("utf-8").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for block in re.findall(r"```\n(.*?)```", under, re.DOTALL) for line in block.splitlines()]
    assert lines, heading
    return [line.removeprefix("postduif ") for line in lines]


def test_an_editor_a_translator_and_the_postal_desk_get_through_their_first_hour(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path}/postduif.sqlite"
    monkeypatch.chdir(tmp_path)
    with office(tmp_path / "content", url) as here:
        here.subscribe("anna@lezers.example", "legal-aid", "nl")

        def run(line: str, answer: str = "") -> Result:
            words = ["--content", str(here.parts.content.folder), "--database", url, *shlex.split(line, comments=True)]
            done = CliRunner().invoke(app, words, input=answer, env={"LANGUAGE": "nl"})
            assert done.exit_code == 0, (line, done.output, done.exception)
            return done

        with here.parts.store.transaction() as session:
            add_person(session, "Petra", "petra@voorbeeld.example", [Role.POSTAL])
            add_person(session, "Emma", "emma@voorbeeld.example", [Role.TRANSLATOR], ["en"])

        said = {}
        for line in typed("editors.md", "3. Nakijken, vertalen, goedkeuren, uitgeven"):
            said[line.split()[0]] = run(line, "y\n").output
        assert said["check"] == f"{SLUG} is in orde.\n"
        assert "is goedgekeurd." in said["approve"]
        assert "1 bezorging wacht." in said["publish"]
        assert f"{SLUG}: wordt verstuurd" in said["mailing"]

        assert "van 112 vertaald" in run(f"status {SLUG} --as Emma").output
        Path("lijst.csv").write_text("naam;centrum;taal;registratienummer\nSamir Verzonnen;duinrand;ar;R-1\n", "utf-8")
        code = "3f9c21ab"
        run('addressees centre poldergaard --name "Poldergaard" --line "Weg 1" --line "1234 AB Stad" --as Petra')
        for line in typed("postal-desk.md", "Wie er post krijgt"):
            answer = "Karim Verzonnen\nR-2\n" if " add " in line else "Samir\n" if " search " in line else ""
            run(line.replace("3f9c21ab", code), answer)
            if "--apply" in line:
                [listed] = json.loads(run("addressees list --json --as Petra").stdout)
                code = listed["code"]
        [left] = json.loads(run("addressees list --json --as Petra").stdout)
        assert (left["centre"], left["stopped"]) == ("duinrand", None), "Karim; of Samir nothing is kept any more"
