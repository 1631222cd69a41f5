"""How far an edition is, what blocks an issue and what happened to it: a mark, a tone and words for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from mailer.organisation import Channel
from mailer.services.publishing.blocking import Blocker, Blocks
from mailer.services.publishing.happened import Deed, Happened
from mailer.services.publishing.trail import Cell, CellState, Leg, Matrix, Reached, Stage
from staff.permissions import Permission, may
from web.staff.here import Here
from web.staff.naming import language_said
from wording import Text, _, ngettext

STATES: Mapping[CellState, tuple[str, str, Text]] = {
    CellState.STOPS: ("stop", "", _("houdt tegen")),
    CellState.CHANGED: ("warn", "", _("veranderd")),
    CellState.NOT_BEGUN: ("none", "", _("nog niet")),
    CellState.PART: ("part", "warn", _("bezig")),
    CellState.READ: ("part", "", _("na te lezen")),
    CellState.HELD: ("wait", "", _("wordt tegengehouden")),
    CellState.MAKING: ("wait", "", _("wordt opgemaakt")),
    CellState.READY: ("ok", "", _("klaar")),
    CellState.APPROVED: ("ok", "", _("goedgekeurd")),
    CellState.TO_PRINT: ("wait", "", _("bij de postkamer")),
    CellState.ON_ITS_WAY: ("part", "", _("onderweg")),
    CellState.SENT: ("sent", "", _("verstuurd")),
}
"""A mark, its tone and words."""

STAGES: Mapping[Stage, tuple[Text, str]] = {
    Stage.WRITE: (_("Schrijven"), ""),
    Stage.TRANSLATE: (_("Vertalen"), "#editions"),
    Stage.APPROVE: (_("Goedkeuren"), "approve"),
    Stage.SEND: (_("Versturen"), "send"),
    Stage.POST: (_("Post"), ""),
    Stage.FIGURES: (_("Cijfers"), ""),
}
"""What a stage is called, and where it is done, under the page of the issue."""


@dataclass(frozen=True)
class Shown:
    """A state as a page shows it."""

    mark: str
    tone: str
    words: str
    percent: int = 0
    channel: str = ""
    """"email" or "post" where the two differ, or where both are there."""


def shown(here: Here, cell: Cell) -> Shown:
    """A cell in a mark and words; "81%" for what is half done."""
    mark, tone, words = STATES[cell.state]
    percent = cell.done * 100 // cell.total if cell.total and cell.state is not CellState.ON_ITS_WAY else 50
    said = f"{percent}%" if cell.state is CellState.PART else here.say(words)
    return Shown(mark, tone, said, percent)


def by_language(here: Here, editions: Matrix, *, apart: bool = True) -> dict[str, list[Shown]]:
    """The standing of each language, per channel: of several audiences the one that is least far.

    Without `apart` the channels are told apart only where one is further than the other.
    """
    channels = [channel for channel in Channel if any(row.channel is channel for row in editions.rows)]
    found: dict[str, list[Shown]] = {}
    for number, locale in enumerate(editions.locales):
        least = [(one, channel) for channel in channels if (one := _least(editions, number, channel))]
        same = len({one.state for one, _channel in least}) == 1
        if same and (not apart or len(channels) == 1):
            found[locale] = [shown(here, least[0][0])]
        else:
            found[locale] = [replace(shown(here, one), channel=channel.value) for one, channel in least]
    return found


def _least(editions: Matrix, number: int, channel: Channel) -> Cell | None:
    order = list(CellState)
    cells = [row.cells[number] for row in editions.rows if row.channel is channel]
    return min((one for one in cells if one is not None), key=lambda one: order.index(one.state), default=None)


def note(here: Here, cell: Cell) -> str:
    """What is to be known of a cell beside its state."""
    parts: list[Text] = []
    if cell.failing:
        parts.append(ngettext("{count} zin klopt niet", "{count} zinnen kloppen niet", cell.failing))
    if cell.changed:
        parts.append(ngettext("{count} veranderd in de bron", "{count} veranderd in de bron", cell.changed))
    if cell.state is CellState.READ:
        parts.append(_("vertaald; een ander leest het na"))
    return " · ".join(here.say(one) for one in parts)


def bars(cell: Cell) -> list[tuple[str, str, str]]:
    """Class, start and width (in per cent) of the parts of a bar: done, changed, failing."""
    drawn, at = [], 0.0
    good = max(0, cell.done - cell.failing)
    for name, count in (("a", good), ("b", cell.changed), ("c", cell.failing)):
        width = count * 100 / cell.total if cell.total else 0.0
        if width:
            drawn.append((name, f"{at:.2f}%", f"{width:.2f}%"))
        at += width
    return drawn


@dataclass(frozen=True)
class Line:
    """One thing that blocks: a mark, words, and where it is mended."""

    mark: str
    words: str
    path: str


_MARKS = {Blocks.ERRORS: "stop", Blocks.FAILING: "stop", Blocks.CHANGED: "warn", Blocks.UNTRANSLATED: "warn"}
_WAITS = {Blocks.MAKING: "wait", Blocks.UNREAD: "wait"}


def blocking_lines(here: Here, slug: str, left: Sequence[Blocker]) -> list[Line]:
    """What blocks an issue, each line a link."""
    paths = {Blocks.ERRORS: "checks", Blocks.UNAPPROVED: "approve"}
    return [
        Line(
            {**_MARKS, **_WAITS}.get(one.why, "none"),
            here.say(_blocks(here, one)),
            f"/staff/issues/{slug}/{paths.get(one.why, '#editions')}",
        )
        for one in left
    ]


def _blocks(here: Here, one: Blocker) -> Text:
    language = language_said(here, one.locale) if one.locale else ""
    count = one.count
    said: Mapping[Blocks, Text] = {
        Blocks.ERRORS: _("Het bestand met vertalingen is stuk: {language}", language=language)
        if one.locale
        else ngettext("{count} fout in de tekst", "{count} fouten in de tekst", count),
        Blocks.NOT_EXTRACTED: _("{language}: zinnen staan nog niet klaar", language=language),
        Blocks.FAILING: ngettext(
            "{language}: {count} zin klopt niet", "{language}: {count} zinnen kloppen niet", count, language=language
        ),
        Blocks.CHANGED: ngettext(
            "{language}: {count} zin veranderde", "{language}: {count} zinnen veranderden", count, language=language
        ),
        Blocks.UNTRANSLATED: ngettext(
            "{language}: nog {count} zin", "{language}: nog {count} zinnen", count, language=language
        ),
        Blocks.UNREAD: ngettext(
            "{language}: {count} zin na te lezen", "{language}: {count} zinnen na te lezen", count, language=language
        ),
        Blocks.UNAPPROVED: ngettext(
            "{count} editie nog niet goedgekeurd", "{count} edities nog niet goedgekeurd", count
        ),
        Blocks.MAKING: _("Wordt nagekeken en opgemaakt"),
    }
    text = said[one.why]
    due = one.why in (Blocks.CHANGED, Blocks.UNTRANSLATED) and one.due
    return _("{what}, uiterlijk {day}", what=text, day=here.day(one.due)) if due and one.due else text


def happened(here: Here, deeds: Sequence[Deed]) -> list[dict[str, str]]:
    """What happened, each with when."""
    return [{"words": here.say(_deed(here, one)), "at": here.moment(one.at)} for one in deeds]


def _deed(here: Here, one: Deed) -> Text:
    by = one.by or here.say(_("iemand"))
    language = language_said(here, one.locale) if one.locale else ""
    said: Mapping[Happened, Text] = {
        Happened.BEGUN: _("{by} begon dit nummer", by=by),
        Happened.SAVED: ngettext(
            "{by} veranderde de tekst", "{by} veranderde de tekst, {count} keer", one.count, by=by
        ),
        Happened.TYPO: _("{by} verbeterde alleen een tikfout", by=by),
        Happened.PICTURE: ngettext(
            "{by} voegde een afbeelding toe", "{by} voegde {count} afbeeldingen toe", one.count, by=by
        ),
        Happened.EXTRACTED: _("{by} zette de zinnen klaar voor de vertalers", by=by),
        Happened.ASSIGNED: _("{by} vroeg een vertaler: {language}", by=by, language=language),
        Happened.HELD: _("{by} hield een taal tegen: {language}", by=by, language=language),
        Happened.LEFT_OUT: _("{by} liet rubrieken weg: {language}", by=by, language=language),
        Happened.LET_GO: _("{by} liet een taal gaan zoals ze is: {language}", by=by, language=language),
        Happened.UNDONE: _("{by} draaide een besluit terug: {language}", by=by, language=language),
        Happened.APPROVED: _("{by} keurde goed", by=by),
        Happened.WAIVED: _("{by} verstuurde zonder tweede persoon", by=by),
        Happened.PUBLISHED: _("{by} opende de verzending", by=by),
        Happened.CORRECTED: _("{by} opende de verzending van een verbetering", by=by),
        Happened.SHOWN: _("{by} zette het in het archief", by=by),
        Happened.WITHDRAWN: _("{by} haalde het uit het archief", by=by),
    }
    return said[one.what]


def legs(here: Here, slug: str, trail: Sequence[Leg], *, may_send: bool, mailing: int | None) -> list[dict[str, str]]:
    """The stages above the pages of an issue, each with the page where it is done; "" where there is none.

    What was sent is followed on the page of `mailing`.
    """
    base = f"/staff/issues/{slug}/"
    paths = {stage: base + page for stage, (_words, page) in STAGES.items() if page}
    if may(here.person, Permission.EDIT_ISSUES):
        paths[Stage.WRITE] = f"{base}write"
    if mailing is not None:
        paths[Stage.SEND] = f"/staff/mailings/{mailing}/"
    elif not may_send:
        del paths[Stage.SEND]
    marks = {Reached.PAST: "ok", Reached.NOW: "now", Reached.AHEAD: "none"}
    return [
        {
            "words": here.say(STAGES[leg.stage][0]),
            "path": paths.get(leg.stage, ""),
            "reached": leg.reached.value,
            "mark": "warn" if leg.held and leg.reached is Reached.PAST else marks[leg.reached],
            "small": " ".join(leg.held),
        }
        for leg in trail
    ]
