"""The files of deploy/ are what systemd, caddy and a compose program take, and name only what is there."""

from __future__ import annotations

import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from commands.__main__ import app
from devtools.servers import program
from mailer.broker import QUEUES
from mailer.settings import Settings
from tests.support.house import ROOT
from tests.support.units import (
    DEPLOY,
    PROGRAM,
    compose,
    environment_file,
    of_compose,
    of_systemd,
    settings_of,
    wanted_of,
)

UNITS = sorted((DEPLOY / "systemd").iterdir())
TIMERS = [unit.name for unit in UNITS if unit.suffix == ".timer"]
STUBS = ("sysinit", "basic", "shutdown", "network-online", "multi-user", "timers", "time-set", "time-sync")
EXPOSED_AT_MOST = 2.0
"""Of systemd's own measure, from 0 (shut off) to 10; a unit without any of this has 9.6."""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A scratch root with our units, what they start, and the targets of systemd that they refer to."""
    folder = tmp_path_factory.mktemp("root")
    units = folder / "etc" / "systemd" / "system"
    units.mkdir(parents=True)
    for unit in UNITS:
        (units / unit.name).write_bytes(unit.read_bytes())
    for name in STUBS:
        (units / f"{name}.target").write_text(f"[Unit]\nDescription={name}\n")
    started = folder / PROGRAM.lstrip("/")
    started.parent.mkdir(parents=True)
    started.write_text("#!/bin/sh\n")
    started.chmod(0o755)
    return folder


def analyzed(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [program("systemd-analyze", "systemd"), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=root)


def instances() -> list[str]:
    return [unit.name.replace("@.", "@send.") for unit in UNITS if unit.suffix == ".service"]


def test_the_units_are_without_a_mistake(root: Path) -> None:
    done = analyzed(root, "verify", f"--root={root}", *instances(), *TIMERS, "postduif.target")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_backup_is_made_each_day_and_its_failure_is_told(root: Path) -> None:
    """By a timer that comes up with the rest, of a unit that is there."""
    for name in TIMERS:
        assert name in wanted_of("postduif.target")
        assert (DEPLOY / "systemd" / name.replace(".timer", ".service")).is_file()
    timer, unit = (settings_of(DEPLOY / "systemd" / f"postduif-backup.{end}") for end in ("timer", "service"))
    assert unit["ExecStart"] == [f"{PROGRAM} backup"]
    assert unit["OnFailure"] == ["postduif-alarm@%n.service"]
    assert timer["Persistent"] == ["true"]
    [when] = timer["OnCalendar"]
    done = analyzed(root, "calendar", "--base-time=2026-11-28 00:00:00 UTC", "--iterations=3", when)
    days = re.findall(r"\d{4}-(\d\d-\d\d) \d\d:\d\d:\d\d", done.stdout)
    assert done.returncode == 0, done.stderr
    assert {"11-28", "11-29", "11-30"} <= set(days)


def test_a_typing_error_in_a_unit_is_found(root: Path) -> None:
    unit = root / "etc" / "systemd" / "system" / "postduif-web.service"
    whole = unit.read_text()
    unit.write_text(whole.replace("ProtectSystem=strict", "ProtectSytem=strict").replace("ExecStart=", "ExecStrat="))
    done = analyzed(root, "verify", f"--root={root}", "postduif-web.service")
    unit.write_text(whole)
    assert "ProtectSytem" in done.stderr
    assert done.returncode != 0


def test_the_units_are_shut_off_from_the_machine(root: Path) -> None:
    done = analyzed(root, "security", "--offline=true", f"--root={root}", "--no-pager", *instances())
    exposed = [float(found) for found in re.findall(r"Overall exposure level for \S+: ([0-9.]+)", done.stdout)]
    assert len(exposed) == len(instances())
    assert max(exposed) <= EXPOSED_AT_MOST


def commands(words: tuple[str, ...]) -> Iterator[str]:
    """The names of the options that a command is given."""
    yield from (word for word in words if word.startswith("--"))


def test_every_command_of_a_unit_or_a_container_is_one_of_ours() -> None:
    group: Any = typer.main.get_command(app)
    lines = [one.words for one in (*of_systemd("/run/credentials"), *of_compose())]
    lines += [tuple(settings_of(unit)["ExecStart"][0].split()[1:]) for unit in UNITS if unit.suffix == ".service"]
    for words in lines:
        options = {
            name
            for parameter in group.commands[words[0]].params
            for name in (*parameter.opts, *parameter.secondary_opts)
        }
        assert set(commands(words)) <= options, words
    queues = {words[words.index("--queues") + 1] for words in lines if "--queues" in words} - {"%i"}
    assert queues == set(QUEUES)


def test_every_setting_of_the_environment_is_one_of_ours() -> None:
    schema = Settings.model_json_schema()
    environments = [environment_file(DEPLOY / "environment"), *(one.environment for one in of_compose())]
    for name in {name for one in environments for name in one} - {"CREDENTIALS_DIRECTORY"}:
        own = name.removeprefix("POSTDUIF_").lower()
        if own in ("content", "database", "log"):
            continue
        table, _under, key = own.partition("__")
        assert key in schema["$defs"][schema["properties"][table]["$ref"].rpartition("/")[2]]["properties"], name


def test_the_compose_file_names_only_what_it_has() -> None:
    """What `compose config` checks; no compose program is a package of Debian 12."""
    whole = compose()
    services: dict[str, Any] = whole["services"]
    known = {
        "image", "build", "restart", "read_only", "cap_drop", "security_opt", "tmpfs", "pids_limit", "mem_limit",
        "stop_grace_period", "environment", "volumes", "secrets", "networks", "depends_on", "logging", "command",
        "healthcheck", "network_mode", "shm_size", "ports",
    }  # fmt: skip
    for name, one in services.items():
        assert set(one) <= known, name
        for needed, how in one.get("depends_on", {}).items():
            assert how == {"condition": "service_healthy"}
            assert "healthcheck" in services[needed]
        assert set(one.get("secrets", [])) <= whole["secrets"].keys()
        assert set(one.get("networks", [])) <= whole["networks"].keys()
        named = {volume.partition(":")[0] for volume in one.get("volumes", []) if volume[0] not in "./"}
        assert named <= whole["volumes"].keys()
    keys = {name for name in whole["secrets"] if name.startswith("keys_")}
    assert keys == {f"keys_{root}.1" for root in ("data", "index", "links", "audit", "session")}
    assert whole["services"]["broker"]["command"][-1] == "noeviction"
    assert yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8")) == whole


def test_the_image_is_made_of_what_is_locked_and_runs_without_rights() -> None:
    lines = (DEPLOY / "Containerfile").read_text("utf-8").splitlines()
    assert sum(line.startswith("FROM ") for line in lines) == 2
    assert any("--require-hashes --no-deps --only-binary :all:" in line for line in lines)
    assert "USER postduif" in lines
    copied = [line.split()[1] for line in lines if line.startswith("COPY ") and "--from" not in line]
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert copied == ["requirements.txt", "dist/postduif-*-py3-none-any.whl"]
    assert f"postduif:${{POSTDUIF_VERSION:-{version}}}" == compose()["services"]["web"]["image"]


def test_caddy_takes_its_file(tmp_path: Path) -> None:
    caddy = program("caddy", "caddy")
    environment = {"HOME": str(tmp_path), "POSTDUIF_HOST": "nieuws.voorbeeld.example", "POSTDUIF_UPSTREAM": "web:8080"}
    file = ["--config", str(DEPLOY / "Caddyfile"), "--adapter", "caddyfile"]
    done = subprocess.run([caddy, "validate", *file], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = subprocess.run([caddy, "adapt", *file], env=environment, capture_output=True, text=True, check=True).stdout
    assert "nieuws.voorbeeld.example" in told
    assert "web:8080" in told
