"""Each import contract, proven once by a deliberate violation."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("commands", "web", "worker", "mailer", "subscribers", "staff", "database", "wording")

VIOLATIONS = {
    "a lower floor that imports a higher one": ("subscribers/__init__.py", "import mailer.issue", "The floors"),
    "web that imports worker": ("web/__init__.py", "import worker", "The floors"),
    "a step that imports a later step": ("mailer/issue.py", "import mailer.edition", "Inside mailer"),
    "a module without a place": ("mailer/attic.py", "", "Inside mailer"),
    "a pure room that opens the database": ("mailer/edition.py", "import sqlalchemy", "The pure rooms"),
    "a command that reads the ledger": ("commands/mailing.py", "import mailer.ledger.answers", "The edges open"),
    "a command that speaks to a relay": ("commands/proof.py", "import mailer.carriers.smtp", "The edges open"),
    "a page that reads the ledger": ("web/public/archive.py", "import mailer.ledger.archive", "The edges open"),
    "a page that reads the table of readers": ("web/forms.py", "import subscribers.tables", "The edges open"),
    "a page that looks readers up": ("web/site.py", "import subscribers.repository", "The edges open"),
    "a command that writes the audit trail": ("commands/archive.py", "import database.audit", "The edges open"),
    "a use case that reads settings": ("subscribers/__init__.py", "import mailer.settings", "Only entry points"),
}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("house")
    for room in ROOMS:
        shutil.copytree(ROOT / room, folder / room, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def lint(house: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    environment = {**os.environ, "PYTHONPATH": str(house)}
    return subprocess.run(command, cwd=house, env=environment, capture_output=True, text=True, check=False)


def test_the_house_keeps_its_own_contracts(house: Path) -> None:
    result = lint(house)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("violation", VIOLATIONS)
def test_a_violation_breaks_its_contract(house: Path, violation: str) -> None:
    file, line, contract = VIOLATIONS[violation]
    path = house / file
    before = path.read_text("utf-8") if path.exists() else None
    path.write_text(f"{before or ''}\n{line}\n", "utf-8")
    try:
        result = lint(house)
    finally:
        path.unlink() if before is None else path.write_text(before, "utf-8")
    assert result.returncode == 1
    output = " ".join(result.stdout.split())
    assert contract in output.partition("Broken contracts")[2] or "Missing layer" in output or "attic" in output
