"""What README.md tells a newcomer to type, typed."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from commands.__main__ import app
from tests.support.house import ROOT


def steps(heading: str, page: str = "README.md") -> list[list[str]]:
    """The words of every line in the first block of commands under a heading, without its comments."""
    under = (ROOT / page).read_text("utf-8").partition(f"## {heading}\n")[2]
    block = re.search(r"```\n(.*?)```", under, re.DOTALL)
    assert block, heading
    return [shlex.split(line, comments=True) for line in block[1].splitlines() if line.strip()]


def test_the_first_steps_of_the_readme_work_as_written_and_check_finds_the_issue_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done: list[Result] = []
    for command, *words in steps("Your first issue"):
        if command == "cd":
            monkeypatch.chdir(Path.cwd() / words[0])
            continue
        assert command.endswith(".venv/bin/postduif"), "the README starts what `make setup` made"
        done.append(CliRunner().invoke(app, words, env={"LANGUAGE": "nl"}))
        assert done[-1].exit_code == 0, (words, done[-1].output, done[-1].exception)
    _init, checked, _preview = done
    assert checked.output == "nieuws-2026-1 is in orde.\n"
    assert "Verander deze tekst in je eigen bericht." in Path("voorbeeld.html").read_text("utf-8")
    assert sorted(path.name for path in Path("translations").rglob("*.po*")) == [
        "nieuws-2026-1.po",
        "nieuws-2026-1.pot",
        "standing.pot",
    ]
