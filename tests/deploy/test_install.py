"""The wheel runs outside a checkout, and `deploy/install` lays it out, once and again, in a scratch root."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text

from database import migrations
from database.keys import KeyRing
from database.session import Store
from tests.house.test_requirements import names
from tests.support.house import ROOT
from tests.support.units import DEPLOY

SCRIPT = DEPLOY / "install"
BEFORE = "0094"
"""A schema of an earlier version."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    [built] = folder.iterdir()
    return built


def test_the_wheel_names_what_is_locked_and_holds_what_it_shows(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as opened:
        held = set(opened.namelist())
        [metadata] = [name for name in held if name.endswith(".dist-info/METADATA")]
        lines = opened.read(metadata).decode().splitlines()
    needed = [line.removeprefix("Requires-Dist: ") for line in lines if line.startswith("Requires-Dist: ")]
    own = {line.strip().replace(" ", "") for line in needed if "extra ==" not in line}
    listed = (ROOT / "requirements.in").read_text("utf-8").splitlines()
    assert own == {line for line in listed if line and not line.startswith("#")}
    assert {one.partition("=")[0].partition("[")[0] for one in own} <= names("requirements.txt")
    shown = [*ROOT.glob("templates/**/*"), *ROOT.glob("web/static/**/*"), *ROOT.glob("translations/*/*/interface.po")]
    files = {str(path.relative_to(ROOT)) for path in shown if path.is_file()}
    assert files <= held
    assert not [name for name in held if name.startswith(("tests/", "devtools/", "benchmarks/", "issues/"))]


def bare(home: Path) -> dict[str, str]:
    """An environment in which nothing of the checkout is found; the packages it needs are those of the tests, because
    a test asks no index for them."""
    return {
        "HOME": str(home),
        "PATH": os.environ["PATH"],
        "LANGUAGE": "en",
        "PYTHONPATH": sysconfig.get_path("purelib"),
        "PYTHON": sys.executable,
    }


def ran(words: list[str], environment: Mapping[str, str], **more: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, env=environment, capture_output=True, text=True, check=False, **more)  # type: ignore[call-overload, no-any-return]


@pytest.mark.faults
def test_it_is_laid_out_once_and_runs(wheel: Path, tmp_path: Path) -> None:
    root, lock = tmp_path / "root", tmp_path / "requirements.txt"
    lock.write_text("")
    environment = bare(tmp_path)
    install = [str(SCRIPT), "--root", str(root)]
    check = ran([str(SCRIPT), "--check", "--root", str(root), str(wheel), str(lock)], environment)
    assert (check.returncode, root.exists()) == (1, False)
    assert "to do: keys" in check.stdout
    first = ran([*install, str(wheel), str(lock)], environment)
    assert first.returncode == 0, first.stderr
    program = root / "opt" / "postduif" / "current" / "bin" / "postduif"
    key = root / "etc" / "postduif" / "keys" / "data.1"
    kept = key.read_bytes(), (root / "etc" / "postduif" / "environment").stat().st_mtime_ns
    assert key.stat().st_mode & 0o777 == 0o400
    assert key.parent.stat().st_mode & 0o777 == 0o700
    assert (root / "etc" / "systemd" / "system" / "postduif-web.service").read_bytes() == (
        DEPLOY / "systemd" / "postduif-web.service"
    ).read_bytes()

    again = ran([*install, str(wheel), str(lock)], environment)
    assert (again.returncode, again.stdout) == (0, "")
    assert ran([str(SCRIPT), "--check", *install[1:], str(wheel), str(lock)], environment).returncode == 0

    # another requirement: that version is to be made anew, and nothing that is ours to keep
    lock.write_text("# nothing more\n")
    renewed = ran([str(SCRIPT), "--check", *install[1:], str(wheel), str(lock)], environment)
    assert (renewed.returncode, renewed.stdout) == (
        1,
        "to do: Postduif 0.1.0\nto do: the database is that of version 0.1.0\n",
    )
    assert (key.read_bytes(), (root / "etc" / "postduif" / "environment").stat().st_mtime_ns) == kept
    lock.write_text("")

    # the first key was replaced and retired: none is made
    key.rename(key.with_name("data.2"))
    assert ran([str(SCRIPT), "--check", *install[1:], str(wheel), str(lock)], environment).returncode == 0
    key.with_name("data.2").rename(key)

    folder = tmp_path / "elsewhere"
    assert ran([str(program), "--version"], environment, cwd=tmp_path).stdout == "0.1.0\n"
    assert ran([str(program), "init", str(folder)], environment, cwd=tmp_path).returncode == 0
    mine = [str(program), "--content", str(folder)]
    checked = ran([*mine, "check", "nieuws-2026-1"], environment, cwd=tmp_path)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    page = str(tmp_path / "seen.html")
    preview = [*mine, "preview", "nieuws-2026-1", "--audience", "lezers", "--locale", "nl", "-o", page]
    assert ran(preview, environment, cwd=tmp_path).returncode == 0
    assert "<html" in Path(page).read_text("utf-8")
    told = ran([*mine, "doctor", "--only", "settings", "--json"], environment, cwd=tmp_path)
    assert json.loads(told.stdout)[0]["said"] == "The settings are right."

    replaces_a_version(root, wheel, lock, environment)


def of_version(wheel: Path, version: str, folder: Path) -> Path:
    """The same program under another number."""
    _name, old, tags = wheel.name.split("-", 2)
    new = folder / f"postduif-{version}-{tags}"
    with zipfile.ZipFile(wheel) as source, zipfile.ZipFile(new, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name.endswith((".dist-info/METADATA", ".dist-info/RECORD")):
                data = data.replace(f"Version: {old}\n".encode(), f"Version: {version}\n".encode())
                data = data.replace(f"postduif-{old}.dist-info".encode(), f"postduif-{version}.dist-info".encode())
            target.writestr(name.replace(f"postduif-{old}.dist-info", f"postduif-{version}.dist-info"), data)
    return new


def replaces_a_version(root: Path, wheel: Path, lock: Path, environment: Mapping[str, str]) -> None:
    """A newer wheel: its `upgrade` comes first, after a backup; where that fails the old program stays current."""
    current, content = root / "opt" / "postduif" / "current", root / "var" / "lib" / "postduif" / "content"
    newer = of_version(wheel, "0.1.1", root.parent)
    keys = KeyRing.from_folder(root / "etc" / "postduif" / "keys")
    store = Store(f"sqlite:///{content}/var/postduif.sqlite", keys)
    migrations.upgrade(store)
    with store.transaction() as session:
        newest = session.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    install = [str(SCRIPT), "--root", str(root), str(newer), str(lock)]
    refused = ran(install, environment)
    assert refused.returncode != 0
    assert "newer version" in refused.stderr + refused.stdout
    assert (current.readlink().name, (root / "opt/postduif/0.1.1").is_dir()) == ("0.1.0", True)
    with store.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = :newest"), {"newest": newest})
    command.downgrade(migrations.config(store), BEFORE)
    done = ran(install, environment)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "systemctl restart postduif.target" in done.stdout
    assert "staff add" not in done.stdout, "that was done when the first was installed"
    assert current.readlink().name == "0.1.1"
    assert migrations.schema_of(store) is migrations.Schema.CURRENT
    store.close()
    assert len(list((content / "var" / "backups").glob("postduif-*"))) == 1
    assert ran(install, environment).stdout == ""


def test_what_is_no_wheel_is_refused(tmp_path: Path) -> None:
    lock = tmp_path / "requirements.txt"
    lock.write_text("")
    for wrong in ("postduif.whl", "nergens-1.0-py3-none-any.whl"):
        (tmp_path / wrong).write_bytes(b"")
        assert (
            ran(
                [str(SCRIPT), "--root", str(tmp_path / "root"), str(tmp_path / wrong), str(lock)], bare(tmp_path)
            ).returncode
            == 2
        )
    assert ran([str(SCRIPT), "--root", str(tmp_path / "root")], bare(tmp_path)).returncode == 2
    assert not (tmp_path / "root").exists()
    assert shutil.which("bash") is not None
