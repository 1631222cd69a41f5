"""Step 1: the bytes of an issue.md to an `Issue`: front matter (YAML 1.1) and Markdown source, all mistakes at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches

import yaml

from mailer.organisation import Audience, Channel, Copies, House, Publication, Showing
from mailer.yaml_slips import Slip, of_error, slips
from wording import Text, _
from wording.errors import Place, Problem, Severity

KNOWN_KEYS = ("title", "subject", "preheader", "date", "audiences", "copies", "qr", "archive", "correction")
TEXTS = ("title", "subject", "preheader", "correction")
OPTIONAL_KEYS = frozenset({"audiences", "copies", "qr", "archive", "correction"})

MAX_BYTES = 210_000
"""The body's own limit (`mailer.document.tree.MAX_BYTES`) and room for front matter."""

_CONFLICT = re.compile(r"^(?:<{7}|>{7}|\|{7})(?= |$)", re.MULTILINE)
"""What git leaves at both ends of two versions it could not put together."""

MAX_FRONT_MATTER = 10_000
"""Characters. Front matter is a dozen lines; YAML is not made for hostile megabytes."""

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)+")
_FENCE = re.compile(r"---[ \t]*")


@dataclass(frozen=True)
class Issue:
    """One number of a publication as the editor wrote it. `markdown` begins at line `first_line` of `file`."""

    slug: str
    publication: str
    number: str
    title: str
    subject: str
    preheader: str
    day: date
    audiences: tuple[str, ...]
    markdown: str
    file: str
    first_line: int
    lines: Mapping[str, int] = field(default_factory=dict)
    """The line of each front matter key."""
    copies: Copies = Copies.ONE
    qr: bool = False
    """True: the last printed page has a QR code that leads to this issue in the archive on the web."""
    correction: str = ""
    """What was wrong, in a sentence. It stands above a correction, and in the archive."""
    archive: str = ""
    """The audience whose editions go into the archive on the web once they are mailed; "": a person decides then."""


