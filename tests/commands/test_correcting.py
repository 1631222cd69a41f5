"""`approve` and `publish` with `--correction`: a look, a question, and a document for a script."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner, Result

from commands.__main__ import app
from commands.sending import deliver_now
from tests.support.office import WholeOffice, office
from wording.errors import ConflictError, NotAllowedError

SLUG = "noo-2026-11"


def run(here: WholeOffice, url: str, *words: str, typed: str | None = None) -> Result:
    line = ["--content", str(here.parts.content.folder), "--database", url, *words]
    return CliRunner().invoke(app, line, env={"LANGUAGE": "nl"}, input=typed)


def test_a_mistake_is_corrected_by_command(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/postduif.sqlite"
    with office(tmp_path / "content", url) as here:
        here.subscribe("anna@lezers.example", "noo-national", "nl")
        bram, amina = ("--as", "Bram"), ("--as", "Amina")
        asked = "publish", SLUG, "--correction"
        refused = run(here, url, *asked, *bram, "--yes")
        assert isinstance(refused.exception, ConflictError)
        assert f"Niemand heeft {SLUG} gekregen" in str(refused.exception)
        wrong = run(here, url, "publish", SLUG, "--post", "run", *bram, "--yes")
        assert "--post, --dry-run en --json horen bij --correction." in str(wrong.exception)
        here.approve(SLUG)
        run(here, url, "publish", SLUG, *bram, "--yes")
        deliver_now(here.parts, 1)
        path = here.parts.content.folder / "issues" / SLUG / "issue.md"
        said = "Een proeftijd is een proef."
        path.write_text(
            path.read_text()
            .replace("Een proeftijd is geen examen.", said)
            .replace("\naudiences:", f"\ncorrection: {said}\naudiences:")
        )
        look = run(here, url, *asked, *bram, "--dry-run")
        assert look.exit_code == 0, (look.output, look.exception)
        assert "noo-national (nl): Verbetering: Elf kamers" in look.output
        assert "1 van de 1 lezer die de fout heeft, krijgt dit." in look.output
        assert f"Er staat boven wat er fout was: {said}" in look.output
        assert run(here, url, *asked, *bram, typed="n\n").exit_code == 1
        alone = run(here, url, *asked, *bram, "--yes")
        assert isinstance(alone.exception, NotAllowedError)
        assert "eigen goedkeuring" in str(alone.exception)
        approved = run(here, url, "approve", SLUG, "--correction", *amina, "--yes")
        assert f"De verbetering van {SLUG} is goedgekeurd." in approved.output
        sent = run(here, url, *asked, *bram, "--yes", "--json")
        found = json.loads(sent.stdout)
        assert (found["mailing"], found["deliveries"], found["approvals"]) == (2, 1, 1)
        assert found["editions"][0]["get_the_correction"] == 1
        deliver_now(here.parts, 2)
        mails = here.received_by("anna@lezers.example")
        [first, second] = sorted(mails, key=lambda one: str(one["Subject"]))
        assert second["Subject"].startswith("Verbetering: Elf kamers erbij")
        assert first["Message-ID"] != second["Message-ID"]
        assert "nog precies zoals het is verstuurd" in str(run(here, url, *asked, *bram, "--yes").exception)
