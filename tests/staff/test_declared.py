"""What signing in keeps of people stands in the register of processing, whichever command prints it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from commands.first_run import InFolder
from mailer.bootstrap import wire
from mailer.services.administration import staff, starting
from mailer.services.administration.starting import Start
from mailer.services.office import Silence
from staff.roles import Role
from tests.support.house import ROOT

KEPT = {"staff_session", "sign_in_request", "staff_attempt", "staff_authenticator", "staff_passkey", "staff_paper_code"}


def test_sessions_links_and_second_steps_say_why_and_for_how_long_they_are_kept(tmp_path: Path) -> None:
    starting.begin(tmp_path, Start())
    parts = wire(tmp_path)
    staff.add(parts.office(Silence()), None, staff.Newcomer("Noor", "noor@voorbeeld.example", frozenset({Role.ADMIN})))
    parts.store.close()
    assert not InFolder.needed(tmp_path, ""), "someone works here: no first run"
    command = [sys.executable, "-m", "commands", "--content", str(tmp_path), "retention", "register", "--as", "Noor"]
    told = subprocess.run([*command, "--json"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    found = {one["table"]: one for one in json.loads(told)}
    assert found.keys() >= KEPT
    assert all(found[name][key] for name in KEPT for key in ("purpose", "ground", "retention"))
