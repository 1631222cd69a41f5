"""The units and the compose file of `deploy/`, read as what starts them would read them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.support.house import ROOT

DEPLOY = ROOT / "deploy"
PROGRAM = "/opt/postduif/current/bin/postduif"


@dataclass(frozen=True)
class Started:
    """A process of a set-up: its name, the words after the program, its environment."""

    name: str
    words: tuple[str, ...]
    environment: Mapping[str, str]


def settings_of(path: Path) -> dict[str, list[str]]:
    """The settings of a unit file by their name (systemd.syntax(7)); a line that is none fails."""
    found: dict[str, list[str]] = {}
    for line in path.read_text("utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        if re.fullmatch(r"\[[A-Z][a-z]+\]", line):
            continue
        name, equals, value = line.partition("=")
        assert re.fullmatch(r"[A-Za-z]+=", name + equals), f"{path.name}: {line}"
        found.setdefault(name, []).append(value)
    return found


def environment_file(path: Path) -> dict[str, str]:
    lines = [line for line in path.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


def wanted_of(target: str) -> list[str]:
    """The units that this one of ours starts."""
    return " ".join(settings_of(DEPLOY / "systemd" / target)["Wants"]).split()


def of_systemd(credentials: str) -> list[Started]:
    """What `systemctl start postduif.target` starts and keeps going; `credentials` is the folder that %d stands for."""
    found = []
    for unit in wanted_of("postduif.target"):
        if unit.endswith(".timer"):
            continue
        name, at, instance = unit.removesuffix(".service").partition("@")
        read = settings_of(DEPLOY / "systemd" / f"{name}{at}.service")
        [command] = read["ExecStart"]
        words = shlex.split(command.replace("%i", instance))
        assert words[0] == PROGRAM
        assert read["EnvironmentFile"] == ["/etc/postduif/environment"]
        own = dict(line.replace("%d", credentials).split("=", 1) for line in read.get("Environment", []))
        environment = {**environment_file(DEPLOY / "environment"), **own, "CREDENTIALS_DIRECTORY": credentials}
        found.append(Started(unit, tuple(words[1:]), environment))
    return found


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    return loaded


def of_compose() -> list[Started]:
    """The services that run our image."""
    services = compose()["services"]
    return [
        Started(name, tuple(one["command"]), one["environment"])
        for name, one in services.items()
        if one["image"].startswith("postduif:")
    ]
