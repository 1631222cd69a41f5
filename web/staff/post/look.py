"""Look before anything is made: who gets it, what it weighs and costs, and what changed since last time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from flask import request
from werkzeug.wrappers import Response

from mailer.artefacts.paper.labels import SHEETS
from mailer.artefacts.paper.pieces import LETTERS, PrintOptions
from mailer.artefacts.paper.quotes import Quote, QuoteLine
from mailer.services.post import prospects, runs
from mailer.services.post.prospects import Prospect
from web.staff.here import Here
from web.staff.naming import issue_title
from web.staff.post import said
from wording import Text, _, ngettext


def look(here: Here, issue: str) -> Response:
    """GET shows what a run of these choices would be; POST orders it."""
    options, skip = _options(here), _skip()
    unheard = request.values.get("unheard") != "wait"
    if request.method == "POST":
        options = _skipping(options, skip or 0)
        run = runs.order(here.office, here.person, issue, options, unheard=unheard)
        return here.go("print_run", run=run)
    found = prospects.prospect(here.office, here.person, issue, options, unheard=unheard)
    options = _skipping(options, found.used if skip is None else skip)
    return here.page("post/look", **_values(here, found, options, unheard=unheard))


def _options(here: Here) -> PrintOptions:
    """The organisation's way of printing with what was chosen here; what is no choice of ours is as it was."""
    own = here.office.policy.printing
    addressing = request.values.get("addressing", own.addressing)[:20]
    if addressing not in (LETTERS, *SHEETS):
        addressing = own.addressing
    merged, shop = (request.values.get(name) == "1" for name in ("merged", "shop"))
    return replace(own, addressing=addressing, skip=0, merged=merged, shop=shop)


def _skip() -> int | None:
    """How many labels are used, as someone typed it; None for what is no number."""
    typed = request.values.get("skip", "").strip()[:4]
    return int(typed) if typed.isascii() and typed.isdigit() else None


def _skipping(options: PrintOptions, skip: int) -> PrintOptions:
    """A whole sheet that is used is a new one."""
    sheet = SHEETS.get(options.addressing)
    return replace(options, skip=skip % (sheet.columns * sheet.rows)) if sheet else options


def _values(here: Here, found: Prospect, options: PrintOptions, *, unheard: bool) -> dict[str, object]:
    quote = found.quote
    return {
        "slug": found.slug,
        "title": issue_title(here, found.slug),
        "heading": here.say(_heading(here, quote)),
        "quote": quote,
        "lines": cost_lines(here, quote),
        "grams_said": said.number(here, quote.grams),
        "cost": said.money(here, quote.cost),
        "stamp": said.money(here, quote.rate.stamp if quote.rate else None),
        "since_rate": here.day(quote.rate.valid_from) + f" {quote.rate.valid_from:%Y}" if quote.rate else "",
        "unheard": found.unheard,
        "with_unheard": unheard,
        "newcomers": found.newcomers,
        "since": found.since,
        "old": said.told_apart(found.old),
        "options": options,
        "sheets": [(name, one.columns * one.rows) for name, one in SHEETS.items()],
        "letters": LETTERS,
        "button": here.say(
            ngettext("Maak printopdracht voor {count} stuk", "Maak printopdracht voor {count} stuks", quote.pieces)
        ),
    }


def _heading(here: Here, quote: Quote) -> Text:
    if quote.cost is None:
        return ngettext(
            "{count} envelop; wat ze kost, is niet bekend",
            "{count} enveloppen; wat ze kosten, is niet bekend",
            quote.pieces,
        )
    return ngettext(
        "{count} envelop gaat {cost} aan postzegels kosten",
        "{count} enveloppen gaan {cost} aan postzegels kosten",
        quote.pieces,
        cost=said.money(here, quote.cost),
    )


def cost_lines(here: Here, quote: Quote) -> list[dict[str, object]]:
    """A row for each sort of envelope that weighs the same, with its languages."""
    sorts: dict[tuple[bool, bool, int], list[QuoteLine]] = {}
    for line in quote.lines:
        sorts.setdefault((line.edition.large, line.first, line.grams), []).append(line)
    return [_sort(here, *key, lines) for key, lines in sorted(sorts.items())]


def _sort(here: Here, large: bool, first: bool, grams: int, lines: list[QuoteLine]) -> dict[str, object]:
    counted: dict[str, int] = {}
    for line in lines:
        counted[line.edition.locale] = counted.get(line.edition.locale, 0) + line.copies
    copies = sum(counted.values())
    words: dict[tuple[bool, bool], Text] = {
        (False, False): _("Gewoon boekje"),
        (False, True): _("Met uitleg, eerste brief"),
        (True, False): _("Grote letters"),
        (True, True): _("Grote letters met uitleg"),
    }
    return {
        "said": here.say(words[large, first]),
        "languages": said.languages_counted(here, counted),
        "copies": copies,
        "grams": grams,
        "stamps": _sum(line.copies * line.each.stamps for line in lines if line.each) if lines[0].each else "",
        "cost": said.money(here, sum((line.copies * line.each.cost for line in lines if line.each), Decimal(0)))
        if lines[0].each
        else "",
    }


def _sum(values: Iterable[int]) -> str:
    return str(sum(values))
