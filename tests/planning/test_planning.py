"""Days, hours and both changes of the clock in Europe/Amsterdam."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from mailer.organisation import Cadence
from mailer.planning import QuietHours, instant, next_day, next_number

AMSTERDAM = "Europe/Amsterdam"


@pytest.mark.promise("F15")
@pytest.mark.parametrize(
    ("wall", "utc"),
    [
        ("2026-11-26 09:00", "2026-11-26 08:00"),
        ("2026-07-01 09:00", "2026-07-01 07:00"),
        ("2027-03-28 01:59", "2027-03-28 00:59"),
        ("2027-03-28 02:30", "2027-03-28 01:00"),  # skipped: the clock jumps from 2 to 3
        ("2027-03-28 03:00", "2027-03-28 01:00"),
        ("2027-10-31 02:30", "2027-10-31 00:30"),  # comes twice: the first of the two
        ("2027-10-31 03:00", "2027-10-31 02:00"),
    ],
)
def test_a_time_on_the_wall_is_one_moment_through_both_changes_of_the_clock(wall: str, utc: str) -> None:
    assert instant(datetime.fromisoformat(wall), AMSTERDAM) == datetime.fromisoformat(utc).replace(tzinfo=UTC)


@pytest.mark.promise("F15")
def test_a_daily_job_at_half_past_two_has_one_moment_on_every_day_of_a_year() -> None:
    days = [date(2027, 1, 1) + timedelta(days=day) for day in range(365)]
    moments = [instant(datetime.combine(day, time(2, 30)), AMSTERDAM) for day in days]
    assert len(set(moments)) == 365
    assert moments == sorted(moments)


NIGHT = QuietHours(time(21, 0), time(7, 30))


@pytest.mark.parametrize(
    ("at", "until"),
    [
        ("2026-11-26 12:00", "2026-11-26 12:00"),
        ("2026-11-26 20:00", "2026-11-27 06:30"),  # nine in the evening in winter
        ("2026-11-27 03:00", "2026-11-27 06:30"),
        ("2026-11-27 06:30", "2026-11-27 06:30"),
        ("2026-07-01 19:00", "2026-07-02 05:30"),  # nine in the evening in summer
        ("2027-03-27 22:00", "2027-03-28 05:30"),  # the night that is an hour shorter
        ("2027-10-30 22:00", "2027-10-31 06:30"),  # and the one that is longer
    ],
)
def test_quiet_hours_end_by_the_clock_on_the_wall(at: str, until: str) -> None:
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
    assert NIGHT.wait(moment) == datetime.fromisoformat(until).replace(tzinfo=UTC)


def test_quiet_hours_within_one_day_leave_the_night_alone() -> None:
    noon = QuietHours(time(12, 0), time(13, 0))
    assert noon.wait(datetime(2026, 11, 26, 11, 30, tzinfo=UTC)) == datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
    assert noon.wait(datetime(2026, 11, 26, 2, 0, tzinfo=UTC)) == datetime(2026, 11, 26, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cadence", "last", "following"),
    [
        (Cadence.WEEKLY, "2026-11-26", "2026-12-03"),
        (Cadence.TWO_WEEKLY, "2026-12-24", "2027-01-07"),
        (Cadence.MONTHLY, "2026-12-15", "2027-01-15"),
        (Cadence.MONTHLY, "2027-01-31", "2027-02-28"),
        (Cadence.MONTHLY, "2027-11-30", "2027-12-30"),
        (Cadence.IRREGULAR, "2026-11-26", None),
    ],
)
def test_the_next_number_comes_on_the_day_of_the_rhythm(cadence: Cadence, last: str, following: str | None) -> None:
    expected = date.fromisoformat(following) if following else None
    assert next_day(cadence, date.fromisoformat(last)) == expected


@pytest.mark.parametrize(
    ("number", "day", "following"),
    [("2026-24", "2026-12-10", "2026-25"), ("2026-25", "2027-01-07", "2027-1"), ("112", "2027-01-07", "113")],
)
def test_numbers_count_on_and_begin_anew_with_the_year(number: str, day: str, following: str) -> None:
    assert next_number(number, date.fromisoformat(day)) == following
