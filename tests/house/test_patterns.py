"""No text of anyone holds up the product: each regular expression, and each text of the largest size, is read in time.

Time is a limit on the processor of a child process. What a line takes for a million signs is under a second; what a
square takes is days.
"""

from __future__ import annotations

import os
import re
import resource
import signal
from collections.abc import Callable

import pytest

from mailer.artefacts.paper import breaking
from mailer.document.parse import document_from
from mailer.document.tree import MAX_BYTES
from mailer.translation import similar
from mailer.translation.catalog import catalog_from
from mailer.translation.checks import dates, number_words, words
from tests.support.patterns import Found, found, text_of, use, worst

SECONDS = 40
"""Of processor, on a machine that is slow and busy: forty times what the slowest pattern takes."""
SIGNS = 1_000_000
SHARES = 8

MADE: dict[str, Callable[[str], object] | None] = {
    # made while the program runs, of the words of a glossary or of a language; each gives its pattern for some of them
    "commands.mistyped:_fixed": None,  # texts of the library that reads a command line
    "commands.mistyped:_said": None,
    "mailer.artefacts.paper.breaking:breakable": breaking.breakable,
    "mailer.files:halves_of": None,  # of the names of our own files
    "mailer.returns.forms:_any": None,  # values of modules are made by it
    "mailer.returns.words:_rule": None,
    "mailer.translation.checks.dates:dated_in": lambda text: dates.dated_in(text, "nl"),
    "mailer.translation.checks.dates:dates_in": lambda text: list(dates.dates_in(text, "en")),
    "mailer.translation.checks.dates:months_in": lambda text: dates.months_in(text, "ar"),
    "mailer.translation.checks.dates:unfamiliar_months": lambda text: list(dates.unfamiliar_months(text, ("ar_MA",))),
    "mailer.translation.checks.dates:weekdays_in": lambda text: dates.weekdays_in(text, "ar"),
    "mailer.translation.checks.number_words:_pattern": lambda text: number_words.says(2, text, "nl"),
    "mailer.translation.checks.words:_has": lambda text: words._has(text, "opvang"),
    "mailer.translation.checks.words:_says": lambda text: words._says(text, "shelter"),
    "mailer.translation.similar:_one_of": lambda text: similar._one_of(["a", "aa"]).sub("", text),
}


def in_time(work: Callable[[], object], seconds: int = SECONDS) -> bool:
    """Whether a forked process does the work within so many seconds of processor; an error counts as not."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
            signal.signal(signal.SIGXCPU, signal.SIG_DFL)
            work()
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


@pytest.fixture(scope="module")
def product() -> tuple[list[Found], list[str]]:
    """The patterns and the places that make one. Only who runs these tests imports the whole product for it."""
    return found()


def attacked(one: Found) -> None:
    use(one, text_of(worst(one), SIGNS, one.pattern))


@pytest.mark.parametrize("share", range(SHARES))
def test_each_regular_expression_is_linear_in_its_text(share: int, product: tuple[list[Found], list[str]]) -> None:
    """The worst of what it repeats, a million signs of it, as the product uses the pattern."""
    patterns, _unknown = product
    late = [one for one in patterns[share::SHARES] if not in_time(lambda one=one: attacked(one))]  # type: ignore[misc]
    assert [(one.place, one.pattern.pattern) for one in late] == []


def test_the_search_knows_a_square_from_a_line() -> None:
    """Patterns that were in the product, and what stands there now."""
    for square, line in (
        (r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
        (r"<(table|p)(?![^>]*\bdir=)(?=[\s>])", r"<(table|p)(?![^<>]*\bdir=)(?=[\s>])"),
        (r"(a|a)*b", r"a*+b?"),
    ):
        bad, good = (Found("here", re.compile(one), from_start=False) for one in (square, line))
        assert not in_time(lambda bad=bad: attacked(bad), 3)  # type: ignore[misc]
        assert in_time(lambda good=good: attacked(good))  # type: ignore[misc]


def test_every_place_that_makes_a_pattern_is_known(product: tuple[list[Found], list[str]]) -> None:
    patterns, unknown = product
    assert len(patterns) > 200
    assert sorted(MADE) == unknown


@pytest.mark.parametrize("place", [place for place, work in MADE.items() if work])
def test_patterns_of_the_words_of_a_language_are_linear_too(place: str) -> None:
    work = MADE[place]
    assert work is not None
    for unit in ("a ", "1 jan ", "12", "ا"):
        text = (unit * (SIGNS // len(unit)))[:SIGNS]
        assert in_time(lambda text=text: work(text)), (place, unit)  # type: ignore[misc]


UNITS = (
    *("a", "a ", "a@", "_a", "*", "[", "![", "`", "<", "(", "{{", "http://a ", "€ 1"),
    *("| ", "> ", "- ", "1. ", "# ", "\n", ":::\n"),
)


@pytest.mark.promise("F21")
def test_a_text_of_the_largest_size_is_read_in_time() -> None:
    """200 kB of one sign and of many: parsed, or refused with a sentence."""
    slow = []
    for unit in UNITS:
        text = (unit * (MAX_BYTES // len(unit.encode()) + 1))[: MAX_BYTES - 10]
        if not in_time(lambda text=text: document_from(text, file="x.md", first_line=1)):  # type: ignore[misc]
            slow.append(unit)
    assert slow == []


@pytest.mark.promise("F21")
def test_a_catalog_of_60_000_messages_is_read_in_time() -> None:
    head = 'msgid ""\nmsgstr ""\n"Language: en\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
    body = "".join(f'\nmsgid "b{n}"\nmsgstr "x"\n' for n in range(60_000))

    def read() -> None:
        catalog, problems = catalog_from((head + body).encode(), domain="los-1", locale="en", file="x.po")
        assert catalog is not None, problems
        assert len(catalog.entries) == 60_000

    assert in_time(read)
