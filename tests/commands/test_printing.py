"""The postal desk at the command line: from what it costs to what came back, and what a release does to a run."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from commands.__main__ import app
from database.keys import KeyRing
from database.session import Store
from devtools.print_editions import DAY
from devtools.print_tools import places_on
from mailer.ledger import opening
from mailer.ledger.opening import EditionToFreeze
from mailer.ledger.states import MailingState
from mailer.organisation import Channel
from mailer.places import default_keys
from mailer.typesetting.typesetter import Typesetter
from subscribers.examples import example_addressees, insert_addressees
from subscribers.repository import addressees_of
from tests.artefacts.test_print_pages import job
from tests.support.desk_people import SLUG
from wording import ExplainedError
from wording.errors import InvalidInputError

ROOT = Path(__file__).resolve().parents[2]
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, migrated_file: Path) -> Run:
    """A content folder with a published issue for six people, and somebody of the postal desk."""
    shutil.copy(ROOT / "postduif.toml", tmp_path)

    def invoke(*words: str, fails: bool = False, typed: str | None = None) -> Result:
        result = CliRunner().invoke(app, ["--content", str(tmp_path), *words], input=typed, env={"LANGUAGE": "nl"})
        told = result.exception is None or isinstance(result.exception, (ExplainedError, SystemExit))
        assert told, result.exception
        assert (result.exit_code != 0) is fails, result.output
        return result

    invoke("keys", "create")
    (tmp_path / "var").mkdir()
    shutil.copy(migrated_file, tmp_path / "var" / "postduif.sqlite")
    invoke("staff", "add", "Pim", "--role", "postal", typed="pim@post.example\n")
    store = Store(f"sqlite:///{tmp_path}/var/postduif.sqlite", KeyRing.from_folder(default_keys(tmp_path)))
    pdf, large = Typesetter().pdfs([job("nl"), job("nl", large=True)])
    with store.transaction() as session:
        insert_addressees(session, example_addressees(("nl",), "detention", 6), DAY)
        mailing = opening.open_mailing(session, slug=SLUG, publication="meldpunt", content_hash="0" * 64)
        mailing.state = MailingState.SENDING
        edition = EditionToFreeze("detention", "nl", Channel.POST, "Nieuws", pdf=pdf, large_pdf=large)
        frozen = opening.freeze(session, mailing, edition)
        opening.add_deliveries(session, mailing, frozen, [ref.uid for ref in addressees_of(session, "detention")])
    store.close()
    return invoke


def test_a_run_from_what_it_costs_to_what_came_back(run: Run, tmp_path: Path) -> None:
    assert "postzegel" in run("print", "quote", SLUG, "--as", "Pim").output
    told = run("print", SLUG, "--as", "Pim", "-o", str(tmp_path / "out"), "--skip", "3", "--merged", "--shop").output
    assert told.index("€") < told.index("staat klaar"), "the costs come first"
    names = {re.sub(r"-\d+x", "", path.name) for path in (tmp_path / "out" / "opdracht-1").iterdir()}
    assert names >= {
        "boekje-nl.pdf",
        "etiketten-L7163.pdf",
        "paklijst.pdf",
        "alles-dubbelzijdig.pdf",
        "drukkerij-nl.pdf",
    }
    run("print", "posted", "1", "--as", "Pim", fails=True)
    run("print", "printed", "1", "--as", "Pim")
    run("print", "reprint", "1", "4", "--as", "Pim", "-o", str(tmp_path / "out"))
    again = tmp_path / "out" / "opdracht-1-stuk-4"
    assert not list(again.glob("drukkerij-*")), "one piece is printed here"
    [number] = [place for place in places_on(again / "etiketten-L7163.pdf") if place.text == "4"]
    run("print", "reprint", "1", "4", "--as", "Pim", "-o", str(tmp_path / "out"), "--skip", "5")
    [moved] = [place for place in places_on(again / "etiketten-L7163.pdf") if place.text == "4"]
    step = 72 / 25.4  # of a millimetre to points; the sixth label is one column and two rows further
    assert (moved.left - number.left, moved.top - number.top) == pytest.approx((101.6 * step, 2 * 38.1 * step), abs=1)
    assert "6 brieven" in run("print", "posted", "1", "--as", "Pim").output
    run("print", "returned", "1", "4", "--because", "unconfirmed", "--as", "Pim", fails=True)
    run("print", "returned", "1", "4", "--because", "departed", "--as", "Pim")
    told = run("print", "show", "1", "--as", "Pim").output
    steps = [line.split("  ")[1] for line in told.splitlines() if line.endswith("Pim")]
    anew = "opnieuw geprint"
    assert steps == ["besteld", "bestanden geopend", "geprint", anew, anew, "op de post", "teruggekomen"]
    assert "4  teruggekomen  vertrokken" in told
    run("print", "show", "9", "--as", "Pim", fails=True)


def test_who_is_released_makes_a_prepared_run_void_and_a_new_one_leaves_them_out(run: Run, tmp_path: Path) -> None:
    run("print", SLUG, "--as", "Pim", "-o", str(tmp_path / "out"))
    code = json.loads(run("addressees", "list", "--json", "--as", "Pim").output)[0]["code"]
    run("addressees", "stop", code, "--because", "departed", "--as", "Pim")
    assert "vervallen" in str(run("print", "printed", "1", "--as", "Pim", fails=True).exception)
    assert "void" in run("print", "list", "--as", "Pim", "--json").output
    assert "5 brieven" in run("print", "quote", SLUG, "--as", "Pim").output
    void = {path.name: path.read_bytes() for path in (tmp_path / "out" / "opdracht-1").iterdir()}
    run("print", SLUG, "--as", "Pim", "-o", str(tmp_path / "out"))
    assert {path.name: path.read_bytes() for path in (tmp_path / "out" / "opdracht-1").iterdir()} == void
    assert (tmp_path / "out" / "opdracht-2" / "paklijst.pdf").read_bytes() != void["paklijst.pdf"]
    run("print", "printed", "2", "--as", "Pim")
    assert "5 brieven" in run("print", "posted", "2", "--as", "Pim").output


def test_a_proof_that_cannot_be_written_is_an_error_in_words(run: Run, tmp_path: Path) -> None:
    run("print", "proof", "--as", "Pim", "-o", str(tmp_path / "proof.pdf"))
    assert (tmp_path / "proof.pdf").read_bytes().startswith(b"%PDF")
    refused = run("print", "proof", "--as", "Pim", "-o", str(tmp_path / "nowhere" / "proof.pdf"), fails=True)
    assert "kan niet geschreven worden" in str(refused.exception)


def test_a_name_that_no_envelope_can_bear_is_told_by_its_line_before_it_stops_a_run(run: Run, tmp_path: Path) -> None:
    names = ("Zoë Voorbeeld", "Samir 𐎀", "W" * 60, "سمير المثال", "ꦏꦗ")
    table = tmp_path / "list.csv"
    rows = "".join(f"{name};heideoord;nl\n" for name in names)
    table.write_text(f"naam;centrum;taal\n{rows}", encoding="utf-8")
    told = run("addressees", "import", str(table), "--as", "Pim").output
    assert re.findall(r"regel (\d+)", told) == ["3", "4", "6"]
    assert "5 nieuw" in told
    assert not any(name in told for name in names)
    refused = run("addressees", "import", str(table), "--apply", "--as", "Pim", fails=True)
    assert isinstance(refused.exception, InvalidInputError)
    assert "Er is niets gewijzigd: de naam op regel 3, 4, 6 is niet te printen" in str(refused.exception.text)
    assert "5 nieuw" in run("addressees", "import", str(table), "--as", "Pim").output, "no one was written down"
