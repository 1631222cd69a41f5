"""An issue beside the others of its publication: what an editor who copied the last one forgot to change."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from mailer.document.reviewing.earlier import beside_others
from mailer.issue import Issue
from tests.support.written import issue_of
from wording.errors import Severity

LAST = replace(issue_of("", title="Nummer 8", subject="Nieuws van oktober"), number="2026-8", slug="meldpunt-2026-8")
NEW = replace(issue_of("", title="Nummer 9", subject="Nieuws van november"), day=date(2027, 1, 12))
ARABIC = replace(NEW, title="رسالة المكتب", subject="أخبار الشهر")


def said(issue: Issue, *others: Issue) -> list[tuple[int, str]]:
    problems = beside_others(issue, others or (LAST,))
    assert all(problem.severity is Severity.WARNING for problem in problems)
    return [(problem.place.line, str(problem.text)) for problem in problems]


def test_a_new_issue_is_passed_in_silence() -> None:
    assert said(NEW) == []
    assert said(NEW, replace(LAST, day=date(2026, 1, 12))) == []


@pytest.mark.parametrize(
    ("changed", "line", "words"),
    [
        ({"title": " nummer  8"}, 2, "title"),
        ({"subject": "Nieuws van oktober"}, 3, "subject"),
        ({"day": LAST.day}, 5, "datum"),
        ({"number": "2026-08"}, 2, "2026-08 lijkt op"),
        ({"day": date(2062, 12, 1)}, 5, "klopt het jaar"),
        ({"day": date(2028, 6, 1)}, 5, "klopt het jaar"),
        ({"number": "2029-1"}, 5, "klopt het jaar"),
    ],
)
def test_what_was_left_from_last_time_is_told(changed: dict[str, object], line: int, words: str) -> None:
    told = said(replace(NEW, **changed))  # type: ignore[arg-type]
    assert any(one[0] == line and words in one[1] for one in told), told


def test_the_same_in_arabic() -> None:
    told = said(ARABIC, replace(LAST, title=ARABIC.title, subject=ARABIC.subject))
    assert [line for line, _words in told] == [2, 3]
