"""Words a person sees: through the catalogs, in one tone per reader, and no Dutch inside another language."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache

import pytest
from babel.messages.pofile import read_po

from devtools import reader_words
from tests.support.house import ROOT

ROOMS = ("commands", "database", "mailer", "staff", "subscribers", "web", "wording", "worker")
DUTCH = frozenset(
    """aan als bestand bij dan de deze die dit dag een en er geen het hoe is maar met moet naam naar niet nog nummer of
    om ook op over regel staat te uit van voor wat wij worden wordt zijn zoals zonder""".split()  # noqa: SIM905
)
NOT_ENGLISH = DUTCH - {"of", "is", "over", "met", "die", "om", "te", "er", "en"}
QUOTED = re.compile(r"‘[^’]*’|«[^»]*»|`[^`]*`|\{[a-z_]+\}|--[a-z-]+")
"""A Dutch word that is spoken of, a command, a slot."""

NOT_FOR_THE_CATALOGS = {
    "mailer/document/private.py": "Dutch words that are no names, to look for in an issue",
    "mailer/document/walking.py": "comments in a PO file, for translators, who read Dutch",
    "mailer/returns/": "what Dutch mail servers and people write back",
    "mailer/translation/checks/sense.py": "how Dutch says no",
    "mailer/translation/checks/words.py": "Dutch words to look for in a translation",
    "mailer/translation/checks/number_words.py": "how Dutch writes numbers out",
    "mailer/translation/typo.py": "Dutch words that no correction of a typing error may touch",
    "subscribers/importing/statuses.py": "words of other programs for the state of a reader",
    "subscribers/examples.py": "what an invented reader agreed to, in the demonstration",
}
FOR_READERS = ("mailer/artefacts/", "templates/archive/", "templates/email/", "templates/web/public/", "web/public/")
INFORMAL = re.compile(r"(?<![\w’'-])(?:je|jij|jou|jouw|jullie)(?!\w)", re.IGNORECASE)
FORMAL = re.compile(r"(?<![\w.’'/-])(?:u|uw)(?![\w.-])", re.IGNORECASE)
AMERICAN = re.compile(
    r"\b(?:\w*(?:[ck]olor|behavior|favor(?!e)|[cnrtd]iz(?:e|ed|es|ing|ation)\b|analyz)\w*|center|canceled|fulfill)\b",
    re.IGNORECASE,
)
SIZE = re.compile(r"\bsiz(?:e|es|ed)\b", re.IGNORECASE)


@cache
def code() -> tuple[tuple[str, str], ...]:
    return tuple(
        (str(path.relative_to(ROOT)), path.read_text("utf-8"))
        for room in ROOMS
        for path in sorted((ROOT / room).rglob("*.py"))
    )


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"_", "ngettext"}:
            yield node


def strings(nodes: list[ast.expr]) -> Iterator[ast.Constant]:
    yield from (node for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))


def is_dutch(text: str) -> bool:
    """Two such words, or a phrase of small letters with one."""
    found = set(re.findall(r"[a-zë]+", text)) & NOT_ENGLISH
    return len(found) > 1 or (len(found) == 1 and re.fullmatch(r"[a-zë]+(?: [a-zë]+)+", text) is not None)


def outside(source: str) -> list[str]:
    """Strings that look Dutch and go through no catalog."""
    tree = ast.parse(source)
    inside = {id(node) for call in calls(tree) for node in strings(call.args)}
    inside |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.expr) and id(node) not in inside]
    return [str(node.value) for node in strings(nodes) if is_dutch(str(node.value))]


def sentences(start: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """(place, Dutch sentence) of code and pages whose path begins so."""
    for name, source in code():
        if name.startswith(start):
            yield from ((name, str(node.value)) for call in calls(ast.parse(source)) for node in strings(call.args))
    for path in sorted((ROOT / "templates").rglob("*.jinja")):
        name = str(path.relative_to(ROOT))
        if name.startswith(start):
            found = re.finditer(r'(?:_|ngettext)\(\s*"((?:[^"\\]|\\.)*)"', path.read_text("utf-8"))
            yield from ((name, match[1]) for match in found)


def test_every_sentence_in_code_goes_through_the_catalogs() -> None:
    fine = tuple(NOT_FOR_THE_CATALOGS)
    left = {name: found for name, source in code() if (found := outside(source)) and not name.startswith(fine)}
    assert left == {}


def test_the_exceptions_still_hold_such_words() -> None:
    found = {name for name, source in code() if outside(source)}
    assert [place for place in NOT_FOR_THE_CATALOGS if not any(name.startswith(place) for name in found)] == []


@pytest.mark.parametrize("sentence", ["een tijdzone, zoals hier", "regel onder het onderwerp", "Deze staat er niet."])
def test_a_dutch_sentence_outside_them_is_found(sentence: str) -> None:
    assert outside(f'known = "{sentence}"') == [sentence]
    assert outside(f'known = _("{sentence}")') == []


def words_of_pages() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "templates").rglob("*.jinja")):
        bare = re.sub(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|<(?:style|script).*?</(?:style|script)>|<[^>]*>", " ",
                      path.read_text("utf-8"), flags=re.DOTALL)  # fmt: skip
        yield str(path.relative_to(ROOT)), bare


def test_no_page_holds_dutch_beside_the_catalogs() -> None:
    left = {name: line for name, bare in words_of_pages() for line in bare.splitlines() if is_dutch(line)}
    assert left == {}


def translations(locale: str) -> Iterator[tuple[str, str]]:
    with (ROOT / "translations" / locale / "LC_MESSAGES" / "interface.po").open("rb") as file:
        for message in read_po(file, locale=locale):
            if message.id:
                forms = message.string if isinstance(message.string, tuple) else (message.string,)
                yield from ((str(message.id), str(form)) for form in forms)


@pytest.mark.parametrize(("locale", "dutch"), [("en", NOT_ENGLISH), ("ar", DUTCH - {"en"})])
def test_nothing_dutch_stands_in_another_language(locale: str, dutch: frozenset[str]) -> None:
    left = [
        text
        for _msgid, text in translations(locale)
        if set(re.findall(r"[a-zë]+", QUOTED.sub(" ", text).lower())) & dutch
    ]
    assert left == []


@pytest.mark.parametrize("locale", ["en", "ar"])
def test_no_dutch_placeholder_stands_in_a_command(locale: str) -> None:
    commands = [command for _msgid, text in translations(locale) for command in re.findall(r"`[^`]*`", text)]
    assert [one for one in commands if re.search(r"\b(?:NAAM|NUMMER|BESTAND|MAP)\b", one)] == []


def test_readers_are_addressed_as_u() -> None:
    assert [(name, text) for name, text in sentences(FOR_READERS) if INFORMAL.search(text)] == []


def test_staff_are_addressed_as_je() -> None:
    rooms = ("commands/", "mailer/services/post/", "mailer/services/translating/", "staff/", "templates/web/staff/",
             "web/staff/", "subscribers/", "mailer/document/", "mailer/translation/")  # fmt: skip
    assert [(name, text) for name, text in sentences(rooms) if FORMAL.search(QUOTED.sub(" ", text))] == []


def test_english_is_british() -> None:
    found = [text for _msgid, text in translations("en") if AMERICAN.search(SIZE.sub(" ", QUOTED.sub(" ", text)))]
    assert found == []
    assert AMERICAN.search("The organization of the center")


def test_no_sentence_that_a_reader_sees_is_longer_than_level_b1_bears() -> None:
    """docs/decisions/0067-level-b1.md says how words were judged; here stands what can be counted."""
    said = reader_words.sentences()
    assert all(len(texts) > 150 for texts in said.values())
    assert {locale: reader_words.too_long(texts) for locale, texts in said.items()} == {"nl": [], "en": [], "ar": []}
    assert reader_words.too_long(["een " * 19]) != []
