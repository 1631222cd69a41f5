"""What publishing says when it finds no one new: that everyone has an issue only when it is so."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from commands.__main__ import app
from commands.sending import deliver_now
from tests.support.office import WholeOffice, office

SLUG = "noo-2026-11"


def publish(here: WholeOffice, url: str) -> str:
    words = ["--content", str(here.parts.content.folder), "--database", url, "publish", SLUG, "--as", "Bram", "--yes"]
    done = CliRunner().invoke(app, words, env={"LANGUAGE": "nl"})
    assert done.exit_code == 0, (done.output, done.exception)
    return done.output


def test_an_empty_audience_what_waits_and_no_worker_are_told_and_everyone_only_when_it_is_so(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/postduif.sqlite"
    with office(tmp_path / "content", url) as here:
        here.approve(SLUG)
        said = publish(here, url)
        for audience in ("noo-rotterdam", "noo-national", "noo-relations"):
            assert f"Doelgroep {audience} heeft nog geen lezers.\n" in said
        assert "Iedereen" not in said
        here.subscribe("anna@lezers.example", "noo-national", "nl")
        said = publish(here, url)
        assert "Doelgroep noo-rotterdam heeft nog geen lezers.\n" in said
        assert "noo-national heeft" not in said
        again = publish(here, url)
        assert "Verzending 1 (wordt verstuurd): 1 mail wacht nog.\n" in again
        assert "Start `postduif serve` of `postduif worker`" in again
        assert "Iedereen" not in again
        deliver_now(here.parts, 1)
        assert "Iedereen heeft noo-2026-11 al.\n" in publish(here, url)
