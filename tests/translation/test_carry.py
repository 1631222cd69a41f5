"""When the source changes, translators lose nothing and readers get nothing stale."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devtools.translated import SLUG, filled, issue, read
from mailer.translation import carry
from mailer.translation.carry import NEIGHBOURS, update
from mailer.translation.catalog import Catalog, Entry, new_catalog, po_from
from mailer.translation.extract import extract
from mailer.translation.messages import Message
from mailer.translation.similar import Change, change_between
from tests.support.work import Compared


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> Compared:
    """Counts the pairs of texts that are compared while a catalog is brought up to date."""
    counting = Compared()
    monkeypatch.setattr(carry, "fuzz", counting)
    return counting


def catalog(*pairs: tuple[str, str]) -> Catalog:
    return Catalog(SLUG, "ar", {msgid: Entry(msgid, msgstr) for msgid, msgstr in pairs})


def messages(*msgids: str) -> list[Message]:
    return [Message(msgid) for msgid in msgids]


CHANGES: dict[str, tuple[str, str, str, tuple[Change, str] | None]] = {
    "only white space": ("Een  zin\nhier.", "Een zin hier.", "جملة", (Change.SAME, "جملة")),
    "a link target": (
        "Lees [meer](https://e.example/nov) hier.",
        "Lees [meer](https://e.example/dec) hier.",
        "اقرأ [المزيد](https://e.example/nov) هنا.",
        (Change.URL, "اقرأ [المزيد](https://e.example/dec) هنا."),
    ),
    "two link targets that change places": (
        "[a](https://x.example/) en [b](https://y.example/)",
        "[a](https://y.example/) en [b](https://x.example/)",
        "[b](https://y.example/) و[a](https://x.example/)",
        (Change.URL, "[b](https://x.example/) و[a](https://y.example/)"),
    ),
    "a target that begins another": (
        "[a](https://x.example/) [b](https://x.example/b)",
        "[a](https://z.example/) [b](https://x.example/b)",
        "[ب](https://x.example/b) [ا](https://x.example/)",
        (Change.URL, "[ب](https://x.example/b) [ا](https://z.example/)"),
    ),
    "one target that became two": (
        "[a](https://x.example/) [b](https://x.example/)",
        "[a](https://y.example/) [b](https://z.example/)",
        "[ا](https://x.example/) [ب](https://x.example/)",
        (Change.FUZZY, "[ا](https://x.example/) [ب](https://x.example/)"),
    ),
    "a target the translation does not have": (
        "Lees [meer](https://e.example/nov) hier.",
        "Lees [meer](https://e.example/dec) hier.",
        "اقرأ المزيد هنا.",
        (Change.FUZZY, "اقرأ المزيد هنا."),
    ),
    "one number": (
        "De dag is op 12 november, 10:00 uur.",
        "De dag is op 13 november, 10:00 uur.",
        "اليوم يوم 12 نونبر، الساعة 10:00.",
        (Change.DIGITS, "اليوم يوم 13 نونبر، الساعة 10:00."),
    ),
    "two numbers that change places": (
        "Van 10 tot 17.",
        "Van 17 tot 10.",
        "من 10 إلى 17.",
        (Change.DIGITS, "من 17 إلى 10."),
    ),
    "a number that stands there twice": (
        "Zaal 10, om 10:00 uur.",
        "Zaal 12, om 10:00 uur.",
        "القاعة 10، الساعة 10:00.",
        (Change.FUZZY, "القاعة 10، الساعة 10:00."),
    ),
    "a negation": ("U bent welkom.", "U bent niet welkom.", "مرحبا بكم.", (Change.FUZZY, "مرحبا بكم.")),
    "another sentence": ("Ons nummer is 020.", "Bloemen planten in de lente.", "رقمنا 020.", None),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_recognised(name: str) -> None:
    old, new, translation, expected = CHANGES[name]
    assert change_between(old, new, translation) == expected


def test_only_same_and_url_are_published_and_keep_their_approval() -> None:
    """ "welkom" → "niet welkom" is an 85 % match, and would be the opposite of what is meant."""
    for old, new, translation, expected in CHANGES.values():
        done = update(catalog((old, translation)), messages(new))
        change = None if expected is None else expected[0]
        published = done.catalog.translation(new)
        assert (published is not None) is (change in {Change.SAME, Change.URL})
        assert all(one.keeps_approval is (change in {Change.SAME, Change.URL}) for one in done.carried)


def test_a_fuzzy_message_shows_the_source_it_was_made_from() -> None:
    """Also after a second edit: the translation is still that of the first source."""
    first = update(catalog(("U bent welkom.", "مرحبا")), messages("U bent niet welkom.")).catalog
    second = update(first, messages("U bent nu niet welkom.")).catalog
    assert second.entries["U bent nu niet welkom."] == Entry(
        "U bent nu niet welkom.", "مرحبا", fuzzy=True, was="U bent welkom."
    )


def test_a_moved_message_keeps_its_translation() -> None:
    done = update(catalog(("een", "1"), ("twee", "2"), ("drie", "3")), messages("drie", "een", "twee"))
    assert [(entry.msgid, entry.msgstr, entry.fuzzy) for entry in done.catalog.entries.values()] == [
        ("drie", "3", False),
        ("een", "1", False),
        ("twee", "2", False),
    ]


def test_a_message_that_was_moved_and_edited_is_found() -> None:
    before = catalog(
        *((f"Bericht nummer {n} over iets anders", f"m{n}") for n in range(30)), ("De opvang is dicht.", "closed")
    )
    after = messages("De opvang is open.", *(f"Bericht nummer {n} over iets anders" for n in range(30)))
    assert update(before, after).carried[0].old.msgid == "De opvang is dicht."


def test_a_message_that_left_comes_back_with_its_translation() -> None:
    """Through the file, as it would next week."""
    gone = update(catalog(("een", "1"), ("twee heel anders", "2")), messages("een"))
    assert [entry.msgid for entry in gone.removed] == ["twee heel anders"]
    back = update(gone.catalog, messages("een", "twee heel anders"))
    assert back.catalog.translation("twee heel anders") == "2"
    assert [entry.msgid for entry in back.returned] == ["twee heel anders"]
    assert not back.catalog.obsolete


def test_an_edit_that_is_taken_back_gives_the_old_translation_back() -> None:
    edited = update(catalog(("U bent welkom.", "مرحبا")), messages("U bent niet welkom."))
    undone = update(edited.catalog, messages("U bent welkom."))
    assert undone.catalog.translation("U bent welkom.") == "مرحبا"


def test_updating_without_a_change_changes_no_byte() -> None:
    markdown = "Een alinea\nover twee regels.\n\n## Kop\n\n- punt\n"
    found = extract(issue(markdown), read(markdown)[0])
    whole = filled(new_catalog(SLUG, "ar", found), str.upper)
    assert po_from(update(whole, found).catalog) == po_from(whole)


def test_wrapping_anew_changes_no_message() -> None:
    one, other = "Een alinea\nover twee regels.\n", "Een alinea over\ntwee\nregels.\n"
    before, after = (extract(issue(text), read(text)[0]) for text in (one, other))
    done = update(new_catalog(SLUG, "ar", before), after)
    assert (done.carried, done.new, done.removed) == ((), (), ())


def test_notes_of_translators_come_along() -> None:
    noted = catalog(("De opvang is dicht.", "closed"))
    noted = noted.with_entry(replace(noted.entries["De opvang is dicht."], notes=("vraag aan de redactie",)))
    assert update(noted, messages("De opvang is open.")).catalog.entries["De opvang is open."].notes == (
        "vraag aan de redactie",
    )


@given(
    st.lists(st.text(alphabet="abc 12.", min_size=1), unique=True),
    st.lists(st.text(alphabet="abc 12.", min_size=1), unique=True),
)
def test_no_translation_is_ever_lost(old: list[str], new: list[str]) -> None:
    """Whatever becomes of the source, each translated text is in the entries or among the obsolete."""
    done = update(catalog(*((msgid, f"«{msgid}»") for msgid in old)), messages(*new)).catalog
    assert list(done.entries) == new
    for msgid in old:
        kept = done.entries.get(msgid) or done.obsolete.get(msgid)
        assert kept is not None
        assert kept.msgstr == f"«{msgid}»"


def _edited(text: str, chance: random.Random) -> str:
    words = text.split()
    words[chance.randrange(len(words))] = f"anders{chance.randrange(9)}"
    return " ".join(words)


def test_five_thousand_messages_with_a_tenth_edited_find_their_own(compared: Compared) -> None:
    """And none another's; comparing each with each would be 250,000 pairs."""
    chance = random.Random(3)
    words = [f"woord{n}" for n in range(300)]
    old = list(dict.fromkeys(" ".join(chance.choices(words, k=chance.randint(6, 25))) for _ in range(5_000)))
    changed = {n: _edited(old[n], chance) for n in chance.sample(range(len(old)), len(old) // 10)}
    new = [changed.get(n, text) for n, text in enumerate(old)]
    origin = {text: old[n] for n, text in changed.items()}
    done = update(catalog(*((text, text.upper()) for text in old)), messages(*new))
    assert compared.pairs < 1_000
    assert {one.new.msgid: one.old.msgid for one in done.carried} == origin


@pytest.mark.parametrize("make", [lambda n: f"oud {n} " * 9, lambda n: chr(97 + n % 26) * 60 + str(n)])
def test_an_issue_rewritten_from_top_to_bottom_is_compared_with_its_neighbours_only(
    make: Callable[[int], str], compared: Compared
) -> None:
    """Each with each would be 64 million pairs."""
    update(
        catalog(*((make(n), "x") for n in range(8_000))), messages(*(f"{n} geheel nieuw " * 7 for n in range(8_000)))
    )
    assert compared.pairs <= 8_000 * (2 * NEIGHBOURS + 1)
