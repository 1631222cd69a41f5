"""A flat list of block tokens as a tree of branches, and what the builder knows while it walks over it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from markdown_it.token import Token

from mailer.document.markdown import References, block_tokens, inline_tokens, is_endless
from mailer.document.nodes import Blocks, Source
from mailer.document.unwrap import unwrapped
from wording import Text, _
from wording.errors import Place, Problem, Severity

MAX_BYTES = 200_000
"""About 30,000 words; more is no newsletter, and a limit keeps reading below a second."""

MAX_BRACKETS = 10_000
"""In one file. Each opening bracket costs markdown-it up to 40 µs, so that 100,000 of them would cost seconds."""

STANDING = "issues/standing"
"""Where the standing texts live, in the content folder."""


@dataclass(frozen=True, slots=True)
class Branch:
    """An opening token with what stands between it and its closing token; a leaf has no children."""

    token: Token
    children: tuple[Branch, ...] = ()

    @property
    def text(self) -> str:
        """The inline source of a paragraph, heading or cell."""
        return self.children[0].token.content if self.children else ""


def branches(tokens: Iterator[Token]) -> tuple[Branch, ...]:
    """The tree of `tokens` up to the one that closes the present level."""
    found: list[Branch] = []
    for token in tokens:
        if token.nesting < 0:
            break
        found.append(Branch(token, branches(tokens) if token.nesting > 0 else ()))
    return tuple(found)


@dataclass
class Reading:
    """One file being read: where it is, its reference definitions, and the problems found so far."""

    file: str
    first_line: int
    standing: bool
    lines: Sequence[str]
    """`lines[n - 1]` is line n of the file; what stands before `first_line` is left empty."""
    references: References
    texts: Mapping[str, str]
    """The standing texts that may be included, by name."""
    problems: list[Problem] = field(default_factory=list)
    included: dict[str, Reading] = field(default_factory=dict)
    """The standing texts that were included, by file."""

    def line(self, branch: Branch) -> int:
        return self.first_line + (branch.token.map[0] if branch.token.map else 0)

    def problem(self, line: int, text: Text, severity: Severity = Severity.ERROR) -> None:
        self.problems.append(Problem(Place(self.file, line), text, severity))

    def include(self, name: str, build: Callable[[Reading, tuple[Branch, ...]], Blocks[Source]]) -> Blocks[Source]:
        """The blocks of a standing text, with their own file and lines."""
        file = f"{STANDING}/{name}.md"
        inside, top = read(self.texts[name], file=file, first_line=1, standing=True, texts=self.texts)
        self.included[file] = inside
        return build(inside, top)

    def source(self, markdown: str, line: int) -> Source:
        """The text of one block as a translator will see it; HTML and endless text in it are problems."""
        if is_endless(markdown):
            self.problem(line, _("Dit is te lang voor één stuk tekst; maak er kortere alinea’s van."))
            return Source("", line, self.file, self.standing)
        if "<" in markdown:
            self._refuse_html(markdown, line)
        return Source(unwrapped(markdown, self.references), line, self.file, self.standing)

    def inline(self, markdown: str) -> list[Token]:
        """The inline tokens of a text; none for one that is too long to look at."""
        return inline_tokens(markdown, self.references) if not is_endless(markdown) else []

    def _refuse_html(self, markdown: str, line: int) -> None:
        for token in _all(inline_tokens(markdown, self.references)):
            if token.type == "html_inline":
                before = markdown.partition(token.content)[0].count("\n")
                self.problem(line + before, html_refused(token.content))


def read(
    markdown: str, *, file: str, first_line: int, standing: bool, texts: Mapping[str, str]
) -> tuple[Reading, tuple[Branch, ...]]:
    """Parse the blocks of one file. A file that is too large is a problem and has no blocks."""
    if too_much := _too_much(markdown):
        reading = Reading(file, first_line, standing, (), {}, texts)
        reading.problem(0, too_much)
        return reading, ()
    tokens, found = block_tokens(markdown)
    references = {
        label: {**one, "line": first_line + one["map"][0], "standing": standing} for label, one in found.items()
    }
    lines = ("",) * (first_line - 1) + tuple(markdown.split("\n"))
    return Reading(file, first_line, standing, lines, references, texts), branches(iter(tokens))


def _too_much(markdown: str) -> Text | None:
    if len(markdown) > MAX_BYTES or len(markdown.encode(errors="replace")) > MAX_BYTES:
        return _("Deze tekst is groter dan {most} kB; maak er twee nummers van.", most=MAX_BYTES // 1000)
    if markdown.count("[") > MAX_BRACKETS:
        return _("Deze tekst heeft meer dan {most} vierkante haken; zo veel links leest niemand.", most=MAX_BRACKETS)
    return None


def html_refused(html: str) -> Text:
    return _(
        "Hier staat HTML ({html}); dat kan niet. Gebruik Markdown, of schrijf \\< als je het teken zelf bedoelt.",
        html=html.strip().partition("\n")[0][:40],
    )


def _all(tokens: Iterable[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _all(token.children or [])
