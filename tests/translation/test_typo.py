"""What is a typing error and what is another word: in doubt it is another word."""

from __future__ import annotations

import pytest

from mailer.translation.typo import Known, beyond_typo, beyond_typo_in_issue

KNOWN = Known("nl", ("010-000 0199", "Postbus 99001"), frozenset(("ergens", "kan", "weken", "voor", "stad")))
FRONT = "---\ntitle: Recht\nsubject: De stadt\npreheader: Meer\ndate: 2026-11-26  # dan\n---\n\nDe tekst.\n"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Er komne plekken bij.", "Er komen plekken bij."),
        ("Het vverhaal van twee jar.", "Het verhaal van twee jaar."),
        ("Ehrgens is plek.", "Ergens is plek."),  # begins a sentence with a word that others write small
        ("Dat is  goed zo", "Dat is goed, zo."),
        ("de kunst der zaak: besluit", "de Kunst der zaak; besluit"),
        ("Zie [de kaatr](https://a.example/kaart) {#kaart}", "Zie [de kaart](https://a.example/kaart) {#kaart}"),
        ("| Kop | kopje |\n|:--|--:|\n| a | bedarg |\n", "| Kop | kopje |\n|:--|--:|\n| a | bedrag |\n"),
        ("خبر جدييد للجميع", "خبر جديد للجميع"),
    ],
)
def test_two_letters_of_a_word_and_a_comma_are_a_typing_error(old: str, new: str) -> None:
    assert beyond_typo(old, new, KNOWN) == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Dat is goed.", "Dat is heel goed."),  # a word that came
        ("Dat is heel goed.", "Dat is goed."),
        ("Wat is zo?", "Wat zo is?"),
        ("wachten", "wachtenden"),  # three letters
        ("de man wacht", "de vrouw wacht"),
        ("Hij komt, of zij", "Hij komt, of wij"),  # short words are others at once
        ("dat kan hier", "dat kun hier"),  # others write "kan": it was no error
        ("de weg voor ons, dus de weg", "de wegen voor ons, dus de weg"),  # the text itself still writes it
        ("een veilig huis", "een onveilig huis"),
        ("een legale weg", "een illegale weg"),
        ("Het mag daar", "Het moet daar"),
        ("Dat is neit zo", "Dat is niet zo"),
        ("Er is geen plek", "Er is een plek"),
        ("Er is nooit plek", "Er is ooit plek"),
        ("Dat is nodgi", "Dat is nodig"),  # "no" stands in it: stricter than it needs to be
        ("he is nut here", "he is not here"),
        ("هذا لا يجوز", "هذا لم يجوز"),
        ("هذا كن يجوز", "هذا لن يجوز"),
        ("ولاا يجوز", "ولا يجوز"),
        ("op 12 mei", "op 13 mei"),
        ("in juni", "in juli"),
        ("op zesde dag", "op zesder dag"),
        ("tien weken", "tein weken"),
        ("om {time:12:00}", "om {time:13:00}"),
        ("Bilal zong", "Bilel zong"),
        ("zei Bilal", "zei Bilel"),
        ("bel us", "bel US"),
        ("bel 010-000 0199", "bel 010-000 0198"),
        ("naar Postbus 99001", "naar Postbuss 99001"),
        ("[kaart](https://a.example/b)", "[kaart](https://a.example/c)"),
        ("mail a@b.example", "mail a@c.example"),
        ("zie www.a.example", "zie www.b.example"),
        ("**goed** zo", "goed zo"),
        ("goed zo\n\nen", "goed zo\nen"),
        ("## Kop", "### Kop"),
        ("- een punt", "een punt"),
        ("1. een punt", "1 een punt"),
        ("  - een punt", "- een punt"),
        ("::: agenda Feest", "::: action Feest"),
        ("Kom je?", "Kom je!"),
        ("`codde`", "`code`"),
        ("tekst[^1]", "tekst[^2]"),
    ],
)
def test_anything_else_is_more_than_that_and_is_said_in_a_sentence(old: str, new: str) -> None:
    said = beyond_typo(old, new, KNOWN)
    assert said
    assert all(str(one).endswith(".") and "{" not in str(one).replace("{time:", "") for one in said)


@pytest.mark.parametrize(
    ("old", "new", "is_typo"),
    [
        ("De stadt", "De stad", True),
        ("De tekst", "De teskt", True),
        ("Recht", "Gelijk", False),
        ("2026-11-26", "2026-11-27", False),
        ("title:", "titel:", False),
        ("  # dan", "", True),
        ("preheader: Meer\n", "", False),
        ("---\n\nDe", "\n\nDe", False),
    ],
)
def test_of_the_front_matter_only_texts_may_have_a_typing_error(old: str, new: str, is_typo: bool) -> None:
    assert old in FRONT
    assert (beyond_typo_in_issue(FRONT, FRONT.replace(old, new, 1), KNOWN) == ()) is is_typo


def test_a_front_matter_that_cannot_be_read_may_not_change() -> None:
    broken = FRONT.replace("Recht", '"Recht')
    assert beyond_typo_in_issue(broken, broken, KNOWN) == ()
    assert beyond_typo_in_issue(broken, broken.replace("Meer", "Meeer"), KNOWN)


def test_a_long_issue_with_one_change_at_either_end_is_looked_at_there() -> None:
    text = "woord en zin. " * 15_000
    assert beyond_typo(f"{text}tekts", f"{text}tekst", KNOWN) == ()
    assert [str(one) for one in beyond_typo(text, f"{text}erbij", KNOWN)] == ["‘erbij’ kwam erbij."]
