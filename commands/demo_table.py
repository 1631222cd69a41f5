"""The table that the demo ends with: one row per edition and channel."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rich.box import SIMPLE_HEAD
from rich.table import Table

from commands.words import say
from wording import _


@dataclass(frozen=True)
class Row:
    """One edition. What a channel does not have is None: a booklet has no HTML, a mail no pages."""

    issue: str
    audience: str
    locale: str
    channel: str
    readers: int
    sent: int
    words: int
    html_kb: float | None = None
    pages: int | None = None
    grams: int | None = None
    stamps: int | None = None


def demo_table(rows: Iterable[Row]) -> Table:
    """The rows as a table that fits a terminal of 80 columns, grouped by issue."""
    table = Table(
        title=say(_("Wat er is gemaakt")), title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False
    )
    for text in (_("Doelgroep"), _("Taal"), _("Kanaal")):
        table.add_column(say(text), no_wrap=True)
    for text in (_("Lezers"), _("Weg"), _("Woorden"), _("kB"), _("Pag."), _("Gram"), _("Zegels")):
        table.add_column(say(text), justify="right", no_wrap=True)
    issue = ""
    for row in rows:
        if row.issue != issue:
            issue = row.issue
            table.add_section()
            table.add_row(f"[bold]{issue}[/bold]")
        counts = (row.readers, row.sent, row.words, row.html_kb, row.pages, row.grams, row.stamps)
        shown = ("–" if count is None else str(count) for count in counts)
        table.add_row(row.audience, row.locale, row.channel, *shown)
    return table
