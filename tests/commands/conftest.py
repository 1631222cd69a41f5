"""A content folder with two people in it, and the commands over it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
import typer.testing
from typer.testing import CliRunner, Result

from commands.__main__ import app
from database.keys import KeyRing
from database.session import Store
from mailer.places import default_keys
from tests.support.house import ROOT
from wording import ExplainedError

Run = Callable[..., Result]

typer.testing._get_command = cache(typer.testing._get_command)  # type: ignore[attr-defined]
"""As in the product: the options of all commands are made once a process, not once a call (a quarter of a second)."""


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
