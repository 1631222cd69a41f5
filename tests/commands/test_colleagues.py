"""Colleagues on the command line: who comes, what they may do, and who goes and comes back."""

from __future__ import annotations

import json

from tests.commands.conftest import Run


def test_a_colleague_needs_an_address_that_mail_can_go_to(run: Run) -> None:
    """Alarms and reports go there."""
    for wrong in ("noor", "kim@redactie.example Bcc: x@y.example", "Kim <kim@redactie.example>"):
        run("staff", "add", "Kim", "--role", "admin", "--as", "Noor", typed=f"{wrong}\n", fails=True)
    assert "Kim" not in run("staff", "list", "--as", "Noor").output


def test_roles_change_and_people_go_and_come_back(run: Run) -> None:
    assert (
        "redacteur, vertaler, ar"
        in run(
            "staff", "roles", "Pim", "--role", "editor", "--role", "Vertaler", "--language", "ar", "--as", "Noor"
        ).output
    )
    refused = run("staff", "roles", "Pim", "--role", "koning", "--as", "Noor", fails=True)
    assert "‘koning’ kan niet; wel: redacteur, vertaler" in refused.output
    assert "niet meer actief" in run("staff", "deactivate", "pim@redactie.example", "--as", "Noor").output
    assert "geen medewerker" in str(run("staff", "list", "--as", "Pim", fails=True).exception)
    [_noor, pim] = json.loads(run("staff", "list", "--as", "Noor", "--json").output)
    assert pim == {"name": "Pim", "roles": ["editor", "translator"], "languages": ["ar"], "active": False}
    assert "Pim  niet actief (redacteur, vertaler, ar)" in run("staff", "list", "--as", "Noor").output
    assert "weer actief" in run("staff", "activate", "Pim", "--as", "Noor").output
    assert "Pim  redacteur, vertaler, ar" in run("staff", "list", "--as", "Pim").output
