"""What a command about people will not do: it says so in a sentence, with a code, and changes nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from commands.telling import exit_code
from tests.commands.conftest import Run
from tests.commands.test_nonsense import COMMANDS
from tests.support.house import ROOT
from tests.support.people import ANNA
from wording import ExplainedError
from wording.interface import interface

FILES = ROOT / "tests" / "subscribers" / "files"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["staff", "add", "Kim", "<PIM@redactie.example", "--role", "editor"], 5, "al een medewerker"),
        (["staff", "add", "K", "<k@x.example", "--role", "editor", "--language", "xx"], 4, "‘xx’ is onbekend"),
        (["staff", "deactivate", "Niemand"], 4, "geen medewerker ‘Niemand’"),
        (["staff", "deactivate", "Noor"], 5, "laatste beheerder"),
        (["staff", "activate", "Pim"], 5, "al zo"),
        (["audience", "rule", "nergens"], 4, "doelgroep ‘nergens’ is onbekend"),
        (["audience", "rule", "legal-aid", "--language", "xx"], 4, "‘xx’ is onbekend"),
        (["audience", "pick", "legal-aid", f"<{ANNA}", "--issue", "krant-1"], 4, "geen nummer van een publicatie"),
        (["audience", "why", "legal-aid", "<niemand@x.example"], 4, "geen lezer"),
        (["subscribers", "consent", "<niemand@x.example"], 4, "geen lezer"),
        (["subscribers", "consent", "<niemand"], 1, "@"),
        (["subscribers", "export", "--audience", "nergens"], 4, "doelgroep ‘nergens’ is onbekend"),
        (["subscribers", "export", "--format", "xls"], 1, "csv of json"),
        (["subscribers", "export", "-o", "/nergens/lijst.csv"], 7, "/nergens kan niet geschreven worden"),
        (["subject", "erase", "<niemand@x.example"], 4, "geen lezer"),
        (["subject", "export"], 1, "Geef op de standaardinvoer"),
        (["subject", "tombstones", "-o", "/nergens/lijst.json"], 7, "/nergens kan niet geschreven worden"),
        (["subject", "replay", "/nergens/lijst.json"], 1, "geen lijst van gewiste lezers"),
        (["subject", "replay", str(FILES / "stones.json")], 1, "geen lijst van gewisten"),
        (["delivery", "find", "<niemand@x.example"], 4, "geen lezer"),
        (["breach", "report", "--from", "2026-02-01", "--to", "2026-01-01"], 1, "einde ligt voor het begin"),
        (["retention", "run", "--dry-run", "--as", "Pim"], 3, "rol ‘beheerder’ nodig"),
    ],
)
def test_what_is_not_there_or_cannot_be_is_a_sentence_and_a_code(
    run: Run, words: list[str], code: int, said: str
) -> None:
    """A script tells by the code who can mend it; nobody reads a traceback."""
    typed = "".join(word[1:] for word in words if word.startswith("<"))
    given = [word for word in words if not word.startswith("<")]
    error = run(*given, *([] if "--as" in words else ["--as", "Noor"]), fails=True, typed=typed).exception
    assert isinstance(error, ExplainedError)
    assert exit_code(error) == code
    assert said in interface("nl").say(error.text)


def test_who_may_not_leaves_the_file_of_last_month_as_it_was(run: Run, folder: Path) -> None:
    (folder / "out.csv").write_text("of last month")
    run("subscribers", "export", "--as", "Pim", "-o", str(folder / "out.csv"), fails=True)
    assert (folder / "out.csv").read_text() == "of last month"
    assert [path.name for path in folder.iterdir() if "out.csv" in path.name] == ["out.csv"]


def test_no_command_takes_the_address_of_a_reader_as_a_word_or_an_option() -> None:
    """Everyone on the machine may read what stands in the list of processes: it is asked, or read from the input."""
    taking = []
    for name, one in COMMANDS.items():
        for parameter in one.params:
            words = {parameter.name, parameter.metavar, *parameter.opts}
            if any(word and re.search("email|address|password|secret|token", word.lower()) for word in words):
                taking.append((name, parameter.name))
    assert taking == [
        ("subject erase", "addressee"),  # a code
        ("subject export", "addressee"),
    ]
