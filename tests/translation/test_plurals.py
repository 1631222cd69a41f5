"""Every sentence that counts, in Arabic, with the numbers at which its six forms change."""

from __future__ import annotations

import re

import pytest
from babel import Locale
from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from tests.support.house import ROOT
from wording import ngettext
from wording.interface import interface

COUNTED = (0, 1, 2, 3, 11, 100, 1000)
FORMS = {0: "zero", 1: "one", 2: "two", 3: "few", 11: "many", 100: "other", 1000: "other"}
"""After CLDR; 100 and 1,000 take the form of hundreds."""
ORDER = ("zero", "one", "two", "few", "many", "other")
ARABIC = re.compile(r"[\u0621-\u064a]")


def messages() -> list[Message]:
    with (ROOT / "translations" / "ar" / "LC_MESSAGES" / "interface.po").open("rb") as file:
        return [message for message in read_po(file, locale="ar") if message.pluralizable]


def said(message: Message, count: int) -> str:
    """Without the marks around a command: tests/translation/test_commands_in_arabic.py reads those."""
    return re.sub("[\u2066\u2069]", "", interface("ar").say(ngettext(message.id[0], message.id[1], count)))


def test_there_is_something_that_counts() -> None:
    assert len(messages()) > 25


@pytest.mark.parametrize("count", COUNTED)
def test_each_number_gets_the_form_that_cldr_gives_it(count: int) -> None:
    assert Locale("ar").plural_form(count) == FORMS[count]
    for message in messages():
        form = tuple(message.string or ())[ORDER.index(FORMS[count])]
        assert said(message, count) == form.replace("{count}", str(count)), message.id


@pytest.mark.parametrize("count", [3, 11, 100, 1000])
def test_the_number_itself_stands_where_no_word_can_say_it(count: int) -> None:
    """One and two are words in Arabic, and none is a negation; from three on the number is needed, in Latin digits."""
    for message in messages():
        assert re.search(rf"(?<!\d){count}(?!\d)", said(message, count)), message.id


@pytest.mark.parametrize("count", COUNTED)
def test_a_sentence_that_counts_is_arabic_and_has_no_slot_of_its_number_left(count: int) -> None:
    for message in messages():
        assert ARABIC.search(said(message, count)), message.id
        assert "{count}" not in said(message, count), message.id


def test_one_two_three_and_eleven_are_told_apart() -> None:
    for message in messages():
        assert len({said(message, count).replace(str(count), "#") for count in (1, 2, 3)}) == 3, message.id


NUMBERS = "asked|copies|count|left|pieces|readers|refused|remain|sheets|stamps|total|unheard"
SLOT_AND_NOUN = re.compile(rf"\{{(?:{NUMBERS})\}} ?([\u0621-\u064a]+)")
NO_NOUN = {"من", "منهم", "لا", "في", "بعد", "وعدد", "وبقي", "غ"}
"""The last is the sign of the gram, which is the same for every number (CLDR)."""


def test_a_sentence_without_forms_puts_no_noun_behind_its_number() -> None:
    """«{count} رسائل» is right for three to ten only; «عدد الرسائل {count}» is right for every number."""
    with (ROOT / "translations" / "ar" / "LC_MESSAGES" / "interface.po").open("rb") as file:
        plain = [
            str(message.string) for message in read_po(file, locale="ar") if message.id and not message.pluralizable
        ]
    found = [text for text in plain for noun in SLOT_AND_NOUN.findall(text) if noun not in NO_NOUN]
    assert found == []