class _FrontMatter:
    """The keys of the front matter as they are asked for; every mistake is added to `problems`."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.nodes: dict[str, yaml.Node] = {}
        self.lines: dict[str, int] = {}
        self.problems: list[Problem] = []
        self.slips: dict[int, Text] = {}
        """What is wrong in a line that YAML read as something else than a text."""

    def wrong(self, line: int, text: Text, severity: Severity = Severity.ERROR) -> None:
        self.problems.append(Problem(Place(self.file, line), text, severity))

    def read(self, text: str) -> None:
        found = list(slips(text, KNOWN_KEYS, TEXTS))
        for slip in found:
            if slip.is_silent:
                self.wrong(slip.line, slip.text, Severity.WARNING)
        try:
            root = yaml.compose(text, Loader=yaml.SafeLoader)
        except (yaml.YAMLError, RecursionError) as error:
            mark = getattr(error, "problem_mark", None)
            line = 1 if mark is None else mark.line + 2
            self._unread(of_error(found, line), line, _("Dit is geen YAML: zet aanhalingstekens om de tekst."))
            return
        if not isinstance(root, yaml.MappingNode):
            said = _("Hier horen regels als ‘title: Nieuwsbrief 24’ te staan.")
            self._unread(of_error(found, MAX_FRONT_MATTER), 2, said)
            return
        self.slips = {slip.line: slip.text for slip in found if not slip.is_silent}
        unknown = [node for node in root.value if not self._add(*node)]
        missing = [name for name in KNOWN_KEYS if name not in self.nodes and name not in OPTIONAL_KEYS]
        for key, _value in unknown:
            name, line = str(key.value)[:40], key.start_mark.line + 2
            if meant := get_close_matches(name.casefold(), missing, n=1):
                missing.remove(meant[0])
                self.wrong(line, _("‘{key}’ is onbekend; bedoel je ‘{meant}’?", key=name, meant=meant[0]))
            else:
                self.wrong(line, _("‘{key}’ is onbekend; wel: {known}.", key=name, known=", ".join(KNOWN_KEYS)))
        for name in missing:
            self.wrong(1, _("‘{key}’ ontbreekt; zet bovenaan een regel ‘{key}: …’.", key=name))

    def _unread(self, slip: Slip | None, line: int, otherwise: Text) -> None:
        self.wrong(slip.line if slip else line, slip.text if slip else otherwise)

    def _add(self, key: yaml.Node, value: yaml.Node) -> bool:
        """Whether the key is one we know."""
        name, line = str(key.value)[:40], key.start_mark.line + 2
        if name not in KNOWN_KEYS:
            return False
        if name in self.nodes:
            self.wrong(line, _("‘{key}’ staat er twee keer.", key=name))
        else:
            self.nodes[name], self.lines[name] = value, line
        return True

    def text(self, name: str) -> str:
        node = self.nodes.get(name)
        if node is None:
            return ""
        if not isinstance(node, yaml.ScalarNode) or not node.tag.endswith(":str") or not node.value.strip():
            said = _("‘{key}’ moet tekst zijn; zet er zo nodig aanhalingstekens om.", key=name)
            self.wrong(self.lines[name], self.slips.get(self.lines[name], said))
            return ""
        if not node.value.strip().isprintable():
            self.wrong(self.lines[name], _("‘{key}’ moet op één regel staan, zonder onzichtbare tekens.", key=name))
        return str(node.value).strip()

    def day(self, name: str) -> date:
        node = self.nodes.get(name)
        try:
            return date.min if node is None else date.fromisoformat(str(node.value))
        except ValueError:
            self.wrong(self.lines[name], _("‘{key}’ moet een datum zijn, zoals 2026-11-26.", key=name))
            return date.min

    def copies(self) -> Copies:
        node = self.nodes.get("copies")
        try:
            return Copies.ONE if node is None else Copies(str(node.value))
        except ValueError:
            known = ", ".join(Copies)
            self.wrong(self.lines["copies"], _("‘copies’ is een van: {known}.", known=known))
            return Copies.ONE

    def qr(self, audiences: Iterable[Audience]) -> bool:
        """Of an issue for these audiences. Only what is mailed can be in the archive, and only in those languages."""
        node = self.nodes.get("qr")
        if node is None:
            return False
        if node.tag != "tag:yaml.org,2002:bool":
            self.wrong(self.lines["qr"], _("‘qr’ is true of false."))
            return False
        if str(node.value).casefold() not in ("true", "yes", "on"):
            return False
        mailed, printed = set[str](), set[str]()
        for audience in audiences:
            (mailed if audience.channel is Channel.EMAIL else printed).update(audience.locales)
        if missing := sorted(printed - mailed):
            self.wrong(self.lines["qr"], _qr_leads_nowhere(missing))
        return True

    def archive(self, audiences: Sequence[Audience], publication: Publication) -> str:
        """One of these audiences that is mailed; only what was mailed can be shown, and not of every publication."""
        node = self.nodes.get("archive")
        if node is None:
            return ""
        if publication.on_show is Showing.NEVER:
            said = _(
                "‘{publication}’ komt nooit in het archief; zo staat het in postduif.toml.", publication=publication.key
            )
            self.wrong(self.lines["archive"], said)
            return ""
        mailed = [one.key for one in audiences if one.channel is Channel.EMAIL]
        chosen = str(node.value).strip()
        if chosen not in mailed:
            known = ", ".join(mailed)
            self.wrong(
                self.lines["archive"], _("‘archive’ is een doelgroep die dit nummer mailt: {known}.", known=known)
            )
            return ""
        return chosen

    def audiences(self, publication: Publication) -> tuple[str, ...]:
        """Those named, in the publication's order; all of the publication when none are."""
        node = self.nodes.get("audiences")
        if node is None:
            return publication.audiences
        items = node.value if isinstance(node, yaml.SequenceNode) else [node]
        named = [item.value for item in items if isinstance(item, yaml.ScalarNode) and item.value]
        if len(named) != len(items) or not named:
            self.wrong(self.lines["audiences"], _("‘audiences’ moet een lijst zijn, zoals [legal-aid, womens-orgs]."))
        for item in items:
            if isinstance(item, yaml.ScalarNode) and item.value and item.value not in publication.audiences:
                line = item.start_mark.line + 2
                self.wrong(line, self.slips.get(line, audience_unknown(item.value, publication.audiences)))
        return tuple(audience for audience in publication.audiences if audience in named)


def audience_unknown(name: str, known: tuple[str, ...]) -> Text:
    return _("De doelgroep ‘{name}’ hoort niet bij deze publicatie; wel: {known}.", name=name, known=", ".join(known))


