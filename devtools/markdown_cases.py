"""Cases in small Markdown files, and HTML compared without the white space that no reader sees."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

from devtools.npm import package

Event = tuple[str, ...]

INLINE = frozenset({"em", "strong", "s", "del", "code", "a", "img", "br"})


@dataclass(frozen=True)
class Case:
    """One example: its name, the Markdown and what must come of it."""

    name: str
    markdown: str
    expected: str

    def __str__(self) -> str:
        return self.name


def commonmark() -> list[Case]:
    """The 652 examples of CommonMark 0.31.2, from its own specification (npm: commonmark-spec)."""
    text = (package("commonmark-spec") / "spec.txt").read_text("utf-8").partition("<!-- END TESTS -->")[0]
    found = re.findall(r"^`{32} example\n(.*?)^\.\n(.*?)^`{32}$", text, re.MULTILINE | re.DOTALL)
    return [
        Case(f"commonmark {n}", markdown.replace("→", "\t"), html.replace("→", "\t"))
        for n, (markdown, html) in enumerate(found, start=1)
    ]


def cases(path: Path) -> list[Case]:
    """Cases as markdown-it writes them: a name, then Markdown and the expected result between lines with one dot."""
    parts = re.split(r"^\.\n", path.read_text("utf-8"), flags=re.MULTILINE)
    return [
        Case(parts[n].strip(), parts[n + 1], parts[n + 2] if n + 2 < len(parts) else "")
        for n in range(0, len(parts) - 2, 3)
    ]


_FOLDER = Path(__file__).parent / "cases"
GFM = cases(_FOLDER / "gfm.md")
NEWSLETTER = cases(_FOLDER / "newsletter.md")


class _Events(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.events: list[Event] = []
        self.verbatim = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.verbatim += tag == "pre"
        self.events.append(("open", tag, *sorted(f"{name}={value or ''}" for name, value in attrs)))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        self.verbatim -= tag == "pre"
        self.events.append(("close", tag))

    def handle_data(self, data: str) -> None:
        text = data if self.verbatim else re.sub(r"\s+", " ", data)
        if self.events and self.events[-1][0] == "text":
            text = self.events.pop()[1] + text
        self.events.append(("text", text if self.verbatim else re.sub(r"\s+", " ", text)))


def events(html: str) -> list[Event]:
    """HTML as a list of events; white space outside `pre` counts as one space, and not at all between blocks."""
    parser = _Events()
    parser.feed(html)
    parser.close()
    return [
        ("text", event[1].strip()) if event[0] == "text" else event
        for event in parser.events
        if event[0] != "text" or event[1].strip()
    ]


def block_structure(html: str) -> list[Event]:
    """The blocks alone: what a translation may never change."""
    return [event for event in events(html) if event[0] != "text" and event[1] not in INLINE]
