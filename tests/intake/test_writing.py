"""Whatever signs and marks come together: what is written says just that, and nothing in it is a command."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as some

from mailer.document.inline import plain_text, spans_of, walk
from mailer.document.nodes import Formatted, Note, Slot
from mailer.document.parse import document_from
from mailer.document.walking import all_blocks
from mailer.intake.inline import inline
from mailer.intake.lines import BREAK, Box, Line, Run
from mailer.intake.links import target
from mailer.intake.losses import Told
from mailer.intake.markdown import markdown
from mailer.intake.tidying import paragraphs, tidy

SIGNS = some.sampled_from(
    [
        *"ab١éا*_`[]()!#>-+=|~:.1{}<&;\\^/@\"' ",
        *("\v", "\u00a0", "\u200f", "\u200d", "\u064b", "مـ", "  "),
        *(":::", "{{greeting}}", "{date:2026-12-01}", "[^1]: ", "---", "&amp;"),
    ]
)
TEXT = some.lists(SIGNS, min_size=1, max_size=8).map("".join)
RUNS = some.lists(
    some.builds(
        Run,
        TEXT,
        some.sets(some.sampled_from(["b", "i", "s"])).map(frozenset),
        some.sampled_from(["", "", "https://a.example/?b=c&copy;_d*"]),
    ),
    min_size=1,
    max_size=5,
)
KINDS = some.sampled_from(["p", "p", "p", "h1", "h3", "hr", "pre", "table"])
HREFS = (
    ("https://a.example/stuk?utm_source=x&b=1", "https://a.example/stuk?b=1"),
    ("http://a.example", "https://a.example"),
    ("https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fa.example%2F&data=5", "https://a.example/"),
    ("https://www.google.com/url?q=https://a.example/b&sa=D", "https://a.example/b"),
    ("https://bücher.example/weg", "https://xn--bcher-kva.example/weg"),
    ("https://a.example/a b)c|d{{greeting}}", "https://a.example/a%20b%29c%7Cd%7B%7Bgreeting%7D%7D"),
    ("tel:+31 20 123 45 67", "tel:+31201234567"),
    (" mailto:a@b.example ", "mailto:a@b.example"),
    ("#boven", ""),
    ("javascript:alert(1)", ""),
    ("j\tavascript:alert(1)", ""),
    ("file:///C:/a.docx", ""),
    ("data:text/html,x", ""),
    ("//a.example/x", ""),
    ("https://[::1", ""),
    ("https://\u2028.example", ""),
    ("https://a.example/" + "x" * 3_000, ""),
)


def commands_in(text: str) -> list[object]:
    return [one for one in walk(spans_of(text)) if isinstance(one, Formatted | Slot | Note)]


@given(RUNS)
def test_every_text_says_what_was_meant_and_commands_nothing(runs: list[Run]) -> None:
    for one in paragraphs(runs):
        text = inline(one, Told())
        assert plain_text(spans_of(text)) == "".join(run.text for run in one).replace(BREAK, " ")
        assert commands_in(text) == []
        cell = inline(one, Told(), cell=True)
        assert plain_text(spans_of(cell.replace("\\|", "|"))) == "".join(run.text for run in one).replace(BREAK, " ")


@some.composite
def lines(draw: some.DrawFn) -> list[Line]:
    """Lines in lists and quotes, as a reader would hand them over."""
    made: list[Line] = []
    path: tuple[Box, ...] = ()
    for runs in draw(some.lists(RUNS, min_size=1, max_size=7)):
        path = path[: draw(some.integers(0, len(path)))]
        for kind in draw(some.lists(some.sampled_from(["ul", "ol", "q"]), max_size=2)):
            path = (*path, Box(kind, object(), object(), draw(some.sampled_from([0, 1, 7, 999_999_999]))))
        kind = draw(KINDS)
        cells = [[[Line("p", tidy(runs))], []], [[Line("p", tidy(runs), path)], [Line("p", tidy(runs))]]]
        own = tidy(runs) if kind != "pre" else [Run(runs[0].text)]
        made.append(Line(kind, own, path, cells if kind == "table" else []))
    return made


@given(lines())
def test_every_document_is_accepted_and_has_the_words_of_its_lines(found: list[Line]) -> None:
    text = markdown([one for one in found if one.runs], Told())
    document, problems = document_from(text)
    assert problems == []
    names = {type(one).__name__ for blocks in (document.body.lead, *(one.blocks for one in document.body.sections))
             for one in all_blocks(blocks)}  # fmt: skip
    assert names.isdisjoint({"CaseLaw", "AgendaItem", "KeyNumber", "Action", "Columns", "NoteText"})
    assert all(section.audiences is None for section in document.body.sections)
    sections = sum(one.kind == min((x.kind for x in found if x.is_heading and not x.path and x.words), default="")
                   and not one.path and bool(one.words) for one in found)  # fmt: skip
    assert len(document.body.sections) == sections


def test_a_link_leads_where_it_led_by_https_and_follows_no_one() -> None:
    assert [(href, target(href, Told())) for href, _wanted in HREFS] == list(HREFS)
