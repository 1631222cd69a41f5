"""The number and the day after the last issue of a publication."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from mailer.organisation import Cadence
from mailer.planning import following
from tests.support.house import house

TODAY = date(2026, 11, 28)
LOS = house().publications["los"]


@pytest.mark.parametrize(
    ("cadence", "dated", "found"),
    [
        (Cadence.TWO_WEEKLY, {"los-2026-24": date(2026, 11, 26)}, ("los-2026-25", date(2026, 12, 10))),
        (Cadence.TWO_WEEKLY, {"los-2026-24": date(2026, 8, 6)}, ("los-2026-25", date(2026, 12, 10))),
        (Cadence.WEEKLY, {"los-2026-52": date(2026, 12, 31)}, ("los-2027-1", date(2027, 1, 7))),
        (Cadence.MONTHLY, {"los-2026-11": date(2026, 10, 31)}, ("los-2026-12", date(2026, 11, 30))),
        (Cadence.IRREGULAR, {"los-2026-3": date(2026, 12, 1)}, ("los-2026-4", date(2026, 12, 1))),
        (Cadence.IRREGULAR, {"los-winter": date(2026, 9, 1)}, ("los-2026-1", TODAY)),
        (Cadence.WEEKLY, {}, ("los-2026-1", TODAY)),
    ],
)
def test_the_next_number_follows_the_rhythm_and_is_never_in_the_past(
    cadence: Cadence, dated: dict[str, date], found: tuple[str, date]
) -> None:
    series = replace(LOS, cadence=cadence)
    assert following(series, [(day, slug) for slug, day in dated.items()], list(dated), TODAY) == found


def test_a_number_that_is_taken_is_passed_over() -> None:
    taken = ["los-2026-24", "los-2026-25"]
    assert following(LOS, [(date(2026, 11, 26), "los-2026-24")], taken, TODAY) == ("los-2026-26", date(2026, 12, 24))
    assert following(LOS, [], ["los-2026-1"], TODAY)[0] == "los-2026-2"
