"""The pieces of a print run, per centre, on paper for whoever fills the envelopes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from mailer.artefacts.formats import day_words
from mailer.artefacts.paper.addresses import postal_lines
from mailer.artefacts.paper.job import FOR_THE_DESK, PrintJob
from subscribers.addressee import Centre
from wording import _, ngettext
from wording.interface import Interface


@dataclass(frozen=True)
class Row:
    """One piece: its number, whose it is, and what goes into the envelope."""

    number: int
    centre: Centre
    name: str
    edition: str
    registration: str = ""
    """Shown only where it tells two people of one name apart."""


def pick_list(rows: Sequence[Row], title: str, day: date, interface: Interface) -> PrintJob:
    """A list per centre, each on a page of its own, in the order of the run: so label, list and sheet agree.

    `title` says of which newsletter and print run.
    """
    centres = [_centre(list(found), interface) for _key, found in groupby(rows, key=lambda row: row.centre.key)]
    data = {
        "kind": interface.say(_("Paklijst")),
        "title": title,
        "lang": interface.locale,
        "heads": [interface.say(head) for head in (_("Nr."), _("Naam"), _("In de envelop"), _("Klaar"))],
        "page": interface.say(_("pagina {page} van {pages}")),
        "secret": interface.say(_("Vertrouwelijk: vernietig dit blad als de post weg is.")),
        "centres": centres,
    }
    return PrintJob("picklist", data, day, standards=FOR_THE_DESK)


def _centre(rows: list[Row], interface: Interface) -> dict[str, Any]:
    centre = rows[0].centre
    counted = Counter(row.edition for row in rows)
    return {
        "name": centre.name,
        "lines": postal_lines(centre.postal_lines),
        "checked": interface.say(_("Adres nagevraagd op {day}", day=day_words(centre.checked_on, interface.locale))),
        "total": interface.say(ngettext("{count} brief", "{count} brieven", len(rows))),
        "counts": [f"{edition}: {copies}" for edition, copies in counted.items()],
        "rows": [
            [str(row.number), name, row.edition] for row, name in zip(rows, _told_apart(rows, interface), strict=True)
        ],
    }


def _told_apart(rows: Sequence[Row], interface: Interface) -> Iterator[str]:
    """Each name; of people who share one, with what tells whose envelope it is, so that no one thinks it is doubled."""
    counted = Counter(row.name.casefold() for row in rows)
    seen: Counter[str] = Counter()
    for row in rows:
        same = row.name.casefold()
        seen[same] += 1
        if counted[same] == 1:
            yield row.name
        elif row.registration:
            yield f"{row.name} · {row.registration}"
        else:
            which = _("naamgenoot {number} van {count}", number=seen[same], count=counted[same])
            yield f"{row.name} · {interface.say(which)}"
