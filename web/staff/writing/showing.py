"""What the editor's page shows of a text: its fields, its sections, and what there is to say about each."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from mailer.document.front_matter import fields_of
from mailer.document.mending import mended
from mailer.document.parse import anchor_of
from mailer.document.sections import Piece, Sheet
from mailer.issue import publication_of
from mailer.services.writing import booklets, checks, dismissals
from mailer.services.writing.dismissals import Dismissed
from web.staff.here import Here
from web.staff.naming import audience_title
from web.staff.writing.form import FIELDS, is_on
from wording import Text, _, ngettext
from wording.errors import ContentError, Problem, Severity

WORDS_A_MINUTE = 180
"""Read by someone who reads Dutch as a second language."""
MOST_OPEN, LONG = 1_500, 120
"""Words: in an issue with more, its long sections are folded when the page opens."""
_WORD = re.compile(r"[^\W_]+(?:['’.:,-][^\W_]+)*")
_NOT_READ = re.compile(r"^:::.*$|\]\([^)]*\)|\{\{.*?\}\}|^\[[^\]]+\]:.*$", re.MULTILINE)


def audiences_of(here: Here, slug: str) -> tuple[str, ...]:
    """The audiences of the newsletter of an issue, in its order."""
    series = publication_of(slug, here.office.house)
    return () if series is None else series.audiences


def front_values(sheet: Sheet, audiences: Sequence[str]) -> dict[str, object]:
    """The front matter as fields; `raw` is true for one that cannot be shown so."""
    found = fields_of(sheet.front) if sheet.front else None
    if found is None:
        return {"raw": True, "front": sheet.front}
    chosen = found.get("audiences", ())
    chosen = (chosen,) if isinstance(chosen, str) else chosen
    return {
        "raw": False,
        "front": sheet.front,
        **{name: str(found.get(name, "")) for name in FIELDS},
        "chosen": [one for one in audiences if one in chosen] or list(audiences),
        "qr": is_on(found.get("qr", "")),
        "copies": found.get("copies") == "each",
        "archive": str(found.get("archive", "")),
    }


def pieces(here: Here, sheet: Sheet, keys: Sequence[str], audiences: Sequence[str]) -> list[dict[str, object]]:
    """The sections as the page shows them; `keys` are their names on it."""
    is_long = sum(words_in(piece.body) for piece in sheet.pieces) > MOST_OPEN
    return [_piece(here, piece, key, audiences, folds=is_long) for piece, key in zip(sheet.pieces, keys, strict=True)]


def _piece(here: Here, piece: Piece, key: str, audiences: Sequence[str], *, folds: bool) -> dict[str, object]:
    own, words = piece.audiences, words_in(piece.body)
    return {
        "key": key,
        "piece": piece,
        "title": piece.title,
        "anchor": anchor_of(piece.title) if piece.head else "",
        "audiences": [one for one in audiences if one in own],
        "also": sorted(own - set(audiences)),
        "tags": [audience_title(here, one) for one in audiences if one in own] + sorted(own - set(audiences)),
        "words": here.say(ngettext("{count} woord", "{count} woorden", words)),
        "is_open": not folds or words < LONG,
    }


def words_in(markdown: str) -> int:
    """About how many words someone reads of it."""
    return len(_WORD.findall(_NOT_READ.sub(" ", markdown)))


def problems_of(here: Here, slug: str, text: str) -> list[Problem]:
    """Everything there is to say about a text that may not be saved."""
    try:
        return checks.check(here.office, slug, text=text, translated=False)
    except ContentError as error:
        return list(error.problems)


def by_piece(
    here: Here, slug: str, sheet: Sheet, found: Sequence[Problem]
) -> Mapping[int | None, list[dict[str, str]]]:
    """The problems by the number of their section; None for the front matter and for what stands elsewhere."""
    said: dict[int | None, list[dict[str, str]]] = {}
    file, lines = f"issues/{slug}/issue.md", sheet.text.split("\n")
    stay = dismissals.dismissed(here.office, here.person, slug) if found else {}
    for number, problem in enumerate(sorted(found, key=lambda one: one.severity is not Severity.ERROR)):
        at = sheet.piece_at(problem.place.line) if problem.place.file == file else None
        stops = problem.severity is Severity.ERROR
        where = "" if problem.place.file == file else problem.place.file
        line = str(problem.place.line) if problem.place.line and not where else ""
        tone = "stop" if stops else "warn"
        mend = line if not where and mended(problem, lines) is not None else ""
        row = {"tone": tone, "text": here.say(problem.text), "line": line, "where": where, "mend": mend}
        row |= (
            {} if stops else _may_stay(here, dismissals.mark_of(here.office.content, slug, problem, sheet.text), stay)
        )
        row = {"number": str(number), "mark": "", "stays": "", **row}
        said.setdefault(at, []).append(row)
    return said


def _may_stay(here: Here, mark: str, stay: Mapping[str, Dismissed]) -> dict[str, str]:
    """What a warning is known by, and why it may stay."""
    if (why := stay.get(mark)) is None:
        return {"mark": mark}
    by = why.by or here.say(_("iemand"))
    return {"mark": mark, "tone": "ok", "stays": why.reason, "by": by, "at": here.moment(why.at)}


def left(here: Here, slug: str, text: str, found: Sequence[Problem]) -> list[Problem]:
    """The problems without the warnings that may stay."""
    stay = dismissals.dismissed(here.office, here.person, slug) if found else {}
    content = here.office.content
    return [
        one
        for one in found
        if one.severity is Severity.ERROR or dismissals.mark_of(content, slug, one, text) not in stay
    ]


def count_words(found: Sequence[Problem]) -> tuple[str, Text]:
    """A mark and a sentence for how many problems there are."""
    stops = sum(one.severity is Severity.ERROR for one in found)
    if stops:
        return "stop", ngettext("{count} fout houdt het tegen", "{count} fouten houden het tegen", stops)
    if found:
        return "warn", ngettext("{count} ding om over na te denken", "{count} dingen om over na te denken", len(found))
    return "ok", _("Niets om op te letten")


def tally(here: Here, sheet: Sheet, audiences: Sequence[str], slug: str = "") -> list[dict[str, object]]:
    """Of each audience: words, minutes to read, and the sections that it does not get.

    With the `slug` of the issue, also pages and grams, where these were asked for since the text is as it is.
    """
    paper = booklets.lengths(here.office, here.person, slug, audiences, text=sheet.text, known=True) if slug else ()
    found = []
    for key in audiences:
        got = [piece for piece in sheet.pieces if not piece.audiences or key in piece.audiences]
        words = sum(words_in(piece.title) + words_in(piece.body) for piece in got)
        found.append(
            {
                "key": key,
                "title": audience_title(here, key),
                "words": words,
                "minutes": max(1, round(words / WORDS_A_MINUTE)),
                "paper": [one for one in paper if one.audience == key],
                "missing": [piece.title for piece in sheet.pieces if piece not in got],
            }
        )
    return found
