"""What the page of a print run shows: its five steps, its files, its pieces, and what to lay ready."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from mailer.artefacts.paper.labels import SHEETS
from mailer.artefacts.paper.pieces import LETTERS
from mailer.services.post.progress import Board, RunPiece
from mailer.services.post.words import PIECES, REASONS, STEPS
from subscribers.addressee import RULES, Centre
from web.staff.here import Here
from web.staff.naming import issue_title, language_said, languages_said
from web.staff.post import said
from web.staff.post.look import cost_lines
from wording import Text, _, ngettext

_ORDER = ("boekje", "uitleg", "etiketten", "adresbrieven", "paklijst", "alles", "drukkerij")
"""Of the files, as the desk prints them."""
_MARKS: Mapping[str, tuple[str, str]] = {
    "in_run": ("none", "quiet"),
    "withdrawn": ("stop", "quiet"),
    "returned": ("warn", "warn"),
    "set_aside": ("warn", "warn"),
}


def values(here: Here, found: Board, centres: Mapping[str, Centre]) -> dict[str, object]:
    """Everything of the page but the names."""
    names = said.told_apart(centres.values())
    live = found.live
    state = found.state.value
    return {
        "run": found.run,
        "slug": found.issue,
        "state": state,
        "state_said": here.say(found.words),
        "title": issue_title(here, found.issue),
        "heading": here.say(_heading(here, found)),
        "ordered": here.day(found.ordered_on),
        "reason": here.say(Text(found.reason)) if "dropped" in found.done else found.reason,
        "reason_lang": here.lang if "dropped" in found.done else here.office.house.source_locale,
        "now": _now(found),
        "done": {step: here.moment(found.done[step]) if step in found.done else "" for step in STEPS},
        "stale": [one.number for one in found.stale],
        "stale_said": ", ".join(str(one.number) for one in found.stale),
        "aside": [one.number for one in found.pieces if one.state == "set_aside"],
        "dropped": len(found.pieces),
        "files": _files(here, found),
        "lines": cost_lines(here, found.quote) if found.quote else [],
        "quote": found.quote,
        "summary": here.say(_summary(here, found)),
        "grams_said": said.number(here, found.quote.grams) if found.quote else "",
        "cost": said.money(here, found.quote.cost) if found.quote else "",
        "stamp": said.money(here, found.quote.rate.stamp) if found.quote and found.quote.rate else "",
        "ready": [here.say(one) for one in _ready(found)],
        "asked": _asked(here, found, names),
        "count": len(live),
        "filled": sum(one.is_filled for one in live),
        "sheet": sheet_drawn(here, found),
        "rtl": languages_said(here, _right_to_left(here, found)),
        "ltr": languages_said(here, [one for one in _locales(found) if one not in _right_to_left(here, found)]),
        "some_rtl": _right_to_left(here, found)[:1],
        "boxes": [names.get(key, key or "?") for key in dict.fromkeys(one.centre for one in live)][:3],
        "per_centre": [
            here.say(_("{count} voor {centre}", count=count, centre=names.get(key, "?")))
            for key, count in Counter(one.centre for one in live).items()
        ],
        "pieces": [piece_row(here, one, names, state) for one in found.pieces],
        "letters": found.options.addressing == LETTERS,
        "with_names": any(one.name for one in found.pieces),
    }


def piece_row(here: Here, one: RunPiece, names: Mapping[str, str], state: str) -> dict[str, object]:
    """One envelope in the table."""
    mark, tone = ("stop", "stop") if one.is_stale else _MARKS[one.state.value]
    words = _("haal eruit") if one.is_stale else PIECES[one.state.value]
    if one.state == "in_run" and state == "void":
        words = _("vervallen")
    elif one.state == "in_run" and not one.is_stale and state == "posted":
        mark, tone, words = "sent", "ok", _("op de post")
    elif one.state == "in_run" and one.is_filled and state == "printed":
        mark, tone, words = "ok", "ok", _("gevuld")
    because = REASONS.get(one.because or "")
    return {
        "number": one.number,
        "code": one.code,
        "centre": names.get(one.centre, here.say(_("gewist"))),
        "locale": one.locale,
        "language": language_said(here, one.locale),
        "large": one.large,
        "first": one.first,
        "name": one.name,
        "mark": mark,
        "tone": tone,
        "said": here.say(words) + (f": {here.say(because)}" if because else ""),
    }


def sheet_drawn(here: Here, found: Board) -> dict[str, object]:
    """Which pages stand beside each other on the outermost sheet, in front and behind.

    Of the commonest booklet that is bound on the left, or on the right when all are.
    """
    known = here.office.house.locales
    lines = [line for line in (found.quote.lines if found.quote else ()) if not line.edition.large]
    if not lines:
        return {"front": ("8", "1"), "back": ("2", "7")}
    most = max(lines, key=lambda line: (known[line.edition.locale].direction != "rtl", line.copies))
    last = -(-most.pages // 4) * 4
    front, back = (str(last), "1"), ("2", str(last - 1))
    if known[most.edition.locale].direction == "rtl":
        front, back = (front[1], front[0]), (back[1], back[0])
    return {"front": front, "back": back}


def _heading(here: Here, found: Board) -> Text:
    title, count = issue_title(here, found.issue), len(found.live)
    if found.state.value == "void":
        return _("Printopdracht {run} is vervallen", run=found.run)
    if found.state.value == "posted":
        count += sum(one.state == "returned" for one in found.pieces)
        return ngettext(
            "{title}: {count} envelop is op de post", "{title}: {count} enveloppen zijn op de post", count, title=title
        )
    return ngettext("{title} in {count} envelop", "{title} in {count} enveloppen", count, title=title)


def _now(found: Board) -> int:
    """The step that the run is at; 6 once it is in the post, 0 for one that was dropped."""
    if found.state.value in ("ordered", "prepared"):
        return 2
    if found.state.value == "printed":
        return 3 if "folded" not in found.done else 4 if "filled" not in found.done else 5
    return 6 if found.state.value == "posted" else 0


def _files(here: Here, found: Board) -> list[dict[str, object]]:
    def order(name: str) -> tuple[int, str]:
        kind = kind_of(name)
        return (_ORDER.index(kind) if kind in _ORDER else len(_ORDER), name)

    rows = []
    for one in sorted(found.files, key=lambda one: order(one.name)):
        drawing, words = said.file_said(here, one.name, skip=found.options.skip)
        rows.append(
            {"name": one.name, "drawing": drawing, "said": words, "copies": one.copies, "is_there": one.is_there}
        )
    return rows


def kind_of(name: str) -> str:
    """What a file is, by the first word of its name."""
    return name.removesuffix(".pdf").partition("-")[0]


def _summary(here: Here, found: Board) -> Text:
    if found.quote is None:
        return ngettext("{count} stuk", "{count} stuks", len(found.live))
    if found.quote.cost is None:
        return _("{pieces} stuks · {grams} gram", pieces=found.quote.pieces, grams=found.quote.grams)
    return _(
        "{pieces} stuks · {grams} gram · {stamps} postzegels · {cost}",
        pieces=found.quote.pieces,
        grams=found.quote.grams,
        stamps=found.quote.stamps,
        cost=said.money(here, found.quote.cost),
    )


def _ready(found: Board) -> list[Text]:
    """What to lay ready before anyone prints."""
    if found.quote is None:
        return []
    count, leaves = found.quote.pieces, sum(one.copies for one in found.files if one.name.startswith("uitleg-"))
    letters = found.options.addressing == LETTERS
    sheets = found.quote.sheets + leaves + (count if letters else 0)
    made = [ngettext("{count} vel gewoon papier A4", "{count} vel gewoon papier A4", sheets)]
    if (sheet := SHEETS.get(found.options.addressing)) and not letters:
        each = sheet.columns * sheet.rows
        made.append(
            ngettext(
                "{count} vel etiketten {sheet}",
                "{count} vel etiketten {sheet}",
                -(-(count + found.options.skip) // each),
                sheet=found.options.addressing,
            )
        )
    made.append(ngettext("{count} envelop C5", "{count} enveloppen C5", count))
    if found.quote.stamps is not None:
        made.append(ngettext("{count} postzegel", "{count} postzegels", found.quote.stamps))
    return made


def _asked(here: Here, found: Board, names: Mapping[str, str]) -> list[str]:
    """What the centres of this run ask of an envelope: "Heideoord: alleen een witte envelop"."""
    there = [found.centres[key] for key in dict.fromkeys(one.centre for one in found.live) if key in found.centres]
    said_of = {one.key: ", ".join(here.say(RULES[code]) for code in one.rules if code in RULES) for one in there}
    return [f"{names[key]}: {words}" for key, words in said_of.items() if words]


def _locales(found: Board) -> list[str]:
    return list(dict.fromkeys(one.locale for one in found.live))


def _right_to_left(here: Here, found: Board) -> list[str]:
    known = here.office.house.locales
    return [one for one in _locales(found) if one in known and known[one].direction == "rtl"]
