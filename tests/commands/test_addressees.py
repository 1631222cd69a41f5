"""Readers by post on the command line: the desk finds them, stops them and puts them right."""

from __future__ import annotations

import json
from pathlib import Path

from tests.commands.conftest import Run


def centre(run: Run) -> None:
    run(
        "addressees",
        "centre",
        "duinrand",
        "--name",
        "Duinrand",
        "--line",
        "Kade 7",
        "--line",
        "9999 ZZ Stad",
        "--registration",
        "--as",
        "Pim",
    )
    run("addressees", "centre", "zuid", "--name", "Zuid", "--line", "Kade 8", "--line", "9999 ZZ Stad", "--as", "Pim")


def added(run: Run) -> str:
    words = ["addressees", "add", "--centre", "duinrand", "--language", "ar", "--asked-by", "letter", "--as", "Pim"]
    return run(*words, typed="Samir Voorbeeld\nR-17\n").output.split("code ")[1].strip(" .\n")


def test_the_desk_finds_people_without_showing_their_names_unless_asked(run: Run) -> None:
    centre(run)
    code = added(run)
    masked, whole = (run("addressees", "list", "--as", "Pim", *more).output for more in ([], ["--names"]))
    assert code in masked
    assert "S… V…" in masked
    assert "Samir" not in masked + code
    assert "Samir Voorbeeld" in whole
    assert code in run("addressees", "search", "--as", "Pim", typed="voorbeeld SAM\n").output
    assert code not in run("addressees", "search", "--as", "Pim", typed="Karim\n").output
    run("addressees", "list", "--as", "Noor", fails=True)
    seen = json.loads(
        run("breach", "report", "--from", "2020-01-01", "--to", "2099-01-01", "--as", "Noor", "--json").output
    )["seen"]
    assert seen == {"search": 2, "view_list": 2}


def test_who_is_released_gets_no_post_until_heard_from_again(run: Run) -> None:
    centre(run)
    code = added(run)
    run("addressees", "stop", code, "--because", "departed", "--as", "Pim")
    [row] = json.loads(run("addressees", "list", "--json", "--as", "Pim").output)
    assert row["stopped"] == "departed"
    run("addressees", "confirm", code, "--as", "Pim")
    [row] = json.loads(run("addressees", "list", "--json", "--as", "Pim").output)
    assert row["stopped"] is None
    run("addressees", "stop", code, "ffffffff", "--because", "departed", "--as", "Pim", fails=True)
    [row] = json.loads(run("addressees", "list", "--json", "--as", "Pim").output)
    assert row["stopped"] is None, "one wrong code stops nobody"
    assert "niets gehoord" in run("addressees", "list", "--unheard", "--as", "Pim").output


def test_what_is_wrong_about_somebody_is_put_right_and_a_number_nobody_asks_for_goes(run: Run) -> None:
    centre(run)
    code = added(run)
    run(
        "addressees",
        "change",
        code,
        "--centre",
        "zuid",
        "--language",
        "en",
        "--large",
        "--name",
        "--as",
        "Pim",
        typed="Samira Voorbeeld\n",
    )
    data = json.loads(run("subject", "export", "--addressee", code, "--as", "Pim").output)
    assert (data["name"], data["centre"], data["locale"], data["large_print"], data["registration"]) == (
        "Samira Voorbeeld",
        "zuid",
        "en",
        "yes",
        None,
    )
    warned = run("addressees", "change", code, "--centre", "duinrand", "--as", "Pim", typed="271.234.5678\n").output
    assert "V-nummer lijkt" in warned
    run("addressees", "change", code, "--language", "xx", "--as", "Pim", fails=True)


def test_the_only_audience_by_post_is_taken_and_of_several_one_is_asked_for(run: Run, folder: Path) -> None:
    centre(run)
    settings = folder / "postduif.toml"
    text = settings.read_text("utf-8").replace("detention]", "huis]").replace('"detention"', '"huis"')
    settings.write_text(text, "utf-8")
    assert len(added(run)) == 8
    names = folder / "lijst.csv"
    names.write_text("naam;centrum;taal\nKarim Voorbeeld;zuid;ar\n", "utf-8")
    assert "1 nieuw" in run("addressees", "import", str(names), "--as", "Pim").output
    second = (
        '\n[audiences.vrienden]\ntitle = { nl = "Vrienden" }\nlocales = ["nl"]\nfallback = "nl"\nchannel = "post"\n'
    )
    settings.write_text(text + second, "utf-8")
    for words in (
        ["import", str(names)],
        ["add", "--centre", "zuid", "--language", "nl", "--asked-by", "letter"],
    ):
        refused = run("addressees", *words, "--as", "Pim", fails=True, typed="Noor Voorbeeld\n")
        assert "huis, vrienden" in str(refused.exception)
    assert "1 nieuw" in run("addressees", "import", str(names), "--audience", "huis", "--as", "Pim").output
