"""Commands inside Arabic sentences keep their direction."""

from __future__ import annotations

import re

import pytest
from babel.messages.pofile import read_po

from tests.support.house import ROOT
from wording import Text, _
from wording.interface import interface

LRI, PDI = "\u2066", "\u2069"


def said(msgid: str, **values: object) -> str:
    return interface("ar").say(Text(msgid, values))


def test_a_command_is_isolated_in_arabic_and_left_alone_in_dutch() -> None:
    command = "Geef `postduif addressees search --as {name}`."
    assert said(command, name="سمير") == f"Geef {LRI}`postduif addressees search --as سمير`{PDI}."
    assert interface("nl").say(Text(command, {"name": "Petra"})) == "Geef `postduif addressees search --as Petra`."


def test_a_command_inside_a_sentence_inside_a_sentence_is_isolated_once() -> None:
    assert said("Zie {what}.", what=_("`postduif keys check`")) == f"Zie {LRI}`postduif keys check`{PDI}."


@pytest.mark.parametrize("sentence", ["zonder --now", "(--large)", "geef --as-pdf"])
def test_an_option_by_itself_keeps_its_dashes_in_front(sentence: str) -> None:
    assert re.search(rf"{LRI}--[a-z-]+{PDI}", said(sentence))


def test_what_only_looks_like_an_option_is_left_alone() -> None:
    assert said("los-2026--24 en <<<<<<<") == "los-2026--24 en <<<<<<<"


def test_every_arabic_sentence_with_a_command_isolates_it_and_closes_what_it_opens() -> None:
    with (ROOT / "translations" / "ar" / "LC_MESSAGES" / "interface.po").open("rb") as file:
        ids = [message.id for message in read_po(file, locale="ar") if message.id and isinstance(message.id, str)]
    sentences = [text for text in map(said, ids) if "`" in text]
    assert len(sentences) > 20
    for text in sentences:
        assert text.count(LRI) == text.count(PDI)
        assert re.fullmatch(rf"(?:[^`]|{LRI}`[^`]+`{PDI})*", text), text
