"""Words for what the desk shows: kinds of text, how far a message is, what happened to it."""

from __future__ import annotations

from collections.abc import Mapping

from mailer.services.translating.desk import Desk, Past
from mailer.services.translating.pace import Left
from mailer.services.translating.rows import TO_DO, Row, Stand
from web.staff.here import Here
from wording import Text, _, ngettext

STANDS: Mapping[Stand, tuple[str, Text]] = {
    Stand.EMPTY: ("none", _("nog leeg")),
    Stand.CHANGED: ("warn", _("bron veranderd")),
    Stand.LOOK: ("warn", _("na te kijken")),
    Stand.FAILING: ("stop", _("klopt niet")),
    Stand.UNREAD: ("part", _("na te lezen")),
    Stand.READY: ("ok", _("klaar")),
}
"""The mark of each, and its words."""
FILTERS: Mapping[str, Text] = {
    "todo": _("Te doen"),
    "changed": _("Veranderd"),
    "failing": _("Klopt niet"),
    "question": _("Met vraag"),
    "mine": _("Van mij"),
    "all": _("Alles"),
}
DEEDS: Mapping[str, Text] = {
    "saved": _("bewaarde"),
    "approved": _("keurde goed"),
    "carried": _("ging mee met de bron"),
    "imported": _("las in uit een bestand"),
    "dismissed": _("liet een controle staan"),
    "undone": _("nam terug"),
    "returned": _("stuurde terug"),
}


def is_in(row: Row, wanted: str) -> bool:
    """Whether a message is in the list that someone asked for."""
    return {
        "todo": row.stand in TO_DO,
        "changed": row.stand in (Stand.CHANGED, Stand.LOOK),
        "failing": row.stand is Stand.FAILING,
        "question": row.asks,
        "mine": row.is_mine,
    }.get(wanted, True)


def past(here: Here, one: Past) -> dict[str, object]:
    """A line of the history of a message."""
    words = _("{name} {deed}", name=one.by, deed=DEEDS[one.deed]) if one.by else DEEDS[one.deed]
    return {"number": one.number, "words": here.say(words), "at": here.moment(one.at), "text": one.text}


def left(here: Here, found: Left) -> str:
    """What is still to do, and about how long that takes."""
    if not found.sentences:
        return here.say(_("Er is niets te doen."))
    sentences = ngettext("nog {count} zin", "nog {count} zinnen", found.sentences)
    words = ngettext("{count} woord", "{count} woorden", found.words)
    if found.minutes is None:
        return here.say(_("{sentences}, {words}", sentences=sentences, words=words))
    minutes = ngettext("ongeveer {count} minuut", "ongeveer {count} minuten", found.minutes)
    return here.say(_("{sentences}, {words}, {minutes}", sentences=sentences, words=words, minutes=minutes))


def bars(found: Desk) -> list[tuple[str, str, str]]:
    """Class, start and width of what is ready, changed and wrong."""
    total, drawn, at = len(found.rows) or 1, [], 0.0
    groups = (("a", (Stand.READY, Stand.UNREAD)), ("b", (Stand.CHANGED, Stand.LOOK)), ("c", (Stand.FAILING,)))
    for name, stands in groups:
        width = found.count(*stands) * 100 / total
        if width:
            drawn.append((name, f"{at:.2f}%", f"{width:.2f}%"))
        at += width
    return drawn
