"""Everything an editor may write that is more than words, as dialogs that put it in whole (docs/editors.md, 2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mailer.services.office import Office
from web.staff.here import Here
from wording import Text, _
from wording.errors import ContentError


@dataclass(frozen=True)
class Asked:
    """One field of a dialog. `kind` is that of the input, "words" for a text of several lines."""

    name: str
    label: Text
    kind: str = "text"
    needed: bool = False
    hint: Text | None = None
    choices: Sequence[str] = ()


@dataclass(frozen=True)
class Block:
    """A dialog. In `make` a {name} is a field, and {@name} an attribute, left out when it is empty."""

    key: str
    drawing: str
    title: Text
    make: str
    fields: tuple[Asked, ...]
    inline: bool = False
    """True: in the middle of a line."""
    end: str = ""
    """What comes at the end of the section besides."""


_ADDRESS = _("Een volledig adres, dat begint met https://")

BLOCKS: tuple[Block, ...] = (
    Block(
        "link",
        "link",
        _("Een link"),
        "[{words}]({url})",
        (
            Asked("words", _("Wat de lezer ziet"), needed=True),
            Asked("url", _("Waar het heen gaat"), needed=True, hint=_("https://…, mailto:… of tel:+31…")),
        ),
        inline=True,
    ),
    Block(
        "agenda",
        "calendar",
        _("Een agendapunt"),
        "::: agenda {title} {@date @time @place}\n{text}\n:::",
        (
            Asked("title", _("Wat is er te doen?"), needed=True),
            Asked("date", _("Dag"), "date", needed=True),
            Asked("time", _("Hoe laat (mag leeg)"), "time"),
            Asked("place", _("Plaats (mag leeg)")),
            Asked("text", _("Wat moet de lezer nog weten?"), "words"),
        ),
    ),
    Block(
        "case",
        "gavel",
        _("Een uitspraak"),
        "::: case-law {title} {@court @date @ecli @url}\n{text}\n\n{means}\n:::",
        (
            Asked("title", _("Kop: wat is er beslist?"), needed=True),
            Asked("court", _("Rechtbank"), needed=True),
            Asked("date", _("Datum"), "date", needed=True),
            Asked("ecli", _("Nummer (ECLI)"), needed=True),
            Asked("url", _("Link (mag leeg)"), "url", hint=_ADDRESS),
            Asked("text", _("Wat gebeurde er?"), "words", needed=True),
            Asked("means", _("Wat betekent dit voor de lezer?"), "words"),
        ),
    ),
    Block(
        "number",
        "hash",
        _("Het getal van de week"),
        "::: number {number}\n{text}\n:::",
        (
            Asked("number", _("Het getal"), needed=True),
            Asked("text", _("Wat het zegt"), "words", needed=True),
        ),
    ),
    Block(
        "button",
        "action",
        _("Een knop"),
        "::: action {title} {@url}\n:::",
        (
            Asked("title", _("Wat op de knop staat"), needed=True),
            Asked("url", _("Waar hij heen gaat"), "url", needed=True, hint=_ADDRESS),
        ),
    ),
    Block(
        "columns",
        "table",
        _("Twee kolommen"),
        ":::: columns\n::: column\n{first}\n:::\n::: column\n{second}\n:::\n::::",
        (
            Asked("first", _("De eerste kolom"), "words", needed=True),
            Asked("second", _("De tweede kolom"), "words", needed=True),
        ),
    ),
    Block("standing", "book", _("Een vaste tekst"), "::: standing {name}\n:::", ()),
    Block("date", "calendar", _("Een datum"), "{date:{day}}", (Asked("day", _("Dag"), "date", needed=True),), True),
    Block("time", "clock", _("Een tijd"), "{time:{hour}}", (Asked("hour", _("Tijd"), "time", needed=True),), True),
    Block(
        "amount",
        "hash",
        _("Een bedrag"),
        "{amount:{amount} EUR}",
        (
            Asked(
                "amount",
                _("Euro’s"),
                "decimal",
                needed=True,
                hint=_("Met een punt: 12.50. Elke taal schrijft het op eigen wijze."),
            ),
        ),
        inline=True,
    ),
    Block(
        "count",
        "numbers",
        _("Een groot getal"),
        "{number:{number}}",
        (Asked("number", _("Het getal"), "decimal", needed=True, hint=_("Zonder punten: 1250.")),),
        inline=True,
    ),
    Block(
        "note",
        "text",
        _("Een voetnoot"),
        "[^{mark}]",
        (
            Asked("mark", _("Nummer van de noot"), "decimal", needed=True),
            Asked("text", _("De tekst van de noot"), needed=True),
        ),
        inline=True,
        end="[^{mark}]: {text}",
    ),
)
TABLE = "| Kop | Kop |\n|:--|--:|\n| … | … |"


def blocks(here: Here) -> list[Block]:
    """The dialogs, with the standing texts that there are."""
    names = Asked("name", _("Welke tekst"), "choice", needed=True, choices=standing_of(here.office))
    return [
        Block(one.key, one.drawing, one.title, one.make, (names,)) if one.key == "standing" else one
        for one in BLOCKS
        if one.key != "standing" or names.choices
    ]


def standing_of(office: Office) -> tuple[str, ...]:
    """The names of the standing texts; none while one of them cannot be read."""
    try:
        return tuple(office.content.standing())
    except ContentError:
        return ()
