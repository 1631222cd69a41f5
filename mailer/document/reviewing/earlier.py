"""An issue beside the others of its publication: what was left standing from last time, and numbers that look alike."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta

from mailer.issue import Issue
from wording import Text, _
from wording.errors import Place, Problem, Severity

FAR = timedelta(days=400)
"""From every other issue: a year and a month, because a yearly letter may be late."""


def beside_others(issue: Issue, others: Sequence[Issue]) -> list[Problem]:
    """Warnings about `issue`; `others` are the issues of the same publication that can be read."""
    return [
        Problem(Place(issue.file, issue.lines.get(key, 1)), said, Severity.WARNING) for key, said in _odd(issue, others)
    ]


def _odd(issue: Issue, others: Sequence[Issue]) -> Iterator[tuple[str, Text]]:
    for other in others:
        for key in ("title", "subject"):
            if _folded(getattr(issue, key)) == _folded(getattr(other, key)):
                yield (
                    key,
                    _("Bij {key} staat hetzelfde als in {slug}; is dat van de vorige keer?", key=key, slug=other.slug),
                )
        if issue.day == other.day:
            yield "date", _("Deze datum heeft {slug} ook; is die van de vorige keer?", slug=other.slug)
        if _plain(issue.number) == _plain(other.number):
            yield (
                "title",
                _("Het nummer {number} lijkt op {slug}; bestaat dit nummer al?", number=issue.number, slug=other.slug),
            )
    year = re.match(r"(20\d\d)-", issue.number)
    distances = [abs(issue.day - other.day) for other in others]
    if (year and abs(int(year[1]) - issue.day.year) > 1) or (distances and min(distances) > FAR):
        yield (
            "date",
            _("De datum {date} is ver van die van de andere nummers; klopt het jaar?", date=issue.day.isoformat()),
        )


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _plain(number: str) -> str:
    """The number without the zeros that some write: 2026-01 and 2026-1 are one."""
    return re.sub(r"(?<!\d)0+(?=\d)", "", number)
