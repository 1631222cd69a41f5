"""Whatever stands in a name, a terminal gets no order from it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from commands.terminal import harmless, harmless_json
from staff.people import add_person
from staff.roles import Role
from tests.commands.conftest import Run, store
from wording import _

ORDERS = ("\x1b[2J", "\x9b2J", "\x07", "\r", "\n", "\t", "\x7f", "\u202e", "\u2028", "\x00")


@pytest.mark.parametrize("order", ORDERS)
def test_a_value_in_a_sentence_a_line_and_json_give_no_order(order: str) -> None:
    name = f"Noor{order}Voorbeeld"
    sentence, line = harmless(_("{name} is toegevoegd.\nKlaar.", name=name)), harmless(name)
    assert line in (f"Noor{order.replace(order[0], chr(0xFFFD))}Voorbeeld", "Noor Voorbeeld")
    assert sentence.count("\n") == 1, "the line break of the sentence itself stays"
    assert not {*order} - set("[2J") & {*line}
    for text in (sentence.replace("\n", ""), harmless_json([name]).replace("\n", "")):
        assert not {*order} - set("[2J") & {*text}
    assert json.loads(harmless_json([name])) == [name], "a script reads what is kept"


def test_a_name_that_was_stored_with_orders_is_shown_without_them_and_a_new_one_is_refused(
    run: Run, folder: Path
) -> None:
    opened = store(folder)
    with opened.transaction() as session:
        add_person(session, "Evil\x1b[31m", "evil@voorbeeld.example", [Role.EDITOR])
    opened.close()
    listed = run("staff", "list", "--as", "Noor").output
    assert "\x1b" not in listed
    assert "Evil\ufffd[31m" in listed
    told = run("staff", "deactivate", "evil@voorbeeld.example", "--as", "Noor").output
    assert "\x1b" not in told
    refused = run(
        "staff", "add", "A\x1b]0;x\x07", "--role", "editor", "--as", "Noor", typed="a@b.example\n", fails=True
    )
    assert "onzichtbaar teken" in str(refused.exception)
    assert "\x1b" not in refused.output
