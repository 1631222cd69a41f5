"""A command that was typed wrong is answered in the language of whoever types, and so is `--help`."""

from __future__ import annotations

import json
import sys

import pytest

from commands import words
from commands.__main__ import main
from tests.commands.conftest import Run
from tests.commands.test_addressees import added, centre


@pytest.fixture(params=["nl", "en"])
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
    "nonsense": ("De opdracht ‘nonsense’ bestaat niet.", "The command ‘nonsense’ does not exist."),
    "check": ("'ISSUE' ontbreekt.", "'ISSUE' is missing."),
    "check a b c": ("Dit is te veel: b c.", "This is too much: b c."),
    "check a --foo": ("De optie --foo bestaat niet.", "There is no option --foo."),
    "publish a --as": ("Achter --as ontbreekt een waarde.", "A value is missing after --as."),
    "mailing show x --as Bram": ("Geef een getal.", "Give a number."),
    "preview a --as jpg": ("‘jpg’ kan niet; wel: 'html'", "‘jpg’ is not possible; use: 'html'"),
    "print run a --as Sem --skip 99": ("de grens is 20", "the limit is 20"),
    "addressees stop abcd --because weg --as Sem": ("wel: onbekend, vertrokken", "use: unknown, left"),
}


def test_what_was_typed_wrong_is_told_in_the_own_language(typed) -> None:  # type: ignore[no-untyped-def]
    at = ["nl", "en"].index(typed.language)
    for line, said in MISTYPED.items():
        code, told = typed(*line.split())
        assert (code, said[at] in told) == (2, True), told
    code, told = typed("mailing", "--help")
    assert (code, "Usage" in told, "Gebruik" in told) == (0, at == 1, at == 0)
    assert ("Show this message" in told, "Toon deze uitleg." in told) == (False, at == 0)


def test_a_word_or_its_code_may_be_typed_and_json_keeps_the_code(run: Run) -> None:
    centre(run)
    code = added(run)
    for typed_word in ("vertrokken", "Vertrokken", "departed"):
        run("addressees", "stop", code, "--because", typed_word, "--as", "Pim")
        assert "vertrokken" in run("addressees", "list", "--as", "Pim").output
        [row] = json.loads(run("addressees", "list", "--json", "--as", "Pim").output)
        assert row["stopped"] == "departed"
