"""A command that was typed wrong is answered in the language of whoever types, and so is `--help`."""

from __future__ import annotations

import json
import re
import sys

import pytest
import typer
from typer.testing import CliRunner

from commands import words
from commands.__main__ import main
from commands.asking import agreed
from commands.mistyped import _said
from tests.commands.conftest import Run
from tests.commands.test_addressees import added, centre
from wording import _


@pytest.fixture(params=["nl", "en", "ar"])
def typed(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]
    """Type words after `postduif` in a shell of this language; gives the exit code and all that was said."""
    monkeypatch.setenv("LANGUAGE", request.param)
    words.here.cache_clear()

    def type_(*said: str) -> tuple[object, str]:
        monkeypatch.setattr(sys, "argv", ["postduif", *said])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return ended.value.code, out + err

    type_.language = request.param  # type: ignore[attr-defined]
    yield type_
    words.here.cache_clear()


MISTYPED = {
    "nonsense": ("De opdracht ‘nonsense’ bestaat niet.", "The command ‘nonsense’ does not exist.", "nonsense"),
    "check": ("'ISSUE' ontbreekt.", "'ISSUE' is missing.", "'ISSUE'"),
    "check a b c": ("Dit is te veel: b c.", "This is too much: b c.", "b c"),
    "check a --foo": ("De optie --foo bestaat niet.", "There is no option --foo.", "--foo"),
    "publish a --as": ("Achter --as ontbreekt een waarde.", "A value is missing after --as.", "--as"),
    "check --json=1 a": ("Achter --json hoort niets.", "Nothing belongs after --json.", "--json"),
    "mailing show x --as Bram": ("Geef een getal.", "Give a number.", "اكتب رقمًا"),
    "preview a --as jpg": ("‘jpg’ kan niet; wel: 'html'", "‘jpg’ is not possible; use: 'html'", "jpg"),
    "print run a --as Sem --skip 99": ("de grens is 20", "the limit is 20", "20"),
    "addressees stop abcd --because weg --as Sem": ("wel: onbekend, vertrokken", "use: unknown, left", "غير معروف"),
    "subscribers import nergens.csv --as N": (
        "‘nergens.csv’ is er niet.",
        "‘nergens.csv’ is not there.",
        "nergens.csv",
    ),
    "subscribers import /tmp --as N": ("‘/tmp’ is een map", "‘/tmp’ is a folder", "مجلد"),
    "breach report --from gisteren --to x --as N": ("geen datum zoals", "no date such as", "gisteren"),
    "translation": ("Gebruik:", "Usage:", "الاستخدام"),
}
ENGLISH = re.compile(
    r"\b(?:Usage|Error|Option|Argument|Missing|Invalid|does not|not found|required|expected|Try|Got|such)\b|\[OPTIONS"
)
"""Words of Typer that may stand in no answer in another language."""


def test_what_was_typed_wrong_is_told_in_the_own_language(typed) -> None:  # type: ignore[no-untyped-def]
    at = ["nl", "en", "ar"].index(typed.language)
    for line, said in MISTYPED.items():
        code, told = typed(*line.split())
        assert (code, said[at] in told) == (2, True), told
        assert at == 1 or not ENGLISH.search(told), told
    code, told = typed("mailing", "--help")
    assert (code, "Usage" in told, "Gebruik" in told) == (0, at == 1, at == 0)
    assert ("Show this message" in told, "Toon deze uitleg." in told) == (False, at == 0)
    code, told = typed("--help")
    assert at == 1 or not re.search(r"Install|Show|shell, |\[OPTIONS\]|<(?:str|int)>", told), told


def test_a_word_or_its_code_may_be_typed_and_json_keeps_the_code(run: Run) -> None:
    centre(run)
    code = added(run)
    for typed_word in ("vertrokken", "Vertrokken", "departed"):
        run("addressees", "stop", code, "--because", typed_word, "--as", "Pim")
        assert "vertrokken" in run("addressees", "list", "--as", "Pim").output
        [row] = json.loads(run("addressees", "list", "--json", "--as", "Pim").output)
        assert row["stopped"] == "departed"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("Option '--range' requires 2 arguments.", "Bij --range horen 2 waarden."),
        ("Argument 'pair' takes 2 values.", "Bij pair horen 2 waarden."),
        ("Directory '/tmp/x' is a file.", "‘/tmp/x’ is een bestand; geef een map."),
        ("File 'a.csv' is not readable.", "‘a.csv’ is niet te lezen met de rechten die je hebt."),
        ("Path 'a.csv' is not writable.", "‘a.csv’ is niet te schrijven met de rechten die je hebt."),
        ("Value 'x' is not a valid UUID.", "'x' kan hier niet."),
        ("Value must be an iterable.", "Deze waarde kan hier niet."),
        ("Input should be a valid boolean, unable to interpret input", "Deze waarde kan hier niet."),
    ],
)
def test_what_no_command_of_ours_can_get_yet_is_known_too(said: str, words: str) -> None:
    assert str(_said(said)) == words


def test_yes_is_said_in_the_own_language_or_in_english(typed, capsys: pytest.CaptureFixture[str]) -> None:  # type: ignore[no-untyped-def]
    yes, no = {"nl": ("ja", "nee"), "en": ("yes", "no"), "ar": ("نعم", "لا")}[typed.language]
    app = typer.Typer()
    answers: list[bool] = []
    app.command()(lambda: answers.append(agreed(_("Genoteerd."))))
    for line in (yes, yes[0], "Y", f"misschien\n{yes}", no, no[0], "n", ""):
        CliRunner().invoke(app, input=f"{line}\n", catch_exceptions=False)
    assert answers == [True] * 4 + [False] * 4
    assert CliRunner().invoke(app, input="").exit_code == 1