def _qr_leads_nowhere(locales: Sequence[str]) -> Text:
    return _(
        "Een QR-code wijst naar het archief op internet, en daar komt alleen wat ook is gemaild. "
        "Niemand krijgt dit nummer per e-mail in: {locales}.",
        locales=", ".join(locales),
    )


def issue_from(data: bytes, *, slug: str, file: str, house: House) -> tuple[Issue | None, list[Problem]]:
    """Read an issue. There is none when a problem says so; all problems are returned at once."""
    found, problems = draft_from(data, slug=slug, file=file, house=house)
    return (None if any(one.severity is Severity.ERROR for one in problems) else found), problems


def draft_from(data: bytes, *, slug: str, file: str, house: House) -> tuple[Issue | None, list[Problem]]:
    """As `issue_from`, but with the issue as far as it can be read, so that its text can be looked at all the same.

    There is none when it cannot be told where the front matter ends.
    """
    publication = publication_of(slug, house)
    if publication is None:
        return None, [_whole(file, _slug_unknown(slug, house))]
    text, problems = _text(data, file)
    if text is None:
        return None, problems
    front, first_line = _front_matter(text, file)
    if first_line == 1:
        return None, front.problems
    audiences = front.audiences(publication)
    found = Issue(
        slug=slug,
        publication=publication.key,
        number=slug.removeprefix(publication.key + "-"),
        title=front.text("title"),
        subject=front.text("subject"),
        preheader=front.text("preheader"),
        day=front.day("date"),
        audiences=audiences,
        markdown="\n".join(text.split("\n")[first_line - 1 :]),
        file=file,
        first_line=first_line,
        lines=front.lines,
        copies=front.copies(),
        qr=front.qr(house.audiences[key] for key in audiences),
        correction=front.text("correction"),
        archive=front.archive([house.audiences[key] for key in audiences], publication),
    )
    return found, front.problems


def publication_of(slug: str, house: House) -> Publication | None:
    """The publication whose key begins this slug, the longest if several do; None for a slug that is none."""
    fitting = [key for key in house.publications if slug.startswith(key + "-")] if _SLUG.fullmatch(slug) else []
    return house.publications[max(fitting, key=len)] if fitting else None


def _front_matter(text: str, file: str) -> tuple[_FrontMatter, int]:
    """The front matter and the number of the line after it."""
    front = _FrontMatter(file)
    lines = text.split("\n")
    end = next((n for n, line in enumerate(lines[1:], start=1) if _FENCE.fullmatch(line)), None)
    if not _FENCE.fullmatch(lines[0]) or end is None:
        front.wrong(1, _("Bovenaan ontbreekt het kopje tussen twee regels met ---: title, subject, preheader en date."))
        return front, 1
    head = "\n".join(lines[1:end])
    if len(head) > MAX_FRONT_MATTER:
        front.wrong(1, _("Het kopje tussen de regels met --- is te lang; ontbreekt de tweede regel met ---?"))
    else:
        front.read(head)
    return front, end + 2


def _text(data: bytes, file: str) -> tuple[str | None, list[Problem]]:
    """The text of the file with LF line ends, or what is wrong with it as a whole."""
    if len(data) > MAX_BYTES:
        return None, [
            _whole(file, _("Deze tekst is groter dan {most} kB; maak er twee nummers van.", most=MAX_BYTES // 1000))
        ]
    try:
        text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return None, [Problem(Place(file, line), _("Dit bestand is geen UTF-8; bewaar het opnieuw als UTF-8."))]
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        return None, [
            Problem(Place(file, line), _("Hier staat een teken (NUL) dat in geen tekst hoort; haal het weg."))
        ]
    if (mark := _CONFLICT.search(text)) is not None:
        line = text.count("\n", 0, mark.start()) + 1
        what = _(
            "Hier staan twee versies door elkaar (git, ‘{mark}’); kies er een en haal de tekens weg.", mark=mark[0]
        )
        return None, [Problem(Place(file, line), what)]
    return text, []


def _whole(file: str, text: Text) -> Problem:
    return Problem(Place(file), text)


def _slug_unknown(slug: str, house: House) -> Text:
    known = ", ".join(f"{key}-…" for key in house.publications)
    return _("‘{slug}’ is geen nummer van een publicatie; een map heet zoals {known}.", slug=slug, known=known)
