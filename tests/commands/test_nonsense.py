"""Whatever anyone types, a command ends with an exit code of the table and a sentence, never with a traceback."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest
import typer
from typer.testing import CliRunner, Result

from commands.__main__ import app
from commands.telling import EXIT_CODES, exit_code
from tests.support.house import ROOT, content_in
from wording import ExplainedError
from wording.errors import InvalidInputError

ENDLESS = {"demo", "serve", "worker"}
"""Run until they are stopped, and name nothing that could be unknown."""
CODES = {0, 2, *EXIT_CODES.values()}

NONSENSE = (("onzin", "99999999999999999999"), ("../../café", "0"))
"""A word that is no slug, audience, language, address, code or name, and a number that is no id.

The first number fits in no column.
"""


def commands() -> Iterator[tuple[str, Any]]:
    """Every command with its words, such as "mailing show"."""
    waiting = [("", typer.main.get_command(app))]
    while waiting:
        name, one = waiting.pop()
        below = getattr(one, "commands", {})
        waiting += [(f"{name} {word}".strip(), each) for word, each in below.items()]
        if not below and name not in ENDLESS:
            yield name, one


COMMANDS = dict(sorted(commands()))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Path:
    """An installation with one person who may do everything."""
    made = tmp_path_factory.mktemp("nonsense")
    content_in(made)
    run(made, "keys", "create")
    (made / "var").mkdir()
    shutil.copy(migrated_file, made / "var" / "postduif.sqlite")
    roles = [word for role in ("admin", "editor", "approver", "postal", "translator") for word in ("--role", role)]
    added = run(made, "staff", "add", "Kim", "--language", "ar", *roles, typed="kim@redactie.example\n")
    assert added.exit_code == 0, added.output
    return made


def run(folder: Path, *words: str, typed: str = "onzin\n" * 4) -> Result:
    environment = {"LANGUAGE": "nl", "POSTDUIF_CONTENT": str(folder)}
    return CliRunner().invoke(app, list(words), input=typed, env=environment)


def typed(command: Any, word: str, number: str, who: str, *, all_options: bool) -> list[str]:
    """A command line with `word` and `number` wherever one may be typed; `who` gives the command."""
    arguments: list[str] = []
    options: list[str] = []
    for one in command.params:
        if one.name == "help" or not (one.required or all_options) or "--port" in one.opts:
            continue
        value = who if "--as" in one.opts else _value(one.type_descriptor.annotation, word, number)
        if one.param_type_name == "argument":
            arguments.append(value)
        else:
            options += [one.opts[0]] if one.is_flag else [one.opts[0], value]
    return [*options, "--", *arguments]


def _value(annotation: Any, word: str, number: str) -> str:
    """A choice and a day are what they must be: what else is typed there never comes to a door."""
    if get_origin(annotation) is Literal:
        return str(get_args(annotation)[0])
    if inside := [one for one in get_args(annotation) if one is not type(None)]:  # a list, or None
        return _value(inside[0], word, number)
    if issubclass(annotation, Enum):
        return str(next(iter(annotation)).value)
    if issubclass(annotation, datetime):
        return "2026-12-01"
    return number if annotation is int else word


@pytest.mark.parametrize("name", COMMANDS)
def test_nonsense_is_refused_in_words(folder: Path, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # a word may be the name of a file to write
    for who, (word, number), all_options in (
        ("Kim", NONSENSE[0], False),
        ("Kim", NONSENSE[1], True),
        ("Niemand", NONSENSE[0], True),
    ):
        line = typed(COMMANDS[name], word, number, who, all_options=all_options)
        result = run(folder, *name.split(), *line)
        error = result.exception
        assert error is None or isinstance(error, (ExplainedError, SystemExit)), (line, result.exc_info)
        code = exit_code(error) if isinstance(error, ExplainedError) else result.exit_code
        assert code in CODES, (line, result.output)


def test_a_word_that_is_no_utf_8_is_refused_in_words() -> None:
    """A terminal that speaks Latin-1 hands over bytes that no column, file of ours or screen could hold."""
    command: list[str | bytes] = [sys.executable, "-m", "commands", "check", b"caf\xe9"]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, "LANGUAGE": "nl"}, capture_output=True, check=False)
    assert done.returncode == EXIT_CODES[InvalidInputError]
    assert done.stderr.decode("utf-8") == "‘caf�’ is geen UTF-8. Zet de terminal op UTF-8 en typ het opnieuw.\n"
